# One command each; `make help` lists them. The work is done by scripts/setup, the tools and voiceslm itself.
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types format bench soak clean
BIN := .venv/bin

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## make .venv and fetch the models of the default profile
	@scripts/setup

demo: setup ## hear the product: one spoken turn on a sample recording
	@scripts/debian-packages sound
	@$(BIN)/voiceslm turn samples/question.wav -o reply.wav
	@printf '\nThe answer is in reply.wav. What to type next:\n'
	@printf '  %-58s%s\n' 'aplay reply.wav' 'listen to it' \
	    '$(BIN)/voiceslm run --wake none' 'talk with it: microphone and loudspeaker' \
	    '$(BIN)/voiceslm ask "Who wrote Hamlet?" -o reply.wav' 'ask something else' \
	    '$(BIN)/voiceslm turn YOUR.wav -o reply.wav' 'answer a recording of yours' \
	    '$(BIN)/voiceslm --help' 'everything it can do'

test: ## lint, types and all tests, set up first
	@scripts/debian-packages tests
	@scripts/setup --dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/pytest

lint: ## ruff: layout and lint
	@scripts/setup --dev --no-models
	$(BIN)/ruff format --check
	$(BIN)/ruff check

types: ## mypy, strict
	@scripts/setup --dev --no-models
	$(BIN)/mypy

format: ## rewrite the layout of the code and what ruff can repair
	@scripts/setup --dev --no-models
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: ## measure this machine, an hour: latency, accuracy, memory, pictures (ARGS="--quick": ten minutes)
	@scripts/debian-packages tests
	@scripts/setup --dev
	$(BIN)/voiceslm bench all --out bench-out/all $(ARGS)

soak: ## a long life: 1,000 turns of the tiny profile, 100 of the default one (about an hour)
	@scripts/debian-packages tests
	@scripts/setup --dev
	$(BIN)/voiceslm bench soak --turns 1000 --profile tiny --out bench-out/soak-tiny
	$(BIN)/voiceslm bench soak --turns 100 --out bench-out/soak-default

clean: ## remove what builds, tests and the demo leave; .venv, .tools and the models stay
	rm -rf build dist bench-out reply.wav .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . \( -name .venv -o -name .tools -o -name .git \) -prune -o -name __pycache__ -type d -exec rm -rf {} +
