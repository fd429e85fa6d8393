"""Programs that answer every acknowledgement: they are answered once, and then there is peace."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from itertools import count
from pathlib import Path

import pytest
from arrival_builders import US, make_forward, make_message, make_question
from intake_fakes import FakeCarrier, FakeMailbox
from intake_world import OURSELVES, list_mails, make_concluder, make_intake, open_database

from abuse_intake.outbox import Outbox
from abuse_intake.summaries import tell_held_back
from storage.database import Database

BEGAN = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ROUNDS = 1000
LIMIT = 4
DANA = "dana@woodgrove.example"
JUNK = make_message(7)
NUMBERS = count(1)

Answer = Callable[[bytes], bytes]
"""What a program says to an acknowledgement."""


def make_answer(
    acknowledgement: bytes, subject: str, text: str, *, headers: str = "", attached: bytes = b""
) -> bytes:
    """A mail from whom the acknowledgement went to, with an id of its own."""
    reporter = message_from_bytes(acknowledgement)["To"]
    head = (
        f"Return-Path: <{reporter}>\r\nFrom: {reporter}\r\nTo: {US}\r\nSubject: {subject}\r\n"
        f"Message-ID: <fresh.{next(NUMBERS)}@{reporter.partition('@')[2]}>\r\n{headers}MIME-Version: 1.0\r\n"
    )
    if not attached:
        return f"{head}\r\n{text}\r\n".encode()
    parts = (
        f"--=_a\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--=_a\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return (
        f'{head}Content-Type: multipart/mixed; boundary="=_a"\r\n\r\n{parts}'.encode()
        + attached
        + b"\r\n--=_a--\r\n"
    )


def refer_to(acknowledgement: bytes) -> str:
    """The header of a reply."""
    id = message_from_bytes(acknowledgement)["Message-ID"]
    return f"In-Reply-To: {id}\r\nReferences: {id}\r\n"


def quote(acknowledgement: bytes) -> str:
    """Its text, as a reply quotes it."""
    text = message_from_bytes(acknowledgement).get_payload(decode=True).decode()
    lines = "\r\n".join(f"> {line}" for line in text.splitlines())
    return f"I am away.\r\n\r\nOn Friday, {US} wrote:\r\n{lines}"


def show_whole(acknowledgement: bytes) -> str:
    """All of it with its header, as an inline forward shows it."""
    parsed = message_from_bytes(acknowledgement)
    shown = "\r\n".join(f"{name}: {parsed[name]}" for name in ("From", "To", "Subject", "Date", "Message-ID"))
    text = parsed.get_payload(decode=True).decode().replace("\n", "\r\n")
    return f"I am away.\r\n\r\n-----Original Message-----\r\n{shown}\r\n\r\n{text}"


def carry(acknowledgement: bytes) -> bytes:
    """An acknowledgement as it arrived, with the lines of the servers that it came through."""
    return (
        b"Return-Path: <>\r\n"
        b"Received: from mail.provider.example (mail.provider.example [203.0.113.9])\r\n"
        b"\tby mx.woodgrove.example (Postfix) with ESMTPS id 4Zq9dS0Tz9z1f;\r\n"
        b"\tFri, 20 Nov 2026 12:00:10 +0000\r\n" + acknowledgement
    )


ANSWERS: dict[str, Answer] = {
    "a reply": lambda ack: make_answer(ack, "Re: your letter", "I am away.", headers=refer_to(ack)),
    "nothing that refers to us": lambda ack: make_answer(ack, "Out of office", "I am away."),
    "our text quoted": lambda ack: make_answer(ack, "Away", quote(ack)),
    "our text quoted in a reply": lambda ack: make_answer(ack, "Away", quote(ack), headers=refer_to(ack)),
    "our letter shown whole": lambda ack: make_answer(ack, "Away", show_whole(ack)),
    "our letter attached": lambda ack: make_answer(ack, "Away", "I am away.", attached=carry(ack)),
    "the junk attached in a reply": lambda ack: make_answer(
        ack, "Re: junk", "See below.", headers=refer_to(ack), attached=JUNK
    ),
}  # fmt: skip
FIRST: dict[str, Callable[[str], bytes]] = {
    "a report": lambda reporter: make_forward(JUNK, reporter=reporter),
    "a question": lambda reporter: make_question(reporter=reporter),
}


BECOMES_A_REPORT = ("the junk attached in a reply", "a question")
"""Who asks first and then sends junk has reported properly, and is acknowledged for that too."""


class World:
    """The mailbox and the outbox, over a time of its own."""

    def __init__(self, database: Database) -> None:
        self.now = BEGAN
        self.mailbox = FakeMailbox()
        self._database = database
        concluder = make_concluder(per_reporter_hour=LIMIT)
        self._intake = make_intake(self.mailbox, database, concluder, now=lambda: self.now)

    def go_round(self) -> list[bytes]:
        """One poll and one delivery; what was delivered."""
        if self.mailbox.waiting:
            self._intake.poll()
        carrier = FakeCarrier()
        tell_held_back(self._database, OURSELVES, LIMIT, now=self.now)
        Outbox(carrier, self._database, now=lambda: self.now).deliver_due()
        return [one.content for one in carrier.taken]

    def run(
        self, say_more: Callable[[Sequence[bytes]], Iterable[bytes]], step: timedelta, rounds: int = ROUNDS
    ) -> Counter[str]:
        """Rounds that are `step` apart; how many acknowledgements each address had."""
        delivered: Counter[str] = Counter()
        for _ in range(rounds):
            letters = self.go_round()
            delivered.update(message_from_bytes(one)["To"] for one in letters)
            for raw in say_more(letters):
                self.mailbox.put(raw)
            self.now += step
        return delivered


def name_program(answer: str, first: str, number: int) -> str:
    """The address of a program, which tells what it does."""
    return f"{answer.replace(' ', '-')}.{first.replace(' ', '-')}.{number}@woodgrove.example"


@pytest.mark.parametrize("step", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)], ids=str)
def test_programs_that_answer_everything_are_answered_once_each(tmp_path: Path, step: timedelta) -> None:
    """Two of each kind, over a thousand rounds: each has the one acknowledgement that its first mail deserved."""
    programs = {
        name_program(answer, first, number): (answer, first)
        for answer in ANSWERS
        for first in FIRST
        for number in (1, 2)
        if (answer, first) != BECOMES_A_REPORT
    }

    def answer_all(letters: Sequence[bytes]) -> Iterable[bytes]:
        return [ANSWERS[programs[message_from_bytes(one)["To"]][0]](one) for one in letters]

    with open_database(tmp_path) as database:
        world = World(database)
        for reporter, (_, first) in programs.items():
            world.mailbox.put(FIRST[first](reporter))
        delivered = world.run(answer_all, step)
        mails = list_mails(database)

    assert delivered == dict.fromkeys(programs, 1)
    assert len(mails) == 2 * len(programs)
    assert "held_back" not in {one.unanswered_reason for one in mails}


def test_a_program_that_never_stops_writing_is_answered_once_a_week(tmp_path: Path) -> None:
    """A mail a day without evidence, whatever we answer: help comes with the first after a week, and no summary."""
    with open_database(tmp_path) as database:
        world = World(database)

        delivered = world.run(
            lambda _: [make_question(next(NUMBERS), reporter=DANA)], timedelta(days=1), rounds=100
        )

        reasons = Counter(one.unanswered_reason for one in list_mails(database))
    assert delivered == {DANA: 13}
    assert reasons == {None: 13, "answered_before": 86}


def test_who_was_helped_and_reports_then_is_acknowledged(tmp_path: Path) -> None:
    """Help was sent, the reporter learned: each proper report has its acknowledgement, also one that answers us."""
    with open_database(tmp_path) as database:
        world = World(database)
        world.mailbox.put(make_question(reporter=DANA))
        (letter,) = world.go_round()
        world.mailbox.put(make_forward(JUNK, reporter=DANA))
        world.mailbox.put(
            make_answer(letter, "Re: help", "So?", headers=refer_to(letter), attached=make_message(8))
        )

        letters = world.go_round()

    assert [message_from_bytes(one)["To"] for one in letters] == [DANA, DANA]


def test_many_questions_at_once_are_answered_once(tmp_path: Path) -> None:
    """Mails that are read in one batch know of each other; what is not answered so is in no summary."""
    with open_database(tmp_path) as database:
        world = World(database)
        for number in range(6):
            world.mailbox.put(make_question(number, reporter=f"Dana+{number}@woodgrove.example"))
        first = world.go_round()
        world.now += timedelta(hours=2)

        later = world.go_round()

        reasons = [one.unanswered_reason for one in list_mails(database)]
    assert (len(first), later) == (1, [])
    assert reasons == [None] + ["answered_before"] * 5


@pytest.mark.parametrize(("attached", "answered"), [([JUNK], 0), ([JUNK, make_message(8)], 1)])
def test_a_reply_is_acknowledged_for_what_is_new_in_it(
    tmp_path: Path, attached: list[bytes], answered: int
) -> None:
    """The same junk again, in reply to its acknowledgement, is none; with other junk beside it, it is."""
    with open_database(tmp_path) as database:
        world = World(database)
        world.mailbox.put(make_forward(JUNK, reporter=DANA))
        (letter,) = world.go_round()
        world.mailbox.put(
            make_forward(*attached, number=2, reporter=DANA, extra=refer_to(letter).replace("\r", ""))
        )

        letters = world.go_round()

        reasons = [one.unanswered_reason for one in list_mails(database)]
    assert len(letters) == answered
    assert reasons[1] == (None if answered else "answers_us")
