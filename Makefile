# Needs make and Python 3.11 or later (PYTHON=python3.13 for another one); everything else goes to .venv.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q
# The groups keep tests that share a server in one process. They run in the order of pytest.ini, where the long ones come
# first: with xdist's own order, by number of tests, the longest would be last and one core would wait.
# Three processes for two cores: tests with servers of their own wait much of their time.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadscope --no-loadscope-reorder -q

# Tests start dozens of servers and workers; without it each of them compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

COVERED := mentorship,cohorts,training,matching,checkins,partners
# Beside tests and migrations: what only PostgreSQL's walks, the benchmarks and `make assurance` run.
UNMEASURED := */tests/*,*/migrations/*,*/bench/*,*/assurance/*,*/devtools/access/*,*/testing/walks/*

LINTS := lint-types lint-format lint-rules lint-imports lint-templates lint-style lint-migrations lint-upgrades lint-settings

.PHONY: help setup demo guide-pictures messages test lint $(LINTS) test-sqlite test-postgres bench assurance lock clean

help: ## What there is to make
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv .venv

# The stamps make a second run quick: pip is asked again only after a change of the locked requirements.
.venv/.product: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@touch $@

.venv/.tools: requirements-dev.txt requirements-rules.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-rules.txt
	@touch .venv/.product $@

# locust brings gevent and a plugin of pytest, so it has an environment of its own.
.venv/load/.done: requirements-load.txt | .venv/bin/python
	$(BIN)/python -m venv .venv/load
	.venv/load/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-load.txt
	@touch $@

setup: .venv/.tools ## Prepare .venv with the product and its tools

demo: .venv/.product ## Fill a made-up programme and run it: http://127.0.0.1:8000 (PORT=8080 for another port)
	$(BIN)/python manage.py migrate --verbosity=0
	SITE_URL=http://127.0.0.1:$(PORT) $(BIN)/python manage.py demo
	SITE_URL=http://127.0.0.1:$(PORT) $(BIN)/python manage.py run_all --port $(PORT)

guide-pictures: .venv/.tools ## Take the pictures of docs/guide and of the README anew, from a demo of their own
	rm -rf var/guide && mkdir -p var/guide
	VAR_DIR=var/guide $(BIN)/python manage.py migrate --verbosity=0
	VAR_DIR=var/guide $(BIN)/python manage.py demo
	VAR_DIR=var/guide $(BIN)/python manage.py guide_pictures

messages: .venv/.tools ## Bring the catalogues of translations up to date and compile them; says what is missing
	$(BIN)/python -m mentorship.devtools.messages update

test: lint test-sqlite test-postgres ## All checks and tests, on SQLite and on PostgreSQL

# Two at a time: the types take as long as all others together.
lint: .venv/.tools ## Format, lint, import order, templates, house style, types, migrations
	@$(MAKE) --no-print-directory -j 2 $(LINTS)

lint-format: ; $(BIN)/ruff format --check .
lint-rules: ; $(BIN)/ruff check .
lint-imports: ; $(BIN)/lint-imports
lint-templates: ; $(BIN)/djlint --lint --quiet templates
lint-style: ; $(BIN)/python -m mentorship.devtools.style
lint-types: ; $(BIN)/mypy .
lint-migrations: ; $(BIN)/python manage.py makemigrations --check --dry-run
lint-upgrades: ; $(BIN)/python -m mentorship.devtools.upgrades
lint-settings: ; $(BIN)/python manage.py check

# The long ones run once. PostgreSQL is strict about queries, so the walks over all pages, forms and filters are its own, in
# place of the tests of single pages (see conftest.py).
ONLY_POSTGRES := mentorship/tests/walks
ONLY_SQLITE := mentorship/devtools checkins/tests/test_waves_year.py

test-sqlite: .venv/.tools ## The tests on SQLite, and how much of each app they run
	@mkdir -p var
	PYTEST_PLUGINS=mentorship.devtools.testing.probes \
	$(BIN)/python -m slipcover --source $(COVERED) --omit '$(UNMEASURED)' --json --out var/coverage.json \
		$(PYTEST:$(BIN)/python%=%) $(addprefix --ignore ,$(ONLY_POSTGRES))
	$(BIN)/python -m mentorship.devtools.coverage var/coverage.json

test-postgres: .venv/.tools ## The tests on PostgreSQL (its own, or TEST_DATABASE_URL)
	$(BIN)/python -m mentorship.devtools.testing.with_postgres $(PYTEST) \
		$(addprefix --ignore ,$(ONLY_SQLITE))

bench: .venv/.tools ## What claims speed, beside its yardsticks; PART=matching for one part
	$(BIN)/python -m mentorship.devtools.bench $(PART)

assurance: .venv/.tools .venv/load/.done ## Measure what is promised, into docs/assurance.md; PART=load for one part
	$(BIN)/python -m mentorship.devtools.assurance $(PART)

lock: ## Write the locked requirements anew (needs uv)
	$(COMPILE) requirements.in -o requirements.txt
	$(COMPILE) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) requirements-extras.in -o requirements-extras.txt
	$(COMPILE) requirements-load.in -o requirements-load.txt

clean: ## Remove .venv and caches; var/ with the data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
