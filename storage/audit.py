"""The audit log: who changed what, and who looked at a raw mail. Written in the transaction of what it tells of.

What the program itself does as mails are read stands in the history of incidents, not here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast, get_args

from sqlalchemy import false, select
from sqlalchemy.orm import Session

from storage.bulk import insert_rows
from storage.cursors import Cursors
from storage.models import AuditEntry
from storage.paging import FallingList
from storage.values import Actor, AuditFilter, AuditRecord, ObjectKind, Page

EVERYTHING = AuditFilter()


def note_action(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: ObjectKind,
    object_ids: Iterable[str | None],
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    """Write down what somebody did with each of these objects; None is the kind as a whole."""
    note_actions(session, actor, action, object_kind, [(id, detail) for id in object_ids], now)


def note_actions(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: ObjectKind,
    objects: Iterable[tuple[str | None, Mapping[str, Any]]],
    now: datetime,
) -> None:
    """The same where the detail is each object's own."""
    common = {"at": now, "actor": actor.name, "via": actor.via, "action": action, "object_kind": object_kind}
    rows = [{**common, "object_id": id, "detail": dict(detail)} for id, detail in objects]
    insert_rows(session, AuditEntry, rows)


def list_audit(session: Session, filter: AuditFilter = EVERYTHING, limit: int = 50) -> Iterator[AuditRecord]:
    """Lines of the audit log that match, newest first; 0 = all, in constant memory."""
    return map(_record, _newest(filter).read(session, limit))


def find_audit_page(
    session: Session, filter: AuditFilter = EVERYTHING, limit: int = 50, cursor: str | None = None
) -> Page[AuditRecord]:
    """Some of these, from where the page before ended; BadCursor when that cannot be told."""
    rows, following = _newest(filter).read_page(session, limit, cursor)
    return Page(tuple(map(_record, rows)), following)


def _newest(filter: AuditFilter) -> FallingList:
    named = {
        AuditEntry.actor: filter.actor,
        AuditEntry.object_kind: filter.object_kind,
        AuditEntry.object_id: filter.object_id,
    }
    given = {column: value for column, value in named.items() if value is not None}
    wanted = select(*AuditEntry.__table__.columns)
    if all(value.isprintable() for value in given.values()):
        wanted = wanted.where(*(column == value for column, value in given.items()))
    else:
        wanted = wanted.where(false())  # nothing has such a name, and PostgreSQL refuses to look for one
    if filter.object_id is not None and filter.object_kind is None:
        wanted = wanted.where(AuditEntry.object_kind.in_(get_args(ObjectKind)))  # it leads to the index
    if filter.since is not None:
        wanted = wanted.where(AuditEntry.at >= filter.since)
    cursors = Cursors("audit", {column.key: value for column, value in given.items()}, (datetime, int))
    return FallingList(wanted, (AuditEntry.at, AuditEntry.id), cursors)


def _record(row: Any) -> AuditRecord:
    return AuditRecord(
        id=str(row.id),
        at=row.at,
        actor=row.actor,
        via=row.via,
        action=row.action,
        object_kind=cast(ObjectKind, row.object_kind),
        object_id=row.object_id,
        detail=row.detail,
    )
