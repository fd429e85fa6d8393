"""`abuse-intake audit`: who changed what, and who looked at which mail."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast, get_args

import click
from click.shell_completion import CompletionItem

from abuse_intake import as_json as records
from abuse_intake.cli.command_group import CommandGroup
from abuse_intake.cli.completion import complete_words
from abuse_intake.cli.history_page import describe_decided
from abuse_intake.cli.inputs import json_option, limit_option, since_option
from abuse_intake.cli.output import print_table
from abuse_intake.cli.pages import PagedList, cursor_option, print_list, require_pages
from abuse_intake.cli.session import database_of
from storage.audit import find_audit_page, list_audit
from storage.values import AuditFilter, AuditRecord, ObjectKind

_KINDS = get_args(ObjectKind)


class _Object(click.ParamType):  # type: ignore[type-arg]  # generic since click 8.2 only
    name = "object"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[ObjectKind, str | None]:
        kind, _, id = value.partition(":")
        if kind not in _KINDS:
            self.fail(
                f"{value!r} is no object; write {', '.join(_KINDS)}, or one of them: incident:17", param, ctx
            )
        return cast(ObjectKind, kind), id or None

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return complete_words(_KINDS, incomplete)


@click.group(cls=CommandGroup)
def audit() -> None:
    """Who changed what, and who looked at which mail."""


@audit.command("list")
@click.option("--actor", metavar="NAME", help="Only what this person, or this token, did.")
@click.option(
    "--object",
    "chosen",
    type=_Object(),
    metavar="KIND[:ID]",
    help="Only what was done to this: incident, mail:17, tenants, outbox, token …",
)
@since_option
@limit_option
@cursor_option
@json_option
@click.pass_context
def list_(
    context: click.Context,
    actor: str | None,
    chosen: tuple[ObjectKind, str | None] | None,
    since: datetime | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List what people did, newest first.

    Every change and every look at a raw mail is written down in the transaction that does it. The database
    itself refuses to change or remove a line.

    \b
    abuse-intake audit list --actor mia --since 30d
    abuse-intake audit list --object incident:17
    abuse-intake audit list --object mail --json --limit 0
    """
    require_pages(context, limit, cursor)
    kind, id = chosen or (None, None)
    wanted = AuditFilter(actor=actor, object_kind=kind, object_id=id, since=since)
    with database_of(context) as (_, database), database.read() as session:
        listed = PagedList(
            lambda limit: list_audit(session, wanted, limit),
            lambda limit, cursor: find_audit_page(session, wanted, limit, cursor),
            records.audit_as_json,
            _print_lines,
        )
        print_list(listed, limit, cursor, as_json=as_json)


def _print_lines(found: Iterable[AuditRecord]) -> None:
    print_table(
        ("at (UTC)", "actor*", "did", "object?", "detail*?", "via?"),
        ((one.at, one.actor, one.action, _name(one), _describe(one), one.via) for one in found),
        empty="nobody did anything",
    )


def _name(line: AuditRecord) -> str:
    return f"{line.object_kind} {line.object_id}" if line.object_id else line.object_kind


def _describe(line: AuditRecord) -> str:
    if line.action == "decided":
        return describe_decided(line.detail)
    return ", ".join(f"{name} {value}" for name, value in line.detail.items() if value is not None)
