"""What deciding again led to: stored or foreseen, counted, and as JSON. The same for every way in."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from abuse_intake.as_json import attribution_as_json
from abuse_intake.reattributing import KEY_IS_GONE, LEFT, READS_DIFFERENTLY, DecidedBatch, Trouble
from storage.audit import note_action
from storage.database import Database
from storage.reattributing import store_redecisions
from storage.redecisions import Redecision
from storage.rekeying import foresee_incidents
from storage.values import Actor, Evidence

Homes = Mapping[str, str | None]
"""To which incident each changed report belongs now, or would; one that was replaced meanwhile is not there."""


def foresee_batch(database: Database, batch: DecidedBatch) -> Homes:
    """What storing it would lead to."""
    if not batch.changed:
        return {}
    with database.read() as session:
        return foresee_incidents(session, batch.changed)


def store_batch(database: Database, batch: DecidedBatch, actor: Actor, now: datetime) -> Homes:
    """With a line in the audit log for each incident that reports left, came to, or are in as before."""
    if not batch.changed:
        return {}
    with database.begin() as session:
        homes = store_redecisions(session, batch.changed, now)
        left = {one.report.incident_id for one in batch.changed if one.report.id in homes}
        ids = sorted(left | set(filter(None, homes.values())), key=int)
        note_action(session, actor, "reattributed", "incident", ids, {}, now)
    return homes


class Tally:
    """How many reports were looked at, and what became of them."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __getitem__(self, name: str) -> int:
        return self.as_json()[name]

    def add_batch(self, batch: DecidedBatch) -> None:
        """Count a batch, but for what changed in it."""
        self._counts.update(
            incidents=batch.incidents,
            decided=batch.decided,
            read_differently=sum(one.reports for one in batch.troubles if one.reason == READS_DIFFERENTLY),
            key_gone=sum(one.reports for one in batch.troubles if one.reason == KEY_IS_GONE),
            unread=sum(one.reports for one in batch.troubles if one.reason not in LEFT),
        )

    def settle(self, changed: Sequence[Redecision], homes: Homes) -> list[tuple[Redecision, str | None]]:
        """Count some that changed; those that were not replaced meanwhile, with the incident each leads to."""
        settled = [(one, homes[one.report.id]) for one in changed if one.report.id in homes]
        self._counts.update(
            changed=len(settled),
            evidence_only=sum(one.is_changed_in_evidence_only for one, _ in settled),
            replaced=len(changed) - len(settled),
        )
        return settled

    def as_json(self) -> dict[str, int]:
        """All counts; but for `incidents` they are of reports."""
        counts = self._counts
        return {
            "incidents": counts["incidents"],
            "reports": sum(counts[name] for name in ("decided", "read_differently", "key_gone", "unread")),
            "unchanged": counts["decided"] - counts["changed"] - counts["replaced"],
            **{name: counts[name] for name in ("changed", "evidence_only", "unread")},
            **{name: counts[name] for name in ("read_differently", "key_gone", "replaced")},
        }


def redecision_as_json(one: Redecision, incident: str | None, is_stored: bool) -> dict[str, Any]:
    """A difference, with the incident that it leads to; None for one that is not there yet."""
    before, after = one.report.attribution, one.attribution
    return {
        "incident": one.report.incident_id,
        "incident_after": incident,
        "mail": one.report.mail_id,
        "report": one.report.position,
        "before": attribution_as_json(before),
        "after": attribution_as_json(after),
        "evidence_changed": compare_evidence(before.evidence, after.evidence),
        "stored": is_stored,
    }


def trouble_as_json(trouble: Trouble) -> dict[str, Any]:
    """A mail that was not decided on as a whole."""
    return {"mail": trouble.mail_id, "problem": trouble.reason, "reports": trouble.reports}


def compare_evidence(before: Iterable[Evidence], after: Iterable[Evidence]) -> list[str]:
    """The sources whose evidence differs: `+dkim` is new, `-from` gone, `~address` another one."""
    old, new = Counter(before), Counter(after)
    gone, added = ({one.source for one in some} for some in (old - new, new - old))
    signs = {True: {True: "~", False: "+"}, False: {True: "-"}}
    return [f"{signs[source in added][source in gone]}{source}" for source in sorted(gone | added)]
