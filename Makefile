# Everything that is done with this checkout. Needs Linux on x86-64 and Python 3.11 to 3.13; nothing else.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help up down demo clean check test bench chaos schemas lock

BIN := .venv/bin
MINUTES ?= 10
# make chaos AWAY=10 takes Kafka away for ten minutes while load goes on.
AWAY ?=
COMPLAINTS ?= 200
# More for pytest: make test ARGS="-k calendar"
ARGS ?=
# make bench FULL=1 also measures a million events and complaints.
FULL ?=
# make up FG=1 stays in the foreground.
FG ?=
# make lock UPGRADE=1 takes the newest versions that pyproject.toml allows.
UPGRADE ?=

FITS = import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && { command -v $$p; break; }; done)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: .venv/.local-installed ## start MongoDB, Kafka and the four services (FG=1: stay, show the logs)
	@$(BIN)/palabra up $(if $(filter-out 0,$(FG)),--fg)

down: ## stop what `make up` started; data stay
	@if [ -x $(BIN)/palabra ]; then $(BIN)/palabra down; fi

demo: .venv/.local-installed ## play a busy time on a stack of its own and compare the figures (COMPLAINTS=200)
	@$(BIN)/palabra demo --complaints $(COMPLAINTS)

clean: ## stop everything and remove .local: data, logs, downloads
	@if [ -x $(BIN)/palabra ]; then $(BIN)/palabra down; $(BIN)/palabra down --home .local/demo; fi
	@rm -rf .local

check: .venv/.dev-installed ## format, lint, types, import rules, locks and schemas current
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m deploy.local.locks
	@$(BIN)/python -m shared.events.generate --check
	@$(BIN)/python -m services.metrics.measures --check

test: .venv/.dev-installed ## all tests, on a real Kafka and a real MongoDB (ARGS="-k calendar")
	@$(BIN)/pytest $(ARGS)

bench: .venv/.dev-installed ## measure; the figures go to .local/bench.json (FULL=1: a million, too)
	@$(BIN)/python -m tests.bench $(if $(filter-out 0,$(FULL)),--full)

chaos: .venv/.dev-installed ## kill processes at random and count what got lost (MINUTES=10; AWAY=10: no Kafka)
	@$(BIN)/python -m $(if $(AWAY),tests.chaos.away --minutes $(AWAY),tests.chaos --minutes $(MINUTES))

schemas: .venv/.dev-installed ## write the JSON Schemas and the papers of events and measures from their classes
	@$(BIN)/python -m shared.events.generate
	@$(BIN)/python -m services.metrics.measures

LOCK = $(BIN)/pip-compile -q $(if $(UPGRADE),--upgrade) --generate-hashes --strip-extras --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --allow-unsafe --no-header
lock: .venv/.dev-installed ## lock the dependencies anew after a change of pyproject.toml (UPGRADE=1: newest)
	@$(LOCK) --extra dev --extra local --all-build-deps -o requirements/dev.txt pyproject.toml
	@$(LOCK) --extra local --all-build-deps -c requirements/dev.txt -o requirements/local.txt pyproject.toml
	@$(LOCK) -c requirements/dev.txt -o requirements/runtime.txt pyproject.toml
	@$(BIN)/python -m deploy.local.jars
	@$(BIN)/python -m deploy.local.locks --write

.venv/.python:
	@if [ -z "$(PYTHON)" ]; then echo "Palabra needs Python 3.11, 3.12 or 3.13; none is on PATH." >&2; exit 1; fi
	@$(PYTHON) -c '$(FITS)' || { echo "$(PYTHON) is not Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	@[ -x $(BIN)/pip ] || $(PYTHON) -m venv .venv || \
		{ echo "No virtual environment could be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }
	@touch $@

INSTALL = $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r
PROJECT = $(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .

.venv/.local-installed: requirements/local.txt pyproject.toml | .venv/.python
	@echo "Installing what Palabra needs into .venv (once; about a minute)"
	@$(INSTALL) requirements/local.txt
	@$(PROJECT)
	@touch $@

.venv/.dev-installed: requirements/dev.txt pyproject.toml | .venv/.python
	@echo "Installing what development needs into .venv (once; about a minute)"
	@$(INSTALL) requirements/dev.txt
	@$(PROJECT)
	@touch $@ .venv/.local-installed
