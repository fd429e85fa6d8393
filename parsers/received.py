"""Received lines → hops: what the server saw comes before what the sender said (RFC 5321, 4.4)."""

import re
from dataclasses import dataclass

from parsers.addresses import parse_ip
from parsers.dates import parse_date
from parsers.headers import raw_text
from parsers.values import Hop, IPAddress

VALUE_BYTES = 3000
TOKENS = 100

_TOKEN = re.compile(r'[()]|"[^"()]*"|[^()\s]+')
_CLAUSES = frozenset({"by", "via", "with", "id", "for"})
_BRACKETED = re.compile(r"\[((?:IPv6:)?[0-9a-f:.]{2,45})\](?::\d{1,5})?", re.IGNORECASE)
_LITERAL = re.compile(r"\[[^\[\]]*\](?::\d{1,5})?")
_HELO_WORDS = frozenset({"helo", "ehlo", "lhlo"})
_SAID = _HELO_WORDS | {"account", "auth", "authenticated", "envelope-from", "envelope-sender", "ident"}
"""Words behind which a server repeats what the sender said: Exim, CommuniGate, qmail, Postfix's logins."""
_SAID_WORD = re.compile(r'"?(?!ident:\S)([a-z-]{2,20})(?:(=)|:|$)', re.IGNORECASE)
"""One of them, or any name with its value; but `IDENT:user@host` is Sendmail's name of the host."""
_MENTIONS_ADDRESS = re.compile(r"[\[%]|::|\d\.\d{1,3}\.")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253})$")
_FETCHED = frozenset(
    {"lmtp", "lmtps", "lmtpa", "lmtpsa", "pop3", "pop3s", "pop3-ssl", "imap", "imaps", "imap4-ssl"}
)
_HANDED_OVER = frozenset({"http", "https", "mapi", "local"})
_INNER_PROGRAMS = ("mailgateway ", "mailnotify ")
"""iCloud's last steps, which only its own hosts reach."""
_INNER_PROXIES = ("lmtpproxy", "meproxy")
"""Fastmail's, which speak LMTP."""
_PROGRAMS = frozenset({"simscan"})
"""What stands after `by` in place of a host: a filter that notes a step of its own."""
_UNCONFIRMED = ("haraka", "opensmtpd")
"""Servers that write the reverse name in Postfix's place, and do not look up whether it leads back."""
_EXIM = ("exim ",)
_NO_NAME = frozenset({"unknown", "unverified", "unavailable"})


@dataclass(frozen=True, slots=True)
class Line:
    """One Received line, with what decides whether its sender is a host of the receiver."""

    hop: Hop
    verified: bool = False
    """The sender's name is a reverse name that leads back to its address, not what the sender said."""
    by_ip: IPAddress | None = None
    helo: str | None = None
    """The name that the sender gave itself."""
    has_sender: bool = True
    """It has a `from`: a host handed the mail over. Otherwise a server notes a step of its own."""
    is_fetched: bool = False
    """It came by a protocol that no stranger speaks to the receiver: LMTP, or fetched from a mailbox."""
    is_handed_over: bool = False
    """It came from a host of the receiver's own by another protocol than SMTP (Yahoo: HTTPS)."""
    recipient: str | None = None
    """The domain of the recipient that the server names."""


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words of one clause, in order, and the comments among them."""

    words: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()


_NO_CLAUSE = _Clause()


def parse_received(value: bytes) -> Line:
    """The hop that a Received line tells of, in the forms of all common servers."""
    text = raw_text(value[:VALUE_BYTES])
    route, _, date = text.rpartition(";")
    at = parse_date(date)
    clauses = _split_clauses(route or text)
    sender, receiver = clauses.get("from", _NO_CLAUSE), clauses.get("by", _NO_CLAUSE)
    protocol = clauses.get("with", _NO_CLAUSE)
    keyword = "".join(protocol.words[:1]).lower()
    name, verified = _find_sender_name(sender, _is_any(protocol.comments, _EXIM))
    return Line(
        Hop(name, _find_sender_ip(sender), _find_receiver(receiver), at),
        verified=verified and not _is_any(receiver.comments, _UNCONFIRMED),
        by_ip=_find_receiver_ip(receiver),
        helo=_find_helo(sender),
        has_sender="from" in clauses,
        is_fetched=keyword in _FETCHED or _is_any(receiver.comments, _INNER_PROXIES),
        is_handed_over=keyword in _HANDED_OVER or _is_any(receiver.comments, _INNER_PROGRAMS),
        recipient=parse_domain("".join(clauses.get("for", _NO_CLAUSE).words[:1])),
    )


def _is_any(comments: tuple[str, ...], programs: tuple[str, ...]) -> bool:
    return bool(comments) and any(comment.lower().startswith(programs) for comment in comments[:5])


def _split_clauses(text: str) -> dict[str, _Clause]:
    """The first clause of each keyword; the word behind a keyword is its value, even `from by`."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    words: list[str] = []
    comments: list[str] = []
    comment: list[str] = []
    depth = 0
    fresh = False
    for token in _TOKEN.findall(text)[:TOKENS]:
        if token in "()":
            depth = max(0, depth + (1 if token == "(" else -1))
            if depth == 0 and comment:
                comments.append(" ".join(comment))
                comment = []
            fresh = False
        elif depth:
            comment.append(token)
        elif not fresh and ((lower := token.lower()) in _CLAUSES or (lower == "from" and not found)):
            words, comments = [], []
            found.setdefault(lower, (words, comments))
            fresh = True
        else:
            words.append(token)
            fresh = False
    return {keyword: _Clause(tuple(w), tuple(c)) for keyword, (w, c) in found.items()}


def _find_sender_ip(sender: _Clause) -> IPAddress | None:
    """What the server saw stands in a comment, or behind the name; a bare address as the name comes last.

    A literal as the name is what the server saw where a comment begins with what the sender said (Exim,
    CommuniGate), and what the sender said where a comment names an address (Postfix).
    """
    first = "".join(sender.words[:1])
    is_literal = bool(_LITERAL.fullmatch(first))
    told = [_cut_said(comment) for comment in sender.comments]
    begins_said = bool(told) and not told[0]
    if not (is_literal and begins_said):
        seen = [ip for words in told if (ip := _ip_among(words, is_literal))]
        if seen:
            return seen[-1 if begins_said else 0]  # qmail: the HELO stands before, in a comment of its own
        if any(_MENTIONS_ADDRESS.search(word) for words in told for word in words):
            return None  # the server wrote an address that we cannot read: the name is what the sender said
    for word in (*sender.words[1:2], first):
        bracketed = _last_bracketed(word)
        if ip := parse_ip(bracketed[0] if bracketed else word):
            return ip
    return None


def _cut_said(comment: str) -> list[str]:
    """The words of a comment up to where it repeats what the sender said: these are the server's."""
    words = comment.split()
    return words[: next((index for index, word in enumerate(words) if _begins_said(word)), len(words))]


def _begins_said(word: str) -> bool:
    found = _SAID_WORD.match(word)
    return bool(found and (found[2] or found[1].lower() in _SAID))


def _ip_among(words: list[str], is_literal: bool) -> IPAddress | None:
    """The last bracketed address (a reverse name can hold brackets), else a word that is an address.

    An `ident@` stands before a bare address only, where the name is no literal (qmail).
    """
    bracketed = [found for word in words for found in _last_bracketed(word)]
    if bracketed:
        return parse_ip(bracketed[-1])
    if len(words) == 1 and not is_literal:
        return parse_ip(words[0].rpartition("@")[2])
    return next((ip for word in words[:4] if (ip := parse_ip(word))), None)


def _last_bracketed(word: str) -> list[str]:
    found = _BRACKETED.match(word, word.rfind("["))
    return [found[1]] if found else []


def _find_sender_name(sender: _Clause, is_exim: bool) -> tuple[str | None, bool]:
    """The reverse name and True, else the name that the sender gave and False.

    Exim writes a name first only if it leads back to the address. qmail's is not looked up again, so that
    whoever holds the address chooses it.
    """
    first = "".join(sender.words[:1])
    comment = "".join(sender.comments[:1])
    if reverse := _reverse_name(sender.comments):
        return reverse, True
    helo = _helo_in(sender.comments)
    if _is_name(first) and comment.startswith("[") and (helo or is_exim):
        return _host(first), True
    return _host(helo or first), False


def _find_helo(sender: _Clause) -> str | None:
    first = sender.words[0] if sender.words else ""
    return _host(_helo_in(sender.comments) or first)


def _helo_in(comments: tuple[str, ...]) -> str:
    """What follows `helo=`, or the word HELO or EHLO."""
    for words in (comment.split() for comment in comments):
        for word, following in zip(words, [*words[1:], ""], strict=True):
            key, equals, value = word.partition("=")
            if key.lower() in _HELO_WORDS and (value or not equals):
                return value or following
    return ""


def _reverse_name(comments: tuple[str, ...]) -> str | None:
    """Postfix and Sendmail write the reverse name before the bracketed address, in the first comment."""
    comment = "".join(comments[:1])
    words = _cut_said(comment) if "forged" not in comment else []
    literal = next((i for i in range(len(words) - 1, 0, -1) if _BRACKETED.fullmatch(words[i])), 0)
    name = words[literal - 1].rpartition("@")[2] if literal else ""
    return _host(name) if _is_name(name) else None


def _is_name(word: str) -> bool:
    return bool(_HOST.match(word)) and word.lower() not in _NO_NAME and parse_ip(word) is None


def _host(word: str) -> str | None:
    word = (word.partition("[")[0] or word)[:300].strip("\"'<>,;").rstrip(".")
    return word[:255] if word and word.lower() not in _NO_NAME else None


def _find_receiver(receiver: _Clause) -> str | None:
    word = "".join(receiver.words[:1])
    return _host(word) if word not in _PROGRAMS else None


def _find_receiver_ip(receiver: _Clause) -> IPAddress | None:
    """An address by itself, or behind the host's name in the first comment (amavis)."""
    texts = (*receiver.comments[:2], *receiver.words[:1])
    if ip := next((ip for text in texts if (ip := parse_ip(text))), None):
        return ip
    words = "".join(receiver.comments[:1]).split()
    literal = _BRACKETED.fullmatch(words[1]) if len(words) == 2 else None
    return parse_ip(literal[1]) if literal else None


def parse_domain(address: str) -> str | None:
    """The domain of an address, with or without angle brackets."""
    name, at, domain = address.strip("<>;, \t").rpartition("@")
    return domain.lower().rstrip(".") if name and at and _HOST.fullmatch(domain) else None
