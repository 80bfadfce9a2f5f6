# The two commands are `make course` and `make test`. Both do all the set-up themselves, in .venv.
SHELL   := bash
PYTHON  ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
SAMPLE  := _build/sample
ASSIGNMENTS := a1 a2 a3 a4 a5 a6 a6b
PIP     := .venv/bin/python -m pip install -q --disable-pip-version-check -c requirements/constraints.txt
POSTGRES := 'postgresql:initdb,/usr/lib/postgresql/*/bin/initdb'
PINS    := pyproject.toml requirements/constraints.txt

.PHONY: help course book editions release sample test test-all bench-engine bench-judge bench-grading bench-recording bench-book serve clean distclean
.DEFAULT_GOAL := help

help:  ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

course: book sample  ## build the book, release the assignments, grade the sample class, write the reports
	@echo
	@echo "The book           _build/html/index.html"
	@echo "Grades             $(SAMPLE)/grades.csv"
	@echo "Class report       $(SAMPLE)/report.html"
	@echo "Feedback pages     $(SAMPLE)/feedback/<student>/a2/a2.html"
	@echo "Look at them with  make serve"

book: .venv/course.stamp node_modules/.package-lock.json  ## the book alone, into _build/html (works without bubblewrap)
	python book/build.py

editions: book  ## the book as a PDF and an ePub, into _build/editions and onto the built site (needs Chromium)
	@.ci/need chromium:chromium
	python book/editions.py

release: .venv/course.stamp  ## the student versions of the assignments, into assignments/release
	for a in $(ASSIGNMENTS); do chainrule release $$a || exit 1; done

sample: release  ## grade the sample class that ships, into _build/sample
	@.ci/need bubblewrap:bwrap
	rm -rf $(SAMPLE)
	python assignments/sample/build.py --course $(SAMPLE)
	chainrule grade a2 --course $(SAMPLE)
	chainrule export a2 --course $(SAMPLE)
	chainrule feedback a2 --course $(SAMPLE)
	chainrule report a2 --course $(SAMPLE)

test: .venv/test.stamp node_modules/.package-lock.json  ## every test, with a seeded slice of the long ones
	@.ci/need bubblewrap:bwrap chromium:chromium openssl:openssl $(POSTGRES)
	python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test-all: .venv/bench.stamp node_modules/.package-lock.json  ## the whole of every suite (downloads torch, some 200 MB)
	@.ci/need bubblewrap:bwrap chromium:chromium openssl:openssl $(POSTGRES)
	python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "slow or not slow"

bench-engine: .venv/bench.stamp  ## the engine against its peers, in one run
	python benchmarks/engine.py

bench-judge: .venv/test.stamp  ## acceptance and naming rates of the judge over the labelled student functions
	python benchmarks/judge.py

bench-recording: .venv/test.stamp  ## how fast results enter a gradebook, SQLite and PostgreSQL
	@.ci/need $(POSTGRES)
	python benchmarks/recording.py

bench-grading: .venv/test.stamp  ## the same submissions by stock nbgrader and by ours, workers, a class of 10,000 (half an hour)
	@.ci/need bubblewrap:bwrap $(POSTGRES)
	python benchmarks/grading.py --write

bench-book: .venv/test.stamp node_modules/.package-lock.json  ## build times, page weights and Lighthouse over every page
	@.ci/need chromium:chromium
	python benchmarks/book.py

serve:  ## show the book and the sample report on 127.0.0.1:8000
	@test -f _build/html/index.html || { echo "There is nothing to show yet; run: make course"; exit 1; }
	$(PYTHON) book/serve.py

clean:  ## remove what was built, keep the set-up
	rm -rf _build _vendor assignments/source assignments/release

distclean: clean  ## remove the set-up too
	rm -rf .venv node_modules

# --- set-up: each stamp is a set of extras, newer than the pins it was made from
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python >= 3.11 is needed, this is $$($(PYTHON) --version). Name another: make course PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "This Python has no venv. Type: sudo apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv (once; a few minutes)"
	$(PYTHON) -m venv .venv

.venv/course.stamp: $(PINS) | .venv/bin/python
	$(PIP) -e '.[book,grading]'
	@touch $@
.venv/test.stamp: $(PINS) | .venv/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ .venv/course.stamp
.venv/bench.stamp: $(PINS) | .venv/bin/python
	@echo "Installing the peers of the benchmarks; torch alone is some 200 MB"
	$(PIP) -e '.[bench]'
	@touch $@ .venv/test.stamp .venv/course.stamp

node_modules/.package-lock.json: package.json package-lock.json .venv/course.stamp
	npm ci --silent
	@touch $@
