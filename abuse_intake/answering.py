"""Who is answered: whether a mail is acknowledged, by rules in a table; else the reason why not."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from parsers.addresses import domain_of
from parsers.recipient import recipient_key
from parsers.values import Correspondence, ReadMail

MAX_RECEIVED = 100
"""More Received lines than this are a loop."""
OWN_ID_PREFIX = "ack."
"""How the message ids of our acknowledgements begin."""

ROBOTS = frozenset(
    """mailer-daemon postmaster nobody daemon bounce bounces root mdaemon majordomo listserv autoreply auto-reply
    autoresponder""".split()
)
NO_REPLY = re.compile(r"(?:^|[-_.])(?:no|do[-_.]?not)[-_.]?reply(?:$|[-_.])")
ROBOT_PREFIXES = ("bounce-", "bounces-", "owner-")
ROBOT_SUFFIXES = ("-bounces", "-bounce", "-request", "-owner")
PRIVATE_DOMAINS = ("localhost", "local", "internal", "invalid", "localdomain", "test", "onion", "arpa")
ANSWERED_WITHOUT_EVIDENCE = "no_evidence"
ANSWERS_US = "answers_us"
ANSWERED_BEFORE = "answered_before"
"""Why who brings no evidence is not answered again so soon: else two programs would thank each other for ever."""


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who we are: the address that acknowledgements come from, all our addresses, the name that people know."""

    address: str
    addresses: tuple[str, ...]
    provider: str
    authserv_id: str | None = None

    def is_us(self, address: str) -> bool:
        """Whether an address is one of ours, in any case, with or without a +tag."""
        return recipient_key(address) in {recipient_key(own) for own in self.addresses}


@dataclass(frozen=True, slots=True)
class Question:
    """What the rules look at: one read mail, its sender, and who we are."""

    read: ReadMail
    ourselves: Ourselves
    is_authenticated: bool

    @property
    def reporter(self) -> str:
        return self.read.reporter or ""

    @property
    def correspondence(self) -> Correspondence:
        return self.read.correspondence


RULES: tuple[tuple[str, Callable[[Question], bool]], ...] = (
    ("quarantined", lambda q: q.read.disposition == "quarantined"),
    ("no_report_of_a_person", lambda q: not q.read.reports and q.read.reason != ANSWERED_WITHOUT_EVIDENCE),
    ("no_reporter", lambda q: q.read.reporter is None),
    ("null_return_path", lambda q: q.correspondence.return_path == ""),
    ("own_address", lambda q: q.ourselves.is_us(q.reporter)),
    ("reply_to_us", lambda q: any(q.ourselves.is_us(address) for address in q.correspondence.reply_to)),
    ("unroutable_domain", lambda q: not _can_be_public(q.reporter)),
    ("auto_submitted", lambda q: (q.correspondence.auto_submitted or "no") != "no"),
    ("bulk", lambda q: q.correspondence.precedence in ("bulk", "junk", "list")),
    ("mailing_list", lambda q: q.correspondence.has_list_id),
    ("asks_for_no_answer", lambda q: q.correspondence.has_autoreply),
    ("loop", lambda q: any(q.ourselves.is_us(address) for address in q.correspondence.x_loop)),
    ("too_many_hops", lambda q: q.correspondence.received_count > MAX_RECEIVED),
    ("robot", lambda q: is_robot(q.reporter)),
    (ANSWERS_US, lambda q: _brings_own_letter(q.read, q.ourselves)),
    (
        ANSWERS_US,
        lambda q: not has_evidence(q.read) and bool(find_own_references(q.correspondence, q.ourselves)),
    ),
    ("not_authenticated", lambda q: q.ourselves.authserv_id is not None and not q.is_authenticated),
)
"""Why nobody is answered; the first reason that holds is the one that is told."""


def find_reason_not_to_answer(read: ReadMail, ourselves: Ourselves, is_authenticated: bool) -> str | None:
    """The reason why this mail is not acknowledged, or None when its reporter is (DESIGN: who is acknowledged)."""
    question = Question(read, ourselves, is_authenticated)
    return next((reason for reason, holds in RULES if holds(question)), None)


def is_robot(address: str) -> bool:
    """Whether the local part is that of a program that reads no answers."""
    local = address.rpartition("@")[0].lower().partition("+")[0]
    is_list = local.startswith(ROBOT_PREFIXES) or local.endswith(ROBOT_SUFFIXES)
    return local in ROBOTS or is_list or NO_REPLY.search(local) is not None


def _can_be_public(address: str) -> bool:
    """Whether mail to it can cross the internet: no address literal, and a domain that is not for private use.

    A final dot is for the DNS: SMTP knows no such domain (RFC 5321, section 4.1.2).
    """
    if address.endswith("."):
        return False
    _, dot, top = (domain_of(address) or "").rpartition(".")
    return bool(dot) and top not in PRIVATE_DOMAINS and (top.isalpha() or top.startswith("xn--"))


def has_evidence(read: ReadMail) -> bool:
    """Whether anything reported came from somewhere: a quoted letter of ours has no route."""
    return any(report.origin_ip is not None for report in read.reports)


def _brings_own_letter(read: ReadMail, ourselves: Ourselves) -> bool:
    """Whether a reported message is an acknowledgement of ours: an answer would answer ourselves."""
    messages = [report.message for report in read.reports if report.message]
    return any(
        is_our_message_id(message.message_id, ourselves) and ourselves.is_us(message.from_address or "")
        for message in messages
    )


def find_own_references(correspondence: Correspondence, ourselves: Ourselves) -> tuple[str, ...]:
    """The acknowledgements of ours that a mail answers, by their message ids."""
    return tuple(one for one in correspondence.references if is_our_message_id(one, ourselves))


def is_our_message_id(message_id: str | None, ourselves: Ourselves) -> bool:
    """Whether an acknowledgement of ours has that id."""
    id = (message_id or "").strip("<> ").lower()
    return id.startswith(OWN_ID_PREFIX) and id.endswith(f"@{domain_of(ourselves.address)}")
