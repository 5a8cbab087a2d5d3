# One command each: `make run` to see the portal, `make test` before a change is handed in.
# Stamp files under .venv remember what is done, so that a second start installs nothing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

BIN := .venv/bin
STAMPS := .venv/stamps
LOCALES := matchmaker/translations
CATALOGUES := $(wildcard $(LOCALES)/*/LC_MESSAGES/messages.po)
ICONS := $(wildcard matchmaker/web/static/icons.txt)
VENDOR := matchmaker/web/static/vendor/icons.svg
CHECKED := matchmaker workers search_index seed_data tools $(wildcard tests benchmarks)

# Options for one call, as in: make test PYTEST="-k screening -x"
SERVE ?= --with-samples
PYTEST ?=
BENCH ?=
CORPUS ?= ../shared/corpus
TEACHER ?= ../shared/models/bge-small-zh-v1.5
FOLDER ?= ../shared/benchmarks/bdci-dev
SECTIONS ?=
PROCESSES ?= 2

.PHONY: train-embedder help run install test check lint browser screenshots bench bench-scale quality frontend translations \
	update-translations lock clean

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1#\2/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='#' read -r name text; do printf '%-28s %s\n' "$$name" "$$text"; done

run: install ## Install what is needed, then serve the portal with its sample data
	@exec $(BIN)/matchmaker serve $(SERVE)

install: $(STAMPS)/runtime $(VENDOR) $(CATALOGUES:.po=.mo) ## Install the portal into .venv

test: $(STAMPS)/dev $(VENDOR) $(CATALOGUES:.po=.mo) ## Run every test whose services are at hand
	@$(BIN)/pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(PYTEST)

check: lint ## What CI runs: style, types, layers, translations, then every test
	@$(MAKE) test

lint: $(STAMPS)/dev ## The quick half of `make check`
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.translations check
	@$(BIN)/python -m tools.check_locks

browser: $(STAMPS)/dev $(VENDOR) $(CATALOGUES:.po=.mo) ## Only the tests that drive a browser
	@$(BIN)/pytest -m browser $(PYTEST)

screenshots: $(STAMPS)/dev $(VENDOR) $(CATALOGUES:.po=.mo) ## Take the README's pictures anew
	@$(BIN)/python -m tools.screenshots

bench: $(STAMPS)/dev $(VENDOR) $(CATALOGUES:.po=.mo) ## Measure speed and memory
	@$(BIN)/python -m benchmarks $(BENCH)

bench-scale: $(STAMPS)/dev ## Measure the embedded index by entries and clients (SCALE=options)
	@$(BIN)/python -m benchmarks.scale $(SCALE)

quality: $(STAMPS)/dev ## Measure the matching (FOLDER=judged queries, SECTIONS=some of them)
	@$(BIN)/python -m benchmarks.quality $(FOLDER) $(SECTIONS)

train-embedder: $(STAMPS)/dev ## Train the bundled embedder (CORPUS=folder TEACHER=folder)
	@$(BIN)/python -c 'import sentence_transformers' 2>/dev/null || { \
		$(BIN)/python -m pip install --quiet torch==2.13.0 && tools/install.sh --only transformers; }
	@$(BIN)/python -m search_index.training $(CORPUS) $(TEACHER)

frontend: $(VENDOR) ## Fetch the front-end parts and copy them

translations: $(CATALOGUES:.po=.mo) ## Compile the catalogues

update-translations: $(STAMPS)/dev ## Bring the catalogues to what the code says
	@$(BIN)/python -m tools.translations update

lock: $(STAMPS)/dev ## Write the lock files anew (UPGRADE=1: with the newest versions)
	@tools/lock.sh

clean: ## Remove everything that was made, but no data (that is in var)
	@rm -rf .venv node_modules build dist *.egg-info matchmaker/web/static/vendor htmlcov \
		.coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache \
		test-results
	@find $(LOCALES) -name '*.mo' -delete 2>/dev/null || true
	@find matchmaker workers search_index seed_data tests tools -name __pycache__ \
		-prune -exec rm -rf {} + 2>/dev/null || true

.venv/bin/python:
	@python=$$(PYTHON="$(PYTHON)" tools/find_python.sh) && \
		echo "Making .venv with $$($$python --version) …" && \
		$$python -m venv --clear .venv

$(STAMPS)/runtime: requirements/runtime.lock pyproject.toml tools/install.sh | .venv/bin/python
	@tools/install.sh runtime
	@mkdir -p $(STAMPS) && touch $@

# The dev lock holds everything of the runtime lock.
$(STAMPS)/dev: requirements/dev.lock requirements/runtime.lock pyproject.toml tools/install.sh \
		| .venv/bin/python
	@tools/install.sh dev
	@mkdir -p $(STAMPS) && touch $(STAMPS)/runtime $@

$(VENDOR): package.json package-lock.json tools/build_frontend.py $(ICONS) | .venv/bin/python
	@$(BIN)/python tools/build_frontend.py

# Whichever lock is there brings the compiler.
%.mo: %.po
	@[ -e $(BIN)/pybabel ] || $(MAKE) $(STAMPS)/runtime
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@
