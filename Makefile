# Everything is set up on the way: `make demo` or `make test` is all it takes.

PYTHON ?= python3
DATA ?= ../shared/data
BIN := .venv/bin
# Who is done takes over what others have not begun.
SIDE_BY_SIDE := --numprocesses=auto --maxprocesses=4 --dist=worksteal
# Written last, so that a set-up that was cut short is done again.
READY := .venv/ready
# Each is added to what is there, and tested, one after the other.
EXTRAS := onnx mediapipe kserve beam demo docs notebook
# The page and the site are tried in a browser.
WITH_demo := ,pages
WITH_docs := ,pages
# These take minutes.
HOW_beam := $(SIDE_BY_SIDE)
HOW_docs := $(SIDE_BY_SIDE)
# The other files would only take time to be imported.
MARKED = $$(grep -rlF --include='*.py' '$(1)' tests)
# TensorFlow's notices say nothing about what these commands do.
export TF_CPP_MIN_LOG_LEVEL := 2

.PHONY: demo docs test test-slow test-data test-extras lint format lock clean venv

demo: $(READY)
	$(BIN)/python tools/label_sample.py

test: $(READY)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-slow: $(READY)
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "slow and not extras"

test-data: $(READY)
	KERAS_RCNN_DATA="$(abspath $(DATA))" $(BIN)/python -m pytest \
	  -m "real_data and not slow" $(call MARKED,mark.real_data)

test-extras: $(EXTRAS:%=test-extra-%)

test-extra-%: .venv/extra-%
	$(BIN)/python -m pytest $(HOW_$*) -m "extras(name='$*')" \
	  $(call MARKED,extras(name="$*"))

docs: .venv/extra-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

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

.PRECIOUS: .venv/extra-%
.venv/extra-%: $(READY) requirements-extras.lock
	@echo "Adding the extra $* to .venv." >&2
	@sed -n 's/^\([a-z0-9][^\\]*[^ \\]\).*/\1/p' requirements-extras.lock \
	  > .venv/constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-build-isolation --constraint .venv/constraints.txt \
	  --editable '.[$*$(WITH_$*)]'
	$(BIN)/python -m pip check
	@touch $@
