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
PYTHON ?= $(shell tests/tools/newest-python)

# How long make fuzz runs.
SECONDS ?= 60

.PHONY: help demo simulator test bench compare lint ruff format mypy sanity fuzz docs docs-site pictures build clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/runtime $(NAMESPACE)/vmware ## Scan a simulated estate and write its workbook
	@PYTHONPATH=$(BUILD)/collections python tests/simulator/demo.py $(BUILD)/demo

simulator: $(VENV)/runtime $(NAMESPACE)/vmware ## Keep the simulated estate of the demo running, with inventories to try playbooks on
	@PYTHONPATH=$(BUILD)/collections exec python tests/simulator/keep_running.py $(BUILD)/simulator-estate $(BUILD)/collections

test: lint sanity ## Run everything that CI runs: lint, sanity, unit and integration tests
	python -m pytest --numprocesses logical --dist worksteal

bench: $(VENV)/runtime $(NAMESPACE)/vmware ## Measure scans, workbooks, inventories and the job against other ways; options: tests/bench/options.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_workbooks.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_inventory.py
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/bench/bench_job.py

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
	tests/tools/sanity $(ARTIFACT)/*.tar.gz

fuzz: $(VENV)/development $(NAMESPACE)/vmware ## Feed the decoder broken replies, and scan servers that say nonsense: make fuzz SECONDS=600
	@PYTHONPATH=$(BUILD)/collections python tests/fuzz/fuzz_decode.py --seconds $$(($(SECONDS) / 2)) --finds $(BUILD)/fuzz
	@PYTHONPATH=$(BUILD)/collections:tests/hostile:tests/simulator python tests/fuzz/fuzz_scan.py --seconds $$(($(SECONDS) / 2)) --finds $(BUILD)/fuzz

docs: $(VENV)/runtime $(NAMESPACE)/vmware ## Write the generated pages: docs/fields.md, docs/variables.md, docs/troubleshooting.md, the facts module's RETURN
	@PYTHONPATH=$(BUILD)/collections python tests/tools/catalog_docs.py
	@PYTHONPATH=$(BUILD)/collections python tests/tools/docs_tables.py

docs-site: $(VENV)/docs-site $(NAMESPACE)/vmware ## Build the documentation as HTML in .build/docs-site/html; a warning is an error
	tests/tools/docs-site $(BUILD)/docs-site

pictures: $(VENV)/runtime $(NAMESPACE)/vmware ## Draw the workbook of make demo for the README; needs LibreOffice and poppler
	@PYTHONPATH=$(BUILD)/collections:tests/simulator python tests/tools/pictures.py $(BUILD)/pictures docs/pictures

build: $(VENV)/runtime ## Build the collection's artifact
	@rm -rf $(ARTIFACT)
	ansible-galaxy collection build --output-path $(ARTIFACT)

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
