# Two commands: `make run` and `make test`. Both set up what they need the first time, and work offline from then on.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-page pictures bench soak check audit clean
.DEFAULT_GOAL := run

run: $(VENV)/.run-ready
	@exec $(BIN)/python -m bot

test: $(VENV)/.test-ready
	@$(BIN)/python -m pytest -m "not browser" -n auto --dist worksteal

# The page in a real Chromium, and its pictures for the README; both want Chromium on this machine.
test-page: $(VENV)/.test-ready
	@KEPT_BROWSER=required $(BIN)/python -m pytest tests/test_page.py

pictures: $(VENV)/.test-ready
	@$(BIN)/python -m tests.pictures

# What Kept costs, as a table and as JSON; the databases it builds (0.8 GB, a few minutes) are thrown away after it, and
# so are slack-machine and errbot, which pip installs for the row "others".
bench: $(VENV)/.test-ready
	@$(BIN)/python -m benchmarks

# The rig's long tier: an hour a go, each going on where the last one stopped (soak.jsonl).
soak: $(VENV)/.test-ready
	@$(BIN)/python -m tests.rig

check: $(VENV)/.test-ready
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Asks a public list of known holes about every pinned dependency; without an answer it fails, for nothing was checked.
audit: $(VENV)/audit/.ready
	@$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt -r requirements-dev.txt

$(VENV)/audit/.ready: requirements-audit.txt | $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)/audit
	$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kept needs Python 3.11 or newer; name it: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test-ready: requirements-dev.txt $(VENV)/.run-ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis demo.db demo.db-wal demo.db-shm
