"""Which incidents keep their id when the key of their reports changes, and what that comes to before it is stored."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.bulk import chunked
from storage.models import Incident, Report
from storage.redecisions import Redecision


def foresee_incidents(session: Session, redecisions: Collection[Redecision]) -> dict[str, str | None]:
    """To which incident each changed report (by id) would belong, None for a new one; nothing is stored."""
    changed = {one.report.id: one.key_sha256 for one in redecisions if one.is_changed}
    moves: dict[int, Counter[str]] = defaultdict(Counter)
    own: dict[int, str] = {}
    for one in redecisions:
        if one.is_moved:
            moves[int(one.report.incident_id)][one.key_sha256] += 1
            own[int(one.report.incident_id)] = one.report.incident_key
    there = _find_by_key(session, set(changed.values()))
    free = set(changed.values()) - there.keys()
    kept = choose_rekeyed(moves, count_reports(session, moves), own, free)
    there.update({key: id for id, key in kept.items()})
    return {report: str(there[key]) if key in there else None for report, key in changed.items()}


def choose_rekeyed(
    moves: Mapping[int, Counter[str]],
    sizes: Mapping[int, int],
    own: Mapping[int, str],
    free: Collection[str],
) -> dict[int, str]:
    """Incidents that keep their id under a new key: all their reports have it, and nobody else does.

    `moves` counts the new keys of the reports that leave each incident, `sizes` how many reports it has, `own` its
    key, and `free` the keys that no incident has. Where several want a key, the oldest incident gets it.
    """
    wanted = {key for keys in moves.values() for key in keys}
    chosen: dict[str, int] = {}
    for id, keys in sorted(moves.items()):
        for key, number in keys.items():
            if number == sizes.get(id) and key in free and own[id] not in wanted:
                chosen.setdefault(key, id)
    return {id: key for key, id in chosen.items()}


def count_reports(session: Session, incident_ids: Iterable[int]) -> dict[int, int]:
    """How many reports each of these incidents has, repeated ones too."""
    found: dict[int, int] = {}
    for some in chunked(incident_ids):
        counted = select(Report.incident_id, func.count().label("reports"))
        rows = session.execute(counted.where(Report.incident_id.in_(some)).group_by(Report.incident_id))
        found.update((row.incident_id, row.reports) for row in rows)
    return found


def _find_by_key(session: Session, keys: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunked(keys):
        rows = session.execute(select(Incident.key_sha256, Incident.id).where(Incident.key_sha256.in_(some)))
        found.update((row.key_sha256, row.id) for row in rows)
    return found
