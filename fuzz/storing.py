"""What is stored of mails: batches of them go through the intake's own steps into a database of their own."""

import atexit
import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from abuse_intake.guard.pool import Guard
from abuse_intake.recording import Recorder
from fuzz.finding import Finding, require
from fuzz.oracle import named
from fuzz.world import NOW, RECEIVED_AT, make_concluder
from parsers import read_mail
from parsers.values import ReadMail
from storage import mails
from storage.database import Database
from storage.values import Arrival, ClaimedMail, Outcome, Place

LEASE = timedelta(minutes=10)


def store(raws: Sequence[bytes]) -> None:
    """Keep, claim, read, attribute, answer and record these mails; Finding if it raises, or what lies there differs."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fuzz.db"
        file.write_bytes(_make_empty_database())
        database = Database(f"sqlite:///{file}")
        try:
            with named("storing raises nothing"):
                outcomes = _record(database, raws)
            with named("what is stored is what was read"):
                _compare(database, outcomes, {hashlib.sha256(raw).hexdigest(): raw for raw in raws})
        finally:
            database.close()


def find_stored(raws: Sequence[bytes]) -> Finding | None:
    """The finding that these mails are together, or None."""
    try:
        store(raws)
    except Finding as finding:
        return finding
    return None


def _record(database: Database, raws: Sequence[bytes]) -> list[Outcome]:
    arrivals = [
        Arrival(Place(1, str(number)), raw, hashlib.sha256(raw).hexdigest(), RECEIVED_AT)
        for number, raw in enumerate(raws)
    ]
    with database.begin() as session:
        mails.keep_mails(session, "folder:///fuzz", arrivals)
    with database.begin() as session:
        claimed = mails.claim_batch(session, "fuzz", len(raws), NOW, LEASE)
    return _Strict(database, _guard(), make_concluder(), lambda: NOW).read_and_record(claimed)


class _Strict(Recorder):
    """Where the intake would try each mail alone, then put it aside, the error itself is wanted."""

    def _conclude(self, read: Sequence[tuple[ClaimedMail, ReadMail]]) -> list[Outcome]:
        return self._record([mail for mail, _ in read], [self._concluder.conclude(*one) for one in read])


@cache
def _guard() -> Guard:
    guard = Guard(most=1)
    atexit.register(guard.close)
    return guard


def _compare(database: Database, outcomes: Sequence[Outcome], raws: dict[str, bytes]) -> None:
    require(len(outcomes) == len(raws), f"{len(outcomes)} outcomes of {len(raws)} mails")
    with database.read() as session:
        for outcome in outcomes:
            read, stored = outcome.read, mails.find_mail(session, outcome.mail_id)
            require(read == read_mail(raws[read.sha256]), "the guard's process reads it otherwise")
            require(mails.mail_raw(session, outcome.mail_id) == raws[read.sha256], "other bytes")
            require(
                (stored.disposition, stored.reason, stored.reporter, stored.size)
                == (read.disposition, read.reason, read.reporter, read.size),
                "another disposition, reason, reporter or size",
            )
            require(
                bool(stored.incident_ids) == bool(read.reports), "incidents without reports, or the reverse"
            )


@cache
def _make_empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{file}")
        database.require_current()
        database.close()
        return file.read_bytes()
