"""What analysts' queries take at 100,000 and at 1,000,000 incidents, on SQLite and on PostgreSQL.

python bench/queries.py [--sizes 100000 1000000] [--rounds 40] [--filled URL ...] [--only WORD] [--json]

Each round asks for something else, drawn from the incidents as they are: what many have, and what few have. Making
the incidents takes some minutes and is not counted. PostgreSQL is measured where the tests could start one.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from incident_mix import END
from incident_store import fill
from sqlalchemy import func, select
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.postgresql import Postgresql
from servers.programs import ServerMissing

from storage.cursors import write_cursor
from storage.database import Database
from storage.incident_records import INCIDENTS, incident_record
from storage.incidents import find_incident, find_incident_page
from storage.models import Incident, Report
from storage.trends import count_by_day, count_junk, find_rising
from storage.values import CountedKind, IncidentFilter, IncidentOrder, IncidentRecord

LAST = (END - timedelta(days=1)).date()
TARGET_MS = {"sqlite": 5.0, "postgresql": 10.0}
FLOOR_MS, MOST_TIMES = 1.0, 2.5


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a round asks for: an incident that is there, and somebody who reported one."""

    incident: IncidentRecord
    reporter: str
    random: random.Random

    @property
    def words(self) -> str:
        """Two words of its subject."""
        return " ".join(self.random.sample((self.incident.subject or "").split(), 2))

    @property
    def part(self) -> str:
        """A piece of its subject, from anywhere."""
        subject = self.incident.subject or ""
        begin = self.random.randrange(max(1, len(subject) - 10))
        return subject[begin : begin + self.random.randint(6, 12)]

    @property
    def network(self) -> Any:
        """The /24 or the /48 around its address."""
        address = self.incident.ip
        assert address is not None
        return ip_network((address.packed, 24 if address.version == 4 else 48), strict=False)


Query = Callable[[Session, Drawn], object]


def listed(order: IncidentOrder = "newest", /, **of: Callable[[Drawn], Any]) -> Query:
    """A first page by a filter, whose values are drawn."""

    def ask(session: Session, drawn: Drawn) -> object:
        filter = IncidentFilter(**{name: value(drawn) for name, value in of.items()})
        return find_incident_page(session, filter, order)

    return ask


def deep(order: IncidentOrder, /, **of: Callable[[Drawn], Any]) -> Query:
    """A page that begins at an incident from anywhere."""

    def ask(session: Session, drawn: Drawn) -> object:
        filter = IncidentFilter(**{name: value(drawn) for name, value in of.items()})
        one = drawn.incident
        at: Any = {"newest": one.last_seen, "most_reported": one.report_count, "first_seen": one.first_seen}[
            order
        ]
        return find_incident_page(session, filter, order, 50, write_cursor(filter, order, (at, int(one.id))))

    return ask


def counted(find: Callable[..., object], kind: CountedKind, days: int) -> Query:
    """The top of some days that end anywhere in the year."""

    def ask(session: Session, drawn: Drawn) -> object:
        last = LAST - timedelta(days=drawn.random.randrange(365 - 2 * days))
        return find(session, kind, last - timedelta(days=days - 1), last)

    return ask


def daily(**of: Callable[[Drawn], Any]) -> Query:
    """Thirty days."""

    def ask(session: Session, drawn: Drawn) -> object:
        named = {name: value(drawn) for name, value in of.items()}
        return count_by_day(session, date(2026, 6, 1), date(2026, 6, 30), **named)

    return ask


OF: dict[str, Callable[[Drawn], Any]] = {
    "tenant": lambda one: one.incident.tenant or "tenant-0",
    "address": lambda one: ip_network(str(one.incident.ip)),
    "network": lambda one: one.network,
    "status": lambda one: one.incident.status,
    "confidence": lambda one: one.incident.confidence,
    "feedback_type": lambda one: one.incident.feedback_type or "miscategorized",
    "route": lambda one: one.incident.route,
    "since": lambda one: one.incident.last_seen,
    "until": lambda one: one.incident.first_seen,
    "search": lambda one: one.part,
    "subject": lambda one: one.words,
    "message_id": lambda one: one.incident.message_id,
    "reporter": lambda one: one.reporter,
    "corrected": lambda _: True,
    "emptied": lambda _: True,
}


def _of(*names: str) -> dict[str, Callable[[Drawn], Any]]:
    return {("network" if name == "address" else name): OF[name] for name in names}


PAIRS = (
    ("tenant", "status"), ("tenant", "feedback_type"), ("tenant", "subject"), ("tenant", "search"),
    ("tenant", "until"), ("network", "status"), ("search", "since"), ("status", "confidence"),
    ("since", "until"), ("reporter", "status"),
)  # fmt: skip
ORDERS: tuple[IncidentOrder, ...] = ("newest", "most_reported", "first_seen")
QUERIES: dict[str, Query] = {
    "one incident": lambda session, one: find_incident(session, one.incident.id),
    **{f"by {name}": listed("newest", **_of(name)) for name in OF},
    **{f"by {' + '.join(pair)}": listed("newest", **_of(*pair)) for pair in PAIRS},
    **{f"all, {order}": listed(order) for order in ORDERS},
    **{
        f"by {name}, {order}": listed(order, **_of(name))
        for order in ORDERS[1:]
        for name in ("tenant", "status", "confidence", "network", "search")
    },
    **{f"deep, {order}": deep(order) for order in ORDERS},
    **{f"deep by {name}, newest": deep("newest", **_of(name)) for name in ("tenant", "status", "search")},
    "none: tenant": listed(tenant=lambda _: "nobody"),
    "none: search": listed(search=lambda _: "qzx jkw vvq"),
    "none: subject": listed(subject=lambda _: "zzyzx"),
    "none: reporter": listed(reporter=lambda _: "nobody@isp.example"),
    "none: network": listed(network=lambda _: ip_network("9.9.9.0/24")),
    "none: type": listed(feedback_type=lambda _: "x-nothing"),
    **{f"top {kind}s, 7 days": counted(count_junk, kind, 7) for kind in ("tenant", "network", "subject")},
    **{f"top {kind}s, 30 days": counted(count_junk, kind, 30) for kind in ("tenant", "network", "subject")},
    **{f"rising {kind}s, 7 days": counted(find_rising, kind, 7) for kind in ("tenant", "network", "subject")},
    "days": daily(),
    "days of a tenant": daily(kind=lambda _: "tenant", key=OF["tenant"]),
}
WORST: dict[str, Query] = {
    "worst: two letters that many have": listed(search=lambda _: "ba"),
    "worst: two letters that nobody has": listed(search=lambda _: "qq"),
    "worst: what one of 500 has": listed(reporter=lambda _: "reporter-40@isp.example"),
    "worst: rising tenants, 90 days": counted(find_rising, "tenant", 90),
}


def main() -> None:
    """Measure and print; what misses its aim is named at the end."""
    arguments = _parse_arguments()
    with tempfile.TemporaryDirectory(prefix="abuse-intake-bench-") as folder, _servers(arguments) as server:
        urls = arguments.filled or list(_fill_all(Path(folder), server, arguments.sizes))
        rows = [row for url in urls for row in _measure(url, arguments)]
    if not arguments.json:
        for line in _missed(rows):
            print(line)  # noqa: T201


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=40, help="of each query (default %(default)s)")
    parser.add_argument("--filled", nargs="+", help="databases that were filled before, by their URLs")
    parser.add_argument("--only", default="", help="only queries whose name has this")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


@contextmanager
def _servers(arguments: argparse.Namespace) -> Iterator[Postgresql | None]:
    """A PostgreSQL where one is installed and wanted."""
    try:
        server = None if arguments.filled else Postgresql()
    except ServerMissing:
        server = None
    if server is None:
        yield None
    else:
        with server:
            yield server


def _fill_all(folder: Path, server: Postgresql | None, sizes: Sequence[int]) -> Iterator[str]:
    for size in sizes:
        url = f"sqlite:///{folder}/{size}.db"
        fill(url, size)
        yield url
    for size in sizes if server else ():
        assert server is not None
        url = server.create_database(f"bench_{size}")
        fill(url, size)
        yield url


def _measure(url: str, arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    database = Database(url)
    with database.read() as session:
        size = session.scalar(select(func.count()).select_from(Incident)) or 0
        drawn = list(_draw(session, size, arguments.rounds))
    for name, query in (QUERIES | WORST).items():
        if arguments.only in name:
            row = {"name": f"{url.split(':')[0].split('+')[0]}, {name}", "incidents": size}
            row |= _take_times(database, query, drawn)
            _show(row, arguments.json)
            yield row
    database.close()


def _draw(session: Session, size: int, rounds: int) -> Iterator[Drawn]:
    dice = random.Random(4)
    reports = session.scalar(select(func.max(Report.id))) or 0
    for _ in range(rounds):
        row = session.execute(INCIDENTS.where(Incident.id == dice.randint(1, size))).one()
        reporter = session.scalar(select(Report.reporter).where(Report.id == dice.randint(1, reports)))
        yield Drawn(incident_record(row), reporter or "", random.Random(dice.random()))


def _take_times(database: Database, query: Query, drawn: Sequence[Drawn]) -> dict[str, float]:
    taken, worked = [], []
    with database.read() as session:
        query(session, drawn[0])  # what the process does once only
    for one in drawn:
        with database.read() as session:
            begin, cpu = time.perf_counter(), time.thread_time()
            query(session, one)
            taken.append((time.perf_counter() - begin) * 1e3)
            worked.append((time.thread_time() - cpu) * 1e3)
    taken.sort()
    return {
        "p50_ms": round(statistics.median(taken), 2),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
        "fastest_ms": round(taken[0], 2),
        "slowest_ms": round(taken[-1], 2),
        "cpu_p50_ms": round(statistics.median(worked), 2),
    }


def _show(row: dict[str, Any], as_json: bool) -> None:
    text = (
        f"{row['incidents']:9,} {row['name']:46} p50 {row['p50_ms']:7.2f} ms, p95 {row['p95_ms']:7.2f}"
        f" ({row['fastest_ms']:.2f} to {row['slowest_ms']:.2f}), CPU here {row['cpu_p50_ms']:.2f}"
    )
    print(json.dumps(row) if as_json else text, flush=True)  # noqa: T201


def _missed(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Whose median is over the aim, or grew too much from the smallest size to the largest."""
    sizes = sorted({row["incidents"] for row in rows})
    small = {row["name"]: row["p50_ms"] for row in rows if row["incidents"] == sizes[0]}
    for row in (row for row in rows if row["incidents"] == sizes[-1] and "worst" not in row["name"]):
        most = max(FLOOR_MS, small.get(row["name"], 0)) * MOST_TIMES
        if row["p50_ms"] > min(most, TARGET_MS[row["name"].split(",")[0]]):
            before = small.get(row["name"], 0)
            yield f"missed: {row['name']} {row['p50_ms']} ms, at {sizes[0]:,} {before} ms"


if __name__ == "__main__":
    main()
