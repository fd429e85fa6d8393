"""Stores what was decided again about reports: attributions in place, incidents under their new keys, the history.

1. Rows are locked as recording locks them: mails by id, then incidents by key. A report that was replaced since it
   was decided on is left alone.
2. An incident whose reports all have one new key that nobody had keeps its id, and gets that key. Otherwise reports
   move to the incident of their key.
3. An incident that lost all its reports stays, with its status and its history; lists leave it out.
4. Every incident concerned tells in its history what it was and what it is.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from storage.bulk import Row, chunked, insert_rows
from storage.incident_rows import find_or_create, history_row, note_created
from storage.models import Incident, IncidentHistory, Report, table_of
from storage.recording import lock_mails
from storage.records import attribution_columns
from storage.redecisions import Redecision
from storage.tallies import Tallied, recount

ACTOR = "reattribute"
SHOWN = ("tenant", "confidence", "ip", "reason")
"""What the history keeps of an incident before and after."""


def foresee_incidents(session: Session, redecisions: Iterable[Redecision]) -> dict[str, str | None]:
    """To which incident each changed report (by id) would belong, None for a new one; nothing is stored."""
    changed = [one for one in redecisions if one.is_changed]
    there = _find_by_key(session, {one.key_sha256 for one in changed})
    moves: dict[int, list[str]] = {}
    for one in changed:
        if one.is_moved:
            moves.setdefault(int(one.report.incident_id), []).append(one.key_sha256)
    own = {int(one.report.incident_id): one.report.incident_key for one in changed}
    free = {one.key_sha256 for one in changed} - there.keys()
    kept = choose_rekeyed(moves, _count_reports(session, moves), own, free)
    there.update({key: id for id, key in kept.items()})
    return {one.report.id: str(there[one.key_sha256]) if one.key_sha256 in there else None for one in changed}


def store_redecisions(
    session: Session, redecisions: Iterable[Redecision], now: datetime
) -> dict[str, str | None]:
    """Store those that are changed, in the caller's transaction; to which incident each report (by id) belongs now.

    A report that is not there any more, as its mail was read again since, is missing in the answer.
    """
    changed = {int(one.report.id): one for one in redecisions if one.is_changed}
    lock_mails(session, {one.report.mail_id for one in changed.values()})
    rows = _load_decided(session, changed)
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["key_sha256"], row)
    there, created = find_or_create(session, first, {row["incident_id"] for row in rows})
    before = {one.id: _show(one) for key, one in there.items() if key not in created}
    fresh = _keep_ids(session, rows, there, created)
    moved = _update_reports(session, rows, there)
    note_created(session, [(there[key].id, first[key]) for key in fresh], now)
    recount(session, list(there.values()))
    insert_rows(session, IncidentHistory, _tell(there.values(), before, rows, moved, now))
    return {str(row["id"]): str(there[row["key_sha256"]].id) for row in rows}


def choose_rekeyed(
    moves: Mapping[int, Sequence[str]],
    sizes: Mapping[int, int],
    own: Mapping[int, str],
    free: Collection[str],
) -> dict[int, str]:
    """Incidents that keep their id under a new key: all their reports have it, and nobody else does.

    `moves` holds the new keys of the reports that leave each incident, `sizes` how many reports it has, `own` its
    key, and `free` the keys that no incident has. Where several want a key, the oldest incident gets it.
    """
    wanted = {key for keys in moves.values() for key in keys}
    chosen: dict[str, int] = {}
    for id, keys in sorted(moves.items()):
        leaves_whole = len(set(keys)) == 1 and len(keys) == sizes.get(id)
        if leaves_whole and keys[0] in free and own[id] not in wanted:
            chosen.setdefault(keys[0], id)
    return {id: key for key, id in chosen.items()}


def _load_decided(session: Session, changed: Mapping[int, Redecision]) -> list[Row]:
    """The rows of these reports as they are now, with what was decided about each."""
    table, rows = table_of(Report), list[Row]()
    for some in chunked(changed):
        for row in session.execute(select(table).where(table.c.id.in_(some)).order_by(table.c.id)).mappings():
            one = changed[row["id"]]
            decided = {**attribution_columns(one.attribution), "key_sha256": one.key_sha256}
            rows.append({**row, **decided})
    return rows


def _keep_ids(
    session: Session, rows: Iterable[Row], there: dict[str, Tallied], created: Sequence[str]
) -> list[str]:
    """Give incidents that keep their id their new key, in place of those just made; return which new ones remain.

    That those were made first is what keeps another worker from making them meanwhile.
    """
    own = {one.id: key for key, one in there.items()}
    moves: dict[int, list[str]] = {}
    for row in rows:
        if row["key_sha256"] != own[row["incident_id"]]:
            moves.setdefault(row["incident_id"], []).append(row["key_sha256"])
    table = table_of(Incident)
    kept = choose_rekeyed(moves, _count_reports(session, moves), own, created)
    for id, key in kept.items():
        session.execute(delete(table).where(table.c.id == there[key].id))
        session.execute(update(table).where(table.c.id == id).values(key_sha256=key))
        there[key] = there.pop(own[id])
    return [key for key in created if key not in kept.values()]


def _update_reports(
    session: Session, rows: Sequence[Row], there: Mapping[str, Tallied]
) -> Counter[tuple[int, int]]:
    """Store the decisions; how many reports moved from which incident to which."""
    table = table_of(Report)
    moved = Counter((row["incident_id"], there[row["key_sha256"]].id) for row in rows)
    names = ("incident_id", "tenant", "ip", "confidence", "confidence_rank", "reason", "route", "evidence")
    changed = (
        update(table)
        .where(table.c.id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    decided = [{**row, "incident_id": there[row["key_sha256"]].id} for row in rows]
    values = [{"number": row["id"], **{f"new_{name}": row[name] for name in names}} for row in decided]
    if values:
        session.execute(changed, values)
    return Counter({pair: number for pair, number in moved.items() if pair[0] != pair[1]})


def _tell(
    incidents: Iterable[Tallied],
    before: Mapping[int, Mapping[str, Any]],
    rows: Iterable[Row],
    moved: Mapping[tuple[int, int], int],
    now: datetime,
) -> list[Row]:
    """The history of each incident concerned: what it was and is, and where its reports came from and went."""
    decided = Counter(row["incident_id"] for row in rows)
    return [
        history_row(
            one.id,
            ACTOR,
            "reattributed",
            {
                "before": before.get(one.id),
                "after": _show(one) if one.values["report_count"] else None,
                "reports": decided[one.id],
                "from": {str(old): number for (old, new), number in moved.items() if new == one.id},
                "to": {str(new): number for (old, new), number in moved.items() if old == one.id},
            },
            now,
        )
        for one in incidents
    ]


def _show(incident: Tallied) -> dict[str, Any]:
    return {name: incident.values[name] for name in SHOWN}


def _find_by_key(session: Session, keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunked(keys):
        rows = session.execute(select(Incident.key_sha256, Incident.id).where(Incident.key_sha256.in_(some)))
        found.update((row.key_sha256, row.id) for row in rows)
    return found


def _count_reports(session: Session, incident_ids: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunked(incident_ids):
        counted = select(Report.incident_id, func.count().label("reports"))
        rows = session.execute(counted.where(Report.incident_id.in_(some)).group_by(Report.incident_id))
        found.update((row.incident_id, row.reports) for row in rows)
    return found
