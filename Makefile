# make demo    a farm and a shot to look at, from nothing
# make test    all tests
# make check   lint, types, import rules, dependencies
# make bench   the performance figures (tests/benchmarks)
# make chaos   strike a farm while it renders, then audit it: SEED=1 SEEDS=1 MINUTES=2 (tests/chaos)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REQUIREMENTS := requirements.txt $(wildcard requirements/*.txt)
WORKERS ?= 4
SEED ?= 1
SEEDS ?= 1
MINUTES ?= 2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist=loadgroup
ON_POSTGRESQL := db service scheduler dashboard farm

.PHONY: demo up test check bench chaos clean

demo: $(VENV)/.farm
	@$(BIN)/brender demo

up: $(VENV)/.farm
	@$(BIN)/brender up

test: $(VENV)/.dev
	@sh tools/system-packages.sh test
	$(PYTEST) $(ARGS)
	$(BIN)/python -m tests.postgres -- $(PYTEST) $(addprefix tests/integration/,$(ON_POSTGRESQL))

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks $(ARGS)

chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos --seed $(SEED) --seeds $(SEEDS) --minutes $(MINUTES) $(ARGS)

clean:
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || \
		{ echo "Brender needs Python 3.11 or newer; say which: make demo PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.farm: $(BIN)/python $(REQUIREMENTS) pyproject.toml
	@sh tools/system-packages.sh runtime
	@echo "Installing Brender into $(VENV) (about 500 MB to download, once) …"
	@$(PIP) --requirement requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.farm
	@echo "Installing what tests and checks need …"
	@$(PIP) --constraint requirements/constraints.txt --requirement requirements/dev.txt \
		--requirement requirements/postgresql.txt
	@touch $@
