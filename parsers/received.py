"""Received lines → hops: what the server saw comes before what the sender said (RFC 5321, 4.4)."""

import re
from dataclasses import dataclass

from parsers.addresses import parse_ip
from parsers.headers import parse_date, raw_text
from parsers.values import Hop, IPAddress

VALUE_BYTES = 3000
TOKENS = 150

_TOKEN = re.compile(r'[()]|"[^"()]{0,500}"|\[[^\[\]()\s]{0,100}\]|[^()\s]{1,500}')
_CLAUSES = frozenset({"by", "via", "with", "id", "for"})
_BRACKETED = re.compile(r"\[((?:IPv6:)?[0-9a-f:.]{2,45})\](?::\d{1,5})?", re.IGNORECASE)
_HELO = re.compile(
    r"\b(?:helo=|(?:helo|ehlo|lhlo)\s{1,3})(\[[^\[\]\s]{0,100}\]|[^\s)]{1,300})", re.IGNORECASE
)
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253})$")
_FETCHED = re.compile(r"(?:lmtps?a?|pop3s?|imaps?)$", re.IGNORECASE)
_NO_NAME = frozenset({"unknown", "unverified", "unavailable", "localhost.localdomain.invalid"})


@dataclass(frozen=True, slots=True)
class Line:
    """One Received line, with what decides whether its sender is a host of the receiver."""

    hop: Hop
    verified: bool = False
    """The sender's name is a reverse name that the server looked up, not what the sender said."""
    by_ip: IPAddress | None = None
    is_fetched: bool = False
    """It came by a protocol that no stranger speaks to the receiver: LMTP, or fetched from a mailbox."""


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words of one clause, in order, and the comments among them."""

    words: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


def parse_received(value: bytes) -> Line:
    """The hop that a Received line tells of, in the forms of all common servers."""
    text = raw_text(value[:VALUE_BYTES])
    route, _, date = text.rpartition(";")
    at = parse_date(date if route else text)
    clauses = _split_clauses(route or text)
    sender, receiver = clauses.get("from", _Clause()), clauses.get("by", _Clause())
    ip = _find_sender_ip(sender)
    name, verified = _find_sender_name(sender)
    hop = Hop(name, ip, _find_receiver(receiver), at)
    return Line(hop, verified, _find_receiver_ip(receiver), _is_fetched(clauses.get("with", _Clause())))


def _is_fetched(protocol: _Clause) -> bool:
    return bool(protocol.words) and bool(_FETCHED.match(protocol.words[0]))


def _split_clauses(text: str) -> dict[str, _Clause]:
    """The first clause of each keyword; the word behind a keyword is its value, even `from by`."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    words: list[str] = []
    comments: list[str] = []
    comment: list[str] = []
    depth = 0
    fresh = False
    for _, match in zip(range(TOKENS), _TOKEN.finditer(text), strict=False):
        token = match[0]
        if token in "()":
            depth = max(0, depth + (1 if token == "(" else -1))
            if depth == 0 and comment:
                comments.append(" ".join(comment))
                comment = []
            fresh = False
        elif depth:
            comment.append(token)
        elif not fresh and (token.lower() in _CLAUSES or (token.lower() == "from" and not found)):
            words, comments = [], []
            found.setdefault(token.lower(), (words, comments))
            fresh = True
        else:
            words.append(token)
            fresh = False
    return {keyword: _Clause(tuple(w), tuple(c)) for keyword, (w, c) in found.items()}


def _find_sender_ip(sender: _Clause) -> IPAddress | None:
    """What the server saw stands in a comment, or behind the name; a bare address as the name comes last."""
    seen = [ip for comment in sender.comments if (ip := _ip_of_comment(comment))]
    if seen:
        # qmail and its kin write the HELO in a comment of its own, before the one with the address.
        return seen[-1] if any(_HELO.match(comment) for comment in sender.comments) else seen[0]
    for word in (*sender.words[1:2], *sender.words[:1]):
        bracketed = _BRACKETED.search(word)
        if ip := parse_ip(bracketed[1]) if bracketed else parse_ip(word):
            return ip
    return None


def _ip_of_comment(comment: str) -> IPAddress | None:
    """The last bracketed address (a reverse name can hold brackets), else a comment that is an address."""
    comment = _HELO.sub(" ", comment)
    bracketed = _BRACKETED.findall(comment)
    if bracketed:
        return parse_ip(bracketed[-1])
    for word in comment.split()[:4]:
        if ip := parse_ip(word.rpartition("@")[2]):
            return ip
    return None


def _find_sender_name(sender: _Clause) -> tuple[str | None, bool]:
    """The reverse name and True, else the name that the sender gave and False."""
    first = sender.words[0] if sender.words else ""
    helo = next((found[1] for comment in sender.comments if (found := _HELO.search(comment))), None)
    reverse = _reverse_name(sender.comments)
    if reverse:
        return reverse, True
    if helo and _is_name(first):
        return _host(first), True  # Exim, qmail: the reverse name first, the HELO in a comment
    return _host(helo or first), False


def _reverse_name(comments: tuple[str, ...]) -> str | None:
    """Postfix and Sendmail write the reverse name before the bracketed address."""
    for comment in comments:
        comment = _HELO.sub(" ", comment)
        bracketed = list(_BRACKETED.finditer(comment))
        before = comment[: bracketed[-1].start()].split() if bracketed else []
        if before and "forged" not in comment and _is_name(name := before[-1].rpartition("@")[2]):
            return _host(name)
    return None


def _is_name(word: str) -> bool:
    return bool(_HOST.match(word)) and word.lower() not in _NO_NAME and parse_ip(word) is None


def _host(word: str) -> str | None:
    bracketed = _BRACKETED.search(word)
    if bracketed and bracketed.start() > 0:
        word = word[: bracketed.start()]
    word = word.strip("\"'<>,;").rstrip(".")
    return word[:255] if word and word.lower() not in _NO_NAME else None


def _find_receiver(receiver: _Clause) -> str | None:
    return _host(receiver.words[0]) if receiver.words else None


def _find_receiver_ip(receiver: _Clause) -> IPAddress | None:
    texts = (*receiver.comments[:2], *receiver.words[:1])
    return next((ip for text in texts if (ip := parse_ip(text))), None)
