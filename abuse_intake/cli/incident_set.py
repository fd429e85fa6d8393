"""`abuse-intake incidents set`: an analyst's decision about incidents, many at once."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from abuse_intake.cli.actor import by_option
from abuse_intake.cli.incident_filters import STATUSES
from abuse_intake.cli.inputs import json_option
from abuse_intake.cli.output import count, one_line, print_json
from abuse_intake.cli.progress import Progress
from abuse_intake.cli.session import database_of
from abuse_intake.cli.tenant_id import TenantId
from abuse_intake.deciding import check_note, check_tenant
from abuse_intake.directory_listing import open_listing
from abuse_intake.errors import DecisionError
from abuse_intake.settings import Settings
from storage.bulk import chunked
from storage.database import Database
from storage.decisions import Decided, Decision, decide_each
from storage.values import Actor, IncidentStatus

BATCH = 200
"""Incidents that are decided on in one transaction: others wait no longer than for that."""
MOST_NAMED = 10
"""Ids that are told one by one when they are not there; --json tells all."""


@click.command("set")
@click.argument("incident_ids", metavar="ID…", nargs=-1, required=True)
@click.option("--status", type=click.Choice(STATUSES), help="Where its handling stands now.")
@click.option(
    "--tenant", type=TenantId(), help="It is this tenant's, whatever the evidence says; needs a --note."
)
@click.option(
    "--no-tenant", is_flag=True, help="It is nobody's of ours, whatever the evidence says; likewise."
)
@click.option("--as-evidence-says", is_flag=True, help="Take a correction of the tenant back.")
@click.option("--note", metavar="TEXT", help="Why; kept in the history. Alone it is a comment.")
@by_option
@json_option
@click.pass_context
def set_(
    context: click.Context,
    incident_ids: tuple[str, ...],
    status: IncidentStatus | None,
    tenant: str | None,
    no_tenant: bool,
    as_evidence_says: bool,
    note: str | None,
    actor: Actor,
    as_json: bool,
) -> None:
    """Decide about incidents: status, tenant, a note.

    Who decided what, when and why stands in the history of each and in the audit log. A tenant that is
    corrected stays so, whatever reports say later; what the evidence says is kept beside it. `-` takes ids
    from stdin. 200 incidents at a time are decided on, all of them or none; ids that are not there
    are told, the others are decided on, and the exit code is 1.

    \b
    abuse-intake incidents set 17 --status confirmed
    abuse-intake incidents set 17 --tenant fabrikam --note "their new network, ticket 4711"
    abuse-intake incidents list --search "weekly news" --json --limit 0 | jq -r .id |
      abuse-intake incidents set - --status dismissed --note "their newsletter"
    """
    decision = _read_decision(context, status, tenant, no_tenant, as_evidence_says, note)
    with database_of(context, make=True) as (settings, database):
        _require_known(context, decision, settings, database)
        told = _Answer(as_json)
        _decide_all(database, _read_ids(incident_ids), decision, actor, told)
    context.exit(1 if told.missing else 0)


def _decide_all(
    database: Database, ids: Sequence[str], decision: Decision, actor: Actor, told: "_Answer"
) -> None:
    with told.summed_up(), Progress("incidents", len(ids)) as progress:
        for batch in chunked(ids, BATCH):
            with database.begin() as session:
                decided = decide_each(session, batch, decision, actor, datetime.now(UTC))
            with progress.paused():
                told.take(decided)
            progress.advance(len(batch))


def _read_decision(
    context: click.Context,
    status: IncidentStatus | None,
    tenant: str | None,
    no_tenant: bool,
    as_evidence_says: bool,
    note: str | None,
) -> Decision:
    chosen = (tenant is not None) + no_tenant + as_evidence_says
    if chosen > 1:
        raise click.UsageError("--tenant, --no-tenant and --as-evidence-says exclude each other.", context)
    if not chosen and status is None and note is None:
        raise click.UsageError(
            "nothing to set: give --status, --tenant, --no-tenant, --as-evidence-says or --note.", context
        )
    if (tenant is not None or no_tenant) and note is None:
        raise click.UsageError("a tenant is corrected with a --note that says why.", context)
    try:
        return Decision(
            status, tenant, no_tenant, as_evidence_says, None if note is None else check_note(note)
        )
    except DecisionError as error:
        raise click.BadParameter(str(error), context, param_hint="'--note'") from None


def _require_known(
    context: click.Context, decision: Decision, settings: Settings, database: Database
) -> None:
    if decision.tenant is None:
        return
    try:
        check_tenant(decision.tenant, open_listing(settings.directory_path(), database))
    except DecisionError as error:
        raise click.BadParameter(str(error), context, param_hint="'--tenant'") from None


def _read_ids(given: Sequence[str]) -> list[str]:
    """Each id once, in the order given; `-` stands for those on stdin, one a line."""
    ids = dict[str, None]()
    for id in given:
        ids.update(dict.fromkeys(_read_stdin() if id == "-" else [id]))
    return list(ids)


def _read_stdin() -> list[str]:
    words = sys.stdin.buffer.read().decode("utf-8", "replace").split()
    if words and words[0].startswith("{"):
        raise click.UsageError(
            "`-` takes ids, and this is JSON: put `jq -r .id` between the two commands.",
            click.get_current_context(),
        )
    return words


class _Answer:
    """What is told of the decisions: a line an incident for programs, a summary for people."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._changed = self._noted = self._unchanged = self.missing = 0

    def take(self, decided: Decided) -> None:
        """One batch, which is stored."""
        if self._as_json:
            for result, ids in (
                ("changed", decided.changed), ("unchanged", decided.unchanged), ("missing", decided.missing)
            ):  # fmt: skip
                for id in ids:
                    print_json({"id": id, "result": result})
        for id in decided.missing[: max(MOST_NAMED - self.missing, 0)]:
            click.echo(f"abuse-intake: no incident {one_line(repr(id[:80]))}", err=True)
        self._changed += len(decided.changed) - len(decided.noted)
        self._noted += len(decided.noted)
        self._unchanged += len(decided.unchanged)
        self.missing += len(decided.missing)

    @contextmanager
    def summed_up(self) -> Iterator[None]:
        """What is stored is told, also where the work was interrupted."""
        try:
            yield
        finally:
            self._sum_up()

    def _sum_up(self) -> None:
        parts = [f"{count(self._changed, 'incident')} changed"]
        if self._noted:
            parts.append(f"{self._noted} got the note only")
        if self._unchanged:
            parts.append(f"{self._unchanged} so already")
        if self.missing:
            parts.append(f"{self.missing} not there")
        click.echo(", ".join(parts), err=self._as_json)
