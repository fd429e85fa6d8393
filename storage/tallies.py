"""What an incident shows and counts, kept up to date as reports come, without reading the earlier ones again.

Each distinct thing to count (a reporter's message, a reporter, an authenticated reporter) is one row of
`incident_tallies`: those that the database did not have yet are what the counts grow by.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from storage.arrivals import find_arrival
from storage.bulk import Row, chunked, insert_unless_there
from storage.columns import address_of, sortable_address, text_hash
from storage.junk_counts import store_junk
from storage.models import Incident, IncidentTally, Report, table_of

COUNTS = {b"m": "report_count", b"r": "reporter_count", b"a": "authenticated_reporter_count"}
NEVER_JUNK = frozenset(("not-spam", "not_spam", "notspam", "auth-failure", "auth_failure"))
ADVICE = "vulnerability"
"""XARF's category for hosts that somebody could abuse: nobody did anything yet."""
RANKS = {"proven": 0, "corroborated": 1, "stated": 2, "unattributed": 3}
STATE_COLUMNS = (
    "tenant", "attributed_tenant", "ip", "ip_sortable", "confidence", "reason", "route", "feedback_type", "category",
    "type", "subject", "message_id", "from_address", "search_text", "evidence", "has_junk", "report_count",
    "reporter_count", "authenticated_reporter_count", "first_seen", "last_seen", "arrived_at", "shown_order",
    "type_order", "feedback_type_hash", "message_id_hash", "lifetime",
)  # fmt: skip
TYPE_COLUMNS = ("feedback_type", "feedback_type_hash", "type_order")
BRIEF = timedelta(minutes=22.5)
"""Too short for a class of `lifetime_class`; a day is 64 of these."""
LONGEST = 8
"""The last class: 256 days and more."""
MAX_SEARCH_CHARACTERS = 2_000
"""Of each field that is searched in; a subject of a megabyte is nothing to search in."""


def counts_as_junk(feedback_type: str | None, category: str | None = None) -> bool:
    """Whether a report of this type speaks against a tenant; senders write opt-out in several ways."""
    if category == ADVICE:
        return False
    kind = (feedback_type or "").strip().lower()
    return kind not in NEVER_JUNK and not kind.startswith(("opt-out", "opt_out", "optout"))


@dataclass(slots=True)
class Tallied:
    """One incident as it is brought up to date: `values` are columns of its row."""

    id: int
    values: dict[str, Any]
    new: set[bytes] = field(default_factory=set)
    """Tallies that the reports added may bring."""
    stored: dict[str, Any] = field(init=False)
    """The row as the database has it."""

    def __post_init__(self) -> None:
        """Remember what was stored."""
        self.stored = dict(self.values)

    def add(self, report: Mapping[str, Any]) -> None:
        """Take one report in: what is shown at once, what is counted at the next `count`."""
        self._show(report)
        if report["is_junk"] and not self.values["has_junk"]:
            self.start_over()
            self.values["has_junk"] = True
        if report["is_junk"] == self.values["has_junk"]:
            self.new |= _tallies(report)
            self._take_type(report)
        self.values["feedback_type_hash"] = text_hash(self.values["feedback_type"] or self.values["type"])

    def start_over(self) -> None:
        """Count nothing that was counted so far."""
        self.new.clear()
        self.values.update(dict.fromkeys(COUNTS.values(), 0), **dict.fromkeys(TYPE_COLUMNS))

    def _show(self, report: Mapping[str, Any]) -> None:
        values, order = self.values, _order(report)
        if values["shown_order"] is None:  # it had no reports: what it showed is over
            values.update(first_seen=report["received_at"], last_seen=report["received_at"])
        values["first_seen"] = min(values["first_seen"], report["received_at"])
        values["last_seen"] = max(values["last_seen"], report["received_at"])
        values["lifetime"] = lifetime_class(values["first_seen"], values["last_seen"])
        if values["shown_order"] is None or order < values["shown_order"]:
            values.update(shown(report), tenant=_effective_tenant(values, report))

    def _take_type(self, report: Mapping[str, Any]) -> None:
        order, kind = _order(report), report["fields"].get("feedback_type")
        if kind is not None and (self.values["type_order"] is None or order < self.values["type_order"]):
            self.values.update(type_order=order, feedback_type=kind)


def _effective_tenant(incident: Mapping[str, Any], report: Mapping[str, Any]) -> Any:
    """Whom an incident counts against: a correction by hand outlives what later reports say."""
    return report["tenant"] if incident["corrected_at"] is None else incident["corrected_tenant"]


def shown(report: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an incident that one of its reports fills: the best proven, then the earliest."""
    message = report["fields"].get("message") or {}
    address = address_of(report["ip"])
    texts = [message.get(name) for name in ("subject", "message_id", "from")]
    return {
        "shown_order": _order(report),
        "attributed_tenant": report["tenant"],
        "ip_sortable": sortable_address(address) if address else None,
        "search_text": search_text(*texts),
        "message_id_hash": text_hash(bare_message_id(message.get("message_id"))),
        "arrived_at": find_arrival(report["fields"], report["received_at"]),
        "category": report["fields"].get("category"),
        "type": report["fields"].get("type"),
        "subject": message.get("subject"),
        "message_id": message.get("message_id"),
        "from_address": message.get("from"),
        **{name: report[name] for name in ("tenant", "ip", "confidence", "reason", "route", "evidence")},
    }


def empty_incident(report: Mapping[str, Any]) -> Row:
    """A new incident's row: it shows the report, and has counted nothing."""
    return {
        **shown(report),
        **dict.fromkeys(COUNTS.values(), 0),
        "status": "new",
        **dict.fromkeys(TYPE_COLUMNS),
        "lifetime": None,
        "has_junk": False,
        "first_seen": report["received_at"],
        "last_seen": report["received_at"],
    }


def search_text(*texts: str | None) -> str:
    """What is searched in: the subject, the Message-ID and From, each in a line of its own, maybe empty."""
    return "\n".join(fold((text or "")[:MAX_SEARCH_CHARACTERS]) for text in texts)


def fold(text: str) -> str:
    """Text in which search knows no upper and lower case, in one line."""
    return text.casefold().replace("\n", " ")


def bare_message_id(text: str | None) -> str | None:
    """A Message-ID without the brackets that it may be written in."""
    return None if text is None else text.strip().removeprefix("<").removesuffix(">")


def lifetime_class(first: datetime, last: datetime) -> int | None:
    """1 = from `BRIEF` to less than 4 of it, 2 = to less than 16, and so on; None = less."""
    times = (last - first) // BRIEF
    return min((times.bit_length() + 1) // 2, LONGEST) or None


def count(session: Session, incidents: Iterable[Tallied]) -> None:
    """Store what the reports added bring that was not counted yet, and the incidents as they are now."""
    by_id = {incident.id: incident for incident in incidents}
    rows = [{"incident_id": id, "tally": tally} for id, one in by_id.items() for tally in sorted(one.new)]
    for incident_id, tally in _insert_tallies(session, rows):
        by_id[incident_id].values[COUNTS[tally[:1]]] += 1
    for one in by_id.values():
        one.new.clear()
    _store(session, list(by_id.values()))


def recount(session: Session, incidents: Sequence[Tallied]) -> None:
    """Bring the incidents up to date from all the reports that they have now."""
    ids = [incident.id for incident in incidents]
    for some in chunked(ids):
        session.execute(delete(table_of(IncidentTally)).where(IncidentTally.incident_id.in_(some)))
    for incident in incidents:
        incident.start_over()
        incident.values.update(has_junk=False, shown_order=None)
        reports = table_of(Report)
        mine = select(reports).where(reports.c.incident_id == incident.id).order_by(reports.c.received_at)
        rows: Iterable[Any] = session.execute(mine.execution_options(yield_per=500)).mappings()
        for report in rows:
            incident.add(report)
    count(session, incidents)


def _tallies(report: Mapping[str, Any]) -> set[bytes]:
    kind = "junk" if report["is_junk"] else "other"
    reporter = (report["reporter"] or "").lower()
    tallies = {_tally(b"m", kind, reporter, report["message_key"]), _tally(b"r", kind, reporter)}
    if report["reporter_authenticated"]:
        tallies.add(_tally(b"a", kind, reporter))
    return tallies


def _tally(what: bytes, *parts: str) -> bytes:
    return what + blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _order(report: Mapping[str, Any]) -> str:
    """Sorts junk before what speaks for a tenant, then the best proven, then the earliest; it compares as text."""
    received = report["received_at"].strftime("%Y-%m-%dT%H:%M:%S.%f").zfill(26)
    rank = f"{int(not report['is_junk'])} {report['confidence_rank']}"
    return f"{rank} {received} {report['mail_id']:019d} {report['position']:09d}"


def _insert_tallies(session: Session, rows: Sequence[Row]) -> list[tuple[int, bytes]]:
    if not rows:
        return []
    table = table_of(IncidentTally)
    insert = insert_unless_there(session, IncidentTally, ("incident_id", "tally"))
    inserted = session.execute(insert.returning(table.c.incident_id, table.c.tally), rows)
    return [(row.incident_id, bytes(row.tally)) for row in inserted]


def _store(session: Session, incidents: Sequence[Tallied]) -> None:
    """Only the columns that changed: each index costs for those that it holds, whether or not they differ."""
    rows: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for one in incidents:
        changed = tuple(name for name in STATE_COLUMNS if one.values[name] != one.stored[name])
        rows[changed].append({"number": one.id, **{f"new_{name}": one.values[name] for name in changed}})
    table = table_of(Incident)
    for changed, theirs in rows.items():
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in changed}
        if changed:
            session.execute(update(table).where(table.c.id == bindparam("number")).values(values), theirs)
    store_junk(session, [(one.stored, one.values) for one in incidents])
    for one in incidents:
        one.stored = dict(one.values)
