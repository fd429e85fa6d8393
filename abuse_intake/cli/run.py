"""`abuse-intake run`: the worker."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from abuse_intake.app import App
from abuse_intake.cli.outbox import describe_delivery
from abuse_intake.cli.output import count, one_line
from abuse_intake.cli.session import database_of
from abuse_intake.errors import AbuseIntakeError
from abuse_intake.intake import PollSummary
from abuse_intake.log import configure_log
from abuse_intake.settings import Settings, load_settings
from abuse_intake.stopping import Stopping
from abuse_intake.troubles import advise
from storage.database import Database
from storage.errors import StorageError

T = TypeVar("T")


@click.command()
@click.option("--once", is_flag=True, help="Empty the mailbox and the outbox once, and end with a summary.")
@click.option("-v", "--verbose", is_flag=True, help="Log each batch.")
@click.pass_context
def run(context: click.Context, once: bool, verbose: bool) -> None:
    """The worker: read the mailbox, record, acknowledge.

    It works until SIGTERM or SIGINT, then finishes the batch in hand; a second signal ends it at once.
    SIGHUP has the configuration read again. A server that is away is tried again at the next poll.

    \b
    Exit codes: 0 a signal ended it, and the batch in hand was finished
                1 it was stuck, or was ended in the middle of a batch; it may be started again
                2 the configuration, or the database's version, must be corrected first

    With --once the exit code is 1 if the mailbox, the database or the outbox could not be worked to the end,
    or a signal stopped it before.
    """
    stopping = Stopping() if once else Stopping().on_hangup()
    stopping.on_signals()
    with database_of(context, make=True) as (settings, database):
        _configure_log(settings, verbose)
        app = App(settings, database)
        if once:
            context.exit(run_once(app, stopping))
        from abuse_intake.worker import Worker

        context.exit(Worker(app, lambda old: _rebuild(context, old, verbose), stopping=stopping).run())


def _configure_log(settings: Settings, verbose: bool) -> None:
    configure_log(verbose=verbose, log_format=settings.worker.log_format)


def _rebuild(context: click.Context, old: App, verbose: bool) -> App:
    """An App of the configuration as it is now, on the same database if that is still its own."""
    settings = load_settings(context.find_root().obj)
    settings.need_mailbox(), settings.need_outbox()
    is_same = settings.database_url() == old.settings.database_url()
    database = old.database if is_same else Database(settings.database_url())
    try:
        database.require_current()
        app = App(settings, database)
    except BaseException:
        if not is_same:
            database.close()
        raise
    _configure_log(settings, verbose)
    return app


def run_once(app: App, stopping: Stopping) -> int:
    """One poll and one delivery, told as a summary, also where an error or a signal ended them; the exit code."""
    problems: list[str] = []
    summary = PollSummary()
    with _progress() as report_progress:
        _try(lambda: _poll_to_the_end(app, summary, stopping, report_progress), problems)
    if summary.seconds:
        problems += summary.problems
        click.echo(describe_poll(summary))
    delivered = _try(lambda: app.deliver(stopping), problems)
    if delivered is not None:
        click.echo(describe_delivery(delivered))
    app.close()
    if stopping.is_requested:
        problems.append("stopped by a signal; the rest waits for the next run")
    for problem in problems:
        click.echo(f"abuse-intake: {one_line(problem)}", err=True)
    return 1 if problems else 0


def _poll_to_the_end(
    app: App, summary: PollSummary, stopping: Stopping, report_progress: Callable[[PollSummary], None]
) -> None:
    """Poll until the mailbox is worked, however often the time of one poll ends."""
    app.poll(summary, stopping, report_progress)
    while summary.is_unfinished:
        app.poll(summary, stopping, report_progress)


def describe_poll(summary: PollSummary) -> str:
    """What one poll did, in a line: `30 mails arrived, 1 known already: 21 with 22 reports, 8 no report (0.1 s)`."""
    arrived = [count(summary.kept, "mail") + " arrived"]
    if summary.known:
        arrived.append(f"{summary.known} known already")
    if summary.filed and summary.filed != summary.kept:
        arrived.append(f"{summary.filed} filed")
    kinds = ", ".join(_describe_kinds(summary))
    read = sum(summary.dispositions.values())
    rate = f", {read / summary.seconds:.0f} mails/s" if read >= 100 and summary.seconds else ""
    return f"{', '.join(arrived)}{': ' if kinds else ''}{kinds} ({summary.seconds:.1f} s{rate})"


def _describe_kinds(summary: PollSummary) -> Iterator[str]:
    with_reports, none, quarantined = (
        summary.dispositions.get(kind, 0) for kind in ("report", "not_a_report", "quarantined")
    )
    if with_reports:
        yield f"{with_reports} with {count(summary.reports, 'report')}"
    if none:
        yield f"{none} no report"
    if quarantined:
        yield f"{quarantined} quarantined"


def _try(work: Callable[[], T], problems: list[str]) -> T | None:
    try:
        return work()
    except (AbuseIntakeError, StorageError) as error:
        advice = advise(error)
        problems.append(f"{error}: {advice}" if advice else str(error))
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
            f"{count(summary.kept, 'mail')} arrived, {sum(summary.dispositions.values())} read, {summary.filed} filed"
        )
