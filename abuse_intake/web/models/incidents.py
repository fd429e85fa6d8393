"""The forms of incidents, decisions and counts."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from abuse_intake.web.models.form import Form
from abuse_intake.web.models.reports import Evidence, Report
from storage.values import Confidence, IncidentStatus, Route

AT = "2026-11-02T10:00:00+00:00"


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
    category: str | None = Field(description="XARF's, null for others", examples=["connection"])
    type: str | None = Field(description="XARF's, null for others", examples=["port_scan"])
    status: IncidentStatus
    subject: str | None = Field(description="strangers wrote it")
    message_id: str | None
    from_: str | None = Field(alias="from")
    report_count: int
    reporter_count: int
    authenticated_reporter_count: int
    first_seen: AwareDatetime = Field(examples=[AT])
    last_seen: AwareDatetime = Field(examples=[AT])
    arrived_at: AwareDatetime | None = Field(
        description="when the reported message arrived: then a tenant had the address", examples=[AT]
    )
    evidence: list[Evidence]


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
