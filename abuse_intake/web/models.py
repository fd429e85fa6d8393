"""The forms of answers, for the OpenAPI document; `as_json` makes them, and a test holds both together."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from parsers.values import Disposition
from storage.values import Confidence, IncidentStatus, ObjectKind, OutboxState, Route

AT = "2026-11-02T10:00:00+00:00"


class Form(BaseModel):
    """Every field is there always, and no other."""

    model_config = ConfigDict(extra="forbid")


class Evidence(Form):
    """What one source says about the origin; `verified` = by cryptography."""

    source: str
    value: str
    tenant: str | None
    verified: bool
    detail: str
    lines: list[str]


class Attribution(Form):
    """To whom a report is attributed, how sure, and why."""

    ip: str | None = Field(examples=["192.0.2.1"])
    tenant: str | None = Field(examples=["contoso"])
    confidence: Confidence
    reason: str | None
    route: Route
    evidence: list[Evidence]


class Correction(Form):
    """A tenant corrected by hand; null = nobody of ours."""

    tenant: str | None
    by: str
    at: AwareDatetime
    note: str | None


class Incident(Form):
    """The reports about one message of one origin."""

    id: str = Field(examples=["17"])
    tenant: str | None = Field(description="whom it counts against", examples=["contoso"])
    attributed_tenant: str | None = Field(description="what the evidence says")
    correction: Correction | None
    ip: str | None = Field(examples=["192.0.2.1"])
    confidence: Confidence
    reason: str | None
    route: Route
    feedback_type: str | None = Field(examples=["abuse"])
    status: IncidentStatus
    subject: str | None = Field(description="strangers wrote it")
    message_id: str | None
    from_: str | None = Field(alias="from")
    report_count: int
    reporter_count: int
    authenticated_reporter_count: int
    first_seen: AwareDatetime = Field(examples=[AT])
    last_seen: AwareDatetime = Field(examples=[AT])
    evidence: list[Evidence]


class Hop(Form):
    """A Received line."""

    from_name: str | None
    from_ip: str | None
    by_name: str | None
    at: AwareDatetime | None


class Message(Form):
    """The reported message, without its bytes."""

    message_id: str | None
    subject: str | None
    from_: str | None = Field(alias="from")
    from_name: str | None
    date: AwareDatetime | None
    headers_only: bool
    sha256: str | None
    size: int
    hops: list[Hop]


class ReadReport(Form):
    """A report as `parse` reads it."""

    format: str
    feedback_type: str | None
    source_ip: str | None
    origin_ip: str | None
    candidate_ips: list[str]
    arrival_date: AwareDatetime | None
    user_agent: str | None
    version: str | None
    original_mail_from: str | None
    original_rcpt_to: list[str]
    reporting_mta: str | None
    reported_domains: list[str]
    reported_uris: list[str]
    authentication_results: list[str]
    incidents: int | None
    extensions: dict[str, list[str]]
    category: str | None
    type: str | None
    message: Message | None


class Report(BaseModel):
    """A stored report: its ids, what `parse` read at the time (as `ReadReport`), its attribution."""

    model_config = ConfigDict(extra="allow")

    id: str
    mail_id: str
    incident_id: str
    reporter: str | None
    received_at: AwareDatetime
    attribution: Attribution


class HistoryEntry(Form):
    """One change of an incident."""

    at: AwareDatetime
    actor: str
    action: str
    detail: dict[str, Any]


class IncidentInFull(Incident):
    """An incident with its reports (the best 500; `report_count` says how many there are) and its history."""

    reports: list[Report]
    history: list[HistoryEntry]


class IncidentPage(Form):
    """Some incidents; `next_cursor` leads to those after them, null = there are no more."""

    items: list[Incident]
    next_cursor: str | None


class MessageView(Form):
    """All that the reported message holds, or null where the mail brings none."""

    full: dict[str, Any] | None


class Decided(Form):
    """Which incidents a decision changed."""

    changed: list[str]
    unchanged: list[str] = Field(description="what was decided is so already")


class JunkCount(Form):
    """Junk of one tenant, network or subject in a span of days, and in as many days before."""

    key: str | None = Field(description="null = nobody's, or unknown")
    incidents: int
    reports: int
    incidents_before: int
    reports_before: int
    rise: int


class DayCount(Form):
    """Junk that began on one day (UTC)."""

    day: date
    incidents: int
    reports: int


class JunkCounts(Form):
    """Those with the most reports, or that rise most; both days inclusive."""

    first: date
    last: date
    items: list[JunkCount]


class Counts(Form):
    """Every day, or those with the most reports; both days inclusive."""

    first: date
    last: date
    items: list[DayCount] | list[JunkCount]


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


class Mails(Form):
    """Mails, newest first."""

    items: list[Mail]


class Acknowledgements(Form):
    """Acknowledgements, newest first."""

    items: list[Acknowledgement]


class ReadMail(Form):
    """How a mail is read."""

    input: str
    sha256: str
    size: int
    disposition: Disposition
    reason: str | None
    reporter: str | None
    warnings: list[str]
    reports: list[ReadReport]


class ReportAttribution(Attribution):
    """The attribution of one report of a mail."""

    report: int
    message_id: str | None


class AttributedMail(Form):
    """To whom the reports of a mail are attributed."""

    input: str
    disposition: Disposition
    reason: str | None
    attributions: list[ReportAttribution]


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


class IncidentCounts(Form):
    """How many incidents there are of each kind."""

    incidents: int
    by_status: dict[str, int]
    by_confidence: dict[str, int]


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
