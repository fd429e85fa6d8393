"""What it costs to read a mail: ours with and without the guard, beside the libraries, on the same mails in turn.

python bench/reading.py [--mails 2000] [--rounds 5] [--folder FOLDER] [--json]

Ours holds all that reading is: the MIME tree, feedback reports, routes, what is no report, hashes, and what an
acknowledgement needs. The standard library's bare parse and mail-parser give a tree of parts. CPU is that of all
processes together, so that a guard of several processes shows what it really costs.
"""

import email
import logging
from collections.abc import Sequence
from contextlib import suppress

import mailparser
from measuring import Candidate, Taken, make_mails, measure, parse_arguments, show, summarise, take_turns

from abuse_intake.guard.pool import Guard
from parsers import read_mail

FEW = 4
"""mail-parser is given every fourth mail: it takes that much longer."""


def main() -> None:
    """Measure and print."""
    logging.disable()  # mail-parser tells of each part that it does not know
    arguments = parse_arguments(__doc__, mails=2000)
    mails = make_mails(arguments.mails, arguments.folder)
    some = mails[::FEW]
    with Guard(most=1) as one, Guard() as all_cores:
        candidates: dict[str, tuple[int, Candidate]] = {
            "ours, without the guard": (
                len(mails),
                lambda: measure(lambda: [read_mail(raw) for raw in mails]),
            ),
            "ours, guarded by one process": (len(mails), lambda: _guarded(one, mails)),
            "ours, guarded by a process a core": (len(mails), lambda: _guarded(all_cores, mails)),
            "email, bare parse": (
                len(mails),
                lambda: measure(lambda: [email.message_from_bytes(raw) for raw in mails]),
            ),
            "mail-parser": (
                len(some),
                lambda: measure(lambda: _read_with_mail_parser(some)),
            ),
        }
        for guard in (one, all_cores):
            guard.begin_reading(mails).results()
        turns = {name: candidate for name, (_, candidate) in candidates.items()}
        for name, taken in take_turns(turns, arguments.rounds).items():
            show(summarise(name, taken, candidates[name][0]), arguments.json)


def _guarded(guard: Guard, mails: Sequence[bytes]) -> Taken:
    return measure(lambda: guard.begin_reading(mails).results())


def _read_with_mail_parser(mails: Sequence[bytes]) -> None:
    for raw in mails:
        with suppress(Exception):  # it raises outside its own hierarchy; what it took until then counts
            mailparser.parse_from_bytes(raw)


if __name__ == "__main__":
    main()
