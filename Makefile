# Shelfline on one machine. `make` alone says what there is.
#
# Needs Python 3.11 or newer and make, nothing else: .venv holds every library, Postgres included, and var/ all state.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(if $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>&1 && command -v $(name)),$(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
STATE ?= var
WORKERS ?= 2
COVERAGE ?= 90

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run up down status test lint types imports pytest coverage bench clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/.run ## Start the stack, run every flow on the samples to its end, stop it (FLOW=parts: one flow)
	$(BIN)/python -m infra.local run --state $(STATE) $(if $(FLOW),--flow $(FLOW))

up: .venv/.run ## Start the stack and the console, and leave them running
	$(BIN)/python -m infra.local up --state $(STATE)

down: ## Stop the stack
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.local down --state $(STATE); fi

status: .venv/.run ## Say what runs where
	@$(BIN)/python -m infra.local status --state $(STATE)

test: lint types imports pytest ## Everything that continuous integration checks

lint: .venv/.test ## Style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.test ## Types
	$(BIN)/mypy

imports: .venv/.test ## Import directions and cycles
	$(BIN)/lint-imports

pytest: .venv/.test ## The tests
	$(BIN)/python -m pytest -n $(WORKERS) --timeout 180

coverage: .venv/.test ## The tests, with branch coverage (a quarter slower)
	$(BIN)/python -m pytest -n $(WORKERS) --timeout 180 --cov --cov-report term --cov-fail-under $(COVERAGE)

bench: .venv/.test .venv-bench/.done ## Measure, beside what others offer (ONLY=pipeline,peers,orders,designs,imports,stack)
	$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

clean: down ## Stop the stack and delete its state and every cache; .venv stays
	rm -rf $(STATE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find . -name __pycache__ -not -path './.venv*' -type d -prune -exec rm -rf {} +

# The virtual environment. A stamp is newer than the requirements that it was installed from.

.venv/bin/python:
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11: say make PYTHON=/path/to/a/newer/python3" >&2; exit 1; }
	@echo "making .venv with $$($(PYTHON) --version)" >&2
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "this Python cannot make a virtual environment: install its venv package" >&2; exit 1; }

.venv/.run: requirements.txt requirements-local.txt pyproject.toml | .venv/bin/python
	@echo "installing what the stack runs on (once; some minutes on a slow line)" >&2
	$(PIP) install -r requirements-local.txt
	$(PIP) install --no-deps --editable .
	@touch $@

.venv/.test: requirements-test.txt .venv/.run
	@echo "installing what the tests need" >&2
	$(PIP) install -r requirements-test.txt
	@touch $@

.venv-bench/.done: requirements-bench.txt requirements-bench-alone.txt | .venv/bin/python
	@echo "installing what the bench measures beside, apart from ours" >&2
	@.venv/bin/python -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check --no-input --quiet install -r requirements-bench.txt
	.venv-bench/bin/python -m pip --disable-pip-version-check --no-input --quiet install --no-deps -r requirements-bench-alone.txt
	@touch $@
