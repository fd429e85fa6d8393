# Two commands on a fresh machine: `make demo` and `make test`. They set up what they need, and may be run again.
.PHONY: help demo test install check format bench fuzz clean
SECONDS = 600
.DEFAULT_GOAL := help

help:  ## What there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST)

demo:  ## The whole job on mails that the project ships: no server, no configuration
	@scripts/make-venv.sh postgresql dkim oauth web
	@.venv/bin/abuse-intake demo

test:  ## All tests, with real servers: what is missing is installed (Debian, root) or skipped loudly
	@scripts/make-venv.sh postgresql dkim oauth web test
	@scripts/install-test-servers.sh
	@.venv/bin/python -m pytest -n 4 --dist loadfile $(TESTS)

install:  ## A .venv with abuse-intake in it: .venv/bin/abuse-intake
	@scripts/make-venv.sh postgresql dkim oauth web
	@.venv/bin/abuse-intake --version

check:  ## Lint, format and types
	@scripts/make-venv.sh postgresql dkim oauth web test check
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

format:  ## Let ruff put the code into shape
	@scripts/make-venv.sh postgresql dkim oauth web test check
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench:  ## Figures: what reading and verifying cost, beside the libraries; mails a second; what hostile ones cost; a directory of a million allocations; memory while an IMAP mailbox is drained; exports of a million incidents; requests a second of the API; queries at a million incidents
	@scripts/make-venv.sh postgresql dkim oauth web test
	@.venv/bin/python bench/reading.py $(BENCH)
	@.venv/bin/python bench/attribution.py $(BENCH)
	@.venv/bin/python bench/directory.py $(DIRECTORY)
	@.venv/bin/python bench/intake.py $(BENCH)
	@.venv/bin/python bench/outbox.py $(BENCH)
	@.venv/bin/python bench/drain.py $(DRAIN)
	@.venv/bin/python bench/exporting.py $(EXPORTING)
	@.venv/bin/python bench/api.py $(API)
	@.venv/bin/python bench/queries.py $(QUERIES)

fuzz:  ## Look for mails that break a promise: ten minutes, or SECONDS=60
	@scripts/make-venv.sh postgresql dkim oauth web fuzz
	@scripts/install-atheris.sh
	@.venv/bin/python -m fuzz --seconds $(SECONDS)

clean:  ## Remove what the other targets made
	rm -rf .venv abuse-intake-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz
