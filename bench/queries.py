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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from incident_store import fill
from query_mix import QUERIES, WORST, Drawn, Query
from sqlalchemy import func, select
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from servers.postgresql import Postgresql
from servers.programs import ServerMissing

from storage.database import Database
from storage.incident_records import INCIDENTS, incident_record
from storage.models import Incident, Report

TARGET_MS = {"sqlite": 5.0, "postgresql": 10.0}
FLOOR_MS, MOST_TIMES = 1.0, 2.5


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
