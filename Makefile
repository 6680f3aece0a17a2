# Everything a developer does here. `make run` and `make test` set up what they need; a second start takes seconds.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python 3.11 or newer that answers; override with `make PYTHON=/path/to/python3 run`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
WORKERS ?= 2

.PHONY: help install run test e2e bench lint format lock messages clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.ready ## Serve the demo on http://127.0.0.1:8501
	@$(BIN)/python Home.py

install: $(VENV)/.ready ## Install what the portal needs to run, and nothing else
	@echo "Installed. Next: $(BIN)/python -m core --help"

test: $(VENV)/.ready-dev ## Run every test this machine can run (SQLite, PostgreSQL, browser, LibreOffice)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup
	@echo "All tests passed. Next: make run"

e2e: $(VENV)/.ready-dev ## Run only the browser walks
	@$(BIN)/python -m pytest -m browser

bench: $(VENV)/.ready-dev ## Measure the portal side by side, into docs/performance.md (BENCH="pages" for one)
	@$(BIN)/python -m tests.bench $(BENCH)

lint: $(VENV)/.ready-dev ## Check style, types, floors and dependencies
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

format: $(VENV)/.ready-dev ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

messages: $(VENV)/.ready ## Bring the catalogues up to date with the messages in the code
	@$(BIN)/python -m core.locale.messages

lock: $(VENV)/.ready-dev ## Pin and hash the requirements again
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
		-c requirements.txt requirements-dev.in -o requirements-dev.txt

clean: ## Remove the virtual environment (data/local stays: it may hold a real book)
	rm -rf $(VENV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Canone needs Python 3.11 or newer: install it, or name it with make PYTHON=..."; exit 1; }
	@echo "Making the virtual environment ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing (on Debian: apt install python3-venv)"; exit 1; }

$(VENV)/.ready: requirements.txt | $(BIN)/python
	@echo "Installing the packages (a minute or two, once) ..."
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	@echo "Installing the test tools ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@
