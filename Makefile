# Everything is set up on the way: `make demo` or `make test` is all it takes.

PYTHON ?= python3
DATA ?= ../shared/data
BIN := .venv/bin
# Written last, so that a set-up that was cut short is done again.
READY := .venv/ready
EXTRAS := .venv/extras-ready
# TensorFlow's notices say nothing about what these commands do.
export TF_CPP_MIN_LOG_LEVEL := 2

.PHONY: demo test test-slow test-data test-extras lint format lock clean venv

demo: $(READY)
	$(BIN)/python tools/label_sample.py

test: $(READY)
	$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4

test-slow: $(READY)
	$(BIN)/python -m pytest -m "slow and not extras"

test-data: $(READY)
	KERAS_RCNN_DATA="$(abspath $(DATA))" $(BIN)/python -m pytest -m "real_data and not slow"

test-extras: $(EXTRAS)
	$(BIN)/python -m pytest -m extras

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Needs uv and the package index. What both hold has one version.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
lock:
	$(LOCK) --all-extras --upgrade --output-file requirements-extras.lock
	$(LOCK) --extra dev --extra litert --extra photo --upgrade \
	  --constraint requirements-extras.lock --output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(READY)

$(READY): requirements.lock pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "error: Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is" \
	  "$$($(PYTHON) --version 2>/dev/null || echo missing): choose one, as in 'make PYTHON=python3.12'." >&2; exit 1; }
	@echo "Setting up .venv: minutes, and about 3 GB of disk." >&2
	@rm -f $(READY)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(EXTRAS): $(READY) requirements-extras.lock
	@echo "Adding the extras to .venv: minutes, and about 1 GB of disk." >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes --requirement requirements-extras.lock
	@touch $(EXTRAS)
