# Everything runs from .venv, which is made from the hashed lock. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
SUPERSET := .venv-superset
BIN := $(VENV)/bin
# Files stay whole and in order, as neighbours share the warehouses that their fixtures build.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-dashboards demo demo-cdnow bi stop doctor test test-compose test-faults check audit format dbt docs site dictionary metrics plots pictures bench lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-16s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Make .venv with the command `customer360` in it

setup-dev: $(VENV)/.installed-dev ## The same with what checks and tests need

$(VENV)/.installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(PYTHON) is older than Python 3.11: set PYTHON, as in make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) from requirements.txt: a minute or two, once."
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) pip==25.3  # that of Python 3.11.7 trips over extras when it checks hashes
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/customer360 packages
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

demo: setup ## From nothing to trusted marts: start everything, run the pipeline, show what came of it
	@$(BIN)/customer360 demo $(ARGS)

demo-cdnow: setup ## The same on the purchases of 23,570 real customers (CDNOW, 1997-1998)
	@$(BIN)/customer360 demo --cdnow $(ARGS)

bi: setup $(SUPERSET)/.installed ## Superset with the dashboards, over the published warehouse
	@$(BIN)/customer360 bi start

setup-dashboards: $(SUPERSET)/.installed ## Make Superset's environment, and install Chromium, which its tests and pictures need
	@command -v chromium >/dev/null \
		|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && echo "Installing Chromium." \
			&& apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| echo "There is no chromium on PATH: install it as root, as in apt-get install chromium."

$(SUPERSET)/.installed: bi/superset/requirements.txt
	@echo "Making $(SUPERSET) from bi/superset/requirements.txt: a few minutes, once."
	@$(PYTHON) -m venv $(SUPERSET)
	@$(SUPERSET)/bin/python -m pip install --quiet --disable-pip-version-check pip==25.3
	@$(SUPERSET)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

stop: ## Stop Superset, Airflow and the embedded server; all data stays
	@$(BIN)/customer360 stop

doctor: setup ## Say what is wrong with this machine, and how to mend it
	@$(BIN)/customer360 doctor

test: setup-dev ## Run the tests: unit, integration on a real Postgres, the demo and the dashboards end to end
	@$(MAKE) --no-print-directory setup-dashboards || echo "Tests of the dashboards are skipped, except with CI=true."
	@$(BIN)/pytest $(SIDE_BY_SIDE) $(ARGS)

test-compose: setup-dev ## Run the docker-compose stack for real and check its marts (needs a Docker engine)
	@$(BIN)/pytest -m compose tests/e2e $(ARGS)

test-faults: setup-dev ## Kill and cut everything at hundreds of random points (hours, or MINUTES=25; SEED=17 repeats one)
	@C360_FAULTS=long C360_FAULT_SEED=$(SEED) C360_FAULT_MINUTES=$(MINUTES) $(BIN)/pytest tests/faults $(ARGS)

check: setup-dev ## Lint, types, SQL style, portable SQL, layer rule, secrets, DAG import
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/yamllint --strict .
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project
	@$(BIN)/pytest tests/checks tests/dags/test_imports.py -q

audit: setup-dev ## Look the locked packages up among the known vulnerabilities (skipped where the network is closed)
	@$(BIN)/python .ci/audit

format: setup-dev ## Let ruff and sqlfluff mend what they can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar dbt_project

dbt: setup ## Build and test every model into warehouse_next, without publishing
	@$(BIN)/customer360 build

docs: setup ## dbt's documentation of every model, served on http://127.0.0.1:8081
	@$(BIN)/customer360 dbt docs generate
	@$(BIN)/customer360 dbt docs serve --host 127.0.0.1 --port 8081

site: setup-dev ## The pages of docs/ with dbt's documentation as a site, served on http://127.0.0.1:8082
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@cd dbt_project && ../$(BIN)/dbt --quiet parse
	@cd dbt_project && ../$(BIN)/dbt --quiet docs generate --static --empty-catalog --no-compile
	@mkdir -p site/dbt && cp dbt_project/target/static_index.html site/dbt/index.html
	@echo "The site is in site/, and at http://127.0.0.1:8082 until Ctrl-C."
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory site 8082

dictionary: setup ## Write docs/data_dictionary.md and docs/lineage.svg from dbt's manifest
	@$(BIN)/python -m customer360.documentation

metrics: setup ## Write the metrics of Superset's datasets from dbt_project/models/metrics
	@$(BIN)/python -m customer360.bi.metrics

plots: setup-dev ## Draw docs/images/ (calibration, retention) from the published warehouse
	@$(BIN)/python -m customer360.documentation.plots

pictures: setup-dev setup-dashboards ## Take docs/images/dashboards/ of Superset over the published warehouse
	@$(BIN)/python -m tests.e2e.pictures

bench: setup-dev setup-dashboards ## Speed and memory against peers and limits, in one run
	@set -e; for benchmark in benchmarks/*.py; do $(BIN)/python -m benchmarks.$$(basename $$benchmark .py); done

lock: ## Compile requirements*.in into requirements*.txt (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet bi/superset/requirements.in -o bi/superset/requirements.txt

clean: ## Remove the virtual environment and caches; `data/` stays
	@if [ -x $(BIN)/customer360 ]; then $(BIN)/customer360 stop; fi
	rm -rf $(VENV) $(SUPERSET) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info site dbt_project/target dbt_project/logs dbt_project/dbt_packages
