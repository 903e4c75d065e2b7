# Needs Python 3.11 or newer and make, nothing else. `make` alone lists what there is.
# PYTHON=/path/to/python chooses the interpreter that .venv is made from.

.DEFAULT_GOAL := help
.PHONY: help run demo test proof attacks bench lint install lock
.SUFFIXES:

BIN := .venv/bin
# A stamp is touched only after its packages are installed completely, and lies inside .venv to vanish with it.
RUNTIME := .venv/.installed-requirements
DEVELOPMENT := .venv/.installed-requirements-dev
# The requirements name every package with its exact version; nothing beyond them is wanted.
PIP_INSTALL = $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-virtualenv --no-deps
# Lies there while packages are being copied: after an interruption some may be half there, so .venv is made anew.
UNFINISHED := .venv/.unfinished
# pytest-xdist shares the tests out among this many processes.
TEST_PROCESSES ?= 2
# Each takes one half of the list and helps the other in the end: most of what tests share is then made once.
PYTEST = $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | while IFS='	' read -r name what; do printf 'make %-8s %s\n' "$$name" "$$what"; done

run: $(RUNTIME) ## start everything on this machine, with demo data (HEARTPORT_DEMO=0: without)
	@HEARTPORT_DEMO="$${HEARTPORT_DEMO-1}" exec $(BIN)/python -m heartport.launch

demo: $(RUNTIME) ## walk through the main job against the running service
	@exec $(BIN)/python -m heartport.demo

test: install ## run all tests, every proof at a reduced size
	@$(PYTEST)

proof: install ## run all tests, every proof in full
	@HEARTPORT_PROOF=1 $(PYTEST)

attacks: install ## attack the published figures, beside those of a naive publisher
	@$(BIN)/python -m tests.attacks

bench: install ## measure, each figure beside its yardstick
	@$(BIN)/python -m bench

lint: install ## check format, style, types, scale files and the files of content
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m flask --app wsgi scales lint
	$(BIN)/python -m flask --app wsgi library lint
	$(BIN)/python -m flask --app wsgi topics lint

install: $(RUNTIME) $(DEVELOPMENT) ## make .venv and install what is pinned; does nothing when that is done

$(RUNTIME): requirements.txt
	@$(MAKE_VENV)
	@$(INSTALL)
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@$(INSTALL)
	@touch $@

define INSTALL
echo "installing what $< pins …"; touch $(UNFINISHED); \
$(PIP_INSTALL) -r $<; status=$$?; rm -f $(UNFINISHED); test $$status = 0 || exit $$status; \
broken=$$($(BIN)/python -m pip check --disable-pip-version-check) || { echo "$$broken" >&2; exit 1; }
endef

ifneq ($(wildcard $(UNFINISHED))$(shell test -x $(BIN)/python || echo missing),)
.PHONY: $(RUNTIME)
endif

# A .venv that is whole and new enough is kept.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
define MAKE_VENV
if test ! -e $(UNFINISHED) && $(BIN)/python -c '$(NEW_ENOUGH)' 2>/dev/null && \
	$(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
for python in $(PYTHON) python3.11 python3 python3.12 python3.13 python3.14; do \
	if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then \
		if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
			echo "$$python lacks its venv module: install python3-venv (Debian, Ubuntu) or the like, then run make again" >&2; \
			exit 1; \
		fi; \
		echo "making .venv with $$python …"; \
		exec "$$python" -m venv --clear .venv; \
	fi; \
done; \
echo "Python 3.11 or newer is missing: install it, or name it with make PYTHON=/path/to/python" >&2; \
exit 1
endef

lock: $(RUNTIME) ## compile the hand-written *.in lists into the pinned ones (UPGRADE=1: to the newest versions)
	@set -e; uv=$$(mktemp -d); trap 'rm -rf "$$uv"' EXIT; \
	$(BIN)/python -m venv "$$uv"; \
	"$$uv/bin/python" -m pip install -qq --disable-pip-version-check uv; \
	for list in requirements requirements-dev; do \
		"$$uv/bin/uv" pip compile --quiet --universal --python-version 3.11 $(if $(UPGRADE),--upgrade) \
			--no-header --no-emit-index-url --no-emit-find-links $$list.in --output-file $$list.txt; \
	done
