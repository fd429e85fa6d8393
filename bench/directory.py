"""What a large directory costs: to load, to keep, to ask, to read again while mail is worked, to import.

python bench/directory.py [--tenants 100000] [--allocations 1000000] [--rounds 3] [--json]

The directory is made anew, the same each time: IPv4 and IPv6 networks with others and single addresses in them, and
networks that were handed over at an instant. Each round loads it in a process of its own, so that its memory is its
own: what it grew by in the end, and at most. Look-ups ask for addresses from everywhere in the directory. While a
changed directory is read in the background, mails are read in the foreground, in the same process: how many a second,
and how long the slowest takes, beside the same without (the worker itself has other processes read its mails).
"""

import argparse
import json
import multiprocessing
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
from measuring import make_mails

from abuse_intake.attribution import Directory
from abuse_intake.attribution.directory_file import find_in_file, read_entries
from abuse_intake.directory_import import open_imported_file
from abuse_intake.directory_source import DirectorySource
from abuse_intake.settings_attribution import ProviderSettings
from parsers import read_mail
from parsers.values import IPAddress
from storage.database import Database
from storage.tenant_lines import read_entry
from storage.tenants import find_tenant, load_lines
from storage.values import Actor

AT = datetime(2026, 6, 1, tzinfo=UTC)
LOOKUPS = 200_000
QUIET_SECONDS = 3.0
MEGABYTE = 1e6
V4 = 32 << 24
V6 = 0x20010DB8 << 96
Figures = dict[str, float]


def main() -> None:
    """Measure and print."""
    arguments = _parse_arguments()
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tenants.jsonl"
        write_directory(path, arguments.tenants, arguments.allocations)
        for measure, rounds in ((measure_load, arguments.rounds), (measure_reread, 1), (measure_import, 1)):
            taken = []
            for number in range(rounds):
                with processes.Pool(1) as alone:
                    taken.append(alone.apply(measure, (path, arguments.tenants, number)))
            show(taken, arguments.json)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tenants", type=int, default=100_000, help="default %(default)s")
    parser.add_argument("--allocations", type=int, default=1_000_000, help="default %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="JSON Lines")
    return parser.parse_args()


def write_directory(path: Path, tenants: int, allocations: int) -> None:
    """A tenants file with so many tenants and allocations."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(tenants):
            tenant = {
                "id": f"tenant-{number}",
                "name": f"Tenant {number} Ltd",
                "domains": [f"t{number}.example", f"mail.t{number}.example.net"],
                "external_ids": [f"{chance.getrandbits(128):032x}"],
                "abuse_contact": f"abuse@t{number}.example",
                "allocations": [
                    _make_allocation(number, place, chance) for place in range(allocations // tenants)
                ],
            }
            file.write(f"{json.dumps(tenant)}\n")


def _make_allocation(number: int, place: int, chance: random.Random) -> dict[str, str | None]:
    """In turn: a network in the tenant's /20, an address, a /64, an address in it, one handed over, one taken over."""
    v4, v6 = V4 + (number + 1 << 12), V6 | number << 72 | place << 64
    at = AT - timedelta(microseconds=chance.randrange(10**14))
    owner = number - (place % 6 == 5)
    handed_over, given = (
        AT + timedelta(days=owner % 1_000 - 500),
        V4 + (owner + 1 << 12) + 3_072 + place // 6 * 16,
    )
    return (
        _allocation(v4, 20) if place == 0 else _allocation(v4 + place * 16, 28),
        _allocation(v4 + 2_048 + place, 32, since=at),
        _allocation(v6, 64),
        _allocation(v6 - (1 << 64) + 4_096 + number % 50_000, 128, since=at),
        _allocation(given, 28, until=handed_over),
        _allocation(given, 28, since=handed_over),
    )[place % 6]


def _allocation(
    first: int, length: int, since: datetime | None = None, until: datetime | None = None
) -> dict[str, str | None]:
    return {
        "network": f"{ip_address(first)}/{length}",
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
    }


def _make_addresses(tenants: int) -> list[IPAddress]:
    """Addresses of all tenants, three fifths IPv4; some are single ones that the directory lists."""
    chance = random.Random(8)
    numbers = [chance.randrange(tenants) for _ in range(LOOKUPS)]
    makes: tuple[Callable[[int], int], ...] = (
        lambda number: V4 + (number + 1 << 12) + chance.randrange(4_096),
        lambda number: V4 + (number + 1 << 12) + 2_049,
        lambda number: V4 + (number + 1 << 12) + 3_072 + chance.randrange(16),
        lambda number: V6 | number << 72 | 2 << 64 | chance.randrange(65_536),
        lambda number: V6 | number << 72 | 2 << 64 | 4_096 + number % 50_000,
    )
    return [ip_address(makes[place % len(makes)](number)) for place, number in enumerate(numbers)]


def measure_load(path: Path, tenants: int, _: int) -> Figures:
    """Load it from the file, then ask it."""
    addresses = _make_addresses(tenants)
    before, began = psutil.Process().memory_info().rss, time.perf_counter()
    most_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    directory = Directory.of_entries(read_entries(path))
    loaded = time.perf_counter()
    found = sum(directory.find_holding(ip, AT) is not None for ip in addresses)
    asked = time.perf_counter()
    after = psutil.Process().memory_info().rss
    most = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, most_before)
    return {
        "load seconds": loaded - began,
        "grown by MB": (after - before) / MEGABYTE,
        "grown at most by MB": (most - before) / MEGABYTE,
        "look-ups a second": LOOKUPS / (asked - loaded),
        "found %": found / LOOKUPS * 100,
    }


def measure_reread(path: Path, tenants: int, _: int) -> Figures:
    """Read mails while a changed directory is read in the background."""
    source = DirectorySource(ProviderSettings(), path, None)
    source.refresh(is_first=True)
    mails = make_mails(500)
    ends_at = time.perf_counter() + QUIET_SECONDS
    quiet = _read_mails(mails, lambda: time.perf_counter() < ends_at)
    path.touch()
    began = time.perf_counter()
    source.refresh()
    refreshed = time.perf_counter()
    busy = _read_mails(mails, lambda: source.is_loading)
    read = time.perf_counter()
    source.refresh()
    return {
        "background seconds": read - began,
        "poll held up seconds": refreshed - began,
        "put in force seconds": time.perf_counter() - read,
        **_describe_mails(busy, ""),
        **_describe_mails(quiet, ", without"),
    }


def _describe_mails(taken: Sequence[float], how: str) -> Figures:
    """Nothing where no mail was read: a small directory is read before the first."""
    if not taken:
        return {}
    return {f"mails a second{how}": len(taken) / sum(taken), f"slowest mail ms{how}": max(taken) * 1e3}


def _read_mails(mails: Sequence[bytes], goes_on: Callable[[], bool]) -> list[float]:
    """Seconds of each mail."""
    taken = []
    while goes_on():
        for raw in mails:
            began = time.perf_counter()
            read_mail(raw)
            taken.append(time.perf_counter() - began)
            if not goes_on():
                break
    return taken


def measure_import(path: Path, tenants: int, _: int) -> Figures:
    """Import it into SQLite, load it from there, and look for one tenant."""
    database = Database(f"sqlite:///{path}.db")
    database.require_current()
    last = f"tenant-{tenants - 1}"
    seconds: Figures = {}
    with open_imported_file(path) as file, _timed("import seconds", seconds):
        file.check(lambda _: None)
        file.store(database, AT, lambda _: None, Actor("bench", "terminal"))
    with _timed("load from the database seconds", seconds), database.read() as session:
        Directory.of_entries(map(read_entry, load_lines(session)))
    with _timed("find one in the database seconds", seconds), database.read() as session:
        assert find_tenant(session, last)
    with _timed("find one in the file seconds", seconds):
        assert find_in_file(path, last)
    database.close()
    return seconds


@contextmanager
def _timed(name: str, seconds: Figures) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began


def show(taken: Sequence[Mapping[str, float]], as_json: bool) -> None:
    """The median of the rounds, with the least and the most."""
    for name in taken[0]:
        each = sorted(one[name] for one in taken)
        row: dict[str, Any] = {
            "name": name, "median": statistics.median(each), "least": each[0], "most": each[-1], "rounds": len(each)
        }  # fmt: skip
        spread = f" ({each[0]:.4g} to {each[-1]:.4g})" if len(each) > 1 else ""
        print(json.dumps(row) if as_json else f"{name:34} {row['median']:12,.4g}{spread}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
