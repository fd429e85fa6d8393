"""Readers of single header values: text, mailboxes, message ids. Bounded; none raises."""

import binascii
import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from parsers.addresses import strict_addr_spec
from parsers.content import clean_text, decode_base64, decode_charset
from parsers.header_block import Header

VALUE_BYTES = 8 * 1024
ADDRESSES_BYTES = 8 * 1024
ADDRESS_CHARACTERS = 1000
NAME_CHARACTERS = 1000
SUBJECT_CHARACTERS = 1000
ENCODED_WORDS = 100
MAILBOXES = 200
ADDRESS_TOKENS = 1000
COMMENT_TOKENS = 100
MSG_IDS = 100
SENDERS = 10
"""Fields From of one mail; who writes more is nobody."""

_ENCODED_WORD = re.compile(
    rb'=\?"?([^?\s"]{1,60})"?\?([BbQq])\?((?:[^?=\r\n]|=(?!\?[^=])|\?(?!=)){0,4000})\?='
)
"""A word may hold a raw question mark, and its charset may stand in quotes."""
_NO_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2})")
_ATOMS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}"
_MSG_ID = re.compile(rf"<{_ATOMS}@(?:{_ATOMS}|\[[!-Z^-~]{{1,60}}\])>")
_TOKEN = re.compile(
    r"""
    =\?[^?\s]{1,60}\?[BbQq]\?(?:[^?=]|=(?!\?[^=])|\?(?!=)){0,1000}\?=   # an encoded word
    | "(?:[^"\\]|\\.){0,1000}"?                                         # a quoted string
    | <[^<>]{0,1000}>                                                   # an address in brackets
    | [,;:()]                                                           # what separates
    | [^",;:<>()]{1,1000}                                               # other text
    | .                                                                 # a half of something
    """,
    re.DOTALL | re.VERBOSE,
)
"""The pieces of an address list."""
_SOLE_MAILBOX = re.compile(
    rb"""
    (?: "([^"\\\x80-\xff]{0,500}+)" [ \t]{0,20} (?=<) | ([^",;:<>()=\x80-\xff]{0,500}+) )
    (?: <([^<>"\x80-\xff]{0,500})> [ \t]{0,20} )?
    """,
    re.VERBOSE,
)
"""What most fields hold: one address behind a name, whose pieces need not be told apart."""
_BLANKS = b" \t\n\r\v\f\x1c\x1d\x1e\x1f"
"""As `str.strip` knows them."""
_COMMENT_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\\.?|[()]|[^"()\\]+', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = "\0"
"""What stands for a comment until all are known; no text has one."""
_AROUND_COMMENT = re.compile(r"(?<=[^\s\0])\0+(?=[^\s\0])")


class Mailbox(NamedTuple):
    """One address of an address list, and the bytes of the display name before it, not decoded yet."""

    name: bytes
    address: str
    is_odd: bool = False
    """Something stands behind the address, a second one, say; or a bare address stands behind a colon."""


def raw_text(value: bytes | None) -> str:
    """A value as it stands: UTF-8 or else Windows-1252, unfolded and trimmed."""
    return decode_charset(value[:VALUE_BYTES], None).strip() if value else ""


def strip_comments(text: str) -> str:
    """The text without its comments (RFC 5322, section 3.2.2), also nested ones.

    What stands in quotes is none, nor is one that never ends; a text of too many pieces stays as it is. What a
    comment, or the end of none, stands between is not one word without it: it would make an address that nobody wrote.
    """
    if "(" not in text and ")" not in text:
        return text.strip()
    kept: list[str] = []
    depth = 0
    for count, found in enumerate(_COMMENT_TOKEN.finditer(text)):
        token = found[0]
        if count >= COMMENT_TOKENS:
            return text.strip()
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
            kept.append("" if depth else _COMMENT)
        elif depth == 0:
            kept.append(token)
    return text.strip() if depth else _AROUND_COMMENT.sub(" ", "".join(kept)).replace(_COMMENT, "").strip()


def decode_text(value: bytes | None, charset: str | None = None) -> str | None:
    """Unstructured text with its encoded words (RFC 2047) decoded; None for an absent value.

    Adjacent words of one charset are joined as bytes first: real mailers cut characters between two words.
    `charset` reads 8-bit text that stands in it raw.
    """
    if value is None:
        return None
    value = value[:VALUE_BYTES]
    if b"=?" not in value:
        return _tidy(decode_raw(value, charset))
    return _tidy("".join(_decode_pieces(value, charset)))


def _decode_pieces(value: bytes, charset: str | None) -> list[str]:
    pieces: list[str] = []
    position, pending, pending_charset = 0, b"", b""
    for count, word in enumerate(_ENCODED_WORD.finditer(value)):
        if count >= ENCODED_WORDS:
            break
        between = value[position : word.start()]
        word_charset = word[1].partition(b"*")[0].lower()
        if between.strip() or word_charset != pending_charset:
            pieces.append(_decode_word(pending, pending_charset))
            pieces.append(decode_raw(between, charset) if between.strip() or not pending_charset else "")
            pending, pending_charset = b"", word_charset
        pending += _word_bytes(word[2], word[3])
        position = word.end()
    return [*pieces, _decode_word(pending, pending_charset), decode_raw(value[position:], charset)]


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"Bb":
        return decode_base64(text)
    return binascii.a2b_qp(_NO_ESCAPE.sub(b"=3D", text), header=True)


def _decode_word(raw: bytes, charset: bytes) -> str:
    return decode_charset(raw, charset.decode("latin-1")) if raw else ""


def decode_raw(raw: bytes, charset: str | None) -> str:
    """Raw text in a header is UTF-8 (RFC 6532), else in the charset of the body, else Windows-1252.

    ISO-2022-JP is ASCII to the eye of a program, and tells itself by its escape sequences.
    """
    if b"\x1b$" in raw:
        return decode_charset(raw, "iso-2022-jp")
    try:
        return clean_text(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return decode_charset(raw, charset)


def _tidy(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ").strip()


def is_cut(header: Header) -> bool:
    """Whether its subject or its senders are longer than what is read of them."""
    subject = header.first("subject") or b""
    if len(subject) > VALUE_BYTES or subject.count(b"?=") > ENCODED_WORDS:
        return True
    values = (value for name in ("from", "reply-to") for value in header.every(name)[:SENDERS])
    return any(len(value) > ADDRESSES_BYTES or value.count(b",") > MAILBOXES for value in values)


def cut_subject(subject: str | None) -> str | None:
    """A decoded subject, at the length that is kept of one."""
    return subject[:SUBJECT_CHARACTERS] if subject else subject


def parse_mailboxes(value: bytes | None) -> list[Mailbox]:
    """The mailboxes of an address list (RFC 5322, section 3.4); comments and group names are dropped."""
    return list(_iterate_mailboxes(value))


def _iterate_mailboxes(value: bytes | None) -> Iterator[Mailbox]:
    """One by one: who wants the first reads no further."""
    if not value:
        return
    if sole := _SOLE_MAILBOX.fullmatch(value):
        yield from _read_sole_mailbox(*sole.groups())
        return
    count, depth = 0, 0
    words: list[str] = []
    angle: str | None = None
    is_odd = is_behind_colon = False
    text = _balance(value[:ADDRESSES_BYTES].decode("latin-1"))
    for index, found in enumerate(_TOKEN.finditer(text)):
        token = found[0]
        if index >= ADDRESS_TOKENS:
            is_odd = True
            break
        if token in ("(", ")"):
            depth = max(0, depth + (1 if token == "(" else -1))
        elif depth:
            continue
        elif token in (",", ";"):
            yield from _make_mailbox(words, angle, is_odd or (is_behind_colon and angle is None))
            words, angle, is_odd, is_behind_colon = [], None, False, False
            count += 1
            if count >= MAILBOXES:
                return
        elif token == ":" and angle is None:
            words, is_behind_colon = [], True
        elif token.startswith("<") and angle is None:
            angle = token.strip("<> \t")
        elif angle is None:
            words.append(token)
        else:
            is_odd = is_odd or bool(token.strip())
    yield from _make_mailbox(words, angle, is_odd or (is_behind_colon and angle is None))


def _read_sole_mailbox(quoted: bytes | None, plain: bytes, angle: bytes | None) -> Iterator[Mailbox]:
    name = plain.strip(_BLANKS) if quoted is None else quoted
    if angle is not None:
        yield Mailbox(name, clean_text(angle.strip(b" \t").decode("ascii")))
    elif name:
        yield Mailbox(b"", clean_text(name.decode("ascii")))


def _balance(text: str) -> str:
    """A quote without its other half would swallow the address: then none counts."""
    return text.replace('"', "") if text.replace('\\"', "").count('"') % 2 else text


def _make_mailbox(words: list[str], angle: str | None, is_odd: bool) -> Iterator[Mailbox]:
    text = "".join(words).strip()
    if angle is None and text:
        yield Mailbox(b"", _utf8(text), is_odd)
    elif angle is not None:
        name = " ".join(_unquote(word) for word in words if word.strip())
        yield Mailbox(name.encode("latin-1"), _utf8(angle), is_odd)


def _utf8(text: str) -> str:
    return clean_text(text) if text.isascii() else decode_charset(text.encode("latin-1"), None)


def _unquote(word: str) -> str:
    word = word.strip()
    return _ESCAPED.sub(r"\1", word[1:-1]) if len(word) > 1 and word[0] == word[-1] == '"' else word


def first_address(value: bytes | None) -> str | None:
    """The address alone of the first mailbox that has one."""
    addresses = (box.address for box in _iterate_mailboxes(value))
    return next((address[:ADDRESS_CHARACTERS] for address in addresses if "@" in address), None)


def display_name(value: bytes | None) -> str | None:
    """The decoded display name of the first mailbox; decoded only here, apart from its address."""
    name = next((box.name for box in _iterate_mailboxes(value)), b"")
    return (decode_text(name) or "")[:NAME_CHARACTERS] or None


def parse_sole_address(values: list[bytes]) -> str | None:
    """The one strict address of all these fields together, else None: who writes two senders is none.

    Nor is one whose field is too long to be read to its end, or holds more behind the address; or that does not
    stand there as it is, without a NUL, a comment or half a quote in it; or a bare address behind a colon: what ends
    there for us, a name of a group or a source route, is the address for others.
    """
    if len(values) > SENDERS:
        return None
    boxes = [box for value in values for box in parse_mailboxes(value)]
    is_cut = len(boxes) >= MAILBOXES or any(len(value) > ADDRESSES_BYTES for value in values)
    found = {box.address for box in boxes if box.address}
    if len(found) != 1 or is_cut or any(box.is_odd for box in boxes):
        return None
    address = strict_addr_spec(found.pop())
    return address if address and any(address.encode() in value for value in values) else None


def parse_return_path(value: bytes | None) -> str | None:
    """The address of a Return-Path; the empty text is the null sender."""
    return None if value is None else raw_text(value)[:1000].strip("<> \t")


def strict_msg_ids(value: bytes | None) -> tuple[str, ...]:
    """The msg-ids in a value that are strict ASCII with brackets (RFC 5322, section 3.6.4)."""
    return tuple(match[0] for match in islice(_MSG_ID.finditer(raw_text(value)), MSG_IDS)) if value else ()


def message_id_as_written(value: bytes | None) -> str | None:
    """A Message-ID trimmed and unfolded; its brackets stay, or stay missing."""
    return clean_text(raw_text(value)[:998]).strip() or None
