"""The systemd unit that the documentation offers fits the program."""

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest

from abuse_intake.cli import cli
from abuse_intake.worker.lifecycle import CLOSE_SECONDS, GRACE_SECONDS
from abuse_intake.worker.watching import END_SECONDS

UNIT = Path(__file__).parents[3] / "docs" / "abuse-intake.service"
UNITS_OF_TIME = {"": 1, "s": 1, "min": 60, "h": 3600}


@pytest.fixture
def service() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser["Service"]


def seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)(\w*)", text)
    assert found
    return int(found[1]) * UNITS_OF_TIME[found[2]]


def test_its_command_exists(service: configparser.SectionProxy) -> None:
    """Each option of ExecStart is one of the program's."""
    program, *arguments = shlex.split(service["ExecStart"])

    context = click.Context(cli, info_name=program, **cli.context_settings)
    _, (name, *rest), _ = cli.make_parser(context).parse_args(arguments)
    command = cli.get_command(context, name)

    assert name == "run"
    assert command is not None
    assert command.make_context(name, rest, parent=context).params["once"] is False


def test_it_waits_for_what_the_worker_tells(service: configparser.SectionProxy) -> None:
    """Readiness and signs of life are told by the worker; SIGHUP has it read its configuration again."""
    assert service["Type"] == "notify"
    assert seconds(service["WatchdogSec"]) > 0
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"


def test_it_leaves_the_worker_time_to_end(service: configparser.SectionProxy) -> None:
    """The worker's own limit comes first by a good while, else what it could still say is lost."""
    assert seconds(service["TimeoutStopSec"]) >= GRACE_SECONDS + CLOSE_SECONDS + END_SECONDS + 30


def test_a_wrong_configuration_is_not_tried_again(service: configparser.SectionProxy) -> None:
    """All other ends but a clean one are."""
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"


@pytest.mark.parametrize("setting", ["ProtectProc", "ProcSubset", "PrivatePIDs", "MemoryMax", "LimitAS"])
def test_nothing_in_it_breaks_leases_and_readers(service: configparser.SectionProxy, setting: str) -> None:
    """Whether a lease's holder lives is seen in /proc, and readers set their own limits."""
    assert setting not in service
