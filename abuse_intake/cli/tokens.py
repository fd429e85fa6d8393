"""`abuse-intake tokens`: who may use the API."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import click

from abuse_intake.as_json import token_as_json
from abuse_intake.cli.actor import find_actor
from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import full_time, one_line, print_json, print_table
from abuse_intake.cli.session import database_of
from abuse_intake.deciding import check_name
from abuse_intake.errors import DecisionError
from storage import tokens as kept
from storage.values import Role, TokenRecord

_IN = re.compile(r"(\d{1,6})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class _Name(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return check_name(value)
        except DecisionError as error:
            self.fail(str(error), param, ctx)


class _Until(click.ParamType):  # type: ignore[type-arg]
    """A point in time that is still to come: a span such as 90d, or a date."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        now = datetime.now(UTC)
        span = _IN.fullmatch(value)
        try:
            if span:
                time = now + timedelta(**{_UNITS[span[2]]: int(span[1])})
            else:
                time = datetime.fromisoformat(value)
                time = (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no time; write 90d, 12h, 52w, or a date: 2027-01-31", param, ctx)
        if time <= now:
            self.fail(f"{value!r} is over already", param, ctx)
        return time


@click.group(cls=CommandGroup)
def tokens() -> None:
    """Tokens of the API: who may read, who may decide."""


@tokens.command()
@click.argument("name", type=_Name(), metavar="NAME")
@click.option(
    "--role",
    type=click.Choice(get_args(Role)),
    required=True,
    help="A reader looks at incidents; an analyst also decides, and sees raw mails.",
)
@click.option("--expires", type=_Until(), help="After 90d, 12h, 52w, or on a date; without it never.")
@click.option("--json", "as_json", is_flag=True, help="One object, with the secret.")
@click.pass_context
def add(context: click.Context, name: str, role: Role, expires: datetime | None, as_json: bool) -> None:
    """Make a token; NAME says who or what uses it.

    The secret goes to stdout, this once: it is stored as a hash only.

    \b
    abuse-intake tokens add billing --role reader --expires 90d > billing.token
    """
    with database_of(context, make=True) as (_, database), database.begin() as session:
        token, secret = kept.add_token(session, name, role, expires, find_actor(), datetime.now(UTC))
    if as_json:
        print_json({**token_as_json(token), "secret": secret})
    else:
        click.echo(secret)
    ends = f"expires {full_time(expires)}" if expires else "never expires"
    click.echo(
        f"abuse-intake: token {token.id} for {one_line(name)}, {role}, {ends}; its secret is not shown again",
        err=True,
    )


@tokens.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List all tokens, newest first, without their secrets."""
    with database_of(context) as (_, database), database.read() as session:
        found = kept.list_tokens(session)
    if as_json:
        for token in found:
            print_json(token_as_json(token))
        return
    now = datetime.now(UTC)
    print_table(
        ("id", "name*", "role", "state", "made (UTC)?", "expires (UTC)?"),
        ((t.id, t.name, t.role, _state(t, now), t.created_at, t.expires_at or "never") for t in found),
        empty="no tokens",
    )


def _state(token: TokenRecord, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= now else "valid"


@tokens.command()
@click.argument("token_id", metavar="ID")
@click.pass_context
def revoke(context: click.Context, token_id: str) -> None:
    """Let a token in no more, from now on.

    ID is as `tokens list` shows it.
    """
    with database_of(context) as (_, database), database.begin() as session:
        token = kept.revoke_token(session, token_id, find_actor(), datetime.now(UTC))
    click.echo(f"token {token.id} for {one_line(token.name)} is revoked")
