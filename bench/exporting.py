"""What exporting costs: rows a second of each format, and the memory that it takes, however many rows there are.

python bench/exporting.py [--incidents 100000 1000000] [--json]

The incidents are made anew, in a new SQLite file. Each format of each number is written to /dev/null by a process of
its own, so that its memory is its own: the most that it held.
"""

import argparse
import json
import multiprocessing
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any, get_args

from abuse_intake.exporting import Contact, Form, export_incidents
from storage.bulk import chunked, insert_rows
from storage.columns import sortable_address
from storage.database import Database
from storage.incidents import list_incidents
from storage.models import Incident
from storage.values import IncidentFilter

FIRST = datetime(2025, 11, 1, tzinfo=UTC)
YEAR = 365 * 24 * 3600
WORDS = "cheap watches parcel invoice winner crypto lamps account überraschung купить urgent offer".split()
ROWS = 5_000
CONTACT = Contact("Provider Example", "junk@provider.example", "provider.example")
MEGABYTE = 1e6


def main() -> None:
    """Measure and print."""
    arguments = _parse_arguments()
    processes = multiprocessing.get_context("spawn")
    for number in sorted(arguments.incidents):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder)}/bench.db"
            with processes.Pool(1) as alone:
                alone.apply(write_incidents, (url, number))
            for form in get_args(Form):
                with processes.Pool(1) as alone:
                    show(form, number, alone.apply(measure, (url, form)), as_json=arguments.json)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--incidents", type=int, nargs="+", default=[100_000, 1_000_000], help="default %(default)s"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


def write_incidents(url: str, number: int) -> None:
    """A database with so many incidents."""
    database = Database(url)
    database.upgrade()
    chance = random.Random(7)
    for rows in chunked((_make_row(place, chance) for place in range(number)), ROWS):
        with database.begin() as session:
            insert_rows(session, Incident, rows)
    database.close()


def _make_row(place: int, chance: random.Random) -> dict[str, Any]:
    address, at = ip_address(chance.getrandbits(32)), FIRST + timedelta(seconds=chance.randrange(YEAR))
    subject, tenant = " ".join(chance.choices(WORDS, k=5)), f"tenant-{chance.randrange(3000)}"
    lines = [f"Received: from mail.{tenant}.example ([{address}]) by mx.isp.example with ESMTPS; {at}"]
    evidence = [
        {"source": "address", "value": str(address), "tenant": tenant, "verified": False,
         "detail": f"{address} lies in {address}/28, which {tenant} held", "lines": lines},
        {"source": "envelope", "value": f"{tenant}.example", "tenant": tenant, "verified": False,
         "detail": f"Return-Path is at {tenant}.example, a domain of {tenant}", "lines": []},
    ]  # fmt: skip
    return {
        "key_sha256": sha256(str(place).encode()).hexdigest(), "tenant": tenant, "attributed_tenant": tenant,
        "ip": str(address), "ip_sortable": sortable_address(address), "confidence": "corroborated", "route": "ours",
        "feedback_type": "abuse", "status": "new", "subject": subject, "message_id": f"<{place}@{tenant}.example>",
        "from_address": f"info@{tenant}.example", "search_text": subject, "evidence": evidence, "has_junk": True,
        "report_count": chance.randrange(1, 500), "reporter_count": 1, "authenticated_reporter_count": 0,
        "first_seen": at, "last_seen": at + timedelta(hours=1),
    }  # fmt: skip


def measure(url: str, form: Form) -> dict[str, float]:
    """Export all into nowhere."""
    database, rows, began = Database(url), Counter[str](), time.perf_counter()
    with database.read() as session, Path("/dev/null").open("w", encoding="utf-8") as file:
        file.writelines(_export(list_incidents(session, IncidentFilter(), 0), form, rows))
    seconds = time.perf_counter() - began
    return {
        "rows_per_second": round(rows.total() / seconds),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE, 1),
    }


def _export(incidents: Iterator[Any], form: Form, rows: Counter[str]) -> Iterator[str]:
    def counted() -> Iterator[Any]:
        for incident in incidents:
            rows["all"] += 1
            yield incident

    return export_incidents(counted(), form, CONTACT, Counter())


def show(form: str, number: int, figures: dict[str, float], *, as_json: bool) -> None:
    """One line, for people or for programs."""
    row = {"name": f"export {form}", "incidents": number, **figures}
    text = (
        f"export {form:6} {number:9,} incidents  {row['rows_per_second']:9,} a second  {row['peak_mb']:6} MB"
    )
    print(json.dumps(row) if as_json else text, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
