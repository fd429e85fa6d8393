"""What analysts decide about incidents: the status, whose it is after all, a note. With who, and in the audit log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.audit import note_actions
from storage.bulk import Row, chunked, insert_rows
from storage.columns import parse_id, require_id
from storage.errors import DatabaseUnavailable
from storage.incident_rows import LOCK_TRIES, history_row
from storage.incidents import no_such_incident
from storage.junk_counts import COUNTED_COLUMNS, require_not_counted, store_junk
from storage.models import Incident, IncidentHistory, table_of
from storage.values import Actor, IncidentStatus

CHANGED = ("status", "tenant", "corrected_at", "corrected_by", "corrected_tenant", "correction_note")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to change; None leaves as it is. A note alone is a comment."""

    status: IncidentStatus | None = None
    tenant: str | None = None
    """The tenant by hand."""
    clears_tenant: bool = False
    """Nobody of ours, by hand."""
    withdraws_correction: bool = False
    """As the evidence says, again."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision led to: the ids that it changed, those that were so already, and those that are not there."""

    changed: tuple[str, ...]
    noted: tuple[str, ...]
    """Of those that it changed, the ones that got the note and were so already."""
    unchanged: tuple[str, ...]
    missing: tuple[str, ...]


def decide(
    session: Session, ids: Collection[str], decision: Decision, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Store the decision for each of these incidents, all or none; the ids of those that it changed.

    NotFound when one is not there. What is so already changes nothing; a note is kept always. All that one
    transaction changes the tenant of must be in one call.
    """
    numbers = {require_id(id, no_such_incident): id for id in ids}
    rows = _lock(session, numbers)
    for missing in sorted(numbers.keys() - {row["id"] for row in rows}):
        raise no_such_incident(numbers[missing])
    return tuple(_decide(session, rows, decision, actor, now))


def decide_each(
    session: Session, ids: Collection[str], decision: Decision, actor: Actor, now: datetime
) -> Decided:
    """The same for those that are there; the others are told."""
    numbers = {id: parse_id(id) for id in ids}
    rows = _lock(session, {number for number in numbers.values() if number is not None})
    told = _decide(session, rows, decision, actor, now)
    changed = tuple(told)
    there = {row["id"] for row in rows}
    return Decided(
        changed,
        tuple(id for id, detail in told.items() if detail.keys() == {"note"}),
        tuple(str(number) for number in sorted(there - set(map(int, changed)))),
        tuple(id for id, number in numbers.items() if number not in there),
    )


def _decide(
    session: Session, rows: list[Row], decision: Decision, actor: Actor, now: datetime
) -> dict[str, Row]:
    """What changed of each that changed."""
    changes, history, counted = list[Row](), list[Row](), list[tuple[Row, Row]]()
    for row in rows:
        after = _apply(row, decision, actor, now)
        detail = _detail(row, after, decision)
        if detail:
            changes.append({"number": row["id"], **{f"new_{name}": after[name] for name in CHANGED}})
            history.append(history_row(row["id"], actor.name, "decided", detail, now))
            counted.append((row, after))
    _store(session, changes)
    insert_rows(session, IncidentHistory, history)
    store_junk(session, counted)
    told = [(str(entry["incident_id"]), entry["detail"]) for entry in history]
    note_actions(session, actor, "decided", "incident", told, now)
    return dict(told)


def _lock(session: Session, numbers: Collection[int]) -> list[Row]:
    """Those that are there, in the order of keys, as everybody locks incidents.

    What is decided again meanwhile may give an incident another key, and its own to another incident: look again.
    """
    require_not_counted(session)
    for _ in range(LOCK_TRIES):
        keys = _find_keys(session, numbers)
        rows = [row for row in _lock_keys(session, keys) if row["id"] in numbers]
        if {row["id"] for row in rows} == _find_keys(session, numbers).keys():
            return rows
    raise DatabaseUnavailable("other workers kept changing the same incidents; try again")


def _find_keys(session: Session, numbers: Collection[int]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for some in chunked(numbers):
        rows = session.execute(select(Incident.id, Incident.key_sha256).where(Incident.id.in_(some)))
        keys.update((row.id, row.key_sha256) for row in rows)
    return keys


def _lock_keys(session: Session, keys: dict[int, str]) -> list[Row]:
    table = table_of(Incident)
    found = list[Row]()
    columns = [table.c[name] for name in ("id", "attributed_tenant", *CHANGED, *COUNTED_COLUMNS)]
    for batch in chunked(sorted(keys.values())):
        rows = select(*columns).where(table.c.key_sha256.in_(batch)).order_by(table.c.key_sha256)
        found += [dict(row) for row in session.execute(rows.with_for_update()).mappings()]
    return found


def _apply(row: Row, decision: Decision, actor: Actor, now: datetime) -> Row:
    after = dict(row)
    if decision.status is not None:
        after["status"] = decision.status
    if decision.withdraws_correction:
        after.update(dict.fromkeys(CHANGED[2:]), tenant=row["attributed_tenant"])
    elif (decision.tenant is not None or decision.clears_tenant) and not _is_corrected(row, decision.tenant):
        after.update(
            tenant=decision.tenant,
            corrected_at=now,
            corrected_by=actor.name,
            corrected_tenant=decision.tenant,
            correction_note=decision.note,
        )
    return after


def _is_corrected(row: Row, tenant: str | None) -> bool:
    return row["corrected_at"] is not None and row["corrected_tenant"] == tenant


def _detail(before: Row, after: Row, decision: Decision) -> dict[str, Any]:
    """What changed, for the history; empty when nothing did."""
    detail: dict[str, Any] = {}
    if before["status"] != after["status"]:
        detail["status"] = {"before": before["status"], "after": after["status"]}
    if any(before[name] != after[name] for name in ("corrected_at", "corrected_tenant")):
        detail["tenant"] = {"before": before["tenant"], "after": after["tenant"]}
        detail["by_hand"] = after["corrected_at"] is not None
    if decision.note is not None:
        detail["note"] = decision.note
    return detail


def _store(session: Session, changes: list[Row]) -> None:
    table = table_of(Incident)
    changed = (
        update(table)
        .where(table.c.id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in CHANGED})
    )
    if changes:
        session.execute(changed, changes)
