"""Reading one mail to its outcome: attribution, who is answered, and what is over the limit of an hour."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from arrival_builders import make_bounce, make_forward, make_message, make_question
from intake_fakes import FakeMailbox
from intake_world import (
    CONTOSO,
    OURSELVES,
    list_acknowledgements,
    list_incidents,
    list_mails,
    make_concluder,
    make_intake,
    open_database,
)
from jinja2 import Template

from abuse_intake import acknowledgement, concluding
from abuse_intake.answering import Ourselves
from abuse_intake.attribution import Attributor, Directory
from abuse_intake.attribution.signatures import NoVerifier, SignatureVerdict
from abuse_intake.concluding import Concluder
from abuse_intake.letters import LetterRefused
from abuse_intake.settings_attribution import ProviderSettings
from parsers import read_mail
from parsers.values import Message
from storage.database import Database
from storage.values import ClaimedMail, NewAcknowledgement, Outcome

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OVER_AN_HOUR = timedelta(hours=1, seconds=1)
DMARC = "Authentication-Results: mx.provider.example; dmarc=pass header.from=woodgrove.example\n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


def claimed(raw: bytes) -> ClaimedMail:
    return ClaimedMail("1", raw, NOW, 0)


def read(concluder: Concluder, raw: bytes) -> Outcome:
    return concluder.conclude(claimed(raw), read_mail(raw))


def make_reports(count: int, reporter: str = "dana@woodgrove.example") -> list[bytes]:
    return [make_forward(make_message(number), number=number, reporter=reporter) for number in range(count)]


def test_each_report_has_its_attribution() -> None:
    """Attributions pair with reports, in order."""
    raw = make_forward(make_message(1), make_message(2, ip="198.51.100.9", sender="x@else.example"))

    outcome = read(make_concluder(), raw)

    assert [one.tenant for one in outcome.attributions] == ["contoso", None]
    assert len(outcome.read.reports) == 2


def test_the_directory_is_asked_for_each_mail() -> None:
    """A directory that changes while mails are read counts from the next mail on."""
    directories = iter([Directory(), Directory([CONTOSO])])
    concluder = Concluder(
        lambda: Attributor(ProviderSettings(), next(directories)),
        OURSELVES,
        max_bytes=10_000,
        per_reporter_hour=0,
    )

    outcomes = [read(concluder, make_forward(make_message(1))) for _ in range(2)]

    assert [outcome.attributions[0].tenant for outcome in outcomes] == [None, "contoso"]


class NotingVerifier(NoVerifier):
    """Notes in which order it is asked, and about how many messages."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def prepare(self, messages: Iterable[Message], directory: Directory) -> None:
        self.asked.append(("prepare", len(list(messages))))

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        self.asked.append(("verify", 1))
        return ()


def test_what_a_batch_needs_is_looked_up_at_once(database: Database) -> None:
    """Before the first of its mails is concluded, so that none waits for another."""
    verifier = NotingVerifier()
    attributor = Attributor(ProviderSettings(), Directory([CONTOSO]), verifier)
    concluder = Concluder(lambda: attributor, OURSELVES, max_bytes=10_000, per_reporter_hour=0)
    raws = [make_forward(make_message(1), make_message(2)), make_forward(make_message(3)), make_question()]

    make_intake(FakeMailbox(*raws), database, concluder).poll()

    assert verifier.asked == [("prepare", 3), ("verify", 1), ("verify", 1), ("verify", 1)]


def test_a_quarantined_mail_names_its_reason_and_nothing_else() -> None:
    """What is not read has no reporter, no reports and no attribution."""
    outcome = make_concluder().quarantine(claimed(b"x"), "internal_error")

    assert (outcome.read.disposition, outcome.read.reason) == ("quarantined", "internal_error")
    assert (outcome.read.reporter, outcome.read.reports, outcome.attributions) == (None, (), ())


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("", False),
        (DMARC, True),
        (DMARC.replace("; ", ";\n\t"), True),
        (DMARC.replace("pass", "fail"), False),
        (DMARC.replace("pass", "fail") + DMARC, False),
        (f"ARC-{DMARC.replace(': ', ': i=1; ')}", False),
        (f"ARC-{DMARC}", False),
        (f"X-{DMARC}", False),
    ],
)
def test_a_reporter_is_authenticated_by_our_own_server(extra: str, expected: bool) -> None:
    """With `authserv_id` set, only what our own server says on the arriving mail counts."""
    ourselves = Ourselves(
        OURSELVES.address, OURSELVES.addresses, OURSELVES.provider, authserv_id="mx.provider.example"
    )
    attributor = Attributor(ProviderSettings(), Directory())
    concluder = Concluder(lambda: attributor, ourselves, max_bytes=10_000, per_reporter_hour=0)

    outcome = read(concluder, make_forward(make_message(), extra=extra))

    assert outcome.reporter_authenticated is expected


def test_without_authserv_id_nobody_is_authenticated() -> None:
    """A header that anyone may write proves nothing."""
    outcome = read(make_concluder(), make_forward(make_message(), extra=DMARC))

    assert not outcome.reporter_authenticated


def test_a_question_is_answered_and_a_bounce_is_not(database: Database) -> None:
    """Who wrote without evidence gets help; a machine gets nothing, and the reason is kept."""
    make_intake(FakeMailbox(make_question(), make_bounce()), database).poll()

    assert [one.to for one in list_acknowledgements(database)] == ["dana@woodgrove.example"]
    assert [mail.unanswered_reason for mail in list_mails(database)] == [None, "no_report_of_a_person"]


def test_a_reporter_over_the_limit_is_held_back(database: Database) -> None:
    """In one batch, as many as the limit are answered; of the rest it is noted why not."""
    concluder = make_concluder(per_reporter_hour=2)

    make_intake(FakeMailbox(*make_reports(4)), database, concluder, now=lambda: NOW).poll()

    assert [mail.unanswered_reason for mail in list_mails(database)] == [None, None, "held_back", "held_back"]
    assert len(list_acknowledgements(database)) == 2


def test_the_limit_counts_over_batches_and_in_any_case(database: Database) -> None:
    """What was answered within the hour counts, however the address is written."""
    concluder = make_concluder(per_reporter_hour=2)
    make_intake(FakeMailbox(*make_reports(2)), database, concluder, now=lambda: NOW).poll()

    later = NOW + timedelta(minutes=59)
    (third,) = make_reports(1, "Dana@WOODGROVE.example")
    make_intake(FakeMailbox(third), database, concluder, now=lambda: later).poll()

    assert list_mails(database)[-1].unanswered_reason == "held_back"


def test_after_an_hour_the_reporter_is_answered_again(database: Database) -> None:
    """The limit is one of an hour."""
    concluder = make_concluder(per_reporter_hour=1)
    first, second = make_reports(2)
    make_intake(FakeMailbox(first), database, concluder, now=lambda: NOW).poll()
    later = NOW + timedelta(hours=1, seconds=1)

    mailbox = FakeMailbox()
    mailbox.put(second, uid="second")
    make_intake(mailbox, database, concluder, now=lambda: later).poll()

    assert len(list_acknowledgements(database)) == 2


def test_reporters_have_a_limit_each(database: Database) -> None:
    """One who reports much costs no other reporter an answer."""
    concluder = make_concluder(per_reporter_hour=1)
    raws = [*make_reports(3), *make_reports(1, "sam@fourthcoffee.example")]

    make_intake(FakeMailbox(*raws), database, concluder, now=lambda: NOW).poll()

    assert [one.to for one in list_acknowledgements(database)] == [
        "dana@woodgrove.example",
        "sam@fourthcoffee.example",
    ]


@pytest.mark.parametrize("between", [timedelta(), timedelta(minutes=59)])
def test_all_reporters_together_have_a_limit(database: Database, between: timedelta) -> None:
    """In one batch and over batches, whoever they are; who is over it is held back and not forgotten."""
    concluder = make_concluder(per_hour=2)
    for number, name in enumerate(("dana", "sam", "kim", "lee")):
        mailbox, at = FakeMailbox(*make_reports(1, f"{name}@woodgrove.example")), NOW + number // 2 * between
        make_intake(mailbox, database, concluder, now=lambda at=at: at).poll()

    assert [one.unanswered_reason for one in list_mails(database)] == [None, None, "held_back", "held_back"]


def test_the_limit_of_all_counts_within_a_batch(database: Database) -> None:
    """It is not only looked at before."""
    raws = [make_reports(1, f"{name}@woodgrove.example")[0] for name in ("dana", "sam", "kim")]

    make_intake(FakeMailbox(*raws), database, make_concluder(per_hour=2)).poll()

    assert [one.unanswered_reason for one in list_mails(database)] == [None, None, "held_back"]


def test_the_limit_of_all_is_one_of_an_hour(database: Database) -> None:
    """Who comes when the hour is over is answered."""
    concluder = make_concluder(per_hour=1)
    for number, name in enumerate(("dana", "sam")):
        mailbox, at = FakeMailbox(*make_reports(1, f"{name}@woodgrove.example")), NOW + number * OVER_AN_HOUR
        make_intake(mailbox, database, concluder, now=lambda at=at: at).poll()

    assert [one.unanswered_reason for one in list_mails(database)] == [None, None]


def test_a_flood_leaves_a_tenth_of_the_limit_to_summaries(database: Database) -> None:
    """Who waits for a summary is not kept waiting by those who come now."""
    mails = [
        make_forward(make_message(number), number=number, reporter=f"r{number}@woodgrove.example")
        for number in range(12)
    ]

    make_intake(FakeMailbox(*mails), database, make_concluder(per_hour=10)).poll()

    assert len(list_acknowledgements(database)) == 9


def test_without_a_limit_all_are_answered(database: Database) -> None:
    """0 means no limit."""
    make_intake(FakeMailbox(*make_reports(9)), database, make_concluder(per_reporter_hour=0)).poll()

    assert len(list_acknowledgements(database)) == 9


@pytest.mark.parametrize("other", ["Dana@woodgrove.example", "dana+2@woodgrove.example"])
def test_one_mailbox_under_two_spellings_has_one_limit(database: Database, other: str) -> None:
    """Case and a +tag give nobody a second allowance."""
    concluder = make_concluder(per_reporter_hour=1)
    mails = [*make_reports(1), make_forward(make_message(7), number=7, reporter=other)]

    make_intake(FakeMailbox(*mails), database, concluder).poll()

    assert [mail.unanswered_reason for mail in list_mails(database)] == [None, "held_back"]


@pytest.mark.parametrize(
    "error", [LetterRefused("its header holds x"), UnicodeEncodeError("ascii", "é", 0, 1, "no")]
)
def test_an_acknowledgement_that_cannot_be_written_costs_itself_only(
    database: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The mail is recorded as what it is, unanswered with the reason, and the reporter's limit is not used up."""

    def refuse(*_: object) -> NewAcknowledgement:
        raise error

    monkeypatch.setattr(concluding, "render_acknowledgement", refuse)
    make_intake(FakeMailbox(*make_reports(2)), database, make_concluder(per_reporter_hour=1)).poll()

    assert [one.unanswered_reason for one in list_mails(database)] == ["not_written"] * 2
    assert [one.disposition for one in list_mails(database)] == ["report"] * 2
    assert len(list_incidents(database)) == 2
    assert list_acknowledgements(database) == []


def test_a_broken_template_costs_no_mail(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that somebody spoilt is told in the log, and mails are recorded all the same."""
    monkeypatch.setattr(acknowledgement, "_template", lambda _: Template("{{ a.b.c }}"))

    make_intake(FakeMailbox(*make_reports(1)), database).poll()

    assert [one.unanswered_reason for one in list_mails(database)] == ["not_written"]
    assert [one.disposition for one in list_mails(database)] == ["report"]
