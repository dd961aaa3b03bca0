# make demo | test | lab | docs | readme | clean   (needs Python 3.10 or newer, make and git)
PYTHON   ?= python3
# More options for pip. On Linux the default torch wheels bring CUDA, some GB; without a GPU,
# name an index of CPU builds here.
PIP_ARGS ?=
BIN      := .venv/bin
INSTALL   = $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517 -c constraints.txt $(PIP_ARGS)
INPUTS   := setup.py settings.ini constraints.txt

.PHONY: demo test lab docs readme clean

demo: .venv/.run
	$(BIN)/nfd_demo

test: .venv/.dev
	@$(BIN)/python tools/check.py

lab: .venv/.lab
	$(BIN)/jupyter lab nbs

# README.md is touched so that nbdev does not write its own over it. The fields that move in
# the Explore page need npm, or what it fetched before.
docs:
	@command -v quarto >/dev/null || { echo "make docs needs Quarto on the PATH: see https://quarto.org"; exit 1; }
	@$(MAKE) --no-print-directory .venv/.dev
	@touch README.md
	$(BIN)/python tools/live_page.py
	$(BIN)/nbdev_docs
	$(BIN)/python tools/search_index.py _docs

# What the pages and the README take from nbs/comparison_files, then the README.
readme: .venv/.dev
	$(BIN)/python tools/tables.py
	$(BIN)/python tools/readme.py

# What builds leave behind; the environment stays (rm -r .venv).
clean:
	rm -rf _proc _docs build dist *.egg-info nbs/live/files
	find nbs nfdiffusion tools -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

# Stamps: each is touched last, so an interrupted install is done again and a finished one never.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || { \
	  echo "This needs Python 3.10 or newer, and \`$(PYTHON)\` is not. Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "\`$(PYTHON)\` lacks the venv module. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.made $(INPUTS)
	@echo "Installing into .venv; the first time takes some minutes."
	$(INSTALL) -e .
	@touch $@

.venv/.dev: .venv/.made $(INPUTS)
	@echo "Installing into .venv; the first time takes some minutes."
	$(INSTALL) -e '.[dev]'
	@touch .venv/.run $@

.venv/.lab: .venv/.dev
	$(INSTALL) jupyterlab
	@touch $@
