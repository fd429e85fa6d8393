"""The forms of reports, and of mails as they are read."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from abuse_intake.web.models.form import Form
from parsers.values import Disposition
from storage.values import Confidence, Route


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
