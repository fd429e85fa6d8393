"""An Outlook message as the bytes of a mail (RFC 5322), which all other readers understand.

The header is that of its transport, without what it said of the parts. Where there is none (a sent mail, one that never
left its house), it is made from the properties, without a route. The same message makes the same bytes.
See docs/decisions/0016-outlook-and-archives.md.
"""

import binascii
import hashlib
import re
from collections.abc import Iterator
from email.utils import format_datetime
from urllib.parse import quote

from parsers.addresses import strict_addr_spec
from parsers.mapi import File, Item, Properties, Tag

CHARACTERS = 1_000
"""Of a subject, or of a name."""
WORD_BYTES = 45
"""What an encoded word (RFC 2047) holds of a text."""
LINE_BYTES = 741
"""What a line of a file in base64 holds: 988 characters."""
MAIL = "ipm.note"
"""How the class of a mail begins: others are contacts, appointments, reports of Exchange."""
SEALED = "ipm.note.smime"
CLEAR_SIGNED = "ipm.note.smime.multipartsigned"

_LINE_END = re.compile(r"\r\n|\r|\n")
_OF_PARTS = re.compile(
    r"^(?:mime-version|content-[a-z-]{1,40})[ \t]{0,20}:[^\n]*+\n(?:[ \t][^\n]*+\n){0,1000}+",
    re.IGNORECASE | re.MULTILINE,
)
_NAMES = re.compile(r"^([!-9;-~]{1,200}+)[ \t]{0,20}:", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"(?!multipart)[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,100}", re.IGNORECASE | re.ASCII)
_PRINTABLE = re.compile(r"[ -~]*")
_SIGNED_PART = re.compile(rb"(?:content-type|mime-version)[ \t]{0,20}:", re.IGNORECASE)


def write_message(item: Item) -> bytes | None:
    """The mail that it is; None where no header was kept of it and it is of another class."""
    kept = _read_transport_header(item.properties)
    if not kept and not item.properties.text(Tag.MESSAGE_CLASS).lower().startswith(MAIL):
        return None
    known = {found[1].lower() for found in _NAMES.finditer(kept)}
    made = [
        f"{name}: {value}\r\n" for name, value in _make_fields(item) if value and name.lower() not in known
    ]
    return (kept + "".join(made)).encode("utf-8", "replace") + _write_content(item)


def is_routed(item: Item) -> bool:
    """Whether the header that it kept has a route: it was under way itself."""
    return bool(
        re.search(r"^received:", _read_transport_header(item.properties), re.IGNORECASE | re.MULTILINE)
    )


def _read_transport_header(properties: Properties) -> str:
    """The fields without those of its parts; those of the parts themselves may follow behind an empty line."""
    text = _LINE_END.sub("\r\n", properties.text(Tag.TRANSPORT_MESSAGE_HEADERS)).lstrip("\r\n")
    block = text.partition("\r\n\r\n")[0].rstrip("\r\n") + "\r\n"
    first = _NAMES.search(block)
    return _OF_PARTS.sub("", block[first.start() :]) if first else ""


def _make_fields(item: Item) -> Iterator[tuple[str, str]]:
    properties = item.properties
    sent = properties.moment(Tag.CLIENT_SUBMIT_TIME) or properties.moment(Tag.MESSAGE_DELIVERY_TIME)
    yield "From", _write_sender(properties)
    yield "To", ", ".join(filter(None, map(_write_recipient, item.recipients)))
    yield "Subject", _encode(properties.text(Tag.SUBJECT))
    yield "Date", format_datetime(sent) if sent else ""
    yield "Message-ID", "".join(_printable(properties.text(Tag.INTERNET_MESSAGE_ID)).split())


def _write_sender(properties: Properties) -> str:
    """On whose behalf it was sent, before who sent it; an address of Exchange (`/O=…`) is none."""
    tags = (
        Tag.SENT_REPRESENTING_SMTP_ADDRESS,
        Tag.SENT_REPRESENTING_EMAIL_ADDRESS,
        Tag.SENDER_SMTP_ADDRESS,
        Tag.SENDER_EMAIL_ADDRESS,
    )
    name = properties.text(Tag.SENT_REPRESENTING_NAME) or properties.text(Tag.SENDER_NAME)
    return _write_mailbox(name, _find_address(properties, *tags))


def _write_recipient(properties: Properties) -> str:
    address = _find_address(properties, Tag.SMTP_ADDRESS, Tag.EMAIL_ADDRESS)
    return _write_mailbox(properties.text(Tag.DISPLAY_NAME), address) if address else ""


def _find_address(properties: Properties, *tags: Tag) -> str:
    found = (strict_addr_spec(properties.text(tag).strip()) for tag in tags)
    return next((address for address in found if address), "")


def _write_mailbox(name: str, address: str) -> str:
    encoded = _encode(name)
    if encoded and "=?" not in encoded:
        encoded = '"' + re.sub(r'(["\\])', r"\\\1", encoded) + '"'
    return f"{encoded} <{address}>" if encoded and address else encoded or address


def _encode(text: str) -> str:
    """A text on one line; in encoded words if it is more than printable ASCII."""
    line = " ".join(text.split())[:CHARACTERS]
    if _PRINTABLE.fullmatch(line):
        return line
    raw = line.encode("utf-8", "replace")
    starts = range(0, len(raw), WORD_BYTES)
    words = (binascii.b2a_base64(raw[at : at + WORD_BYTES], newline=False).decode("ascii") for at in starts)
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _printable(text: str) -> str:
    return "".join(_PRINTABLE.findall(text[:CHARACTERS]))


def _write_content(item: Item) -> bytes:
    """What follows the header: the fields of the parts, an empty line, and the parts."""
    kind = item.properties.text(Tag.MESSAGE_CLASS).lower()
    sole = item.attached[0] if len(item.attached) == 1 else None
    if kind.startswith(SEALED) and isinstance(sole, File):
        if kind.startswith(CLEAR_SIGNED) and _SIGNED_PART.match(sole.content):
            return sole.content
        return _write_file(File("smime.p7m", "application/pkcs7-mime", sole.content))
    texts = [
        *_write_text("plain", item.properties.text(Tag.BODY)),
        *_write_text("html", item.properties.page()),
    ]
    shown = [_join("alternative", texts)] if len(texts) > 1 else texts
    parts = shown + [part for part in map(_write_attached, item.attached) if part]
    return _join("mixed", parts) if len(parts) > len(shown) else b"".join(parts) or b"\r\n"


def _write_text(kind: str, text: str) -> list[bytes]:
    start = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return [(start + text).encode("utf-8", "replace")] if text else []


def _write_attached(attached: File | Item) -> bytes | None:
    if isinstance(attached, File):
        return _write_file(attached)
    message = write_message(attached)
    return message and b"Content-Type: message/rfc822\r\n\r\n" + message


def _write_file(file: File) -> bytes:
    kind = file.type if _MEDIA_TYPE.fullmatch(file.type) else "application/octet-stream"
    name = quote(file.name[:200].encode("utf-8", "replace"), safe="")
    start = (
        f"Content-Type: {kind}\r\nContent-Disposition: attachment; filename*=utf-8''{name}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    starts = range(0, len(file.content), LINE_BYTES)
    lines = (binascii.b2a_base64(file.content[at : at + LINE_BYTES], newline=False) for at in starts)
    return start.encode("ascii") + b"\r\n".join(lines)


def _join(kind: str, parts: list[bytes]) -> bytes:
    """A multipart, whose boundary none of its parts can foresee."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()[:40]}".encode("ascii")
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    start = f'Content-Type: multipart/{kind}; boundary="{boundary.decode()}"\r\n\r\n'
    return start.encode("ascii") + body + b"--" + boundary + b"--\r\n"
