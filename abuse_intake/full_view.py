"""The analyst's full view of one reported message, read with mail-parser: slower and richer than the intake reads.

It is read in a process of the guard, like all that strangers wrote.
"""

from email.errors import MessageError
from typing import Any

from parsers.content import decode_base64

MAX_BYTES = 2_000_000
"""A larger message is cut before it is read: mail-parser is not made for hostile sizes."""
MAX_TEXT = 100_000
"""Characters of each text that are shown."""
EMPTY_VIEW: dict[str, Any] = {"attachments": [], "hops": [], "text": [], "html": []}
"""What every view has."""


def read_full_view(raw: bytes) -> dict[str, Any]:
    """Addresses, bodies, attachments, hops and defects. What mail-parser cannot read is said under `error`."""
    import mailparser
    from mailparser.exceptions import MailParserError

    try:
        mail = mailparser.parse_from_bytes(raw[:MAX_BYTES])
        return {**EMPTY_VIEW, **_describe(mail)}
    except (
        MailParserError,
        MessageError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        # mail-parser raises outside its own hierarchy on damaged mails.
        return {**EMPTY_VIEW, "error": f"mail-parser cannot read it: {type(error).__name__}: {error}"}


def _describe(mail: Any) -> dict[str, Any]:
    return {
        "from": _addresses(mail.from_),
        "to": _addresses(mail.to),
        "cc": _addresses(mail.cc),
        "reply_to": _addresses(mail.reply_to),
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "text": [text[:MAX_TEXT] for text in mail.text_plain],
        "html": [text[:MAX_TEXT] for text in mail.text_html],
        "attachments": [_describe_attachment(attachment) for attachment in mail.attachments],
        "hops": [_describe_hop(hop) for hop in mail.received],
        "defects": sorted(mail.defects_categories),
    }


def _addresses(pairs: Any) -> list[str]:
    return [f"{name} <{address}>" if name else address for name, address in pairs]


def _describe_attachment(attachment: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": attachment.get("filename"),
        "type": attachment.get("mail_content_type"),
        "size": _size(attachment),
    }


def _size(attachment: dict[str, Any]) -> int:
    """Bytes of the attached file; mail-parser leaves a binary one in base64."""
    payload = attachment.get("payload") or ""
    if attachment.get("binary"):
        return len(decode_base64(payload.encode("utf-8", "replace")))
    return len(payload.encode("utf-8", "replace"))


def _describe_hop(hop: dict[str, Any]) -> dict[str, Any]:
    return {
        "hop": hop.get("hop"),
        "from": hop.get("from"),
        "by": hop.get("by"),
        "at": str(hop["date_utc"]) if hop.get("date_utc") else hop.get("date"),
    }
