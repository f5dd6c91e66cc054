# Copyright (c) 2026, the estate.vmware contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything a newcomer needs: make demo, make test. What these make lies in .venv and .build.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BUILD := .build
VENV := .venv
BIN := $(VENV)/bin
NAMESPACE := $(BUILD)/collections/ansible_collections/estate
ARTIFACT := $(BUILD)/artifact
export PATH := $(CURDIR)/$(BIN):$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(BUILD)/collections
# Whatever tools keep for themselves stays here too, and make clean takes it away.
export ANSIBLE_HOME := $(CURDIR)/$(BUILD)/ansible
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(BUILD)/pycache
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/$(BUILD)/hypothesis
# Without its byte code every Ansible process compiles Ansible and pyVmomi anew, which takes half of its time.
unexport PYTHONDONTWRITEBYTECODE
# Ansible refuses to run in another locale.
export LC_ALL := C.UTF-8

# The newest Python here that runs: each release of ansible-core asks for a later one.
PYTHON ?= $(shell tests/tools/find-python)

# More than there are processors, because tests wait for servers and deadlines.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# A file's tests run on one worker, which makes what they share once. The longest files, integration tests, come first.
PYTEST := python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

# How long make fuzz runs.
SECONDS ?= 60

# What make molecule runs.
SCENARIOS ?= default inventory

.PHONY: help demo simulator simulator-binary test pytest bench compare lint ruff format mypy sanity test-lowest matrix test-all molecule galaxy-check coverage fuzz docs docs-site pictures build clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime $(NAMESPACE)/vmware ## Scan a simulated estate and write its workbook
	@PYTHONPATH=$(BUILD)/collections python tests/simulator/demo.py $(BUILD)/demo

simulator: $(VENV)/runtime $(NAMESPACE)/vmware ## Keep the simulated estate of the demo running, with inventories to try playbooks on
	@PYTHONPATH=$(BUILD)/collections exec python tests/simulator/keep_running.py $(BUILD)/simulator-estate $(BUILD)/collections

test: ## Run lint, sanity, unit and integration tests with current versions
	@$(MAKE) --no-print-directory --jobs 2 simulator-binary lint
	@$(MAKE) --no-print-directory --jobs 2 sanity pytest

pytest: $(VENV)/development $(NAMESPACE)/vmware
	$(PYTEST)

# Go needs minutes for it the first time.
simulator-binary: $(VENV)/runtime
	@PYTHONPATH=tests/simulator python -c 'from simulator_build import simulator_binary; simulator_binary()'

bench: $(VENV)/runtime $(NAMESPACE)/vmware ## Measure scans, workbooks, inventories, the job and changes against other ways; options: tests/bench/options.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_workbooks.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_inventory.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_job.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_changes.py

compare: $(VENV)/runtime $(NAMESPACE)/vmware ## Compare inventories with those of community.vmware: make compare FILES=path
	@PYTHONPATH=$(BUILD)/collections:tests/simulator:tests/bench python tests/compare/compare_inventory.py

lint: ruff mypy ## Run every check that runs no code of the collection: format, types, security, licences, playbooks, changelog
	bandit --quiet --recursive --configfile pyproject.toml plugins
	python tests/tools/headers.py
	reuse lint --quiet || reuse lint --lines
	ansible-lint --offline
	antsibull-changelog lint

ruff: $(VENV)/development ## Check format, import order and style of Python files; make format mends them
	ruff format --check
	ruff check

format: $(VENV)/development ## Format Python files
	ruff check --fix
	ruff format

mypy: $(VENV)/development $(NAMESPACE)/vmware ## Check types
	mypy

sanity: $(VENV)/development build ## Run ansible-test sanity on the built collection
	tests/tools/sanity $(ARTIFACT)/*.tar.gz $(BUILD)/sanity/newest

test-lowest: $(VENV)/development $(NAMESPACE)/vmware build ## Run sanity, unit tests and the main job with the lowest versions supported
	python tests/tools/matrix.py $(ARTIFACT)/*.tar.gz lowest

matrix: $(VENV)/development $(NAMESPACE)/vmware build ## Do the same with all versions in tests/tools/matrix.txt
	python tests/tools/matrix.py $(ARTIFACT)/*.tar.gz

test-all: lint matrix molecule galaxy-check docs-site ## Run everything, fuzzing and tests of the benchmarks too, with all versions: an hour
	$(PYTEST) -m "" --hypothesis-profile=many

molecule: $(VENV)/development $(NAMESPACE)/vmware ## Run molecule's scenarios against the simulated estate; one of them: make molecule SCENARIOS=default
	@for scenario in $(SCENARIOS); do \
	    MOLECULE_EPHEMERAL_DIRECTORY=$(CURDIR)/$(BUILD)/molecule/$$scenario molecule test --scenario-name $$scenario || exit; \
	done

galaxy-check: $(BUILD)/galaxy-importer/made build ## Check the built collection as Ansible Galaxy does when it takes one
	PATH=$(CURDIR)/$(BUILD)/galaxy-importer/bin:$$PATH tests/tools/galaxy-check $(ARTIFACT)/*.tar.gz

coverage: $(VENV)/development $(NAMESPACE)/vmware ## Measure which branches of plugins the unit tests take: at least 92 % of module_utils
	@mkdir -p $(BUILD)/coverage
	$(PYTEST) --quiet --cov --cov-report= tests/unit/plugins tests/hostile
	coverage report --skip-covered --skip-empty --sort=cover
	coverage report --include='plugins/module_utils/*' --fail-under=92 --format=total

fuzz: $(VENV)/development $(NAMESPACE)/vmware ## Feed the decoder broken replies, and scan servers with random replies: make fuzz SECONDS=600
	@PYTHONPATH=$(BUILD)/collections python tests/fuzz/fuzz_decode.py --seconds $$(($(SECONDS) / 2)) --finds $(BUILD)/fuzz
	@PYTHONPATH=$(BUILD)/collections:tests/hostile:tests/simulator python tests/fuzz/fuzz_scan.py --seconds $$(($(SECONDS) / 2)) --finds $(BUILD)/fuzz

docs: $(VENV)/runtime $(NAMESPACE)/vmware ## Write the generated pages: docs/fields.md, docs/variables.md, docs/troubleshooting.md, the facts module's RETURN
	@PYTHONPATH=$(BUILD)/collections python tests/tools/catalog_docs.py
	@PYTHONPATH=$(BUILD)/collections python tests/tools/docs_tables.py
	@PYTHONPATH=$(BUILD)/collections python tests/tools/option_docs.py

docs-site: $(VENV)/docs-site $(NAMESPACE)/vmware ## Build the documentation as HTML in .build/docs-site/html; a warning is an error
	tests/tools/docs-site $(BUILD)/docs-site

pictures: $(VENV)/runtime $(NAMESPACE)/vmware ## Draw the workbook of make demo for the README; needs LibreOffice and poppler
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/tools/pictures.py $(BUILD)/pictures docs/pictures

build: $(VENV)/runtime ## Build the collection's artifact
	@rm -rf $(ARTIFACT)
	ansible-galaxy collection build --output-path $(ARTIFACT)
	python tests/tools/check_artifact.py $(ARTIFACT)/*.tar.gz

clean: ## Remove all that was made
	rm -rf $(VENV) $(BUILD)

# The repository under the name by which Ansible and Python know the collection.
$(NAMESPACE)/vmware:
	@mkdir -p $(NAMESPACE)
	@ln -sfn ../../../.. $@

$(VENV)/runtime: requirements.txt
	tests/tools/make-venv "$(PYTHON)" $(VENV)
	python -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/docs-site: $(VENV)/runtime docs/site/requirements.txt
	python -m pip install --quiet --requirement docs/site/requirements.txt
	@touch $@

$(VENV)/development: $(VENV)/runtime tests/requirements.txt
	python -m pip install --quiet --requirement tests/requirements.txt
	@touch $@

# Apart from the other tools, as it wants older releases of what they use.
$(BUILD)/galaxy-importer/made: tests/requirements-galaxy.txt
	tests/tools/make-venv "$(PYTHON)" $(BUILD)/galaxy-importer
	$(BUILD)/galaxy-importer/bin/python -m pip install --quiet --requirement $<
	@touch $@
