"""Who sits at the terminal: the name that the history and the audit log keep."""

import os
import pwd
from typing import Any

import click

from abuse_intake.deciding import check_name
from abuse_intake.errors import DecisionError
from storage.values import Actor


def find_actor() -> Actor:
    """Whoever logged in, also behind sudo; it is a help for honest people, not a proof."""
    return Actor(_shorten(os.environ.get("SUDO_USER", "")) or _name_user(os.geteuid()), "terminal")


def _shorten(name: str) -> str:
    """The name, or nothing where it could not be one."""
    try:
        return check_name(name)
    except DecisionError:
        return ""


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


class _ActorName(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Actor:
        try:
            return value if isinstance(value, Actor) else Actor(check_name(value), "terminal")
        except DecisionError as error:
            self.fail(str(error), param, ctx)


by_option = click.option(
    "--by",
    "actor",
    type=_ActorName(),
    metavar="NAME",
    default=find_actor,
    help="Who decides; by default whoever logged in (also behind sudo).",
)
"""Gives a command `actor`, an Actor."""
