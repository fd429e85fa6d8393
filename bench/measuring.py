"""What both benchmarks share: candidates that take turns, figures with their spread, and the mails."""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import psutil


class Taken(NamedTuple):
    """Seconds of one round: on the wall, and of all processors together."""

    wall: float
    cpu: float


Candidate = Callable[[], Taken]


def parse_arguments(description: str | None, mails: int) -> argparse.Namespace:
    """The options that both have."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mails", type=int, default=mails, help="so many a round (default %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="default %(default)s")
    parser.add_argument(
        "--folder", type=Path, help="mails of your own in place of the demo's: *.eml in it, at any depth"
    )
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


def make_mails(count: int, folder: Path | None = None) -> list[bytes]:
    """The demo's mails, or those of a folder, again and again, each with Message-IDs of its own."""
    if folder:
        shipped = [path.read_bytes() for path in sorted(folder.rglob("*.eml"))]
    else:
        with as_file(files("abuse_intake") / "demo" / "mails") as demo:
            shipped = [path.read_bytes() for path in sorted(demo.iterdir())]
    if not shipped:
        raise SystemExit(f"{folder} holds no *.eml")
    return [_make_unique(shipped[number % len(shipped)], number) for number in range(count)]


def _make_unique(raw: bytes, number: int) -> bytes:
    renamed = raw.replace(b"Message-ID: <", b"Message-ID: <%d." % number)
    return renamed.replace(b"Message-Id: <", b"Message-Id: <%d." % number) + b"\n" * (number % 50)


def measure(work: Callable[[], object]) -> Taken:
    """One round."""
    wall, cpu = time.perf_counter(), _processor_seconds()
    work()
    return Taken(time.perf_counter() - wall, _processor_seconds() - cpu)


def _processor_seconds() -> float:
    """What this process has worked, the reader processes that live, and those that ended."""
    living = sum(sum(child.cpu_times()[:2]) for child in psutil.Process().children())
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + living + ended.ru_utime + ended.ru_stime


def take_turns(candidates: Mapping[str, Candidate], rounds: int) -> dict[str, list[Taken]]:
    """So many rounds of each, in turn: a slow moment of the machine hits all of them."""
    taken: dict[str, list[Taken]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, candidate in candidates.items():
            taken[name].append(candidate())
    return taken


def summarise(name: str, taken: Sequence[Taken], mails: int) -> dict[str, Any]:
    """The median of the rounds, with the fastest and the slowest."""
    each = sorted(one.wall / mails * 1e6 for one in taken)
    return {
        "name": name,
        "mails": mails,
        "rounds": len(taken),
        "us_per_mail": round(statistics.median(each), 1),
        "us_fastest": round(each[0], 1),
        "us_slowest": round(each[-1], 1),
        "cpu_us_per_mail": round(statistics.median(one.cpu / mails * 1e6 for one in taken), 1),
        "mails_per_second": round(1e6 / statistics.median(each)),
    }


def show(row: Mapping[str, Any], as_json: bool) -> None:
    """One line, for people or for programs."""
    text = (
        f"{row['name']:38} {row['us_per_mail']:8.1f} µs a mail ({row['us_fastest']:.1f} to {row['us_slowest']:.1f}), "
        f"CPU {row['cpu_us_per_mail']:.1f} µs, {row['mails_per_second']} mails/s"
    )
    print(json.dumps(row) if as_json else text, flush=True)  # noqa: T201
