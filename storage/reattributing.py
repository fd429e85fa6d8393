"""Stores what was decided again about reports: attributions in place, incidents under their new keys, the history.

1. Rows are locked as recording locks them: mails by id, then incidents by key. A report that was replaced since it
   was decided on is left alone.
2. An incident whose reports all have one new key that nobody had keeps its id, and gets that key. Otherwise reports
   move to the incident of their key.
3. An incident that lost all its reports stays, with its status and its history; lists leave it out.
4. Every incident concerned tells in its history what it was and what it is.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.bulk import Row, chunked, insert_rows
from storage.incident_rows import find_or_create, history_row, note_created
from storage.models import Incident, IncidentHistory, Report, table_of
from storage.recording import lock_mails
from storage.records import attribution_columns
from storage.redecisions import Redecision
from storage.rekeying import choose_rekeyed, count_reports
from storage.tallies import Tallied, recount

ACTOR = "reattribute"
SHOWN = {"tenant": "attributed_tenant", "confidence": "confidence", "ip": "ip", "reason": "reason"}
"""What the history keeps of an incident before and after, and in which column it stands: what the evidence says."""


def store_redecisions(
    session: Session, redecisions: Collection[Redecision], now: datetime
) -> dict[str, str | None]:
    """Store those that are changed, in the caller's transaction; to which incident each report (by id) belongs now.

    They are gone through several times, and never all held in memory. A report that is not there any more, as its
    mail was read again since, is missing in the answer.
    """
    changed = {int(one.report.id): one.key_sha256 for one in redecisions if one.is_changed}
    lock_mails(session, {one.report.mail_id for one in redecisions if one.is_changed})
    sources = _find_incidents(session, changed)
    first = _load_first(session, redecisions, changed, sources)
    there, created = find_or_create(session, first, set(sources.values()))
    before = {one.id: _show(one) for key, one in there.items() if key not in created}
    fresh = _keep_ids(session, changed, sources, there, created)
    _update_reports(session, redecisions, sources, there)
    note_created(session, [(there[key].id, first[key]) for key in fresh], now)
    recount(session, list(there.values()))
    homes = {id: there[changed[id]].id for id in sources}
    moved = Counter((sources[id], homes[id]) for id in sources)
    insert_rows(session, IncidentHistory, _tell(there.values(), before, moved, now))
    return {str(id): str(home) for id, home in homes.items()}


def _find_incidents(session: Session, reports: Iterable[int]) -> dict[int, int]:
    """The incident of each of these reports that is still there, as it is now."""
    found: dict[int, int] = {}
    for some in chunked(reports):
        rows = session.execute(select(Report.id, Report.incident_id).where(Report.id.in_(some)))
        found.update((row.id, row.incident_id) for row in rows)
    return found


def _load_first(
    session: Session,
    redecisions: Iterable[Redecision],
    changed: Mapping[int, str],
    sources: Collection[int],
) -> dict[str, Row]:
    """For each new key the row of the first report that gets it, with what was decided about it."""
    numbers: dict[str, int] = {}
    for id in sorted(sources):
        numbers.setdefault(changed[id], id)
    wanted, first = set(numbers.values()), dict[str, Row]()
    table = table_of(Report)
    for some in chunked(one for one in redecisions if int(one.report.id) in wanted):
        ids = {int(one.report.id): one for one in some}
        for row in session.execute(select(table).where(table.c.id.in_(ids))).mappings():
            one = ids[row["id"]]
            first[one.key_sha256] = {**row, **attribution_columns(one.attribution)}
    return first


def _keep_ids(
    session: Session,
    changed: Mapping[int, str],
    sources: Mapping[int, int],
    there: dict[str, Tallied],
    created: Collection[str],
) -> list[str]:
    """Give incidents that keep their id their new key, in place of those just made; return which new ones remain.

    That those were made first is what keeps another worker from making them meanwhile.
    """
    own = {one.id: key for key, one in there.items()}
    moves: dict[int, Counter[str]] = defaultdict(Counter)
    for report, incident in sources.items():
        if changed[report] != own[incident]:
            moves[incident][changed[report]] += 1
    table = table_of(Incident)
    kept = choose_rekeyed(moves, count_reports(session, moves), own, created)
    for id, key in kept.items():
        session.execute(delete(table).where(table.c.id == there[key].id))
        session.execute(update(table).where(table.c.id == id).values(key_sha256=key))
        there[key] = there.pop(own[id])
    return [key for key in created if key not in kept.values()]


def _update_reports(
    session: Session,
    redecisions: Iterable[Redecision],
    sources: Collection[int],
    there: Mapping[str, Tallied],
) -> None:
    """Store the decisions in the reports that are still there."""
    table = table_of(Report)
    names = ("incident_id", "tenant", "ip", "confidence", "confidence_rank", "reason", "route", "evidence")
    decided = (
        update(table)
        .where(table.c.id == bindparam("number"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    for some in chunked(one for one in redecisions if int(one.report.id) in sources):
        rows = [
            {"incident_id": there[one.key_sha256].id, **attribution_columns(one.attribution)} for one in some
        ]
        numbered = zip(some, rows, strict=True)
        session.execute(
            decided,
            [
                {"number": int(one.report.id), **{f"new_{name}": row[name] for name in names}}
                for one, row in numbered
            ],
        )


def _tell(
    incidents: Iterable[Tallied],
    before: Mapping[int, Mapping[str, Any]],
    moved: Mapping[tuple[int, int], int],
    now: datetime,
) -> list[Row]:
    """The history of each incident concerned: what it was and is, and where its reports came from and went.

    `moved` counts changed reports by the incidents, maybe the same, that they were in and are in.
    """
    details: dict[int, dict[str, Any]] = {
        one.id: {
            "before": before.get(one.id),
            "after": _show(one) if one.values["report_count"] else None,
            "reports": 0,
            "from": {},
            "to": {},
        }
        for one in incidents
    }
    for (old, new), number in moved.items():
        details[old]["reports"] += number
        if old != new:
            details[old]["to"][str(new)] = number
            details[new]["from"][str(old)] = number
    return [history_row(id, ACTOR, "reattributed", detail, now) for id, detail in details.items()]


def _show(incident: Tallied) -> dict[str, Any]:
    return {name: incident.values[column] for name, column in SHOWN.items()}
