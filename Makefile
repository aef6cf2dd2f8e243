# Every verb does its own set-up. Versions and hashes come from requirements.lock.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN ?= $(VENV)/bin
STAMPS := $(VENV)/.stamps
SERVE ?= 1
PYTEST_ARGS ?=
UPGRADE ?=

# uv verifies the hashes that the lock file gives, for dependencies, for their dependencies and for the build tools.
INSTALL = $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python \
	--constraints requirements.lock --build-constraints requirements.lock
# An editable install copies the Voila template, so a changed template means installing again.
SOURCES := pyproject.toml requirements.lock $(shell find workbench/presentation/jupyter -type f 2>/dev/null)
NOTEBOOKS := $(shell find notebooks dashboards -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' 2>/dev/null)

.PHONY: help setup demo lab dashboards check test bench lock chromium

help:  ## Show this list
	@echo "make VERB, where VERB is one of:"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  \1 \2/p' $(firstword $(MAKEFILE_LIST)) | awk '{verb=$$1; $$1=""; printf "  %-11s%s\n", verb, $$0}'

setup: $(STAMPS)/demo $(STAMPS)/lab  ## Make .venv from the lock file: the demo profile, then the lab profile; print their sizes
	@cat $(STAMPS)/demo $(STAMPS)/lab

demo: $(STAMPS)/demo chromium  ## Chest CT of adults with COVID-19: attrition, census, report, dashboards (SERVE=0 stops after the report)
	@$(VENV)/bin/workbench demo $(if $(filter 0,$(SERVE)),--no-serve)

lab: $(STAMPS)/lab  ## Open JupyterLab on notebooks/00_orientation.ipynb
	@$(VENV)/bin/jupyter lab --ServerApp.root_dir="$(CURDIR)" $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.default_url=/lab/tree/notebooks/00_orientation.ipynb

dashboards: $(STAMPS)/demo  ## Serve the dashboards and print their address
	@$(VENV)/bin/workbench serve

check: $(STAMPS)/dev  ## Style, types, import contracts, docstrings, thin notebooks, module budget
	@$(MAKE) --keep-going $(addprefix gate-,lint format types imports docstrings stripped thin budget)

test: $(STAMPS)/dev chromium  ## All tests on all cores, the browser tests among them (PYTEST_ARGS="-k census" narrows)
	@$(VENV)/bin/python -m pytest -n auto --dist loadfile $(PYTEST_ARGS)

bench: $(STAMPS)/dev .venv-bench/.stamp  ## Measure against peers, which live in an environment of their own
	@for benchmark in tests/benchmarks/bench_*.py; do \
		WORKBENCH_PEERS_PYTHON="$(CURDIR)/.venv-bench/bin/python" $(VENV)/bin/python "$$benchmark"; done

lock: $(STAMPS)/uv  ## Compile requirements.lock again (UPGRADE=1 takes the newest versions)
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --no-header \
		--no-emit-index-url --no-annotate $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@echo "requirements.lock: $$(grep -c '^[a-z0-9]' requirements.lock) packages"

# ---- the gates of `check`, each a target of its own so that a test can plant a violation and run just that one
.PHONY: gate-lint gate-format gate-types gate-imports gate-docstrings gate-stripped gate-thin gate-budget
gate-lint:
	@$(BIN)/ruff check --quiet
gate-format:
	@$(BIN)/ruff format --quiet --check || { $(BIN)/ruff format --check | head -n 20; exit 1; }
gate-types:
	@$(BIN)/mypy
gate-imports:
	@$(BIN)/lint-imports --no-logo
gate-docstrings:
	@$(BIN)/numpydoc lint --config . $$(find workbench -name '*.py' | sort)
gate-stripped:
	@$(if $(NOTEBOOKS),$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.papermill cell.metadata.papermill" $(NOTEBOOKS))
gate-thin:
	@$(BIN)/python tests/architecture/thin_notebooks.py notebooks dashboards
gate-budget:
	@$(BIN)/python tests/architecture/budget.py workbench

# ---- environments; a stamp is newer than what it was made from, so a second call does no work
$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo missing). Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 VERB" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. Install what is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/uv: requirements.lock | $(STAMPS)/venv
	@awk '/^uv==/ {keep = 1; print; next} /^[^ ]/ {keep = 0} keep' requirements.lock > $(STAMPS)/uv.lock
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(STAMPS)/uv.lock
	@touch $@

$(STAMPS)/demo: $(SOURCES) | $(STAMPS)/uv
	@echo "Installing the demo profile into $(VENV) …"
	@$(INSTALL) -e .
	@$(call size,demo,at most 900 MB) > $@
	@cat $@

$(STAMPS)/lab: $(SOURCES) | $(STAMPS)/demo
	@echo "Installing the lab profile into $(VENV) …"
	@$(INSTALL) -e '.[lab,viewer,slides]'
	@$(VENV)/bin/workbench viewer install
	@$(call size,lab,at most 2.6 GB) > $@
	@cat $@

$(STAMPS)/dev: $(SOURCES) | $(STAMPS)/uv
	@echo "Installing the tools for checks and tests into $(VENV) …"
	@$(INSTALL) -e '.[dev]'
	@touch $@

# pip itself installs torch: it takes the build without CUDA where one lies at hand, and nothing after it asks for more.
.venv-bench/.stamp: tests/benchmarks/requirements.txt tests/benchmarks/requirements_imaging.txt | $(STAMPS)/uv
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(VENV)/bin/uv pip install --quiet --python .venv-bench/bin/python \
		-r tests/benchmarks/requirements.txt -r tests/benchmarks/requirements_imaging.txt
	@touch $@

size = echo "$(1) profile: $(VENV) takes $$(du -sm $(VENV) | cut -f1) MB ($(2))$$( [ ! -e $(STAMPS)/dev ] || echo ", the tools for tests in it counted too")"

# A browser draws the PDF of a report and runs the browser tests. Everything else works without one.
chromium:
	@for name in chromium chromium-browser google-chrome; do if command -v $$name >/dev/null; then exit 0; fi; done; \
	if [ "$$(id -u)" = 0 ]; then as_root=env; elif sudo -n true 2>/dev/null; then as_root="sudo -n env"; else as_root=; fi; \
	if [ -n "$$as_root" ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium with apt-get …"; \
		{ $$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium || \
			{ $$as_root apt-get update -qq && $$as_root DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium; }; \
		} >/dev/null 2>&1 </dev/null && exit 0; \
	fi; \
	echo "Chromium is missing: browser tests are skipped and reports have no PDF. Install it: apt-get install chromium"
