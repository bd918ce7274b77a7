# One entry for people and for CI. `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := .venv-peers
CLUSTER := .venv-cluster

.DEFAULT_GOAL := help
.PHONY: help setup run up browser test test-core test-slow test-e2e test-long smoke test-postgres test-pythons explore outdated cluster test-cluster proof check bench bench-peers format lock clean

help:  ## Show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## Create .venv and install from the lock

$(STAMP): requirements.lock pyproject.toml deployments/install.sh
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else f"Python {v[0]}.{v[1]} found; 3.11 to 3.13 is needed. Set PYTHON=python3.11.")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	sh deployments/install.sh $(BIN)/python $(VENV) requirements.lock
	@touch $@

run: $(STAMP)  ## Find the ground state of H2 on an emulated IQM Garnet
	$(BIN)/qrt vqe --problem h2 --target emulator:garnet

up: $(STAMP)  ## A Prefect server with everything registered, its UI, and a worker, until Ctrl-C
	$(BIN)/qrt up

test: check test-core test-slow test-e2e smoke  ## Everything that CI checks

check: $(STAMP)  ## Style, types, architecture, sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture.sizes

test-core: $(STAMP)  ## Fast tests, at every save; without Prefect
	$(BIN)/pytest -m "not slow and not e2e" -n 2 --dist worksteal

test-slow: $(STAMP)  ## Real compilers, simulators, Great Expectations
	$(BIN)/pytest -m slow -n 2 --dist worksteal

explore: $(STAMP)  ## Other examples of every law, ten times as many; before each release
	HYPOTHESIS_PROFILE=explore $(BIN)/pytest -m "not e2e" -n 2 --dist worksteal

test-e2e: $(STAMP) browser  ## The qrt command and the UI as people use them, killed and resumed
	$(BIN)/pytest -m "e2e and not long" -n 2 --dist worksteal

# The tests of the UI say why they are skipped where there is still none.
browser:  ## Debian's Chromium for the tests of the UI, installed where we are root and it is missing
	@command -v chromium >/dev/null || test "$$(id -u)" -ne 0 || ! command -v apt-get >/dev/null \
	  || { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium >/dev/null; }

test-long: $(STAMP)  ## Braket targets and clients against the sandbox, over HTTP, killed at every step
	$(BIN)/pytest -m long -n 2 --dist worksteal

smoke: $(STAMP)  ## What comes of `qrt up`: runs planned, asked for, cancelled, killed and failed, to their ends
	$(BIN)/pytest -m smoke

test-postgres: $(STAMP)  ## The journal on a PostgreSQL server, installed and started for the tests
	$(BIN)/python -m tests.postgres_server $(BIN)/pytest -m postgres -n 2 --dist worksteal

PYTHONS ?= $(foreach version,3.11 3.12 3.13,$(shell command -v python$(version)))

test-pythons:  ## The locks and the core suite on every Python that is here, each in .venv-VERSION
	set -e; for python in $(PYTHONS); do \
	  version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  $(MAKE) test-core PYTHON=$$python VENV=.venv-$$version; \
	done

cluster: $(CLUSTER)/.installed  ## Install Dask, Ray and Kubernetes workers beside all else, in .venv-cluster

$(CLUSTER)/.installed: requirements-cluster.lock pyproject.toml deployments/install.sh | $(STAMP)
	sh deployments/install.sh $(BIN)/python $(CLUSTER) requirements-cluster.lock
	@touch $@

test-cluster: $(CLUSTER)/.installed  ## Sweeps on Dask and Ray, killed; manifests against the Kubernetes schemas
	$(CLUSTER)/bin/python -m pytest -m cluster

proof: $(STAMP)  ## That paid work is never bought twice and never lost: every kill, storm, clock and journal, as a table
	QRT_STORMS=200 QRT_ALL_CLOCKS=1 QRT_BACKUPS_EVERY=1 $(BIN)/pytest tests/e2e/test_exactly_once_*.py -n 2 --dist worksteal -rP

bench: $(STAMP)  ## Sweeps, engine and commands beside other tools: a table of ratios, and bench.json
	$(BIN)/python -m benchmarks.table --json bench.json $(if $(GARNET),--garnet $(GARNET))

bench-peers: $(PEERS)/.installed  ## Install the other tools for `make bench`, in .venv-peers

$(PEERS)/.installed: benchmarks/peers/requirements.lock deployments/install.sh | $(STAMP)
	PROJECT=none sh deployments/install.sh $(BIN)/python $(PEERS) benchmarks/peers/requirements.lock
	@touch $@

outdated: $(STAMP)  ## What an upgrade of everything would change and break; touches no lock
	$(BIN)/python -m tests.outdated $(foreach name,$(BEYOND),--beyond $(name))

format: $(STAMP)  ## Rewrite the sources in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The only place where anything is resolved. The image's extras are told apart in locks of their
# own, each holding what it adds to the first, so that the build of an image resolves nothing either.
COMPILE := $(BIN)/uv --no-config pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header $(UPGRADE)
EXTRAS := postgres dask ray docker kubernetes
IMAGE := deployments/docker/locks

lock: $(STAMP)  ## Resolve pyproject.toml into the locks; UPGRADE=--upgrade moves every pin
	$(COMPILE) pyproject.toml --extra dev --overrides requirements.overrides -o requirements.lock
	$(COMPILE) pyproject.toml --all-extras --overrides requirements.overrides --constraint requirements.lock -o requirements-cluster.lock
	$(COMPILE) pyproject.toml --extra build --overrides requirements.overrides --constraint requirements-cluster.lock --no-annotate -o $(IMAGE)/base.lock
	for extra in $(EXTRAS); do \
	  $(COMPILE) pyproject.toml --extra $$extra --overrides requirements.overrides --constraint requirements-cluster.lock --no-annotate \
	    $$(sed -nE 's/^([a-z0-9.-]+).*==.*/--no-emit-package \1/p' $(IMAGE)/base.lock) -o $(IMAGE)/$$extra.lock || exit; \
	done
	$(COMPILE) benchmarks/peers/requirements.in --python-version 3.11 -o benchmarks/peers/requirements.lock

clean:  ## Remove the environments and caches; data under QRT_HOME stays
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .hypothesis *.egg-info
