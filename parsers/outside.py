"""A mail without what it encloses: what is looked at to tell whether it is a report."""

from dataclasses import dataclass
from functools import cached_property

from parsers import robots
from parsers.addresses import domain_of, is_at_or_below
from parsers.budget import WORDS
from parsers.feedback import is_feedback_report
from parsers.header_block import GLANCE_FIELDS, Header, split_header
from parsers.headers import (
    display_name,
    first_address,
    parse_mailboxes,
    parse_return_path,
    raw_text,
)
from parsers.html_text import read_words
from parsers.inline import cut_pasted
from parsers.message import Reported, find_text
from parsers.mime import Part
from parsers.subjects import is_forward, read_subject


@dataclass
class Outside:
    """What the detectors look at; each value is read once, when asked."""

    root: Part
    enclosed: tuple[Reported, ...] = ()
    """The messages in it: those attached, or else, in a reported message, those pasted."""

    @property
    def encloses_route(self) -> bool:
        """Whether a message is attached that came from elsewhere: that is evidence, which words do not beat."""
        return any(message.is_routed for message in self.enclosed)

    @cached_property
    def types(self) -> frozenset[str]:
        """Those of all parts."""
        return frozenset(part.type for part in self.root.parts)

    @cached_property
    def subject(self) -> str:
        """The decoded subject."""
        return _tidy(read_subject(self.root))

    @cached_property
    def sender(self) -> str:
        """The address that it is from, lower case; the empty text if none is named."""
        return (first_address(self.root.header.first("from")) or "").lower()

    @cached_property
    def text(self) -> str:
        """The beginning of its first text."""
        part = find_text(self.root)
        text = read_words(part, WORDS.of_one) if part else ""
        return text[: self.root.budget.take(WORDS, len(text))]

    @cached_property
    def _cut(self) -> tuple[str, bytes | None]:
        return cut_pasted(self.text)

    @property
    def own_text(self) -> str:
        """The text above a pasted message: the words of the sender, not of the junk."""
        return self._cut[0]

    @cached_property
    def own_words(self) -> str:
        """The same without its lines, which programs break anywhere."""
        return _tidy(self.own_text)

    @cached_property
    def pasted(self) -> Header | None:
        """The header of the first message pasted into the text."""
        raw = self._cut[1]
        return split_header(raw, 0, len(raw), GLANCE_FIELDS)[0] if raw else None

    @property
    def shows_route_in_text(self) -> bool:
        """Whether the message that is pasted into the text has its route."""
        return self.pasted is not None and bool(self.pasted.every("received"))

    @cached_property
    def shows_route(self) -> bool:
        """Whether the route of a message can be seen, attached or pasted."""
        return self.encloses_route or self.shows_route_in_text

    @cached_property
    def is_passed_on(self) -> bool:
        """Whether it shows a message, or is a forward of one: its parts and words may be those of the junk."""
        return self.encloses_route or self.is_forward or self.pasted is not None

    @cached_property
    def is_forward(self) -> bool:
        """Whether its subject says that somebody forwarded it."""
        return is_forward(self.subject)

    @property
    def is_multipart_report(self) -> bool:
        """Whether the mail itself is a report to programs (RFC 6522)."""
        return self.root.type == "multipart/report"

    @cached_property
    def local_parts(self) -> tuple[str, ...]:
        """Those of its sender and its return path, lower case; none where no sender is named."""
        boxes = parse_mailboxes(self.root.header.first("from"))
        if not any(box.address for box in boxes):
            return ()
        return local_part(boxes[0].address), local_part(self.return_path or "")

    @cached_property
    def return_path(self) -> str | None:
        """The empty text is the null sender."""
        return parse_return_path(self.root.header.first("return-path"))

    @property
    def is_daemon(self) -> bool:
        """Whether its sender is one that only programs write as."""
        return bool(self.local_parts) and robots.DAEMON_LOCAL_PARTS.is_in(self.local_parts[0])

    @cached_property
    def is_mail_system(self) -> bool:
        """Whether a program wrote it beyond doubt: no sender, a null return path, or an automatic reply."""
        if not self.local_parts or self.return_path == "" or self.is_automatic:
            return True
        return any(robots.DAEMON_LOCAL_PARTS.is_in(part) for part in self.local_parts)

    @cached_property
    def is_robot(self) -> bool:
        """Whether a mail system seems to have written it, by its address or its name."""
        if self.is_mail_system or robots.ROBOT_LOCAL_PARTS.is_in(self.local_parts[0]):
            return True
        return robots.ROBOT_NAMES.is_in(display_name(self.root.header.first("from")) or "")

    @cached_property
    def is_automatic(self) -> bool:
        """Whether a program answered to a mail (RFC 3834, section 5)."""
        is_marked = self.has("x-autoreply", "x-autorespond") or self.says("precedence") == "auto_reply"
        return is_marked or self._submitted.startswith("auto-replied")

    @property
    def is_generated(self) -> bool:
        """Whether a program wrote it, by its own word."""
        return self._submitted not in ("", "no")

    @property
    def _submitted(self) -> str:
        return self.says("auto-submitted").partition(";")[0].strip()

    @cached_property
    def sounds_like_report(self) -> bool:
        """Whether it calls itself a report, or has words of those who report; `weighing.is_complaint` weighs more."""
        return (
            is_feedback_report(self.root)
            or robots.COMPLAINTS.is_in(self.subject)
            or robots.COMPLAINTS.is_in(self.own_words)
        )

    def is_from(self, domains: tuple[str, ...]) -> bool:
        """Whether its sender is in one of these domains, or below it."""
        domain = domain_of(self.sender) or ""
        return any(is_at_or_below(domain, known) for known in domains)

    def has(self, *names: str) -> bool:
        """Whether it has one of these header fields."""
        return any(name in self.root.header.by_name for name in names)

    def says(self, name: str) -> str:
        """The value of a header field, lower case; the empty text if it is absent."""
        return raw_text(self.root.header.first(name))[:1000].lower()


def local_part(address: str) -> str:
    """What stands before the at sign, lower case."""
    return address.partition("@")[0].strip(" <>\"'").lower()


def _tidy(text: str) -> str:
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
