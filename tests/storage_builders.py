"""Makes the values that the storage tests store, and reads what became of them."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from parsers.values import Correspondence, Disposition, Message, ReadMail, Report
from storage.database import Database
from storage.incidents import list_incidents
from storage.mails import claim_batch, keep_mails, record_outcomes
from storage.tenant_lines import write_tenant
from storage.tenants import replace_lines
from storage.values import (
    Arrival,
    Attribution,
    Confidence,
    Evidence,
    IncidentFilter,
    IncidentRecord,
    NewAcknowledgement,
    Outcome,
    Place,
    Tenant,
)

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
ON_POSTGRESQL = pytest.mark.parametrize(
    "url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For what SQLite, with one writer at a time, cannot show."""
INBOX = "imaps://imap.provider.example/INBOX"


def nobody_dies(_holder: str) -> bool:
    return True


def all_are_dead(_holder: str) -> bool:
    return False


def arrival(
    number: int = 1, *, raw: bytes | None = None, received_at: datetime = NOW, uid: str = ""
) -> Arrival:
    content = raw if raw is not None else b"Subject: mail %d\r\n\r\nHello\r\n" % number
    return Arrival(Place(7, uid or str(number)), content, sha256(content).hexdigest(), received_at)


@contextmanager
def open_empty(folder: Path, name: str = "test") -> Iterator[Database]:
    """An empty database with its tables, in an SQLite file."""
    database = Database(f"sqlite:///{folder}/{name}.db")
    database.upgrade()
    yield database
    database.close()


def keep(database: Database, count: int = 1, *, received_at: datetime = NOW) -> list[str]:
    """Keep that many mails; return their ids in the order of arrival."""
    arrivals = [arrival(number, received_at=received_at) for number in range(1, count + 1)]
    return keep_all(database, arrivals)


def keep_all(database: Database, arrivals: list[Arrival]) -> list[str]:
    with database.begin() as session:
        kept = keep_mails(session, INBOX, arrivals)
    return [kept[one.place].mail_id for one in arrivals]


def claim(database: Database, owner: str = "worker", limit: int = 100, **options: Any) -> list[str]:
    with database.begin() as session:
        return [mail.id for mail in claim_batch(session, owner, limit, NOW, LEASE, **options)]


def message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "message_id": "<1@junk.example>",
        "subject": "Cheap pills",
        "from_address": "sales@contoso.example",
        "date": NOW,
        "sha256": "a" * 64,
        "size": 99,
    }
    return Message(**{**values, **changes})


def report(reported: Message | None = None, **changes: Any) -> Report:
    values: dict[str, Any] = {"format": "arf", "feedback_type": "abuse", "origin_ip": ip_address("192.0.2.1")}
    return Report(**{**values, "message": reported or message(), **changes})


def attribution(
    confidence: Confidence = "stated", *, tenant: str | None = "contoso", ip: str | None = "192.0.2.1"
) -> Attribution:
    return Attribution(
        ip=ip_address(ip) if ip else None,
        tenant=tenant,
        confidence=confidence,
        reason=None if tenant else "no_tenant_named",
        route="ours",
        evidence=(Evidence("address", f"{ip} {confidence}", tenant, confidence == "proven", "192.0.2.0/28"),),
    )


def outcome(
    mail_id: str,
    *reports: Report | tuple[Report, Attribution],
    reporter: str | None = "reporter@isp.example",
    disposition: Disposition = "report",
    reason: str | None = None,
    authenticated: bool = False,
    acknowledgement: NewAcknowledgement | None = None,
    subject: str | None = "FW: spam",
) -> Outcome:
    pairs = [one if isinstance(one, tuple) else (one, attribution()) for one in reports]
    read = ReadMail(
        sha256="",
        size=1,
        disposition=disposition,
        reason=reason,
        reporter=reporter,
        warnings=("too many hops",),
        reports=tuple(one for one, _ in pairs),
        correspondence=Correspondence(subject=subject),
    )
    return Outcome(
        mail_id=mail_id,
        read=read,
        attributions=tuple(one for _, one in pairs),
        reporter_authenticated=authenticated,
        acknowledgement=acknowledgement,
        unanswered_reason=None if acknowledgement else "no_return_path",
    )


def acknowledgement(
    number: int = 1, *, to: str = "Reporter@isp.example", due_at: datetime = NOW
) -> NewAcknowledgement:
    return NewAcknowledgement(to, f"<ack-{number}@provider.example>", b"Thank you %d\r\n" % number, due_at)


def replace_directory(database: Database, *tenants: Tenant) -> int:
    """Import them, as `tenants import` stores the lines of a file."""
    with database.begin() as session:
        return replace_lines(session, ((one.id, write_tenant(one)) for one in tenants), NOW)


def record(database: Database, outcomes: Iterable[Outcome], now: datetime = NOW) -> None:
    with database.begin() as session:
        record_outcomes(session, list(outcomes), now)


def acknowledge(database: Database, *acknowledgements: NewAcknowledgement, now: datetime = NOW) -> None:
    """Record as many mails, each with one of the acknowledgements."""
    ids = keep(database, len(acknowledgements))
    outcomes = [outcome(id, acknowledgement=one) for id, one in zip(ids, acknowledgements, strict=True)]
    record(database, outcomes, now)


def incidents(database: Database) -> list[IncidentRecord]:
    with database.read() as session:
        return list(list_incidents(session, IncidentFilter()))


def only_incident(database: Database) -> IncidentRecord:
    (incident,) = incidents(database)
    return incident


def counts(database: Database) -> tuple[int, int, int]:
    one = only_incident(database)
    return one.report_count, one.reporter_count, one.authenticated_reporter_count


def typed(feedback_type: str | None, number: int = 1) -> Report:
    return report(message(sha256=f"{number:064x}"), feedback_type=feedback_type)


def wait_until_blocked(database: Database, thread: threading.Thread) -> None:
    """Wait until PostgreSQL has a session wait for another's lock; a thread that ends before was not held up."""
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    while thread.is_alive():
        with database.read() as session:
            if session.scalar(text(f"{blocked} AND datname = current_database()")):
                return
        time.sleep(0.01)
    pytest.fail("it did not wait for the lock")
