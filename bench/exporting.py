"""What exporting costs: rows of each format a second of processor time, and memory, however many rows there are.

python bench/exporting.py [--incidents 100000 1000000] [--json]

The incidents are made anew, in a new SQLite file. Each format of each number is written to /dev/null by a process of
its own, so that its memory is its own: the most that it held.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from incident_store import fill

from abuse_intake.exporting import Contact, Form, export_incidents
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import IncidentFilter

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
                alone.apply(fill, (url, number))
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


def measure(url: str, form: Form) -> dict[str, float]:
    """Export all into nowhere."""
    database, rows, began = Database(url), Counter[str](), time.process_time()
    with database.read() as session, Path("/dev/null").open("w", encoding="utf-8") as file:
        file.writelines(_export(list_incidents(session, IncidentFilter(), 0), form, rows))
    seconds = time.process_time() - began
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
