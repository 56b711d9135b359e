# tourbook: what people type. `make` alone lists it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# A distribution builds its Python by a profile of what programs do; pyenv and its like do not, and theirs takes up to 1.6 times as
# long (docs/decisions/0076). So the system's own comes first where it will do, before whichever a shell finds.
SYSTEM_PYTHON ?= /usr/bin/python3
PYTHON ?= $(shell for python in $(SYSTEM_PYTHON) python3; do \
    $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
    done; echo python3)
REHEARSAL_PORT := $(or $(PORT),8001)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
# For two cores: one of the three mostly waits, for a disk, a browser or a clock.
PYTEST_WORKERS ?= 3
CHAOS ?=
SHARE ?= 1/1

.PHONY: help setup setup-dev run rehearse test lint format bench chaos matrix pictures requirements sbom chromium clean

help: ## list what can be made
	@echo "tourbook: applying for walks on the DMZ Peace Trail and for Panmunjeom tours"
	echo
	sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

setup: $(VENV)/installed ## make .venv with what running needs (pinned, with hashes)
	@echo "[setup] $(VENV) has what running needs"

# What serving takes, on the port that the recipe has exported: 127.0.0.1 to bind, and nobody else on ::1, which is localhost to
# browsers first.
define refuse_port_in_use
$(BIN)/python -c 'import os, socket; socket.create_server(("127.0.0.1", int(os.environ["PORT"]))).close()' 2>/dev/null \
    && ! (exec 3<>/dev/tcp/::1/$$PORT) 2>/dev/null \
    || { echo "[$@] port $$PORT is in use; choose another, e.g. make $@ PORT=8081"; exit 1; }
endef
# The name and not the number, since browsers keep passkeys for names alone.
define serve
echo "[$@] open http://localhost:$$PORT in a browser; Ctrl-C ends it"
exec $(BIN)/granian --interface wsgi wsgi:app --host 127.0.0.1 --port $$PORT --no-ws --workers 1 --blocking-threads 4 \
    --respawn-failed-workers --respawn-interval 0.5
endef

run: setup ## serve a demonstration with a season of data on http://localhost:8000 (PORT=... for another)
	@export TOURBOOK_ENV="$${TOURBOOK_ENV:-demo}" TOURBOOK_TIMETABLE="$${TOURBOOK_TIMETABLE:-on}" PORT="$(PORT)"
	$(refuse_port_in_use)
	echo "[run] bringing the database up to date"
	$(BIN)/flask --app wsgi db upgrade
	echo "[run] putting in courses and the demonstration season, where they are not there yet"
	$(BIN)/flask --app wsgi tourbook seed --demo
	$(serve)

rehearse: setup ## serve a site to practise on, with data and a clock of its own, on http://localhost:8001 (PORT=... for another)
	@export TOURBOOK_ENV=rehearsal TOURBOOK_TIMETABLE="$${TOURBOOK_TIMETABLE:-on}" PORT="$(REHEARSAL_PORT)"
	unset TOURBOOK_NOW
	$(refuse_port_in_use)
	echo "[rehearse] preparing the rehearsal, where it is not there yet (about a minute)"
	$(BIN)/flask --app wsgi tourbook rehearsal prepare
	$(serve)

test: setup-dev chromium ## everything: lint, types, contracts, and all tests on SQLite, PostgreSQL and in a browser
	@$(MAKE) lint
	echo "[test] all tests, $(PYTEST_WORKERS) at a time"
	# Hundreds of programs are started on the way: what one of them compiled the others need not, whatever was set outside.
	export PYTHONDONTWRITEBYTECODE=
	$(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal --durations 15

lint: setup-dev ## style, format, types, import contracts, translations
	@echo "[lint] style" && $(BIN)/ruff check .
	echo "[lint] format" && $(BIN)/ruff format --check .
	echo "[lint] types" && $(BIN)/mypy
	echo "[lint] import contracts" && $(BIN)/lint-imports
	echo "[lint] translations" && $(BIN)/python -m pytest -q tests/house/test_translations.py

format: setup-dev ## put the code into its format
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

matrix: setup-dev chromium ## look at every page in all languages, widths and colours, with scripts and without (hours; SHARE=1/4 for a part)
	@TOURBOOK_MATRIX=full $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal -p tests.browser.matrix \
	    --share $(SHARE) --summary instance/matrix-$(subst /,-of-,$(SHARE)).md tests/browser/test_pages.py

pictures: setup-dev chromium ## take the pictures of README and docs anew, from the demonstration's season
	@$(BIN)/python -m tests.browser.pictures

bench: setup-dev ## measure applying against the least that Flask and the databases could cost (up to 10 minutes)
	@$(BIN)/python -m tests.bench

chaos: setup-dev ## live through launch days while everything is killed, on both databases (hours; CHAOS="--journeys 2000 ...")
	@echo "[chaos] every act killed at every point, and again at every point of its repetition"
	$(BIN)/python -m tests.crashes
	echo "[chaos] answers of the database that are late, never come, or are lost"
	$(BIN)/python -m tests.faults
	echo "[chaos] 200,000 forms filled in by nobody in their right mind"
	$(BIN)/python -m tests.fuzz --posts 200000 --database postgresql
	echo "[chaos] 2,000 courses of events beside a model of them, on each database"
	TOURBOOK_MODELS=2000 $(BIN)/python -m pytest -q tests/models
	echo "[chaos] 10,000 seasons: is anybody who waits passed by too often?"
	$(BIN)/python -m tests.starvation --seasons 10000
	echo "[chaos] 200 power cuts on a disk that forgets what was not synced"
	$(BIN)/python -m tests.cuts --cuts 200
	echo "[chaos] launch days"
	$(BIN)/python -m tests.chaos $(CHAOS)

requirements: setup-dev ## pin the newest allowed versions of requirements*.in, with hashes
	@for name in requirements requirements-dev; do
	    $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.11 \
	        --no-emit-index-url --no-emit-find-links --custom-compile-command "make requirements" $$name.in -o $$name.txt
	    echo "[requirements] $$name.txt"
	done

sbom: setup-dev ## list everything that is installed as CycloneDX JSON, in instance/sbom.json
	@$(BIN)/python -m tests.operating.sbom instance/sbom.json && echo "[sbom] instance/sbom.json"

chromium: setup-dev
	@$(BIN)/python -m tests.ground.browser

clean: ## remove what was made, except the data in instance/
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

setup-dev: setup $(VENV)/installed-dev
	@echo "[setup] $(VENV) has what tests and tools need"

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    || { echo "[setup] Python 3.11 or newer is needed as $(PYTHON); on Debian: apt-get install python3 python3-venv"; exit 1; }
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	    || { echo "[setup] $(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	echo "[setup] making a virtual environment in $(VENV) with $$($(PYTHON) --version)"
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	@echo "[setup] installing what running needs (about a minute)"
	$(PIP) install --require-hashes -r requirements.txt
	touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "[setup] installing what tests and tools need (about a minute)"
	$(PIP) install --require-hashes -r requirements-dev.txt
	touch $@
