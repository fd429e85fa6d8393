"""What the documentation says is true of the program: keys, commands, links, make targets."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from abuse_intake.cli import cli
from abuse_intake.settings import ENVIRONMENT_PREFIX, Settings, build_settings
from abuse_intake.worker.metrics import Metrics
from abuse_intake.worker.store_figures import StoreFigures

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CONFIGURATION = ROOT / "docs" / "configuration.md"
README = ROOT / "README.md"
OPERATIONS = ROOT / "docs" / "operations.md"

CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE_COMMAND = re.compile(r"`(abuse-intake [^`]*)`")
COMMAND = re.compile(r"(?:ExecStart=|runuser -u \S+ -- )?(?:[\w./-]*/)?abuse-intake (?P<arguments>.*)")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")
KEY_ROW = re.compile(r"^\| `([a-z_]+(?:\.[a-z_]+)+)` \| [^|]+ \| ([^|]+) \| `([A-Z_]+)` \|$", re.MULTILINE)
METRIC = re.compile(r"\babuse_intake_\w+")
MAKE_TARGET = re.compile(r"^([a-z]+):.*## (.*)$", re.MULTILINE)


def relative(page: Path) -> str:
    return str(page.relative_to(ROOT))


def code_blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in CODE_BLOCK.findall(page.read_text()) if found == language]


# Configuration


def walk_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        section = section_of(field)
        if section is not None:
            yield from walk_keys(section, f"{prefix}{name}.")
        elif prefix:
            yield f"{prefix}{name}", field


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    candidates = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def shown_default(field: FieldInfo) -> str:
    default: Any = field.default
    if default is PydanticUndefined:
        return "must be given"
    return "none" if default is None else f"`{json.dumps(default)}`"


def test_every_key_is_documented_with_its_default_and_variable() -> None:
    """docs/configuration.md lists exactly the keys of the settings, each with its default and its variable."""
    documented = {key: (default, name) for key, default, name in KEY_ROW.findall(CONFIGURATION.read_text())}

    actual = {
        key: (shown_default(field), ENVIRONMENT_PREFIX + key.upper().replace(".", "__"))
        for key, field in walk_keys(Settings)
    }

    assert documented == actual


@pytest.mark.parametrize("page", [README, CONFIGURATION], ids=relative)
def test_the_configurations_that_are_shown_are_right(page: Path, tmp_path: Path) -> None:
    """Each TOML block is a complete configuration without a wrong key."""
    blocks = code_blocks(page, "toml")

    for block in blocks:
        build_settings(tomllib.loads(block), tmp_path).need_outbox()

    assert blocks


def test_the_parts_of_a_configuration_that_are_shown_are_right(tmp_path: Path) -> None:
    """What the operations page shows can be added to the README's configuration: no wrong key, no section twice."""
    (whole,) = code_blocks(README, "toml")

    for part in code_blocks(OPERATIONS, "toml"):
        build_settings(tomllib.loads(f"{whole}\n{part}"), tmp_path).need_outbox()


# Metrics


def test_every_metric_is_documented() -> None:
    """The table lists exactly the program's own metrics, and the rules for alarms name no other."""
    figures = StoreFigures(unread=0, outbox={}, incidents={}, oldest_due_seconds=0.0)
    page = Metrics(lambda: figures).render().decode()
    actual = set(re.findall(r"^# TYPE (abuse_intake_\w+) ", page, re.MULTILINE))
    text = OPERATIONS.read_text()

    documented = set(METRIC.findall("\n".join(re.findall(r"^\| (`abuse_intake_.*?) \|", text, re.MULTILINE))))

    assert documented == actual
    assert set(METRIC.findall("".join(code_blocks(OPERATIONS, "yaml")))) <= actual


# Commands


def shown_commands(page: Path) -> list[str]:
    """The arguments of each command that a page shows, in code blocks and in sentences."""
    text = page.read_text()
    blocks = [block for language, block in CODE_BLOCK.findall(text) if language in ("sh", "ini")]
    lines = [line for block in blocks for line in block.splitlines()]
    lines += INLINE_COMMAND.findall(CODE_BLOCK.sub("", text))
    found = (COMMAND.match(line.partition(" #")[0]) for line in lines)
    return [match["arguments"] for match in found if match]


def check_command(arguments: list[str]) -> None:
    """UsageError unless click would run this: groups, commands, options and the values of options."""
    command: click.Command = cli
    context = click.Context(cli, info_name="abuse-intake")
    while isinstance(command, click.Group):
        _, arguments, _ = command.make_parser(context).parse_args(arguments)
        if not arguments:
            return
        found = command.get_command(context, arguments[0])
        if found is None:
            raise click.UsageError(f"no command {arguments[0]}")
        command, context = found, click.Context(found, parent=context, info_name=arguments.pop(0))
    if arguments:
        command.make_context(context.info_name, arguments, parent=context.parent)


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    """No page shows a command, an option or a value that the program would refuse."""
    refused = [answer for shown in shown_commands(page) if (answer := find_refusal(shown))]

    assert refused == []


def find_refusal(shown: str) -> str | None:
    """What the program says against a command that a page shows, or None."""
    arguments = shlex.split(re.split(r"\s[|>&]", shown)[0])
    try:
        check_command(list(arguments))
    except click.UsageError as error:
        return f"abuse-intake {shown}: {error.format_message()}"
    return None


def test_the_commands_are_found() -> None:
    """The test above looks at something, and refuses what is wrong."""
    assert len(shown_commands(README)) > 20
    with pytest.raises(click.UsageError):
        check_command(["incidents", "list", "--no-such-option"])


def test_the_everyday_commands_run_as_written(tmp_path: Path) -> None:
    """Each everyday command of the README, on the demo's folder, succeeds and says nothing on stderr."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (commands,) = [block for block in code_blocks(README, "sh") if "abuse-intake incidents list" in block]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)
    }
    subprocess.run(
        [sys.executable, "-m", "abuse_intake", "demo"],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
    )

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "report.eml").stat().st_size > 0


# The rest


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link and picture of a page is there."""
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert missing == []


def test_the_readme_lists_the_make_targets() -> None:
    """The README's table and `make help` name the same targets in the same words."""
    targets = MAKE_TARGET.findall((ROOT / "Makefile").read_text())

    listed = re.findall(r"^\| `make ([a-z]+)` \| (.*) \|$", README.read_text(), re.MULTILINE)

    assert listed == targets


def test_the_picture_fetches_nothing() -> None:
    """The picture names no font, style or image of the web."""
    picture = (ROOT / "docs" / "images" / "demo.svg").read_text()

    assert not re.search(r"url\(\s*['\"]?https?:|@import|<image|<script|xlink:href", picture)
