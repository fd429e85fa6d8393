"""Junk counted as it is stored: how many incidents that began on a day, and reports, by tenant, network and subject.

The rows of `junk_tallies` are at all times what counting the incidents one by one would give. Whoever changes an
incident passes it here as it was and as it is; days are of UTC.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from ipaddress import ip_network
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.bulk import Row, is_postgresql
from storage.models import JunkTally, table_of

ALL, TENANT, NETWORK, SUBJECT = range(4)
COUNTED_COLUMNS = ("has_junk", "report_count", "first_seen", "ip_sortable", "subject")
"""What counting needs of an incident, beside its tenant."""
COUNTED_IN = "the transaction that counted junk"
MAX_LABEL = 200
"""Characters of a subject that tell it from others."""
ANSWERED = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|sv|vs|antw|rv|enc|i)(?:\[\d+\])?\s*:\s*)+")
DIGITS = re.compile(r"\d+")


class Counted(NamedTuple):
    """One row that an incident is counted in, but for its numbers."""

    kind: int
    key: bytes
    day: int


Changed = tuple[Mapping[str, Any], Mapping[str, Any]]
"""The columns of an incident as they were and as they are."""


def store_junk(session: Session, changed: Iterable[Changed]) -> None:
    """Count these incidents as they are, no more as they were. Comes last: it locks out others who count."""
    counts: dict[Counted, list[Any]] = {}
    for before, after in changed:
        if any(before[name] != after[name] for name in ("tenant", *COUNTED_COLUMNS)):
            _add(counts, before, -1)
            _add(counts, after, 1)
    rows = [
        {**counted._asdict(), "incidents": one[0], "reports": one[1], "label": one[2]}
        for counted, one in sorted(counts.items(), key=itemgetter(0))
        if one[0] or one[1]
    ]
    if rows:
        _store(session, rows)


def require_not_counted(session: Session) -> None:
    """Refuse to lock more incidents once this transaction counted: others hold theirs, and wait for it to end."""
    if session.info.get(COUNTED_IN) is not None and session.info[COUNTED_IN] is session.get_transaction():
        raise RuntimeError("this transaction counted junk already: change all its incidents in one call")


def count_rows(incidents: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows that these incidents alone make."""
    counts: dict[Counted, list[Any]] = {}
    for one in incidents:
        _add(counts, one, 1)
    return [
        {**counted._asdict(), "incidents": one[0], "reports": one[1], "label": one[2]}
        for counted, one in counts.items()
    ]


def key_of(text: str | None) -> bytes:
    """The key of a tenant's id, of a network, or of a subject as `subject_kind` makes it; none for None."""
    return b"" if text is None else blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def subject_kind(subject: str | None) -> str | None:
    """What subjects of one campaign share: no case, no numbers, no answer marks; None when nothing is left."""
    text = " ".join((subject or "")[: 4 * MAX_LABEL].casefold().split())
    return (
        DIGITS.sub("#", ANSWERED.sub("", text, count=1) if ANSWERED.match(text) else text)[:MAX_LABEL] or None
    )


@lru_cache(maxsize=10_000)
def network_of(sortable: bytes | None) -> str | None:
    """The /24 or the /48 of an address in sortable form."""
    if sortable is None:
        return None
    return str(ip_network((sortable[1:], 24 if sortable[0] == 4 else 48), strict=False))


def _add(counts: dict[Counted, list[Any]], incident: Mapping[str, Any], sign: int) -> None:
    if not incident["has_junk"] or incident["report_count"] <= 0:
        return
    for kind, key, label in _keys(incident):
        row = counts.setdefault(Counted(kind, key, incident["first_seen"].date().toordinal()), [0, 0, label])
        row[0] += sign
        row[1] += sign * incident["report_count"]


def _keys(incident: Mapping[str, Any]) -> Iterator[tuple[int, bytes, str | None]]:
    tenant, network = incident["tenant"], network_of(incident["ip_sortable"])
    kind = subject_kind(incident["subject"])
    yield ALL, b"", None
    yield TENANT, key_of(tenant), tenant
    yield NETWORK, key_of(network), network
    yield SUBJECT, key_of(kind), incident["subject"][: 4 * MAX_LABEL] if kind else None


def _store(session: Session, rows: list[Row]) -> None:
    table = table_of(JunkTally)
    session.info[COUNTED_IN] = session.get_transaction()
    if is_postgresql(session):
        # Two that count the same rows in several steps would wait for each other for ever.
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('abuse-intake junk tallies'))"))
    insert = (postgresql if is_postgresql(session) else sqlite).insert(table)
    grown = {name: table.c[name] + insert.excluded[name] for name in ("incidents", "reports")}
    session.execute(insert.on_conflict_do_update(index_elements=list(Counted._fields), set_=grown), rows)
    fewer = [row for row in rows if row["incidents"] < 0]
    if fewer:
        same = [table.c[name] == bindparam(f"its_{name}") for name in Counted._fields]
        empty = delete(table).where(*same, table.c.incidents == 0)
        session.execute(empty, [{f"its_{name}": row[name] for name in Counted._fields} for row in fewer])
