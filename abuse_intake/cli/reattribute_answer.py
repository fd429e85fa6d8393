"""What `incidents reattribute` tells: differences as a table or as JSON Lines, troubles, and a summary."""

from collections.abc import Sequence

import click

from abuse_intake.cli.output import count, one_line, print_json, print_table
from abuse_intake.cli.progress import Progress
from abuse_intake.reattributing import KEY_IS_GONE, READS_DIFFERENTLY, DecidedBatch, Trouble
from abuse_intake.settling import Homes, Tally, compare_evidence, redecision_as_json, trouble_as_json
from storage.bulk import chunked
from storage.redecisions import Redecision

TABLE_ROWS = 500
"""Differences in one table; more of them make another one, so that memory stays bounded."""
_WHY_UNREAD = {
    "too_costly": "cannot be read within the limits",
    "kills_the_reader": "ends the process that reads it",
    "internal_error": "cannot be attributed, by a fault of this program",
}


class Answer:
    """What is told of all batches; how a difference is told, the two forms know."""

    _summary_on_stderr = False

    def __init__(self, applies: bool, progress: Progress) -> None:
        self._applies = applies
        self._progress = progress
        self._tally = Tally()

    @property
    def has_unread(self) -> bool:
        """Whether some mail could not be decided on."""
        return self._tally["unread"] > 0

    def take(self, batch: DecidedBatch, homes: Homes) -> None:
        """Tell what one batch led to."""
        self._tally.add_batch(batch)
        for some in chunked(batch.changed, TABLE_ROWS):
            self.show_changed(self._tally.settle(some, homes))
        self.show_troubles(batch.troubles)
        self._progress.advance(batch.incidents)

    def show_changed(self, settled: Sequence[tuple[Redecision, str | None]]) -> None:
        """Show differences, each with the incident that it leads to."""
        raise NotImplementedError

    def show_troubles(self, troubles: Sequence[Trouble]) -> None:
        """Show mails that were not decided on as a whole."""
        raise NotImplementedError

    def flush(self) -> None:
        """Show what waits to be shown."""

    def print_summary(self) -> None:
        """What was looked at and what came of it, in a line, and whether it is stored."""
        counts = self._tally.as_json()
        evidence_only = (
            f" ({counts['evidence_only']} in the evidence only)" if counts["evidence_only"] else ""
        )
        parts = [
            f"{counts['unchanged']} unchanged",
            f"{counts['changed']} changed{evidence_only}",
            f"{counts['unread']} could not be read",
        ]
        if counts["read_differently"]:
            parts.append(f"{counts['read_differently']} read differently now")
        if counts["key_gone"]:
            parts.append(f"{counts['key_gone']} kept, as the key is gone")
        if counts["replaced"]:
            parts.append(f"{counts['replaced']} replaced meanwhile (run it again)")
        of = f"{count(counts['reports'], 'report')} of {count(counts['incidents'], 'incident')} looked at"
        click.echo(f"{of}: {', '.join(parts)}; {self._describe_end()}", err=self._summary_on_stderr)

    def _describe_end(self) -> str:
        if self._tally["changed"] == 0:
            return "nothing to store"
        return "stored" if self._applies else "nothing is stored without --apply"


class JsonAnswer(Answer):
    """JSON Lines on stdout, and the summary on stderr."""

    _summary_on_stderr = True

    def show_changed(self, settled: Sequence[tuple[Redecision, str | None]]) -> None:
        with self._progress.paused():
            for one, incident in settled:
                print_json(redecision_as_json(one, incident, self._applies))

    def show_troubles(self, troubles: Sequence[Trouble]) -> None:
        with self._progress.paused():
            for one in troubles:
                print_json(trouble_as_json(one))


class TableAnswer(Answer):
    """Tables on stdout with the summary below, and troubles on stderr."""

    def __init__(self, applies: bool, progress: Progress) -> None:
        super().__init__(applies, progress)
        self._rows = list[Sequence[object]]()

    def show_changed(self, settled: Sequence[tuple[Redecision, str | None]]) -> None:
        self._rows += [_as_row(*one) for one in settled]
        if len(self._rows) >= TABLE_ROWS:
            self.flush()

    def show_troubles(self, troubles: Sequence[Trouble]) -> None:
        with self._progress.paused():
            for one in troubles:
                click.echo(f"abuse-intake: {one_line(_describe_trouble(one))}", err=True)

    def flush(self) -> None:
        """Show the differences so far as a table."""
        if not self._rows:
            return
        names = (
            "incident",
            "mail",
            "tenant**",
            "confidence***",
            "evidence*",
            "address?",
            "reason*?",
            "report?",
        )
        with self._progress.paused():
            print_table(names, self._rows)
        self._rows.clear()


def _as_row(one: Redecision, incident: str | None) -> Sequence[object]:
    before, after = one.report.attribution, one.attribution
    return (
        _change(one.report.incident_id, incident or "new"),
        one.report.mail_id,
        _change(before.tenant, after.tenant),
        _change(before.confidence, after.confidence),
        " ".join(compare_evidence(before.evidence, after.evidence)),
        _change(before.ip, after.ip),
        _change(before.reason, after.reason),
        one.report.position + 1,
    )


def _change(before: object, after: object) -> object:
    return before if before == after else f"{before or '–'} → {after or '–'}"


def _describe_trouble(trouble: Trouble) -> str:
    retry = f"abuse-intake mails retry {trouble.mail_id}"
    if trouble.reason == READS_DIFFERENTLY:
        return f"mail {trouble.mail_id} reads differently now; this stores that: {retry}"
    if trouble.reason == KEY_IS_GONE:
        return (
            f"mail {trouble.mail_id} was proven by a key that is not to be had now; its reports stay as they are; "
            f"to have it judged without the key: {retry}"
        )
    return f"mail {trouble.mail_id} {_WHY_UNREAD[trouble.reason]}; its reports stay as they are"
