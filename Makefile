# parknews: the everyday targets. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo test test-slow check docs pictures lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## set up .venv from requirements.lock; leaves .venv/bin/parknews

demo: $(STAMP)  ## crawl the bundled demo sites on loopback and print what was found
	$(BIN)/parknews demo

test: $(STAMP)  ## run every test but the slow ones
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-slow: $(STAMP)  ## run every test, the slow ones too (all the kill tests)
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: $(STAMP)  ## linters, strict types, import contracts, licences, generated docs and digest
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.licences
	$(BIN)/cog --check README.md docs/reference/*.md pipelines/archive/rules.py

docs: $(STAMP)  ## write docs/reference, the README's generated parts and the digest of the rules again
	$(BIN)/cog -r README.md docs/reference/*.md pipelines/archive/rules.py

pictures: $(STAMP)  ## draw the README's pictures again from the demo's archive (needs chromium)
	$(BIN)/python -m docs.pictures

lock:  ## resolve requirements.lock again from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --extra dev --extra attachments --extra browser --extra mcp --extra timestamps --extra cluster pyproject.toml -o requirements.lock

clean:  ## remove .venv and everything that tools left behind
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "parknews needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3 install" >&2; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv && \
	  $(PYTHON) -m pip install --quiet --target .venv-bootstrap virtualenv && \
	  PYTHONPATH=.venv-bootstrap $(PYTHON) -m virtualenv --quiet .venv && rm -rf .venv-bootstrap; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
