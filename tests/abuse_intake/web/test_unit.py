"""The systemd unit of the API that the documentation offers fits the program, and holds as tight as the worker's."""

import shlex
from pathlib import Path

import click
import pytest

from abuse_intake.cli import cli

DOCS = Path(__file__).parents[3] / "docs"
UNIT = (DOCS / "abuse-intake-web.service").read_text(encoding="utf-8").splitlines()
WORKERS = (DOCS / "abuse-intake.service").read_text(encoding="utf-8").splitlines()
TIGHT = (
    "NoNew",
    "Capability",
    "Protect",
    "Private",
    "Restrict",
    "Lock",
    "SystemCall",
    "UMask",
    "User",
    "Group",
)


def test_its_command_exists() -> None:
    """Each option of ExecStart is one of the program's."""
    (line,) = [line for line in UNIT if line.startswith("ExecStart=")]
    program, *arguments = shlex.split(line.removeprefix("ExecStart="))

    context = click.Context(cli, info_name=program, **cli.context_settings)
    _, (name, *rest), _ = cli.make_parser(context).parse_args(arguments)
    command = cli.get_command(context, name)

    assert name == "web"
    assert command is not None
    assert command.make_context(name, rest, parent=context)


def test_it_is_given_no_password() -> None:
    """Who asks the API reaches no secret of the worker's."""
    assert not [line for line in UNIT if line.startswith("LoadCredential")]


@pytest.mark.parametrize("line", [line for line in WORKERS if line.startswith(TIGHT)])
def test_it_is_held_as_tight_as_the_worker(line: str) -> None:
    """It reads what strangers wrote, as the worker does."""
    assert line in UNIT
