# What a person or a machine does with this repository. Needs a CPython 3.11 or later, git and make; nothing else, no root.
# `make servers` is the only target that wants root: it installs Debian packages that some tests use where they are.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check servers format lint types floors docs docs-check bless bench soak wheel lock clean

PYTHON = $(eval PYTHON := $(shell sh tools/find-python.sh))$(PYTHON)
BOOTSTRAP = $(if $(PYTHON),"$(PYTHON)" tools/bootstrap.py,@exit 2;)
BIN := .venv/bin
CORE := .venv-core/bin
WORKERS ?= 2

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: ## set up with the core dependencies only, scan demo/acme, write demo-report.html
	@$(BOOTSTRAP) core
	@sh tools/demo.sh $(CORE)

test: ## set up and run the tests, with what is present; each skip is listed with its reason
	@$(BOOTSTRAP) test
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

servers: ## install what the tests need from Debian (root)
	@sh tools/servers.sh

check: dev format lint types floors docs-check ## all that must hold: format, lint, types, floors, docs, tests
	$(BIN)/python -m pytest -n $(WORKERS) --strict-skips $(ARGS)

.PHONY: dev
dev: ## set up with everything
	@$(BOOTSTRAP) dev

format: dev
	$(BIN)/ruff format --check .

lint: dev
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy

floors: dev
	$(BIN)/lint-imports --no-cache

docs-check: dev
	$(BIN)/python tools/reference.py --check

docs: dev ## make docs/reference from the code
	$(BIN)/python tools/reference.py

bless: dev ## rewrite the expectations of the samples; read the diff, you sign it
	$(BIN)/python -m tests.bless $(ARGS)

bench: dev ## run the benchmarks, each against its peer
	$(BIN)/python tools/every.py bench

soak: dev ## run the full counts of what the tests sample
	$(BIN)/python tools/every.py soak

wheel: dev ## build the wheel and the source archive, the same bytes each time
	@sh tools/wheel.sh dist

lock: ## bring uv.lock to pyproject.toml
	@"$$($(BOOTSTRAP) uv)" lock

clean: ## remove what the targets above made
	rm -rf .venv .venv-core .uv dist build demo/acme demo/acme.part demo/acme.made-by demo/.tocsin demo-report.html
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
