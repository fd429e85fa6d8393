"""Stored reports to be decided on again: which, in what batches, and what is stored of them."""

from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.bulk import chunked
from storage.columns import require_id
from storage.compression import decompress
from storage.incident_plans import find_ids
from storage.incidents import no_such_incident
from storage.models import Incident, Mail, MailContent, Report
from storage.planner import row_by_row
from storage.records import ATTRIBUTION, attribution_of
from storage.values import Attribution, ClaimedMail, IncidentFilter

BATCH_MAILS = 200
BATCH_REPORTS = 2_000
"""An incident is never parted, so that a batch holds more where one incident does."""
PIECE_BYTES = 16 * 1024 * 1024
"""Of mails that are in memory at once; a larger mail alone."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it is stored: where it stands, and to whom it is attributed."""

    id: str
    mail_id: str
    position: int
    incident_id: str
    incident_key: str
    message_key: str
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class Redecision:
    """A stored report, and what is decided about it now."""

    report: StoredReport
    attribution: Attribution
    key_sha256: str
    """The key of the incident that it belongs to now."""

    @property
    def is_changed(self) -> bool:
        """Whether storing it would change anything."""
        return self.attribution != self.report.attribution or self.is_moved

    @property
    def is_moved(self) -> bool:
        """Whether it belongs to an incident of another key."""
        return self.key_sha256 != self.report.incident_key

    @property
    def is_changed_in_evidence_only(self) -> bool:
        """Whether it says the same as before, on other grounds."""
        before, after = self.report.attribution, self.attribution
        return before.evidence != after.evidence and _without_evidence(before) == _without_evidence(after)


@dataclass(frozen=True, slots=True)
class IncidentBatch:
    """Whole incidents, and all mails that report them."""

    incident_ids: frozenset[str]
    mail_ids: tuple[str, ...]


def find_incident_ids(session: Session, filter: IncidentFilter) -> Sequence[int]:
    """The ids of the incidents that match, rising; eight bytes each."""
    with row_by_row(session):
        return array("q", find_ids(session, filter))


def require_incident_ids(session: Session, ids: Collection[str]) -> Sequence[int]:
    """These ids as numbers, rising; NotFound when one is no incident's."""
    wanted = {require_id(id, no_such_incident): id for id in ids}
    found = set(session.scalars(select(Incident.id).where(Incident.id.in_(wanted))))
    for missing in sorted(wanted.keys() - found):
        raise no_such_incident(wanted[missing])
    return sorted(found)


def batch_incidents(
    session: Session, ids: Sequence[int], most_mails: int = BATCH_MAILS
) -> Iterator[IncidentBatch]:
    """These incidents in batches of bounded size. What one mail reported together mostly stands together."""
    incidents, mails, reports = set[int](), set[int](), 0
    for incident, its_mails in _mails_by_incident(session, ids).items():
        more = len(mails | set(its_mails))
        if incidents and (more > most_mails or reports + len(its_mails) > BATCH_REPORTS):
            yield _batch(incidents, mails)
            incidents, mails, reports = set(), set(), 0
        incidents.add(incident)
        mails.update(its_mails)
        reports += len(its_mails)
    if incidents:
        yield _batch(incidents, mails)


def _mails_by_incident(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for some in chunked(ids):
        pairs = select(Report.incident_id, Report.mail_id).where(Report.incident_id.in_(some))
        for row in session.execute(pairs.order_by(Report.incident_id)):
            found.setdefault(row.incident_id, []).append(row.mail_id)
    return found


def _batch(incidents: set[int], mails: set[int]) -> IncidentBatch:
    return IncidentBatch(frozenset(map(str, incidents)), tuple(map(str, sorted(mails))))


def load_mails(
    session: Session, mail_ids: Sequence[str], most_bytes: int = PIECE_BYTES
) -> tuple[ClaimedMail, ...]:
    """The first of these mails, as many as may be in memory at once, but at least one; nothing is leased."""
    ids = [int(id) for id in mail_ids[:BATCH_MAILS]]
    sizes = {row.id: row.size for row in session.execute(select(Mail.id, Mail.size).where(Mail.id.in_(ids)))}
    chosen, total = list[int](), 0
    for id in ids:
        total += sizes[id]
        if chosen and total > most_bytes:
            break
        chosen.append(id)
    rows = session.execute(
        select(Mail.id, Mail.received_at, Mail.attempts, MailContent.raw)
        .join(MailContent, MailContent.mail_id == Mail.id)
        .where(Mail.id.in_(chosen))
        .order_by(Mail.id)
    )
    return tuple(ClaimedMail(str(row.id), decompress(row.raw), row.received_at, row.attempts) for row in rows)


def reports_by_mail(session: Session, mail_ids: Sequence[str]) -> dict[str, list[StoredReport]]:
    """All stored reports of these mails, each mail's in its own order."""
    found: dict[str, list[StoredReport]] = {}
    for some in chunked(map(int, mail_ids)):
        theirs = _STORED.where(Report.mail_id.in_(some)).order_by(Report.mail_id, Report.position)
        for row in session.execute(theirs):
            report = StoredReport(
                str(row.id),
                str(row.mail_id),
                row.position,
                str(row.incident_id),
                row.key_sha256,
                row.message_key,
                attribution_of(row),
            )
            found.setdefault(report.mail_id, []).append(report)
    return found


_STORED = select(
    Report.id,
    Report.mail_id,
    Report.position,
    Report.incident_id,
    Report.message_key,
    *ATTRIBUTION,
    Incident.key_sha256,
).join(Incident, Incident.id == Report.incident_id)


def _without_evidence(attribution: Attribution) -> tuple[object, ...]:
    one = attribution
    return one.ip, one.tenant, one.confidence, one.reason, one.route
