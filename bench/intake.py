"""How many mails a second: reading alone, beside the standard library's bare parse, and the whole intake on SQLite.

python bench/intake.py [--mails 2000] [--rounds 5] [--json]

The mails are those of the demo, each made unique. The candidates take turns, so that a slow moment of the
machine hits all of them; each figure is the median of the rounds, with the fastest and the slowest.
"""

import argparse
import email
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from abuse_intake.app import App, open_database
from abuse_intake.cli.demo import CONFIGURATION
from abuse_intake.log import configure_log
from abuse_intake.settings import load_settings
from parsers import read_mail


def main() -> None:
    """Measure and print."""
    configure_log()
    arguments = _parse_arguments()
    mails = make_mails(arguments.mails)
    candidates: dict[str, Callable[[], tuple[float, float]]] = {
        "read_mail (ours)": lambda: _time(lambda: [read_mail(raw) for raw in mails]),
        "email, bare parse": lambda: _time(lambda: [email.message_from_bytes(raw) for raw in mails]),
        "whole intake, SQLite": lambda: _time_intake(mails),
    }
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in candidates}
    for _ in range(arguments.rounds):
        for name, measure in candidates.items():
            rounds[name].append(measure())
    rows = [_summarise(name, taken, len(mails)) for name, taken in rounds.items()]
    for row in rows:
        print(json.dumps(row) if arguments.json else _as_text(row))  # noqa: T201


def make_mails(count: int) -> list[bytes]:
    """The demo's mails, again and again, each with Message-IDs of its own."""
    with as_file(files("abuse_intake") / "demo" / "mails") as folder:
        shipped = [path.read_bytes() for path in sorted(folder.iterdir())]
    return [_make_unique(shipped[number % len(shipped)], number) for number in range(count)]


def _make_unique(raw: bytes, number: int) -> bytes:
    renamed = raw.replace(b"Message-ID: <", b"Message-ID: <%d." % number)
    return renamed.replace(b"Message-Id: <", b"Message-Id: <%d." % number) + b"\n" * (number % 50)


def _time(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def _time_intake(mails: list[bytes]) -> tuple[float, float]:
    """One poll and one delivery over a Maildir; making the Maildir and the tables is not counted."""
    with _app_over(mails) as app:
        return _time(lambda: (app.poll(), app.deliver()))


@contextmanager
def _app_over(mails: list[bytes]) -> Iterator[App]:
    with tempfile.TemporaryDirectory(prefix="abuse-intake-bench-") as name:
        folder = Path(name)
        for box in ("new", "cur", "tmp"):
            (folder / "Maildir" / box).mkdir(parents=True)
        for number, raw in enumerate(mails):
            (folder / "Maildir" / "new" / f"{number:08}.bench").write_bytes(raw)
        with as_file(files("abuse_intake") / "demo" / "tenants.jsonl") as directory:
            (folder / "tenants.jsonl").write_bytes(directory.read_bytes())
        (folder / "abuse-intake.toml").write_text(CONFIGURATION, encoding="utf-8")
        settings = load_settings(folder / "abuse-intake.toml")
        with open_database(settings) as database:
            yield App(settings, database)


def _summarise(name: str, taken: list[tuple[float, float]], count: int) -> dict[str, Any]:
    each = sorted(wall / count * 1e6 for wall, _ in taken)
    return {
        "name": name,
        "mails": count,
        "rounds": len(taken),
        "us_per_mail": round(statistics.median(each), 1),
        "us_fastest": round(each[0], 1),
        "us_slowest": round(each[-1], 1),
        "cpu_us_per_mail": round(statistics.median(cpu / count * 1e6 for _, cpu in taken), 1),
        "mails_per_second": round(1e6 / statistics.median(each)),
    }


def _as_text(row: dict[str, Any]) -> str:
    return (
        f"{row['name']:22} {row['us_per_mail']:9.1f} µs a mail ({row['us_fastest']:.1f} to {row['us_slowest']:.1f}; "
        f"CPU {row['cpu_us_per_mail']:.1f}), {row['mails_per_second']} mails/s"
    )


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=int(os.environ.get("ROUNDS", "5")))
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


if __name__ == "__main__":
    main()
