# Rollbook. `make demo` and `make test` do all the set-up themselves; `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test lint types contract soak fuzz bench fmt lock release-image clean

VENV := .venv
PYTHON := $(VENV)/bin/python
BUF := $(VENV)/bin/buf
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input
# Where the tests of the Node client have their package.json.
NODE_CLIENT := tests/clients/node
# Further arguments for pytest: make test PYTEST_ARGS="-k calendar"
PYTEST_ARGS ?=

# How long the fuzz goes on, and more for it: make fuzz SECONDS=36000 FUZZ_ARGS="--seed 7"; --only 7/2/133 sends one input.
SECONDS ?= 3600
FUZZ_ARGS ?=

PROTOS := $(shell find protos -name '*.proto')
# Each step leaves a mark in the virtual environment, so that it is done again only when what it reads has changed.
MARK := $(VENV)/.made

help: ## Lists what make can do.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 16

setup: $(MARK)/installed $(MARK)/stubs ## Checks the machine, makes the virtual environment, installs everything.

$(MARK)/venv: tools/prepare_machine.sh
	python=$$(tools/prepare_machine.sh base) && test -n "$$python" && \
	if ! $(PYTHON) -c 'import pip' 2>/dev/null; then "$$python" -m venv --clear $(VENV); fi
	mkdir -p $(MARK) && touch $@

# durable-rules comes as source and builds with setuptools, which the lock pins too, so it is installed first.
$(MARK)/requirements: requirements.lock $(MARK)/venv
	awk '/^[a-z]/ { wanted = /^setuptools==/ } wanted' requirements.lock > $(VENV)/setuptools.lock
	$(PIP) install --quiet --require-hashes -r $(VENV)/setuptools.lock
	$(PIP) install --quiet --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
	touch $@

$(MARK)/installed: pyproject.toml clients/sdk/pyproject.toml clients/sdk/hatch_build.py $(MARK)/requirements
	$(PIP) install --quiet --no-deps --no-build-isolation -e clients/sdk -e .
	$(PIP) check
	touch $@

# An editable install generates the stubs too; this does so again when a proto has changed since.
$(MARK)/stubs: $(PROTOS) clients/sdk/generate.py $(MARK)/installed
	$(PYTHON) clients/sdk/generate.py
	touch $@

# npm's packages for the test of the Node client.
$(MARK)/node: $(wildcard $(NODE_CLIENT)/package*.json) $(MARK)/venv
	tools/prepare_machine.sh node >/dev/null
	if [ -e $(NODE_CLIENT)/package.json ]; then cd $(NODE_CLIENT) && npm ci --no-audit --no-fund --loglevel=error; fi
	touch $@

# The database server that the tests start, each run a cluster of its own.
$(MARK)/postgresql: tools/prepare_machine.sh $(MARK)/venv
	tools/prepare_machine.sh postgresql >/dev/null
	touch $@

# The clock that tests let jump.
$(MARK)/clock: tools/prepare_machine.sh $(MARK)/venv
	tools/prepare_machine.sh clock >/dev/null
	touch $@

# The Java that the tests of Spark start.
$(MARK)/java: tools/prepare_machine.sh $(MARK)/venv
	tools/prepare_machine.sh java >/dev/null
	touch $@

demo: setup ## Starts a server, decides sample cases, shows a table and one explanation, stops the server.
	$(PYTHON) -m clients.demo

test: lint types contract $(MARK)/node $(MARK)/postgresql $(MARK)/clock $(MARK)/java ## Everything that must pass: lint, types, contract, tests. CI runs this.
	$(PYTHON) -m compileall -q engine server clients tests  # tests start hundreds of processes, each would compile anew
	$(PYTHON) -m pytest -n 2 --dist worksteal --durations=10 $(PYTEST_ARGS)

lint: setup ## ruff: rules and format.
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: setup ## mypy, strict.
	$(PYTHON) -m mypy

contract: setup ## buf: lint of the protos, and no breaking change since the last release.
	$(PYTHON) tools/buf_workspace.py
	$(BUF) lint
	$(BUF) format --diff --exit-code protos
	$(BUF) breaking protos --against protos/released.binpb

soak: setup ## Property tests with fresh seeds and many more examples, and the tests that run for long.
	$(PYTHON) -m pytest -n 2 --hypothesis-profile=soak -m "soak or hypothesis" --timeout=7200 $(PYTEST_ARGS)

fuzz: setup ## Fuzzes the wire of a server for SECONDS (an hour), in rounds with seeds of their own, until a fault is found.
	$(PYTHON) -m tests.server.attacks.fuzz --seconds $(SECONDS) $(FUZZ_ARGS)

bench: setup ## Measures; prints tables and writes build/bench.json. No test.
	tools/prepare_machine.sh load >/dev/null
	$(PYTHON) -m tests.benchmarks

fmt: setup ## Formats code and protos, mends what ruff can mend.
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	$(PYTHON) tools/buf_workspace.py
	$(BUF) format -w protos

lock: setup ## Writes requirements.lock anew, with the newest versions that pyproject.toml allows.
	$(VENV)/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --upgrade --quiet \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-emit-package rollbook-client \
		--output-file requirements.lock

release-image: setup ## Writes the image that later changes of the contract are compared with. At a release only.
	$(PYTHON) tools/buf_workspace.py
	$(BUF) build protos --exclude-source-info -o protos/released.binpb

clean: ## Removes all that make has made.
	rm -rf $(VENV) build dist clients/sdk/dist clients/sdk/src/rollbook/v1 clients/sdk/src/rollbook/protos \
		$(NODE_CLIENT)/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
