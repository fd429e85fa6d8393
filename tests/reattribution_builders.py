"""Decides again on what the storage tests stored, as the test wants it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from storage_builders import NOW, arrival, attribution, incidents, keep_all, outcome, record, report

from parsers.values import Report
from storage.database import Database
from storage.incident_key import incident_key
from storage.incidents import incident_history, list_incidents
from storage.models import Incident
from storage.reattributing import store_redecisions
from storage.redecisions import Redecision, StoredReport, reports_by_mail
from storage.rekeying import foresee_incidents
from storage.values import Attribution, IncidentFilter, IncidentRecord

LATER = NOW + timedelta(days=1)

Decide = Callable[[StoredReport], Attribution]


class Stored:
    """Mails with one report each, all about one message, each attributed as told; more may come."""

    def __init__(self, database: Database, *tenants: str | None) -> None:
        self.database = database
        self.mails = list[str]()
        self._reports = dict[str, tuple[Report, ...]]()
        for tenant in tenants:
            self.add((report(), attribution(tenant=tenant)))

    def add(self, *pairs: tuple[Report, Attribution], at: Any = NOW) -> str:
        """One more mail, by a reporter of its own."""
        number = len(self.mails) + 1
        (id,) = keep_all(self.database, [arrival(number, received_at=at)])
        record(self.database, [outcome(id, *pairs, reporter=f"r{number}@isp.example")], at)
        self.mails.append(id)
        self._reports[id] = tuple(one for one, _ in pairs)
        return id

    def decide(self, decide: Decide) -> list[Redecision]:
        """Decide on all that is stored of these mails now; nothing is stored."""
        with self.database.read() as session:
            found = reports_by_mail(session, self.mails)
        return [
            Redecision(one, decide(one), incident_key(self._reports[one.mail_id][one.position], decide(one)))
            for theirs in found.values()
            for one in theirs
        ]

    def store(self, decided: list[Redecision]) -> dict[str, str | None]:
        """Store what was decided; what was foreseen must come true."""
        with self.database.read() as session:
            foreseen = foresee_incidents(session, decided)
            there = set(map(str, session.scalars(select(Incident.id))))
        with self.database.begin() as session:
            stored = store_redecisions(session, decided, LATER)
        assert {report: home if home in there else None for report, home in stored.items()} == foreseen
        return stored

    def reattribute(self, *tenants: str | None) -> dict[str, str | None]:
        """Decide that the mails are of these tenants, and store it."""
        by_mail = dict(zip(self.mails, tenants, strict=True))
        return self.store(self.decide(lambda one: attribution(tenant=by_mail[one.mail_id])))


def history(database: Database, incident_id: str) -> list[tuple[str, Any]]:
    """Actions and details of an incident."""
    with database.read() as session:
        return [(one.action, dict(one.detail)) for one in incident_history(session, incident_id)]


def emptied(database: Database) -> list[IncidentRecord]:
    with database.read() as session:
        return list(list_incidents(session, IncidentFilter(emptied=True)))


def shown(database: Database) -> list[tuple[str, str | None, int]]:
    """Id, tenant and count of each incident that lists show, by id."""
    found = [(one.id, one.tenant, one.report_count) for one in incidents(database)]
    return sorted(found, key=lambda one: int(one[0]))


def set_status(database: Database, incident_id: str, status: str) -> None:
    with database.begin() as session:
        session.execute(
            text("UPDATE incidents SET status = :status WHERE id = :id"),
            {"status": status, "id": int(incident_id)},
        )
