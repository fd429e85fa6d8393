"""The audit log: who changed what, and who looked at a raw mail. Written in the transaction of what it tells of.

What the program itself does as mails are read stands in the history of incidents, not here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.bulk import insert_rows
from storage.models import AuditEntry
from storage.paging import newest_by_id
from storage.values import Actor, AuditRecord, ObjectKind


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


def list_audit(
    session: Session,
    *,
    actor: str | None = None,
    object_kind: ObjectKind | None = None,
    object_id: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> Iterator[AuditRecord]:
    """Lines of the audit log that match, newest first; 0 = all, in constant memory."""
    wanted = select(*AuditEntry.__table__.columns)
    for column, value in (
        (AuditEntry.actor, actor),
        (AuditEntry.object_kind, object_kind),
        (AuditEntry.object_id, object_id),
    ):
        if value is not None and not value.isprintable():
            return iter(())  # nothing has such a name, and PostgreSQL refuses to look for one
        if value is not None:
            wanted = wanted.where(column == value)
    if since is not None:
        wanted = wanted.where(AuditEntry.at >= since)
    return map(_record, newest_by_id(session, wanted, AuditEntry.id, limit))


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
