"""The programs of `make bench` run, and print figures."""

import json
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from servers.programs import ServerMissing
from servers.skipping import make_or_skip

BENCH = Path(__file__).parents[1] / "bench"
FEW = ("--mails", "3", "--rounds", "1")
PROGRAMS = {
    "api": ("--incidents", "3", "--requests", "2"),
    "attribution": FEW,
    "directory": ("--tenants", "20", "--allocations", "200", "--rounds", "1"),
    "drain": ("--mails", "3"),
    "exporting": ("--incidents", "3", "2"),
    "intake": FEW,
    "outbox": (*FEW, "--delay", "1"),
    "queries": ("--sizes", "300", "--rounds", "1"),
    "reading": FEW,
}
SERVERS = {"drain": pytest.mark.dovecot, "outbox": pytest.mark.postfix}
NO_PROGRAMS = {"hostile", "incident_mix", "incident_store", "measuring", "query_mix"}
"""What the programs share."""


def run(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / f"{name}.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)


def require_figures(printed: str) -> None:
    """ServerMissing where the program says that it needs one."""
    if not printed.startswith("{"):
        raise ServerMissing(printed.strip())


def measures(row: dict[str, Any]) -> bool:
    """Whether a line names what was measured, and has a figure."""
    figures = [value for key, value in row.items() if key not in ("name", "mails", "rounds")]
    return bool(row["name"]) and any(figures) and all(isinstance(value, int | float) for value in figures)


def test_every_program_is_tried() -> None:
    """A new one gets its line in the table above."""
    assert {path.stem for path in BENCH.glob("*.py")} == PROGRAMS.keys() | NO_PROGRAMS


@pytest.mark.parametrize("name", [pytest.param(name, marks=SERVERS.get(name, ())) for name in PROGRAMS])
def test_a_program_prints_figures(name: str) -> None:
    """Each measures a little of what it is for, down to the smallest amounts."""
    ended = run(name, *PROGRAMS[name], "--json")

    assert (ended.returncode, ended.stderr) == (0, "")
    if name in SERVERS:
        make_or_skip(lambda: nullcontext(require_figures(ended.stdout)))
    rows = [json.loads(line) for line in ended.stdout.splitlines()]
    assert rows
    assert all(map(measures, rows))
