# make demo   set everything up and analyse a rounded deadlift
# make test   set everything up and run the tests
# PYTHON=python3.11 (or a path) chooses another Python than the best one found.

SHELL := /bin/bash
PY := $(shell scripts/find-python $(PYTHON))
VERSION := $(if $(PY),$(shell $(PY) -c 'import sys; print("%d.%d" % sys.version_info[:2])'))
CONSTRAINTS := $(if $(filter 3.10 3.11 3.12,$(VERSION)),constraints.txt,constraints-3.13.txt)
VENV := .venv-$(VERSION)
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip -qq --disable-pip-version-check install --no-deps
READY := $(VENV)/ready

.PHONY: help demo test check robustness fuzz long-run accuracy speed batch-benchmark train system-deps clean
.DEFAULT_GOAL := help

help:
	@echo "make demo         analyse a sample clip and say where the report lies"
	@echo "make test         run the tests (ARGS='-k name' runs some)"
	@echo "make check        ruff, mypy, and that nothing imports from above"
	@echo "make robustness   every kind of clip: expectation and outcome, printed and written to docs/robustness.md"
	@echo "make fuzz         2,000 damaged files through the reader"
	@echo "make long-run     memory, threads and open files over a 60-minute clip and 200 clips"
	@echo "make accuracy     measure against clips with known truth (ARGS=FOLDER)"
	@echo "make speed        measure against the plain OpenCV and MediaPipe loop (ARGS='--only 1080p30')"
	@echo "make batch-benchmark clips a minute with one and two workers, here and through Dask"
	@echo "make train        make the shipped coefficients again"
	@echo "make system-deps  install what pip cannot: system libraries, Python's venv, a browser for the tests"
	@echo "make clean        remove environments, caches and builds"

demo: $(READY)
	@$(RUN) -m hinge_vision analyze sample_videos/deadlift_rounded.mp4 -o out

test: $(READY)
	@$(RUN) -m pytest $(ARGS)

check: $(READY)
	@$(RUN) -m ruff check .
	@$(RUN) -m mypy
	@$(VENV)/bin/lint-imports --no-logo --no-cache

robustness: $(READY)
	@$(RUN) -m pytest tests/robustness -p tests.robustness.table --table docs/robustness.md --show-capture=no --tb=line $(ARGS)

fuzz: $(READY)
	@$(RUN) -m tests.robustness.fuzz $(ARGS)

long-run: $(READY)
	@$(RUN) benchmarks/long_run.py $(ARGS)

accuracy: $(READY)
	@$(RUN) benchmarks/accuracy.py $(ARGS)

speed: $(READY)
	@$(RUN) benchmarks/speed.py $(ARGS)

batch-benchmark: $(READY)
	@$(RUN) benchmarks/batch.py $(ARGS)

train: $(READY)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(RUN) benchmarks/training/train.py $(ARGS)

system-deps:
	@scripts/system-deps install "$(PY)"

# The whole list is pinned and complete, so nothing is resolved and nothing that is not on it gets in.
$(READY): $(CONSTRAINTS) pyproject.toml
	@scripts/system-deps check "$(PY)"
	@echo "Setting up $(VENV) with $$($(PY) --version) (once, a few minutes)"
	@rm -rf $(VENV)
	@$(PY) -m venv $(VENV)
	@$(PIP) -r $(CONSTRAINTS)
	@$(PIP) --no-build-isolation --editable .
	@touch $@

clean:
	@rm -rf .venv .venv-* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
