"""Rows of incidents: locked in one order, made where they are missing, and what their history says.

Whoever changes reports locks mails by id first, then incidents by key, so that all wait for each other in turn.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.bulk import Row, chunked, insert_rows, insert_unless_there, is_postgresql
from storage.errors import DatabaseUnavailable
from storage.models import Incident, IncidentHistory, table_of
from storage.tallies import Tallied, empty_incident

INTAKE = "intake"
"""Who changes incidents as mails are read."""
LOCK_TRIES = 5


def find_or_create(
    session: Session, first: Mapping[str, Row], ids: set[int]
) -> tuple[dict[str, Tallied], list[str]]:
    """The incidents of these keys and ids: by key, and locked; and which keys were missing, and are made now.

    `first` holds for each key the first report that the incident gets, as a row.
    """
    created: list[str] = []
    for _ in range(LOCK_TRIES):
        there = _lock_incidents(session, first, ids)
        missing = [key for key in first if key not in there]
        if not missing:
            return there, created
        # Another worker may create one first, or remove an emptied one before it is locked: look again.
        created += _insert_incidents(session, [(key, first[key]) for key in missing])
    raise DatabaseUnavailable("other workers kept removing the same incidents; try again")


def note_created(session: Session, created: Iterable[tuple[int, Row]], now: datetime) -> None:
    """Begin the history of new incidents; each with the first report that it got."""
    details = [(id, {"mail": str(report["mail_id"])}) for id, report in created]
    rows = [history_row(id, INTAKE, "created", detail, now) for id, detail in details]
    insert_rows(session, IncidentHistory, rows)


def history_row(incident_id: int, actor: str, action: str, detail: Mapping[str, Any], now: datetime) -> Row:
    """One change of an incident, to be inserted."""
    return {"incident_id": incident_id, "at": now, "actor": actor, "action": action, "detail": detail}


def _insert_incidents(session: Session, missing: Iterable[tuple[str, Row]]) -> list[str]:
    table = table_of(Incident)
    insert = insert_unless_there(session, Incident, ("key_sha256",)).returning(table.c.key_sha256)
    rows = [{"key_sha256": key, **empty_incident(report)} for key, report in missing]
    # Ids follow the reports where one worker writes at a time; where several do, the keys' order locks first.
    in_order = sorted(rows, key=itemgetter("key_sha256")) if is_postgresql(session) else rows
    return list(session.scalars(insert, in_order))


def _lock_incidents(session: Session, keys: Iterable[str], ids: set[int]) -> dict[str, Tallied]:
    table = table_of(Incident)
    locked: dict[str, Tallied] = {}
    wanted = set(keys)
    for numbers in chunked(ids):
        wanted.update(session.scalars(select(Incident.key_sha256).where(Incident.id.in_(numbers))))
    for some in chunked(sorted(wanted)):
        rows = select(table).where(table.c.key_sha256.in_(some)).order_by(table.c.key_sha256)
        for row in session.execute(rows.with_for_update()).mappings():
            locked[row["key_sha256"]] = Tallied(row["id"], dict(row))
    return locked
