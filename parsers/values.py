"""The values that reading a mail yields: what arrived, what it reports, and the route of each message.

All text in them is valid UTF-8 without NUL or lone surrogates; all times are aware and in UTC; a field
that is absent is None or empty, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from operator import attrgetter
from typing import Literal, TypeVar

IPAddress = IPv4Address | IPv6Address

Disposition = Literal["report", "not_a_report", "quarantined"]
ReportFormat = Literal["arf", "xarf", "attached", "inline", "outlook_msg", "tnef", "prose"]

T = TypeVar("T")


def _travels(cls: type[T]) -> type[T]:
    """Let values go from one process to another fast: as their class and its arguments, in order."""
    arguments = attrgetter(*(one.name for one in fields(cls)))  # type: ignore[arg-type]
    cls.__reduce__ = lambda self: (cls, arguments(self))  # type: ignore[method-assign]
    return cls


@_travels
@dataclass(frozen=True, slots=True)
class Hop:
    """One Received line (RFC 5321, section 4.4), as its server wrote it; the newest hop comes first."""

    from_name: str | None = None
    """The sending host's name: its reverse name where the server looked it up, else its HELO."""
    from_ip: IPAddress | None = None
    """The address that the server saw the mail come from; IPv4-mapped IPv6 as IPv4."""
    by_name: str | None = None
    """The server that wrote the line."""
    at: datetime | None = None


@_travels
@dataclass(frozen=True, slots=True)
class Trace:
    """A header field that tells who handled a message, or for whom, as it stands in its header."""

    name: str
    """As written."""
    value: str
    """Unfolded and trimmed, otherwise as written; a very long one is cut."""
    below: int = 0
    """How many Received lines stand above it; of a Received line, its index into `hops`."""


@_travels
@dataclass(frozen=True, slots=True)
class Message:
    """A reported message: the junk that a mail complains about."""

    message_id: str | None = None
    """As written, trimmed and unfolded; brackets are kept, or missing, as they are."""
    subject: str | None = None
    from_address: str | None = None
    from_name: str | None = None
    date: datetime | None = None
    return_path: str | None = None
    """The address of its Return-Path; the empty text is the null sender, None says that there was none."""
    headers_only: bool = False
    sha256: str = ""
    size: int = 0
    hops: tuple[Hop, ...] = ()
    text_sha256: str | None = None
    """Of a message without a Message-ID, the hash of the decoded text, white space collapsed: tells these apart."""
    traces: tuple[Trace, ...] = field(default=(), repr=False)
    """The header fields that attribution rests on (`parsers.traces`), topmost first."""
    raw: bytes = field(default=b"", repr=False)
    """The exact bytes of the reported message, after its transfer encoding was taken off."""


@_travels
@dataclass(frozen=True, slots=True)
class Report:
    """One complaint about one reported message (RFC 5965 for the fields that ARF names)."""

    format: ReportFormat
    feedback_type: str | None = None
    """Lower case; unknown values are kept."""
    source_ip: IPAddress | None = None
    """The `Source-IP` field as stated: a claim."""
    origin_ip: IPAddress | None = None
    """The address that we conclude from the route: public, or None."""
    origin_hop: int | None = None
    """Index into `message.hops` of the hop whose sender `origin_ip` is; None when it rests on no hop."""
    candidate_ips: tuple[IPAddress, ...] = ()
    arrival_date: datetime | None = None
    user_agent: str | None = None
    version: str | None = None
    original_mail_from: str | None = None
    original_rcpt_to: tuple[str, ...] = ()
    reporting_mta: str | None = None
    reported_domains: tuple[str, ...] = ()
    reported_uris: tuple[str, ...] = ()
    authentication_results: tuple[str, ...] = ()
    incidents: int = 1
    extensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Fields that have no place above, by name as first written, with all their values in order."""
    category: str | None = None
    type: str | None = None
    message: Message | None = None
    text_sha256: str | None = None
    """Hash of the machine-readable part: tells reports apart that bring no message."""
    own_ips: tuple[IPAddress, ...] = ()
    """Those of `candidate_ips` that a complaint in prose calls its sender's own, or an attack's target."""
    is_hearsay: bool = False
    """It stood in a complaint that only what its own sender wrote tells from junk: it may be made up."""


@_travels
@dataclass(frozen=True, slots=True)
class Correspondence:
    """What the arriving mail's own header says that decides whether, and how, it is answered."""

    subject: str | None = None
    message_id: str | None = None
    """One strictly checked ASCII msg-id with its brackets (RFC 5322, section 3.6.4), else None."""
    date: datetime | None = None
    return_path: str | None = None
    """The empty text is the null sender; None says that there was no Return-Path."""
    reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """The msg-ids of In-Reply-To and References that pass the same strict check."""
    auto_submitted: str | None = None
    """The keyword of Auto-Submitted (RFC 3834), lower case, without parameters."""
    precedence: str | None = None
    has_list_id: bool = False
    has_autoreply: bool = False
    """X-Autoreply is there, or X-Auto-Response-Suppress names AutoReply or All."""
    x_loop: tuple[str, ...] = ()
    received_count: int = 0
    authentication_results: tuple[str, ...] = ()
    """Raw values of Authentication-Results, unfolded, topmost first."""
    mail_program: str | None = None
    """The program that it was written with, as `parsers.mail_programs` calls it."""


@_travels
@dataclass(frozen=True, slots=True)
class ReadMail:
    """How one mail is read: its disposition with a reason, who reports, and the reports in it."""

    sha256: str
    size: int
    disposition: Disposition
    reason: str | None = None
    """A short code that says why it is not a report; None for a report."""
    reporter: str | None = None
    """The address in From: one strict ASCII addr-spec as written, else None."""
    warnings: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    correspondence: Correspondence = field(default_factory=Correspondence)
