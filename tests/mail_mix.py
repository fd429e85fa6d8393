"""Mails of all kinds in one stream, as a busy abuse mailbox gets them."""

import random

from arrival_builders import make_arf, make_bounce, make_forward, make_message, make_question

SEED = 20261120


def make_mails(count: int) -> list[bytes]:
    """Reports by people and by machines, several in one mail, bounces, questions, and mails that come again.

    Whoever asks a question writes once only: how often one person is told how to report is not what this is about.
    """
    chosen, raws = random.Random(SEED), list[bytes]()
    for number in range(count):
        kind, reporter = number % 10, f"reporter{number % 400}@woodgrove.example"
        junk = make_message(number // 3, ip=f"192.0.2.{number % 20}")
        if kind < 4:
            raws.append(make_forward(junk, number=number, reporter=reporter))
        elif kind == 4:
            more = [make_message(number // 3 + step) for step in range(3)]
            raws.append(make_forward(*more, number=number, reporter=reporter))
        elif kind < 7:
            raws.append(make_arf(junk, number=number, reporter=reporter))
        elif kind == 7:
            raws.append(make_bounce(number))
        elif kind == 8:
            raws.append(make_question(number, reporter=f"asker{number}@woodgrove.example"))
        else:
            raws.append(chosen.choice(raws))
    return raws
