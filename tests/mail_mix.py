"""Mails of all kinds in one stream, as a busy abuse mailbox gets them."""

import random

from arrival_builders import make_arf, make_bounce, make_forward, make_message, make_question

SEED = 20261120
MACHINES = 1_000_000
"""The numbers of the junk that machines report begin here."""


def make_mails(count: int) -> list[bytes]:
    """Reports by people and by machines, several in one mail, bounces, questions, and mails that come again.

    Whoever asks a question writes once only: how often one person is told how to report is not what this is about.
    All that is said about one piece of junk says the same, so that incidents do not depend on which mail is read first.
    """
    chosen, raws = random.Random(SEED), list[bytes]()
    for number in range(count):
        kind, reporter = number % 10, f"reporter{number % 400}@woodgrove.example"
        junk = make_junk(number // 3)
        if kind < 4:
            raws.append(make_forward(junk, number=number, reporter=reporter))
        elif kind == 4:
            more = [make_junk(number // 3 + step) for step in range(3)]
            raws.append(make_forward(*more, number=number, reporter=reporter))
        elif kind < 7:
            seen_by_machines = MACHINES + number // 3
            raws.append(
                make_arf(
                    make_junk(seen_by_machines),
                    number=number,
                    reporter=reporter,
                    ip=find_ip(seen_by_machines),
                )
            )
        elif kind == 7:
            raws.append(make_bounce(number))
        elif kind == 8:
            raws.append(make_question(number, reporter=f"asker{number}@woodgrove.example"))
        else:
            raws.append(chosen.choice(raws))
    return raws


def make_junk(number: int) -> bytes:
    """A piece of junk; most come from addresses of a tenant of ours."""
    return make_message(number, ip=find_ip(number))


def find_ip(number: int) -> str:
    """Where a piece of junk came from."""
    return f"192.0.2.{number % 20}"
