# `make` alone lists what there is. Only Python 3.11 and make are needed; the rest is fetched.

PYTHON ?= $(shell for p in python3.11 python3 python; do \
  if $$p -c "import sys; sys.exit(sys.version_info < (3, 7))" >/dev/null 2>&1; then \
  echo $$p; break; fi; done)
READY := $(PYTHON) bootstrap.py
RUN := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test e2e coverage check bench mutate fmt lock clean ready ready-dev ready-test python

help: ## show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ready ## start everything on http://127.0.0.1:8000/ (ARGS="--port 8010" for other places)
	@JAMSITE_UNDER_MAKE=1 exec $(RUN) manage.py up $(ARGS)

test: ready-test ## every test, in a browser too (ARGS="-k name" for some)
	$(RUN) scripts/test.py $(ARGS)

e2e: ready-test ## only the tests that drive a browser
	$(RUN) -m pytest -m e2e $(ARGS)

coverage: ready-test ## how much of the gate, of accounts and of recording the tests run
	$(RUN) scripts/test.py coverage

check: ready-dev ## every check that is not a test: style, types, contracts, settings, known holes
	$(RUN) scripts/check.py $(ARGS)

bench: ready-dev ## measure, each figure beside its floor
	$(RUN) -m bench $(ARGS)

mutate: ready-dev ## break the gate, the limits and the purge one way at a time, and see which test notices
	$(RUN) -m tests.mutation $(ARGS)

fmt: ready-dev ## put the code into its one form
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

lock: ready-dev ## resolve the dependencies again into requirements/
	$(RUN) scripts/lock.py

clean: ## remove what was built or fetched; the data in .data stays
	rm -rf .venv .tools node_modules frontend/dist static .mypy_cache .ruff_cache .pytest_cache \
	  .import_linter_cache test-results

ready: python
	@$(READY)

ready-dev: python
	@$(READY) --dev

ready-test: python
	@$(READY) --dev --browser

python:
	@test -n "$(PYTHON)" || { echo "Install Python 3.11, then run make again." >&2; exit 1; }
