"""`abuse-intake run`: the worker."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from abuse_intake.app import App
from abuse_intake.cli.outbox import describe_delivery
from abuse_intake.cli.output import one_line
from abuse_intake.cli.session import database_of
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.intake import PollSummary
from abuse_intake.log import configure_log
from abuse_intake.stopping import Stopping
from storage.errors import StorageError

T = TypeVar("T")


@click.command()
@click.option("--once", is_flag=True, help="Empty the mailbox and the outbox once, and end with a summary.")
@click.option("-v", "--verbose", is_flag=True, help="Log each batch.")
@click.pass_context
def run(context: click.Context, once: bool, verbose: bool) -> None:
    """The worker: read the mailbox, record, acknowledge.

    It works until SIGTERM or SIGINT, then finishes the batch in hand. A server that is away is tried again
    at the next poll. With --once the exit code is 1 if the mailbox, the database or the outbox could not be
    worked to the end.
    """
    configure_log(verbose=verbose)
    with database_of(context) as (settings, database):
        app = App(settings, database)
        if once:
            context.exit(run_once(app))
        from abuse_intake.worker import Worker

        worker = Worker(app)
        worker.stop_on_signals()
        worker.run()


def run_once(app: App) -> int:
    """One poll and one delivery, told as a summary; the exit code."""
    stopping = Stopping().on_signals()
    problems: list[str] = []
    with _progress() as report_progress:
        summary = _try(lambda: app.poll(stopping, report_progress), problems)
    if summary is not None:
        problems += summary.problems
        click.echo(describe_poll(summary))
    delivered = _try(lambda: app.deliver(stopping), problems)
    if delivered is not None:
        click.echo(describe_delivery(delivered))
    app.close()
    for problem in problems:
        click.echo(f"abuse-intake: {one_line(problem)}", err=True)
    return 1 if problems else 0


def describe_poll(summary: PollSummary) -> str:
    """What one poll did, in a line."""
    read = sum(summary.dispositions.values())
    kinds = (
        ", ".join(f"{count} {name}" for name, count in sorted(summary.dispositions.items())) or "none read"
    )
    rate = f", {read / summary.seconds:.0f} mails/s" if read >= 100 and summary.seconds else ""
    known = f", {summary.known} of them known already" if summary.known else ""
    return f"{summary.kept} mails arrived{known}: {kinds}; {summary.reports} reports ({summary.seconds:.1f} s{rate})"


def _try(work: Callable[[], T], problems: list[str]) -> T | None:
    try:
        return work()
    except (AbuseIntakeError, StorageError) as error:
        problems.append(str(error))
    return None


@contextmanager
def _progress() -> Iterator[Callable[[PollSummary], None]]:
    """A line that counts on, on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from abuse_intake.cli.output import make_console

    with make_console(stderr=True).status("looking into the mailbox") as status:
        yield lambda summary: status.update(
            f"{summary.kept} mails arrived, {sum(summary.dispositions.values())} read, {summary.filed} filed"
        )
