"""Some incidents of many kinds, and what filters, orders and counts say of them when they are told one by one."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from sqlalchemy import insert, select
from storage_builders import NOW, arrival, attribution, keep_all, message, outcome, record, report

from storage.bulk import Row
from storage.database import Database
from storage.decisions import Decision, decide
from storage.junk_counts import COUNTED_COLUMNS, count_rows, subject_kind
from storage.models import Incident, JunkTally, Report, table_of
from storage.values import Actor, CountedKind, IncidentFilter, IncidentOrder, JunkCount

SUBJECTS = (
    "Cheap pills 100%", "RE: cheap   PILLS 7", "Straße_1", "über allem", "请点击这里 now", "a\\b 'x'; --", "",
    None, "\n%",
)  # fmt: skip
TYPES = ("abuse", "fraud", "not-spam", "x-" + "long" * 2_000, None)
ADDRESSES = ("192.0.2.1", "192.0.2.200", "198.51.100.7", "2001:db8::1", "2001:db8:0:1::2", None)
TENANTS = ("contoso", "fabrikam", None)
REPORTERS = ("one@isp.example", "Two@ISP.example", None)
STATUSES = ("new", "open", "resolved")
ANALYST = Actor("ann", "terminal")


@dataclass(frozen=True, slots=True)
class Stored:
    """An incident's row, and who reported it."""

    row: Row
    reporters: frozenset[str | None]


def fill(database: Database, count: int = 60, seed: int = 1) -> None:
    """Record reports of so many incidents, over some months; decide about some."""
    dice = random.Random(seed)
    reports = [one for number in range(count) for one in _reports_of(dice, number)]
    arrivals = [arrival(n, received_at=NOW - timedelta(hours=one[0])) for n, one in enumerate(reports)]
    ids = keep_all(database, arrivals)
    record(
        database,
        [outcome(id, one, reporter=reporter) for id, (_, reporter, one) in zip(ids, reports, strict=True)],
    )
    _decide(database, dice)


def _reports_of(dice: random.Random, number: int) -> Iterator[tuple[float, str | None, Any]]:
    tenant, address = dice.choice(TENANTS), dice.choice(ADDRESSES)
    kind = dice.choice(TYPES)
    reported = message(
        message_id=dice.choice((f"<{number}@x>", f"{number}@x", None)),
        subject=dice.choice(SUBJECTS),
        sha256=f"{number:064x}",
        from_address=dice.choice(("eve@contoso.example", "EVE@x", None)),
    )
    ends = dice.randrange(3_000)
    for _ in range(dice.choice((1, 1, 2, 5))):
        confidence: Any = dice.choice(("proven", "stated")) if tenant else "unattributed"
        attributed = attribution(confidence, tenant=tenant, ip=address)
        yield (
            ends + dice.choice((0, 0, 1, 30, 100, 500, 1_800)),
            dice.choice(REPORTERS),
            (report(reported, feedback_type=kind), attributed),
        )


def _decide(database: Database, dice: random.Random) -> None:
    with database.begin() as session:
        ids = [str(id) for id in session.scalars(select(Incident.id).order_by(Incident.id))]
        for id in dice.sample(ids, len(ids) // 3):
            decide(session, [id], Decision(status=dice.choice(("open", "resolved"))), ANALYST, NOW)
        decide(session, dice.sample(ids, len(ids) // 6), Decision(tenant="fabrikam"), ANALYST, NOW)
    add_emptied(database)


def add_emptied(database: Database) -> None:
    """An incident that lost all its reports."""
    with database.begin() as session:
        any_one = session.execute(select(table_of(Incident)).limit(1)).mappings().one()
        emptied = {**any_one, "report_count": 0, "key_sha256": "e" * 64, "has_junk": False}
        session.execute(insert(table_of(Incident)), [{k: v for k, v in emptied.items() if k != "id"}])


def read_all(database: Database) -> list[Stored]:
    """What is stored, in no order."""
    with database.read() as session:
        reporters = defaultdict(set)
        for id, reporter in session.execute(select(Report.incident_id, Report.reporter)):
            reporters[id].add(reporter)
        rows = session.execute(select(table_of(Incident))).mappings().all()
    return [Stored(dict(row), frozenset(reporters[row["id"]])) for row in rows]


def matches(stored: Stored, wanted: IncidentFilter) -> bool:
    """Whether the filter chooses it, told from its values alone."""
    row = stored.row
    exact = ("tenant", "status", "confidence", "feedback_type", "route")
    return all(
        (
            (row["report_count"] == 0) == wanted.emptied,
            all(getattr(wanted, name) in (None, row[name]) for name in exact),
            not wanted.corrected or row["corrected_at"] is not None,
            wanted.network is None or (row["ip"] is not None and ip_address(row["ip"]) in wanted.network),
            wanted.since is None or row["last_seen"] >= wanted.since,
            wanted.until is None or row["first_seen"] < wanted.until,
            _text_matches(stored, wanted),
        )
    )


def _text_matches(stored: Stored, wanted: IncidentFilter) -> bool:
    row = stored.row
    texts = [_fold(row[name]) for name in ("subject", "message_id", "from_address")]
    bare = (wanted.message_id or "").strip().removeprefix("<").removesuffix(">")
    reporters = {(one or "").lower() for one in stored.reporters if one}
    return all(
        (
            not wanted.search or any(_fold(wanted.search) in text for text in texts),
            all(word in texts[0] for word in _fold(wanted.subject).split()),
            wanted.message_id is None or row["message_id"] in (bare, f"<{bare}>"),
            wanted.reporter is None or wanted.reporter.lower() in reporters,
        )
    )


def _fold(text: str | None) -> str:
    return (text or "").casefold().replace("\n", " ")


def in_order(found: list[Stored], order: IncidentOrder) -> list[str]:
    """Their ids, as the order has them."""
    by = {"newest": "last_seen", "most_reported": "report_count", "first_seen": "first_seen"}[order]
    return [str(one.row["id"]) for one in sorted(found, key=lambda s: (s.row[by], s.row["id"]), reverse=True)]


def count_top(
    stored: list[Stored], kind: CountedKind, first: date, last: date, rank: Callable[[JunkCount], int]
) -> list[JunkCount]:
    """Those counted one by one, of which there are any; a subject by what it shares with others."""
    counts: dict[str | None, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    before = first - (last - first) - timedelta(days=1)
    for one in stored:
        day = one.row["first_seen"].astimezone(UTC).date()
        if one.row["has_junk"] and one.row["report_count"] and before <= day <= last:
            numbers, place = counts[key_of(one.row, kind)], 0 if day >= first else 2
            numbers[place] += 1
            numbers[place + 1] += one.row["report_count"]
    ranked = (JunkCount(key, *numbers) for key, numbers in counts.items())
    return sorted((one for one in ranked if rank(one) > 0), key=lambda one: (-rank(one), one.key or ""))


def key_of(row: Row, kind: CountedKind) -> str | None:
    """What an incident is counted by."""
    if kind == "tenant":
        return row["tenant"]  # type: ignore[no-any-return]
    if kind == "subject":
        return subject_kind(row["subject"])
    return (
        str(ip_network(f"{row['ip']}/{48 if ':' in row['ip'] else 24}", strict=False)) if row["ip"] else None
    )


def require_exact_counts(database: Database) -> None:
    """The counts that are kept are those of the incidents as they are."""
    with database.read() as session:
        columns = [table_of(Incident).c[name] for name in ("tenant", *COUNTED_COLUMNS)]
        expected = count_rows([dict(row) for row in session.execute(select(*columns)).mappings()])
        kept = [dict(row) for row in session.execute(select(table_of(JunkTally))).mappings()]
    assert _numbers(kept) == _numbers(expected)


def _numbers(rows: list[Row]) -> dict[tuple[Any, ...], tuple[int, int]]:
    return {(row["kind"], bytes(row["key"]), row["day"]): (row["incidents"], row["reports"]) for row in rows}
