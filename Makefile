# Yinju's commands. `make run` and `make test` need Python 3.11 or newer and nothing else set up.
#   HOST, PORT    where `make run` serves (127.0.0.1, 8000)
#   PYTHON        the interpreter that .venv is built with (python3.11, else python3)
#   TORCH_INDEX   where torch's CPU wheel is: an index URL, a folder of wheels or one wheel (unset: pip's own index)

.DEFAULT_GOAL := help
.PHONY: help run test faults check eval storage bench fit model bundle prove-offline lock questions runtime dev

HOST ?= 127.0.0.1
PORT ?= 8000
KILLS ?= 200
LOAD_SECONDS ?= 60
FUZZ_CASES ?= 5000
EVAL ?= ../shared/eval/report_dev.jsonl
DATA ?= ../shared/data
YINJU := .venv/bin/yinju

# An unpacked bundle carries its model.
ifneq ($(wildcard model),)
export YINJU_HOME ?= $(CURDIR)/model
endif

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: model ## Install, build the model, index seeds/ and serve on http://HOST:PORT
	$(YINJU) index
	exec $(YINJU) serve --host $(HOST) --port $(PORT)

test: dev ## Install and run all tests
	@.venv/bin/python -m pytest --cov

faults: dev ## Kill, tear, fill, flood and fuzz the service at length (KILLS, LOAD_SECONDS, FUZZ_CASES)
	KILLS=$(KILLS) LOAD_SECONDS=$(LOAD_SECONDS) FUZZ_CASES=$(FUZZ_CASES) MACHINE_EXAMPLES=300 LOAD_MODEL=1 \
	.venv/bin/python -m pytest -s tests/faults tests/integration/test_lives_of_documents.py

check: dev ## Lint, formatting and types
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

eval: questions model ## Score answers and retrieval (EVAL and DATA name other questions and public question files)
	$(YINJU) index
	scripts/evaluate.sh $(EVAL) $(DATA)

storage: model ## Print recall against bytes for ways of storing token vectors, on public question files (DATA)
	.venv/bin/python -m scripts.storage $(DATA)

fit: model ## Fit the weights that ship with Yinju anew, on public question files (DATA)
	.venv/bin/python -m scripts.fitting weights $(DATA)

bench: model ## Time a question over HTTP against encoding it alone
	$(YINJU) index
	.venv/bin/python -m scripts.bench

model: runtime ## Install and build the model, nothing more
	$(YINJU) model

bundle: model ## Write one archive that installs and runs with no network
	scripts/bundle.sh

prove-offline: ## Unpack the bundle where there is no network, run it and ask it a question
	python3 scripts/prove_offline.py

lock: ## Write requirements*.lock anew from pyproject.toml (UPGRADE=1 for newer versions)
	scripts/lock.sh

questions:
	@test -f "$(EVAL)" || { \
		echo "There is no $(EVAL): the questions are not part of the project. Name a file: make eval EVAL=FILE.jsonl"; \
		exit 1; \
	} >&2

runtime: scripts/install.sh
	@scripts/install.sh runtime

dev: scripts/install.sh
	@scripts/install.sh dev
