# Two commands matter: `make bench` and `make test`. Both set up all they need; `make help` says the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup bench conformance ops speed test check ab noise lint lock clean

VENV := .venv
STAMP := $(VENV)/.installed
HARNESS := $(VENV)/bin/harness
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
PYTEST := $(VENV)/bin/python -m pytest
PART = $(strip $(if $(BACKEND),tests/conformance tests/backends/engines --backend '$(BACKEND)') $(if $(K),-k '$(K)') $(ARGS))
NO_PYTHON := No Python for the harness itself. Expected Python 3.11 or later, with venv, on PATH. Received none. Install \
	one, e.g. with: apt-get install python3 python3-venv, or: pyenv install 3.12.
# Variable of make:option of `harness run`; each may hold a list with commas where the option takes one.
SETTINGS := CONFIG:config BACKEND:backend WORKLOAD:workload DEVICE:device DATA:data THREADS:threads EPOCHS:epochs \
	WARMUP:warmup-epochs ROUNDS:rounds PROFILE:profile EDITION:edition SEED:seed COMPILE_CACHE:compile-cache \
	RESUME:resume RESULTS:results REPORTS:reports
name = $(firstword $(subst :, ,$(1)))
option = $(if $($(name)),--$(lastword $(subst :, ,$(1))) '$($(name))')
OPTIONS = $(strip $(foreach pair,$(SETTINGS),$(call option,$(pair))))

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 13
	@echo "Variables of bench: $(foreach pair,$(SETTINGS),$(call name,$(pair))); ARGS for any other option"
	@echo "Variables of check: BASELINE; of ab: A B; of test: BACKEND K; ARGS for any other option"
	@echo "Example: make bench BACKEND=theano,cntk WORKLOAD=mnist_mlp CONFIG=configs/full.yaml"

setup: $(STAMP) ## the orchestrator's own environment in .venv

bench: $(STAMP) ## run the benchmark and print the table
	@$(HARNESS) run $(OPTIONS) $(ARGS)

conformance: $(STAMP) ## which functions of K each backend computes as it should; writes reports/conformance.md
	@$(HARNESS) conformance $(if $(BACKEND),--backend '$(BACKEND)') $(if $(ONLY),--only '$(ONLY)') $(ARGS)

ops: $(STAMP) ## time operations of K on every backend and print them side by side
	@$(HARNESS) ops $(if $(BACKEND),--backend '$(BACKEND)') $(if $(ONLY),--only '$(ONLY)') $(ARGS)

speed: $(STAMP) ## compare our layer with hand-written code and Keras; writes docs/design/speed.md
	@$(VENV)/bin/python -m benchmarks.speed $(if $(BACKEND),--backend '$(BACKEND)') $(if $(WORKLOAD),--workload '$(WORKLOAD)') \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(THREADS),--threads $(THREADS)) $(ARGS)

# BACKEND: the conformance tests of these backends and the reference; K: the tests whose names it matches, as pytest's -k.
# Twice: what measures nothing on every processor, then what measures with nothing beside it. A part may have tests of one
# kind alone, and pytest ends with 5 where it found none. Hundreds of processes load the same modules, so their byte code is
# kept, whatever the shell says.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(STAMP) ## build every environment and run all tests; a part with BACKEND or K
	@$(HARNESS) env build $(if $(BACKEND),numpy '$(BACKEND)')
	@beside=0; alone=0; \
	$(PYTEST) -m 'not alone' --numprocesses auto --dist loadscope --no-loadscope-reorder $(PART) || beside=$$?; \
	$(PYTEST) -m alone $(PART) || alone=$$?; \
	[ $$beside$$alone != 55 ] && [ $${beside/5/0} = 0 ] && [ $${alone/5/0} = 0 ]

# Ends with make's own code 2 whatever is found; the command itself has a code for each.
check: $(STAMP) ## measure, compare with BASELINE (a git revision or a stored session), fail if anything is slower
	@[ -n "$(BASELINE)" ] || { echo "No baseline. Expected e.g. make check BASELINE=HEAD~1. Received none." >&2; exit 2; }
	@$(HARNESS) check --baseline '$(BASELINE)' $(OPTIONS) $(ARGS)

ab: $(STAMP) ## measure two variants interleaved: make ab A=tensorflow==2.20 B=tensorflow==2.21
	@$(HARNESS) ab $(if $(A),--a '$(A)') $(if $(B),--b '$(B)') $(OPTIONS) $(ARGS)

noise: $(STAMP) ## measure this machine's noise floor; later verdicts take it into account
	@$(HARNESS) noise $(OPTIONS) $(ARGS)

lint: $(STAMP) ## ruff, and the contracts between rooms, without running anything
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/lint-imports --no-cache

lock: $(STAMP) ## resolve requirements.lock anew from pyproject.toml
	@$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --extra test \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		pyproject.toml --output-file requirements.lock

clean: ## remove .venv; results and reports stay
	rm -rf $(VENV)

# The stamp is written last, so that a broken installation is done again. pip would make byte code on one processor, and that
# of the packages' own tests too.
$(STAMP): requirements.lock pyproject.toml
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || { \
		python=$$(for name in python3.13 python3.12 python3.11 python3.14 python3; do \
			"$$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; \
		done); \
		[ -n "$$python" ] || { echo "$(NO_PYTHON)" >&2; exit 5; }; \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		"$$python" -m venv --clear $(VENV); \
	}
	@echo "Installing the harness in $(VENV)"
	@$(PIP) --no-compile --require-hashes --requirement requirements.lock
	@$(VENV)/bin/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib || :
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
