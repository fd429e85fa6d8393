"""Acknowledgements into a Maildir: whole, once, and found again after a kill at any stage."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake_world import (
    DEAD_PROCESS,
    fill_outbox,
    list_acknowledgements,
    list_files,
    make_acknowledgement,
    open_database,
)

from abuse_intake import processes
from abuse_intake.errors import OutboxError
from abuse_intake.outbox import DeliverySummary, Outbox
from abuse_intake.outbox.maildir import MaildirCarrier
from abuse_intake.urls import ServiceUrl
from storage import acknowledgements
from storage.database import Database

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DANA = "dana@woodgrove.example"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An outbox with one acknowledgement."""
    with open_database(tmp_path) as opened:
        fill_outbox(opened, NOW, DANA)
        yield opened


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Where the acknowledgements go."""
    return tmp_path / "Sent"


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class KilledBeforeRename(MaildirCarrier):
    """Dies between the commit of the stage and the rename."""

    def _publish(self, one: object) -> bool:
        raise KilledError


class KilledAfterRename(MaildirCarrier):
    """Dies between the rename and the commit."""

    def _publish(self, one: object) -> bool:
        super()._publish(one)  # type: ignore[arg-type]
        raise KilledError


def deliver(database: Database, sent: Path, kind: type[MaildirCarrier] = MaildirCarrier) -> DeliverySummary:
    carrier = kind(ServiceUrl("maildir", str(sent)))
    return Outbox(carrier, database, now=lambda: NOW).deliver_due()


def die(database: Database, sent: Path, kind: type[MaildirCarrier]) -> None:
    """Deliver until a kill, and leave the lease to a process that is dead."""
    with pytest.raises(KilledError):
        deliver(database, sent, kind)


def list_states(database: Database) -> list[str]:
    return [one.state for one in list_acknowledgements(database)]


def test_an_acknowledgement_lies_in_new_as_it_was_rendered(database: Database, sent: Path) -> None:
    """Its bytes are those that were stored; nothing is left in tmp/."""
    deliver(database, sent)

    (file,) = list_files(sent)
    assert file.startswith("new/")
    assert (sent / file).read_bytes() == make_acknowledgement(1, NOW).content
    assert list_states(database) == ["sent"]


def test_killed_before_the_rename_it_is_published_by_the_next(database: Database, sent: Path) -> None:
    """What lies whole in tmp/ is renamed, once."""
    die(database, sent, KilledBeforeRename)
    before = list_files(sent)

    deliver(database, sent)

    assert [name.partition("/")[0] for name in before] == ["tmp"]
    assert [name.partition("/")[0] for name in list_files(sent)] == ["new"]
    assert list_states(database) == ["sent"]


def test_killed_after_the_rename_it_is_not_published_again(database: Database, sent: Path) -> None:
    """What lies in new/ already counts as sent."""
    die(database, sent, KilledAfterRename)
    before = list_files(sent)

    summary = deliver(database, sent)

    assert list_files(sent) == before
    assert list_states(database) == ["sent"]
    assert summary.sent == 1


def test_killed_after_the_rename_and_read_meanwhile(database: Database, sent: Path) -> None:
    """What a mail program has moved into cur/ is found there, and not published again."""
    die(database, sent, KilledAfterRename)
    (name,) = list_files(sent)
    (sent / name).rename(sent / "cur" / f"{Path(name).name}:2,S")

    deliver(database, sent)

    assert [name.partition("/")[0] for name in list_files(sent)] == ["cur"]
    assert list_states(database) == ["sent"]


def test_what_has_gone_from_everywhere_is_of_unknown_outcome(database: Database, sent: Path) -> None:
    """Somebody may have read and deleted it: it is not published again, and says why."""
    die(database, sent, KilledBeforeRename)
    (name,) = list_files(sent)
    (sent / name).unlink()

    summary = deliver(database, sent)

    (one,) = list_acknowledgements(database)
    assert (one.state, summary.outcome_unknown, summary.sent) == ("outcome_unknown", 1, 0)
    assert one.last_error == "neither in tmp/ nor in new/ after an interrupted delivery"
    assert list_files(sent) == []


def test_killed_while_writing_it_is_written_anew(database: Database, sent: Path) -> None:
    """A half-written file in tmp/ whose stage was not committed is no acknowledgement yet."""
    die(database, sent, KilledBeforeRename)
    (name,) = list_files(sent)
    (sent / name).write_bytes(b"From: ju")
    with database.begin() as session:
        acknowledgements.mark_waiting(session, "1", processes.describe_this_process(), None, NOW)

    deliver(database, sent)

    (name,) = list_files(sent)
    assert (sent / name).read_bytes() == make_acknowledgement(1, NOW).content


def test_a_dead_process_is_succeeded(database: Database, sent: Path) -> None:
    """Its lease is no hindrance, whether it had written anything or not."""
    with database.begin() as session:
        acknowledgements.claim_due(
            session, DEAD_PROCESS, processes.is_alive, NOW, timedelta(minutes=10), limit=10
        )

    deliver(database, sent)

    assert list_states(database) == ["sent"]


def test_each_acknowledgement_has_a_file(database: Database, sent: Path) -> None:
    """Several of one second do not overwrite each other."""
    fill_outbox(database, NOW, *[DANA] * 5)

    deliver(database, sent)

    assert len(list_files(sent)) == 5


def test_a_maildir_that_cannot_be_made_is_one_line(database: Database, tmp_path: Path) -> None:
    """It is told what is in the way; the acknowledgement goes out when it is gone."""
    (tmp_path / "Sent").write_bytes(b"")

    with pytest.raises(OutboxError) as error:
        deliver(database, tmp_path / "Sent")

    assert str(error.value) == f"outbox {tmp_path}/Sent/tmp: Not a directory"
    (tmp_path / "Sent").unlink()
    assert deliver(database, tmp_path / "Sent").sent == 1


def test_check_makes_the_folders(tmp_path: Path) -> None:
    """`check` says that acknowledgements can be written."""
    carrier = MaildirCarrier(ServiceUrl("maildir", str(tmp_path / "Sent")))

    answer = carrier.check()

    assert answer == f"maildir://{tmp_path}/Sent: writable"
