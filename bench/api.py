"""What the JSON API answers in a second, on loopback over SQLite: pages of incidents, one in full, decisions.

python bench/api.py [--incidents 2000] [--requests 500] [--json]

The program runs as a process of its own. One client asks on one connection, one request after the other; then four do
at once. The pages have 50 incidents.
"""

import argparse
import http.client
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from running_api import RunningApi, run_api

from parsers.values import Message, ReadMail, Report
from storage.database import Database
from storage.mails import keep_mails, record_outcomes
from storage.tokens import add_token
from storage.values import Actor, Arrival, Attribution, Evidence, Outcome, Place

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
BATCH = 200
CLIENTS = 4
Ask = Callable[[http.client.HTTPConnection, int], None]


def main() -> None:
    """Measure and print."""
    arguments = _parse_arguments()
    with TemporaryDirectory() as name:
        folder = Path(name)
        secret = fill(folder, arguments.incidents)
        with run_api(folder) as api:
            for row in measure_all(api, secret, arguments.incidents, arguments.requests):
                print(json.dumps(row) if arguments.json else _describe(row), flush=True)  # noqa: T201


def fill(folder: Path, count: int) -> str:
    """So many incidents, one mail each, and an analyst's token."""
    with closing(Database(f"sqlite:///{folder}/test.db")) as database:
        database.upgrade()
        for first in range(0, count, BATCH):
            _store(database, range(first, min(first + BATCH, count)))
        with database.begin() as session:
            _, secret = add_token(session, "bench", "analyst", None, Actor("bench", "terminal"), NOW)
    return secret


def _store(database: Database, numbers: Sequence[int]) -> None:
    raws = [b"Subject: mail %d\r\n\r\n" % number for number in numbers]
    arrivals = [
        Arrival(Place(1, str(number)), raw, sha256(raw).hexdigest(), NOW)
        for number, raw in zip(numbers, raws, strict=True)
    ]
    with database.begin() as session:
        kept = keep_mails(session, "bench", arrivals)
        outcomes = [
            _make_outcome(kept[one.place].mail_id, number)
            for number, one in zip(numbers, arrivals, strict=True)
        ]
        record_outcomes(session, outcomes, NOW)


def _make_outcome(mail_id: str, number: int) -> Outcome:
    ip = ip_address(f"192.0.2.{number % 250}")
    message = Message(
        message_id=f"<{number}@junk.example>", subject=f"Offer {number}", sha256=f"{number:064x}"
    )
    report = Report(format="arf", feedback_type="abuse", origin_ip=ip, message=message)
    evidence = Evidence("address", str(ip), "contoso", False, f"{ip} is of contoso")
    attribution = Attribution(ip, "contoso", "stated", None, "ours", (evidence,))
    read = ReadMail("", 1, "report", None, reporter="ann@reporter.example", reports=(report,))
    return Outcome(mail_id, read, (attribution,), unanswered_reason="no_return_path")


def measure_all(api: RunningApi, secret: str, incidents: int, requests: int) -> Iterator[dict[str, Any]]:
    """A row for each kind of request, by one client and by several."""
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> None:
        connection.request(method, f"/api/v1{path}", body, headers)
        response = connection.getresponse()
        response.read()
        assert response.status == http.client.OK, response.status

    def decide(connection: http.client.HTTPConnection, number: int) -> None:
        status = ("open", "confirmed")[number // incidents % 2]
        ask(connection, "PATCH", f"/incidents/{number % incidents + 1}", json.dumps({"status": status}))

    kinds: dict[str, Ask] = {
        "GET /incidents": lambda connection, _: ask(connection, "GET", "/incidents"),
        "GET /incidents/{id}": lambda connection, number: ask(
            connection, "GET", f"/incidents/{number % incidents + 1}"
        ),
        "PATCH /incidents/{id}": decide,
    }
    for clients in (1, CLIENTS):
        for name, one in kinds.items():
            yield {"name": f"{name}, {clients} at once", **_measure(api.port, one, clients, requests)}


def _measure(port: int, one: Ask, clients: int, requests: int) -> dict[str, float]:
    def work(client: int) -> list[float]:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            return [_time(one, connection, client * requests + number) for number in range(requests)]

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        taken = sorted(second for some in pool.map(work, range(clients)) for second in some)
    whole = time.perf_counter() - began
    return {
        "requests_per_second": round(len(taken) / whole, 1),
        "p50_ms": round(1_000 * statistics.median(taken), 2),
        "p95_ms": round(1_000 * taken[int(0.95 * len(taken))], 2),
    }


def _time(one: Ask, connection: http.client.HTTPConnection, number: int) -> float:
    began = time.perf_counter()
    one(connection, number)
    return time.perf_counter() - began


def _describe(row: dict[str, Any]) -> str:
    figures = f"{row['requests_per_second']:8.1f}/s  p50 {row['p50_ms']:7.2f} ms  p95 {row['p95_ms']:7.2f} ms"
    return f"{row['name']:36}{figures}"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--incidents", type=int, default=2_000, help="default %(default)s")
    parser.add_argument("--requests", type=int, default=500, help="a client and kind (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


if __name__ == "__main__":
    main()
