"""Reporters over their limit: all that was held back within an hour is told in one summary."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from arrival_builders import US, make_forward, make_message
from intake_fakes import FakeCarrier, FakeGuard, FakeMailbox
from intake_world import (
    OURSELVES,
    list_acknowledgements,
    list_mails,
    make_concluder,
    make_intake,
    open_database,
)
from servers.postgresql import Postgresql
from sqlalchemy import text

from abuse_intake import summaries
from abuse_intake.acknowledgement import make_reference
from abuse_intake.app import deliver_outbox
from abuse_intake.letters import LetterRefused
from abuse_intake.recording import Recorder
from abuse_intake.settings import Settings, build_settings
from storage import mails
from storage.database import Database
from storage.held_back import HeldBack
from storage.values import NewAcknowledgement

DANA = "dana@woodgrove.example"
SAM = "sam@fourthcoffee.example"
AN_HOUR_AGO = timedelta(hours=1, seconds=5)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A configuration whose limit is one acknowledgement an hour."""
    sections = {
        "mailbox": {"url": f"folder://{tmp_path}", "address": US},
        "outbox": {"url": f"maildir://{tmp_path}/Sent", "per_reporter_hour": 1},
    }
    return build_settings(sections, tmp_path)


def read(database: Database, ago: timedelta, *numbers: int, reporter: str = DANA) -> None:
    """Let mails of these numbers arrive from one reporter, that time ago."""
    mailbox = FakeMailbox()
    for number in numbers:
        raw = make_forward(make_message(number), number=number, reporter=reporter)
        mailbox.put(raw, uid=f"{reporter}-{number}")
    at = datetime.now(UTC) - ago
    make_intake(mailbox, database, make_concluder(per_reporter_hour=1), now=lambda: at).poll()


def deliver(settings: Settings, database: Database) -> list[bytes]:
    """Deliver what is due; the bytes of it."""
    carrier = FakeCarrier()
    deliver_outbox(settings, database, carrier)
    return [one.content for one in carrier.taken]


def list_reasons(database: Database) -> list[str | None]:
    return [mail.unanswered_reason for mail in list_mails(database)]


def test_after_an_hour_one_summary_tells_all(database: Database, settings: Settings) -> None:
    """The first mail is answered on its own, the three others together, with their references."""
    read(database, AN_HOUR_AGO, 1, 2, 3, 4)

    _, summary = deliver(settings, database)

    parsed = message_from_bytes(summary)
    shown = summary.decode()
    assert (parsed["To"], parsed["From"], parsed["In-Reply-To"]) == (DANA, US, None)
    assert all(make_reference(mail.sha256) in shown for mail in list_mails(database)[1:])
    assert make_reference(list_mails(database)[0].sha256) not in shown
    assert list_reasons(database) == [None, "in_summary", "in_summary", "in_summary"]


def test_within_the_hour_nothing_is_told(database: Database, settings: Settings) -> None:
    """As long as the hour of the first held-back mail lasts, the reporter hears nothing more."""
    read(database, timedelta(minutes=59), 1, 2, 3)

    delivered = deliver(settings, database)

    assert len(delivered) == 1
    assert list_reasons(database) == [None, "held_back", "held_back"]


def test_a_later_mail_is_told_in_the_same_summary(database: Database, settings: Settings) -> None:
    """What was held back since counts too, though its own hour has not ended."""
    read(database, AN_HOUR_AGO, 1, 2)
    read(database, timedelta(minutes=30), 3, reporter="Dana@Woodgrove.example")
    read(database, timedelta(minutes=20), 4, reporter="Dana@Woodgrove.example")

    deliver(settings, database)

    assert list_reasons(database)[1] == "in_summary"
    assert "held_back" not in list_reasons(database)


def test_nobody_is_told_twice(database: Database, settings: Settings) -> None:
    """A second run makes no second summary."""
    read(database, AN_HOUR_AGO, 1, 2, 3)
    deliver(settings, database)

    again = deliver(settings, database)

    assert again == []
    assert len(list_acknowledgements(database)) == 2


def test_each_reporter_has_a_summary(database: Database, settings: Settings) -> None:
    """Two reporters hear of their own mails only."""
    read(database, AN_HOUR_AGO, 1, 2, 3)
    read(database, AN_HOUR_AGO, 1, 2, reporter=SAM)

    deliver(settings, database)

    assert [one.to for one in list_acknowledgements(database)] == [DANA, SAM, DANA, SAM]


def test_a_summary_counts_as_an_acknowledgement(database: Database, settings: Settings) -> None:
    """After a summary the reporter is over the limit again: nobody makes us send more than that."""
    read(database, AN_HOUR_AGO, 1, 2)
    deliver(settings, database)

    read(database, timedelta(), 3)

    assert list_reasons(database)[-1] == "held_back"


def test_a_mail_that_was_answered_and_is_read_again_swallows_no_summary(
    database: Database, settings: Settings
) -> None:
    """A retried mail keeps its acknowledgement; what was held back besides it is told all the same."""
    read(database, AN_HOUR_AGO, 1, 2, 3)
    concluder, at = make_concluder(per_reporter_hour=1), datetime.now(UTC) - AN_HOUR_AGO
    with database.begin() as session:
        again = mails.reset_for_retry(session, "1")
    Recorder(database, FakeGuard(), concluder, lambda: at).read_and_record([again])

    delivered = deliver(settings, database)

    assert len(delivered) == 2
    assert list_reasons(database) == [None, "in_summary", "in_summary"]


def test_a_mail_that_was_told_in_a_summary_is_not_answered_when_it_is_read_again(
    database: Database, settings: Settings
) -> None:
    """Its reporter knows of it already."""
    read(database, AN_HOUR_AGO, 1, 2, 3)
    deliver(settings, database)
    concluder, at = make_concluder(per_reporter_hour=0), datetime.now(UTC)

    with database.begin() as session:
        again = mails.reset_for_retry(session, "3")
    Recorder(database, FakeGuard(), concluder, lambda: at).read_and_record([again])

    assert deliver(settings, database) == []
    assert list_reasons(database)[2] == "in_summary"


@pytest.mark.postgresql
def test_one_summary_on_postgresql(postgresql: Postgresql, settings: Settings) -> None:
    """There it is the same."""
    database = Database(postgresql.create_database("held_back"))
    database.require_current()
    read(database, AN_HOUR_AGO, 1, 2, 3)

    delivered = [len(deliver(settings, database)) for _ in range(2)]

    assert delivered == [2, 0]
    assert list_reasons(database) == [None, "in_summary", "in_summary"]
    database.close()
    postgresql.drop_database("held_back")


def test_a_summary_waits_while_the_limit_is_used_up(database: Database, settings: Settings) -> None:
    """The hour has ended for the held-back mail, but the same mailbox was written to since under another tag."""
    read(database, timedelta(minutes=70), 1, 2)
    read(database, timedelta(minutes=5), 3, reporter="dana+x@woodgrove.example")

    deliver(settings, database)

    assert list_reasons(database) == [None, "held_back", None]


def test_summaries_keep_to_the_limit_of_all(database: Database, tmp_path: Path) -> None:
    """Summaries count, are made as far as there is room, for who has waited longest first, and the rest come later."""
    settings = build_settings(
        {
            "mailbox": {"url": f"folder://{tmp_path}", "address": US},
            "outbox": {"url": f"maildir://{tmp_path}/Sent", "per_reporter_hour": 1, "per_hour": 2},
        },
        tmp_path,
    )
    for number, reporter in enumerate((DANA, SAM, "kim@lucerne.example")):
        read(database, timedelta(hours=3 - number / 10), 1, 2, reporter=reporter)

    first = deliver(settings, database)
    second = deliver(settings, database)
    with database.begin() as session:
        session.execute(text("UPDATE acknowledgements SET created_at = '2026-01-01 00:00:00.000000'"))
    third = deliver(settings, database)

    told = [message_from_bytes(one)["To"] for one in [*first, *second, *third]]
    assert [len(first), len(second), len(third)] == [5, 0, 1]
    assert told[3:] == [DANA, SAM, "kim@lucerne.example"]


def test_a_full_hour_for_all_holds_summaries_back(database: Database, settings: Settings) -> None:
    """Where acknowledgements have used up the limit of all, summaries wait."""
    read(database, AN_HOUR_AGO, 1, 2)
    read(database, timedelta(minutes=10), 3, reporter=SAM)

    told = summaries.tell_held_back(database, OURSELVES, 1, per_hour=1)

    assert told == 0
    assert list_reasons(database) == [None, "held_back", None]


def test_many_tags_of_one_mailbox_keep_nobody_waiting(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One mailbox is one reporter, whatever tags it writes with; nobody waits behind it."""
    monkeypatch.setattr(summaries, "MAX_SUMMARIES", 2)
    for tag in range(6):
        read(
            database, timedelta(minutes=70), 2 * tag, 2 * tag + 1, reporter=f"mallory+{tag}@woodgrove.example"
        )
    read(database, AN_HOUR_AGO, 1, 2, reporter=SAM)

    deliver(settings, database)

    assert "held_back" not in list_reasons(database)


def test_a_summary_that_cannot_be_written_keeps_nobody_else_waiting(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up with a reason, so that the next delivery does not come upon it first again."""
    read(database, AN_HOUR_AGO * 2, 1, 2)
    read(database, AN_HOUR_AGO, 3, 4, reporter=SAM)
    monkeypatch.setattr(summaries, "MAX_SUMMARIES", 1)
    render = summaries.render_summary

    def refuse(held: HeldBack, *others: Any) -> NewAcknowledgement:
        if held.reporter == DANA:
            raise LetterRefused("its To is not its recipient")
        return render(held, *others)

    monkeypatch.setattr(summaries, "render_summary", refuse)

    deliver(settings, database)
    deliver(settings, database)

    assert list_reasons(database) == [None, "not_written", None, "in_summary"]
