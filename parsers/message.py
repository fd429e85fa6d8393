"""A reported message: its tree, its values, its route."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from parsers import budget as limits
from parsers.budget import Budget
from parsers.dates import parse_date
from parsers.header_block import GLANCE_FIELDS, WRAPPING_NAMES, Header, skip_prologue, split_header
from parsers.headers import (
    cut_subject,
    decode_text,
    is_cut,
    message_id_as_written,
    raw_text,
)
from parsers.houses import house_of
from parsers.mime import Part, parse_message
from parsers.origin import Origin, Walk, conclude_origin, find_return_path, walk_down
from parsers.route import Route, read_route
from parsers.saved import unwrap
from parsers.senders import read_sender
from parsers.traces import read_traces
from parsers.values import Message, ReportFormat

HASHED_TEXT = 256 * 1024
GLANCE = 8 * 1024
TEXTS = 5

_BLANK = re.compile(rb"[\s]*\Z")
_META_CHARSET = re.compile(
    rb"<meta\s[^<>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE
)


@dataclass
class Reported:
    """A reported message with what its reading needs further: the tree, and the route; each is read when asked."""

    raw: bytes
    root: Part
    lines: int
    """How many Received lines may be read."""
    form: ReportFormat = "attached"
    """That of the file that it stood in: a report of it has the same."""

    @cached_property
    def message(self) -> Message:
        """Its values."""
        return _build(self.raw, self.root, self.route, find_return_path(self.route, self.walk))

    @cached_property
    def route(self) -> Route:
        """What its header tells of its way."""
        return read_route(self.root.header, self.lines)

    @cached_property
    def walk(self) -> Walk:
        """How far down the route is the receiving side's own word."""
        return walk_down(self.route)

    @cached_property
    def origin(self) -> Origin:
        """Where it came from, by its route alone."""
        return conclude_origin(self.route, walk=self.walk)

    @property
    def is_routed(self) -> bool:
        """Whether a hop of its route shows that it came from elsewhere."""
        return self.origin.hop is not None

    @cached_property
    def receivers(self) -> set[str]:
        """The houses, and the names, of the servers that received it."""
        lines = self.route.lines[: (self.origin.hop or 0) + 1]
        names = {line.hop.by_name.lower() for line in lines if line.hop.by_name}
        return names | {house for name in names if (house := house_of(name))}


def read_reported(raw: bytes, budget: Budget, form: ReportFormat = "attached") -> Reported | None:
    """The message that `raw` is, or None if it has no header that one knows (a redacted one, say)."""
    if not budget.take(limits.MESSAGES, 1):
        return None
    raw = unwrap(raw)
    root = parse_message(raw, budget)
    if _is_wrapped(root):
        raw = raw[root.body_start :]
        root = parse_message(raw, budget)
    if not root.header.count_known():
        return None
    if is_cut(root.header):
        budget.warn(limits.LONG_VALUE)
    return Reported(raw, root, budget.take(limits.HOPS, len(root.header.every("received"))), form)


def _is_wrapped(root: Part) -> bool:
    """Some senders repeat the part's own MIME header inside the part: the message begins behind it."""
    names = root.header.by_name.keys()
    return bool(names) and names <= WRAPPING_NAMES and begins_like_message(root.head(GLANCE).body())


def begins_like_message(content: bytes) -> bool:
    """Whether it begins with a header block that has a route, or a sender with a date or an id.

    Sendmail puts two fields on top, and the sender can push what else is known out of sight.
    """
    head = unwrap(content[:GLANCE])
    if head.lstrip().startswith(b"<"):  # a page or a document of XML that shows a header
        return False
    lower = head.lower()
    if b"received" not in lower and b"message-id" not in lower and b"subject" not in lower:
        return False  # most files: no header without any of these is a message's
    header, _ = split_header(head, skip_prologue(head, 0, len(head)), len(head), GLANCE_FIELDS)
    return is_message_header(header) or ("received" in header.by_name and header.count_known() > 1)


def is_message_header(header: Header) -> bool:
    """Whether these fields are those of a message: three known names, a route or an id among them."""
    names = header.by_name.keys()
    routed = "received" in names or "message-id" in names or {"from", "date", "subject"} <= names
    return routed and header.count_known() >= 3


def _build(raw: bytes, root: Part, route: Route, return_path: str | None) -> Message:
    header = root.header
    shown = (header.first("subject") or b"") + (header.first("from") or b"")
    charset = None if shown.isascii() else find_charset(root)
    sender = read_sender(header.first("from"), charset)
    message_id = message_id_as_written(header.first("message-id"))
    return Message(
        message_id=message_id,
        subject=cut_subject(decode_text(header.first("subject"), charset)),
        from_address=sender.address,
        from_name=sender.name,
        date=parse_date(raw_text(header.first("date"))),
        return_path=return_path,
        headers_only=bool(_BLANK.match(raw, root.body_start)),
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        hops=tuple(line.hop for line in route.lines),
        text_sha256=None if message_id else _hash_text(root),
        traces=read_traces(header),
        raw=raw,
    )


def find_charset(root: Part) -> str | None:
    """The charset that the message, or the first of its texts that names one, says it is written in.

    Raw 8-bit text in the header mostly is in it too; an HTML page may name it only itself.
    """
    texts = [part for part in root.parts if part.type.startswith("text/")][:TEXTS]
    declared = (part.content_type.parameters.get("charset") for part in (root, *texts))
    pages = (part for part in texts if part.type == "text/html")
    return next((charset for charset in declared if charset), None) or next(
        (charset for page in pages if (charset := _find_charset_of_page(page))), None
    )


def _find_charset_of_page(page: Part) -> str | None:
    found = _META_CHARSET.search(page.head(GLANCE).content())
    return found[1].decode("ascii") if found else None


def _hash_text(root: Part) -> str | None:
    """Of the first text in the message, decoded, its white space collapsed."""
    part = find_text(root)
    text = part.text() if part else ""
    return hashlib.sha256(" ".join(text[:HASHED_TEXT].split()).encode("utf-8")).hexdigest() if text else None


def find_text(root: Part) -> Part | None:
    """The first part with words that is no attachment, plain before any other."""
    texts = [part for part in root.parts if part.type.startswith("text/") or "/" not in part.type]
    own = [part for part in texts if part.disposition.name != "attachment"]
    plain = [part for part in own if part.type == "text/plain" or "/" not in part.type]
    return next((part for part in (*plain[:3], *own[:3], *texts[:3]) if part.text().strip()), None)
