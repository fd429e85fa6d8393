"""The values that go into the store and come out of it; no ORM row leaves the room.

Ids are short decimal texts that stay; times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Generic, Literal, TypeVar

from parsers.values import Disposition, IPAddress, ReadMail

Confidence = Literal["proven", "corroborated", "stated", "unattributed"]
Route = Literal["ours", "elsewhere"]
IncidentStatus = Literal["new", "open", "confirmed", "dismissed", "resolved"]
OutboxState = Literal["waiting", "sending", "sent", "failed", "outcome_unknown"]
IPNetwork = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mail lies in its mailbox: UIDVALIDITY and UID; for a file a number of mtime and inode, and its name."""

    validity: int
    uid: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as fetched from one place, to be kept."""

    place: Place
    raw: bytes = field(repr=False)
    sha256: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One place of a kept mail; `disposition` is the mail's, None while it is unread."""

    id: str
    mail_id: str
    place: Place
    disposition: Disposition | None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """A mail that this worker has leased to read; `attempts` counts this one when it is read on its own."""

    id: str
    raw: bytes = field(repr=False)
    received_at: datetime
    attempts: int
    is_exhausted: bool = False
    """So many workers died over it that it is not to be read again; this claim counted no attempt."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one source says about the origin of a reported message."""

    source: str
    value: str
    tenant: str | None
    verified: bool
    """Whether cryptography covers it; all else rests on the word of whoever reported it."""
    detail: str
    """A sentence that an analyst can check."""
    lines: tuple[str, ...] = ()
    """The header lines that it stands on, unfolded: `Received: from …`."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Report → tenant and address, with how sure and why; `reason` says why there is no tenant."""

    ip: IPAddress | None
    tenant: str | None
    confidence: Confidence
    reason: str | None
    route: Route
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class NewAcknowledgement:
    """A rendered acknowledgement for the outbox: finished bytes, and from when it may be delivered."""

    to: str
    message_id: str
    content: bytes = field(repr=False)
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that reading one mail led to, recorded at once; `attributions` pair with `read.reports`."""

    mail_id: str
    read: ReadMail
    attributions: tuple[Attribution, ...] = ()
    reporter_authenticated: bool = False
    acknowledgement: NewAcknowledgement | None = None
    unanswered_reason: str | None = None
    """Why nobody is acknowledged, a short code; None when `acknowledgement` is there."""


@dataclass(frozen=True, slots=True)
class DueAcknowledgement:
    """An acknowledgement leased for delivery. `stage` is what an earlier, dead delivery had reached."""

    id: str
    mail_id: str
    to: str
    message_id: str
    content: bytes = field(repr=False)
    attempts: int
    created_at: datetime
    data_sent: bool
    """An earlier attempt committed that all data was sent, and died before it knew the answer."""


@dataclass(frozen=True, slots=True)
class AcknowledgementRecord:
    """An acknowledgement as the outbox lists it."""

    id: str
    mail_id: str
    to: str
    state: OutboxState
    attempts: int
    next_attempt_at: datetime | None
    message_id: str
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A kept mail as lists show it."""

    id: str
    sha256: str
    size: int
    received_at: datetime
    mailbox: str
    disposition: Disposition | None
    reason: str | None
    reporter: str | None
    subject: str | None
    attempts: int
    incident_ids: tuple[str, ...]
    warnings: tuple[str, ...]
    unanswered_reason: str | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One place where a mail lay, and where it was filed."""

    mailbox: str
    place: Place
    seen_at: datetime
    filed_at: datetime | None
    folder: str | None


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """A stored report: its JSON as `parse` prints it, and its attribution as `attribute` does."""

    id: str
    mail_id: str
    position: int
    incident_id: str
    reporter: str | None
    received_at: datetime
    fields: Mapping[str, Any]
    attribution: Attribution


@dataclass(frozen=True, slots=True)
class Correction:
    """A tenant corrected by hand; None = nobody of ours, whatever the evidence says."""

    tenant: str | None
    by: str
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    """An incident as lists show it; it shows what its best-proven, then earliest report says."""

    id: str
    tenant: str | None
    """Whom it counts against: as corrected by hand, else as attributed."""
    attributed_tenant: str | None
    """What the evidence says; `confidence`, `reason` and `evidence` speak of it."""
    correction: Correction | None
    ip: IPAddress | None
    confidence: Confidence
    reason: str | None
    route: Route
    feedback_type: str | None
    status: IncidentStatus
    subject: str | None
    message_id: str | None
    from_address: str | None
    report_count: int
    reporter_count: int
    authenticated_reporter_count: int
    first_seen: datetime
    last_seen: datetime
    evidence: tuple[Evidence, ...] = ()
    category: str | None = None
    """What it is about, as a XARF report states it; None for ordinary reports of mail."""
    type: str | None = None
    arrived_at: datetime | None = None
    """When the message arrived that was reported, or what was reported happened; None where no report says so."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of an incident: when, by whom (`intake` for the program), what."""

    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Allocation:
    """A network that a tenant holds from `since` (inclusive) until `until` (exclusive), None = unbounded."""

    network: IPNetwork
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """A customer of the provider, with all that mail can be recognised by."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    abuse_contact: str | None = None
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentCount:
    """How many incidents of one kind there are; without junk are those of `not-spam` and the like."""

    has_junk: bool
    status: IncidentStatus
    confidence: Confidence
    """What the evidence says."""
    number: int
    by_hand: bool = False
    """Whether they count against this tenant by an analyst's word, whatever the evidence says."""


@dataclass(frozen=True, slots=True)
class TenantIncidents:
    """What one tenant's incidents amount to; without any there is no time."""

    counts: tuple[IncidentCount, ...]
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents; None and empty mean any. `network` holds for --ip and --cidr alike."""

    tenant: str | None = None
    network: IPNetwork | None = None
    status: IncidentStatus | None = None
    confidence: Confidence | None = None
    feedback_type: str | None = None
    route: Route | None = None
    since: datetime | None = None
    """last_seen at or after."""
    until: datetime | None = None
    """first_seen before."""
    search: str | None = None
    """Part of the subject, Message-ID or From, literally, in any case."""
    subject: str | None = None
    """Words that must all stand in the subject, literally, in any case and order."""
    message_id: str | None = None
    """The whole Message-ID, with or without its brackets."""
    reporter: str | None = None
    """Address of somebody who reported it, in any case."""
    corrected: bool = False
    """Only incidents whose tenant was corrected by hand."""
    emptied: bool = False
    """Only incidents that lost all their reports to others, which are left out else: nothing speaks for them."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts for `stats`; `unread` mails are kept but not read yet."""

    mails: Mapping[str, int]
    incidents: Mapping[str, int]
    outbox: Mapping[str, int]
    oldest_waiting_seconds: float | None


IncidentOrder = Literal["newest", "most_reported", "first_seen"]
"""Falling: by the last report, by the number of reports, by the first report; then by id."""


RecordT = TypeVar("RecordT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RecordT]):
    """Some of a list in order, and where the next page begins; None = there are no more."""

    records: tuple[RecordT, ...]
    cursor: str | None


CountedKind = Literal["tenant", "network", "subject"]
"""What junk is counted by. A network is the /24 or the /48 of the address; a subject is told without its numbers."""


@dataclass(frozen=True, slots=True)
class JunkCount:
    """Incidents with junk that were first seen in a span of days, and their reports."""

    key: str | None
    """The tenant's id, the network, or a subject as one of the incidents has it; None = nobody's, or unknown."""
    incidents: int
    reports: int
    incidents_before: int
    """In as many days before."""
    reports_before: int

    @property
    def rise(self) -> int:
        """How many more reports than before."""
        return self.reports - self.reports_before


@dataclass(frozen=True, slots=True)
class DayCount:
    """Incidents with junk that were first seen on one day (UTC), and their reports."""

    day: date
    incidents: int
    reports: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes or looks at something, and through what."""

    name: str
    via: Literal["terminal", "api", "web"]


ObjectKind = Literal["incident", "mail", "tenants", "outbox", "token"]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Lines of the audit log; all that is given must hold."""

    actor: str | None = None
    object_kind: ObjectKind | None = None
    object_id: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line of the audit log."""

    id: str
    at: datetime
    actor: str
    via: str
    action: str
    object_kind: ObjectKind
    object_id: str | None
    detail: Mapping[str, Any]


Role = Literal["reader", "analyst"]


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """A token without its secret."""

    id: str
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
