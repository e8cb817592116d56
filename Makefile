# taxatie: everything a fresh machine needs, and everything that is held by a tool.
# Needs: Python 3.11 or newer (`make PYTHON=python3.12` for another one), git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STUBS := taxatie/wire/generated
# Lines and branches that tests reach, in per cent; newer Pythons lack the second engine. It may rise, never fall.
COVERED_MIN = $(shell $(BIN)/python -c 'import sys; print(97 if sys.version_info < (3, 13) else 90)')
PROTOS := $(wildcard proto/taxatie/v1/*.proto)
# Compiled modules are kept, whatever the machine says: the command line starts twice as fast with them.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help install .venv stubs demo lint types imports content unit test docs format fuzz faults load soak bench bench-replay population schemas lock clean

help: ## What there is to make.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | sort | awk -F'\t' '{printf "%-12s %s\n", $$1, $$2}'

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "taxatie needs Python 3.11 or newer; say which with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "this Python cannot make virtual environments; install its venv package" >&2; exit 1; }
	@touch $@

$(VENV)/.locked: $(VENV)/.made requirements/dev.txt
	$(PIP) install --require-hashes --no-deps --only-binary :all: -r requirements/dev.txt
	@touch $@

# durable_rules comes as source: with a C compiler of the machine, or else with the one in the ziglang wheel.
$(VENV)/.durable: $(VENV)/.locked requirements/durable.txt tools/install_durable.sh
	@sh tools/install_durable.sh $(BIN)/python
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STUBS)/.made: $(VENV)/.locked $(PROTOS) tools/make_stubs.py
	$(BIN)/python tools/make_stubs.py
	@touch $@

install: $(VENV)/.installed $(VENV)/.durable $(STUBS)/.made ## Set everything up.

.venv: install

stubs: $(STUBS)/.made ## Generate the message classes.

demo: install ## Start the service and assess the shipped cases through the real client.
	@$(BIN)/taxatie demo

lint: install ## Style and form.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install ## Types, strictly.
	$(BIN)/mypy

imports: install ## Who may import whom.
	$(BIN)/lint-imports

content: install ## The shipped rulesets and their scenarios.
	$(BIN)/taxatie check
	$(BIN)/taxatie test --require-coverage

unit: install ## The tests alone.
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered --cov-fail-under=$(COVERED_MIN)

test: lint types imports content docs unit ## Every check and every test.

format: install ## Bring code into form.
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

fuzz: install ## Broken texts by the coverage-guided fuzzer, for five minutes.
	$(PIP) install --require-hashes -r requirements/fuzz.txt
	$(BIN)/python fuzz/parse_text.py -max_total_time=300

# Needs strace and leave to attach to a process with it (root, or ptrace_scope 0), and root to mount a small disk;
# what cannot be tried is skipped with its reason. More than an hour; TAXATIE_FAULTS_SEED=5 for other chance.
faults: install ## The log under kills, failing and full disks, each of its bytes changed; the second engine in full.
	TAXATIE_FAULTS=all $(BIN)/pytest tests/faults tests/engine/test_durable_against_reference.py -v -rs

load: MINUTES ?= 5
load: install ## Intake systems by locust, a morning's peak and a spike, for five minutes (MINUTES=10: or ten); a report.
	$(BIN)/python -m load.run_users --minutes $(MINUTES)

soak: MINUTES ?= 60
soak: install ## A million calls and a thousand new releases in an hour: is memory flat? (MINUTES=5: a twelfth.)
	$(BIN)/python -m load.soak --minutes $(MINUTES)

bench: install .venv-bench/.installed ## How fast we are beside an empty service and beside peers, as ratios, with the goals.
	.venv-bench/bin/python -m load.bench

# The peers live in an environment of their own that also sees ours, so that no test ever meets them.
.venv-bench/.installed: $(VENV)/.installed requirements/bench.txt
	$(PYTHON) -m venv .venv-bench
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' > "$$(.venv-bench/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/ours.pth"
	.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps --only-binary :all: -r requirements/bench.txt
	@touch $@

bench-replay: install .venv-bench/.installed ## A what-if over five million decisions, beside its peers, as ratios.
	.venv-bench/bin/python -m load.bench_replay

bench-ledger: install ## What it costs to record every decision first, as a ratio; and to verify a million.
	$(BIN)/python -m load.bench_ledger
	$(BIN)/python -m load.verify_million

population: install ## A year of made-up decisions as Parquet, in build/population.
	$(BIN)/python -m load.make_population

schemas: install ## Write the JSON Schemas anew.
	$(BIN)/taxatie schema --output schemas

docs: install ## Build the handbook into build/docs, every warning an error.
	$(BIN)/taxatie reference --check
	$(BIN)/taxatie reference --language en --check
	$(BIN)/sphinx-build -q -W -E docs build/docs

lock: $(VENV)/.locked ## Choose versions anew.
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-deps requirements/durable.in -o requirements/durable.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-deps requirements/fuzz.in -o requirements/fuzz.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/bench.in -o requirements/bench.txt

clean: ## Remove all that was made.
	rm -rf $(VENV) .venv-bench $(STUBS) .coverage .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
