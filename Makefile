# One command for each thing that people do with this tree. `make` alone runs every check that needs no test run.
#
#   make demo     judge the bundled sample data, write its report, then serve it (DEMO_ONCE=1: stop after the report)
#   make check    form, types, floors, documentation
#   make test     all tests (PYTEST_ARGS="tests/norms -k calendar" narrows them)
#   make format   rewrite the code to its form
#   make lock     renew the lock files (UPGRADE=1 also takes newer versions)
#   make bench    run the benchmarks
#   make clean    remove what the commands above made
#
# demo, check and test set up everything that they need by themselves; a second time that costs nothing.

SHELL := /bin/sh
.DEFAULT_GOAL := check
.DELETE_ON_ERROR:
.PHONY: check test demo format lock bench clean

BIN := .venv/bin
PIP_COMPILE := UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip compile --quiet --universal --generate-hashes \
	--no-annotate --no-header $(if $(UPGRADE),--upgrade)
PYTEST_ARGS ?=

check: .venv/.ready-dev
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet
	$(BIN)/mypy --no-error-summary
	$(BIN)/mypy --no-error-summary tools
	$(BIN)/lint-imports --no-logo --no-cache > .venv/floors.txt || { cat .venv/floors.txt; exit 1; }
	$(BIN)/python tools/third_party.py --check
	$(BIN)/pytest tests/test_repository.py tests/docs/test_pages.py

test: .venv/.ready-dev
	@tools/test_packages.sh
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

demo: .venv/.ready-run
	$(BIN)/scherp demo $(if $(filter-out 0,$(DEMO_ONCE)),--once)

format: .venv/.ready-dev
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format

lock: .venv/.ready-dev
	$(PIP_COMPILE) pyproject.toml --output-file requirements.lock
	$(PIP_COMPILE) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@tools/set_up.sh dev
	$(BIN)/python tools/third_party.py

bench: .venv/.ready-dev
	@set -e; for one in benchmarks/*.py; do \
		[ -e "$$one" ] || { echo 'There are no benchmarks yet.'; break; }; echo "$$one"; $(BIN)/python "$$one"; done

clean:
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready-run: requirements.lock pyproject.toml tools/set_up.sh tools/link_source.py
	@tools/set_up.sh run

.venv/.ready-dev: requirements-dev.lock pyproject.toml tools/set_up.sh tools/link_source.py
	@tools/set_up.sh dev
