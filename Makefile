# Start with `make bench` or `make test`. Both install all they need; `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup bench conformance ops speed test check ab noise lint lock clean

VENV := .venv
STAMP := $(VENV)/.installed
HARNESS := $(VENV)/bin/harness
PYTEST := $(VENV)/bin/python -m pytest
# The installation makes no byte code: the first import of a module does, and keeps it, even if the shell forbids that.
export PYTHONDONTWRITEBYTECODE :=
PART = $(strip $(if $(BACKEND),tests/conformance tests/backends/engines --backend '$(BACKEND)') $(if $(K),-k '$(K)') $(ARGS))
NO_PYTHON := No Python for the harness itself. Expected Python 3.11 or later, with venv, on PATH. Received none. Install \
	one, e.g. with: apt-get install python3 python3-venv, or: pyenv install 3.12.
# Variable of make:option of `harness run`. A variable may hold a list with commas if its option takes one.
SETTINGS := CONFIG:config BACKEND:backend WORKLOAD:workload DEVICE:device DATA:data THREADS:threads BATCH:batch-size EPOCHS:epochs \
	WARMUP:warmup-epochs ROUNDS:rounds PROFILE:profile EDITION:edition SEED:seed COMPILE_CACHE:compile-cache \
	BUDGET:budget RESUME:resume RESULTS:results REPORTS:reports
name = $(firstword $(subst :, ,$(1)))
option = $(if $($(name)),--$(lastword $(subst :, ,$(1))) '$($(name))')
OPTIONS = $(strip $(foreach pair,$(SETTINGS),$(call option,$(pair))))

help: ## print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 13
	@echo "Variables of bench: $(foreach pair,$(SETTINGS),$(call name,$(pair))); ARGS for any other option"
	@echo "Variables of check: BASELINE; of ab: A B; of test: BACKEND K; ARGS for any other option"
	@echo "Example: make bench BACKEND=theano,cntk WORKLOAD=mnist_mlp CONFIG=configs/full.yaml"

setup: $(STAMP) ## install the harness in .venv

bench: $(STAMP) ## run the benchmark and print the table
	@$(HARNESS) run $(OPTIONS) $(ARGS)

conformance: $(STAMP) ## check every function of K on every backend; writes reports/conformance.md
	@$(HARNESS) conformance $(if $(BACKEND),--backend '$(BACKEND)') $(if $(ONLY),--only '$(ONLY)') $(ARGS)

ops: $(STAMP) ## time single operations of K on every backend
	@$(HARNESS) ops $(if $(BACKEND),--backend '$(BACKEND)') $(if $(ONLY),--only '$(ONLY)') $(ARGS)

speed: $(STAMP) ## compare our layer with hand-written code and with Keras; writes docs/design/speed.md
	@$(VENV)/bin/python -m benchmarks.speed $(if $(BACKEND),--backend '$(BACKEND)') $(if $(WORKLOAD),--workload '$(WORKLOAD)') \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(THREADS),--threads $(THREADS)) $(ARGS)

# BACKEND: the conformance tests of these backends and of the reference. K: the tests with matching names, as pytest's -k.
# Two runs: tests that measure nothing, on every processor, then tests that measure, with nothing beside them. A part may
# have tests of one kind only; pytest exits with 5 if it finds none. Hundreds of processes load the same modules, so their
# byte code is kept, even if the shell forbids it.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(STAMP) ## build every environment and run all tests, or a part: BACKEND, K
	@$(HARNESS) env build $(if $(BACKEND),numpy '$(BACKEND)')
	@beside=0; alone=0; \
	$(PYTEST) -m 'not alone' --numprocesses auto --dist loadscope --no-loadscope-reorder $(PART) || beside=$$?; \
	$(PYTEST) -m alone $(PART) || alone=$$?; \
	[ $$beside$$alone != 55 ] && [ $${beside/5/0} = 0 ] && [ $${alone/5/0} = 0 ]

# Any failure gives make's own exit code 2; the command itself has a code for each.
check: $(STAMP) ## fail if anything is slower than BASELINE, a git revision or a stored session
	@[ -n "$(BASELINE)" ] || { echo "No baseline. Expected e.g. make check BASELINE=HEAD~1. Received none." >&2; exit 2; }
	@$(HARNESS) check --baseline '$(BASELINE)' $(OPTIONS) $(ARGS)

ab: $(STAMP) ## measure two variants interleaved: make ab A=tensorflow==2.20 B=tensorflow==2.21
	@$(HARNESS) ab $(if $(A),--a '$(A)') $(if $(B),--b '$(B)') $(OPTIONS) $(ARGS)

noise: $(STAMP) ## measure this machine's noise floor; later verdicts take it into account
	@$(HARNESS) noise $(OPTIONS) $(ARGS)

lint: $(STAMP) ## check the code with ruff and the import contracts between rooms
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/lint-imports --no-cache

lock: $(STAMP) ## update requirements.lock from pyproject.toml
	@$(VENV)/bin/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 --extra test \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		pyproject.toml --output-file requirements.lock

clean: ## remove .venv; keep results and reports
	rm -rf $(VENV)

# The stamp is written last, so that an interrupted installation is repeated.
$(STAMP): requirements.lock pyproject.toml
	@$(VENV)/bin/python -c '' 2>/dev/null || { \
		python=$$(for name in python3.13 python3.12 python3.11 python3.14 python3; do \
			"$$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; \
		done); \
		[ -n "$$python" ] || { echo "$(NO_PYTHON)" >&2; exit 5; }; \
		echo "Making $(VENV) with $$("$$python" --version)"; \
		"$$python" -m venv --clear --without-pip $(VENV); \
	}
	@echo "Installing the harness in $(VENV)"
	@$(VENV)/bin/python -m harness.orchestrator.environments.toolchain.bootstrap
	@touch $@
