"""The forms of mails, acknowledgements, tenants, statistics and the audit log."""

from typing import Any

from pydantic import AwareDatetime, Field

from abuse_intake.web.models.form import Form
from abuse_intake.web.models.incidents import Incident
from abuse_intake.web.models.reports import Report
from parsers.values import Disposition
from storage.values import ObjectKind, OutboxState


class Mail(Form):
    """A mail that arrived."""

    id: str
    sha256: str
    size: int
    received_at: AwareDatetime
    mailbox: str
    disposition: Disposition | None
    reason: str | None
    reporter: str | None
    subject: str | None
    attempts: int
    incident_ids: list[str]
    warnings: list[str]
    unanswered_reason: str | None


class Delivery(Form):
    """One place where a mail lay."""

    mailbox: str
    validity: int
    uid: str
    seen_at: AwareDatetime
    filed_at: AwareDatetime | None
    folder: str | None


class Acknowledgement(Form):
    """A reply to a reporter."""

    id: str
    mail_id: str
    to: str
    state: OutboxState
    attempts: int
    next_attempt_at: AwareDatetime | None
    message_id: str
    last_error: str | None
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class MailInFull(Mail):
    """A mail with what it reports, where it lay, and what was answered."""

    reference: str = Field(examples=["4F2A-91C0-77BE"])
    reports: list[Report]
    deliveries: list[Delivery]
    acknowledgement: Acknowledgement | None


class Retried(Form):
    """A mail before and after it was read again."""

    before: Mail
    after: Mail


class Mails(Form):
    """Mails, newest first."""

    items: list[Mail]
    next_cursor: str | None


class Acknowledgements(Form):
    """Acknowledgements, newest first."""

    items: list[Acknowledgement]
    next_cursor: str | None


class Allocation(Form):
    """A network that a tenant holds."""

    network: str
    since: AwareDatetime | None
    until: AwareDatetime | None


class Tenant(Form):
    """A customer of the provider: a line of the directory."""

    id: str
    name: str
    domains: list[str]
    external_ids: list[str]
    abuse_contact: str | None
    allocations: list[Allocation]


class Imported(Form):
    """What became of a directory that was sent."""

    tenants: int
    warnings: list[str] = Field(description="what is doubtful in it")
    in_force: bool = Field(description="false where tenants.directory names a file, which is used instead")


class IncidentCounts(Form):
    """How many incidents there are of each kind."""

    incidents: int
    by_status: dict[str, int]
    by_confidence: dict[str, int] = Field(
        description="without those by hand: their evidence speaks of another"
    )
    by_hand: int = Field(description="those that an analyst moved to this tenant")


class TenantIncidents(Form):
    """What a tenant's incidents amount to; those without junk never count against it."""

    junk: IncidentCounts
    without_junk: IncidentCounts
    first_seen: AwareDatetime | None
    last_seen: AwareDatetime | None
    newest: list[Incident]


class TenantInFull(Tenant):
    """A tenant with its incidents."""

    incidents: TenantIncidents


class Statistics(Form):
    """Counts of everything."""

    mails: dict[str, int]
    incidents: dict[str, int]
    outbox: dict[str, int]
    oldest_waiting_seconds: float | None


class AuditLine(Form):
    """Who changed what, or looked at a raw mail."""

    id: str
    at: AwareDatetime
    actor: str
    via: str
    action: str
    object_kind: ObjectKind
    object_id: str | None
    detail: dict[str, Any]


class Audit(Form):
    """Lines of the audit log, newest first."""

    items: list[AuditLine]
    next_cursor: str | None
