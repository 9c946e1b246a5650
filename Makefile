# `make chat` and `make test` are all that a new machine needs, with python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
# Processes of the tests: they wait more than they work.
JOBS ?= 4
PARALLEL = -n $(JOBS) --dist loadfile --no-loadscope-reorder
# Each of hundreds of processes would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: chat bot demo up test test-long check lint types secrets scan audit pytest bench ops deploy-demo chaos record-histories second-net replay-on-release lock clean
.DEFAULT_GOAL := help

help:
	@echo "make chat              talk to Selfology in this terminal"
	@echo "make bot               the Telegram bot; needs a token in .env, and says how to get one"
	@echo "make demo              watch a scripted person have a whole session"
	@echo "make up                keep the servers and workers running, for the Web UI"
	@echo "make test              lint, types and tests, but for the long ones"
	@echo "make audit             ask a service for known vulnerabilities of the pinned packages; ARGS='-s osv' asks another"
	@echo "make test-long         the long tests: whole tables, kills of every part"
	@echo "make chaos             people talk while everything is killed, once by plan, then by chance; ARGS='--seed 7'"
	@echo "make bench             what an answer costs, beside a bare workflow; AGAINST=<commit> compares with a commit"
	@echo "make ops               a part is killed while somebody talks, and Prometheus and Alertmanager tell the operators"
	@echo "make record-histories  record the histories that CI replays, anew and on purpose; ARGS='declined' records one"
	@echo "make second-net        train the classifier of danger anew on schema/safety/training.*.yaml"
	@echo "make replay-on-release whether the last release takes those histories, so that one can roll back"
	@echo "make lock              resolve and pin the dependencies anew"

chat: .venv/installed
	@$(BIN)/selfology chat $(ARGS)

bot: .venv/installed
	@$(BIN)/selfology bot

demo: .venv/installed
	@$(BIN)/selfology demo $(ARGS)

up: .venv/installed
	@$(BIN)/selfology up

# Types are checked, and secrets looked for, while tests wait.
test: lint
	@$(MAKE) --no-print-directory -j3 types secrets pytest

check: lint types secrets

lint: .venv/installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema -q --builtin-schema vendor.compose-spec temporal-compose.yml
	$(BIN)/hadolint Dockerfile

types: .venv/installed-dev
	$(BIN)/mypy

# Keys by their forms; passwords in code are Ruff's. Random-looking strings are no sign here: locks and histories are full
# of them. Excluded are the passwords of examples. Not read are locks and histories, which programs write and whose
# values are hashes and base64, and files of texts and pictures: settings are none of them.
SCAN = $(BIN)/detect-secrets-hook --no-verify --plugin tests/provider_keys.py \
	$(foreach plugin,Base64HighEntropyString HexHighEntropyString KeywordDetector,--disable-plugin $(plugin)) \
	--disable-filter detect_secrets.filters.heuristic.is_indirect_reference \
	--exclude-secrets '^(password|secret-word|%FF|a.nb)$$'
secrets: .venv/scanned

# All files once, and then those that have changed.
UNREAD = requirements tests/replay/histories schema/safety/training.* *.yaml *.npz *.png
.venv/scanned: $(wildcard $(shell git ls-files $(UNREAD:%=':!%') . 2>/dev/null)) | .venv/installed-dev
	@echo "$(BIN)/detect-secrets-hook, $(words $?) files"
	@$(SCAN) $?
	@touch $@

scan: .venv/installed-dev
	@$(SCAN) $(FILES)

audit: .venv/installed-dev
	@$(BIN)/python -m tests.audit $(ARGS)

pytest: .venv/installed-dev
	$(BIN)/pytest -m "not long" $(PARALLEL) $(ARGS)

test-long: .venv/installed-dev
	$(BIN)/pytest -m long $(PARALLEL) $(ARGS)

chaos: .venv/installed-dev
	@$(BIN)/pytest -q -s -m long tests/chaos/test_a_killed_talk.py
	@$(BIN)/python -m tests.chaos.forty_people $(ARGS)

bench: .venv/installed-dev
	@$(BIN)/python -m tests.load.$(if $(AGAINST),compare $(AGAINST),bench) $(ARGS)

deploy-demo: .venv/installed-dev
	@$(BIN)/python -m tests.rollout $(ARGS)

ops: .venv/installed-dev
	@$(BIN)/python -m tests.ops $(ARGS)

record-histories: .venv/installed-dev
	@$(BIN)/python -m tests.replay.record $(ARGS)

second-net: .venv/installed-dev
	$(BIN)/python -m tests.safety.train

replay-on-release: .venv/installed-dev
	@$(BIN)/python -m tests.replay.last_release

# One resolution, and of it what each process needs.
COMPILE = $(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group build
lock: .venv/installed-dev
	$(COMPILE) --all-extras --group dev -o requirements/dev.txt
	echo uv | $(BIN)/uv pip compile -q --universal --generate-hashes --no-header -c requirements/dev.txt -o requirements/uv.txt -
	$(COMPILE) --all-extras -c requirements/dev.txt -o requirements/all.txt
	$(COMPILE) --extra models --extra encoder --extra vault --extra telemetry -c requirements/dev.txt -o requirements/worker.txt
	$(COMPILE) --extra telegram --extra vault --extra telemetry -c requirements/dev.txt -o requirements/bot.txt
	$(COMPILE) --extra vectors --extra encoder --extra models --extra vault --extra telemetry -c requirements/dev.txt -o requirements/vectors.txt
	$(COMPILE) --extra codec --extra vault --extra telemetry -c requirements/dev.txt -o requirements/codec.txt

clean:
	rm -rf .venv .releases .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Selfology needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make chat PYTHON=python3.12")'
	@echo "Setting up .venv, once; this takes about a minute."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

.venv/installed: .venv/bin/python requirements/all.txt pyproject.toml
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/all.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# For developers by uv, which takes a tenth of pip's time; by pip where only pip is told of a mirror.
UV_INSTALL = $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python
.venv/installed-dev: .venv/bin/python requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(UV_INSTALL) --require-hashes -r requirements/dev.txt || \
		$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(UV_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ .venv/installed
