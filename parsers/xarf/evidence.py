"""Evidence in XARF documents: which of it is a message, and what a person can read of the rest."""

import re
from typing import Any

from parsers.attached import ENCLOSING_TYPES
from parsers.content import clean_text, decode_base64, decode_charset
from parsers.message import GLANCE, begins_like_message
from parsers.xarf.statement import VALUE_CHARACTERS, Evidence, objects_of, text_of

READABLE = ("text/", "application/json")
"""Evidence whose beginning stands in the report."""

_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=\s]")
_TYPES = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")


def read_evidence(value: object) -> tuple[tuple[Evidence, ...], list[dict[str, Any]]]:
    """The evidence of a list, and what is told of each piece, with the beginning of what is text."""
    evidence, told = [], []
    for item in objects_of(value):
        names = {name.lower(): name for name in item}
        payload = next((item[names[name]] for name in ("payload", "data") if name in names), None)
        kind = _read_type(item.get(names.get("content_type", names.get("contenttype", ""))))
        stated = str(item.get(names.get("base64encoded", ""), "")).lower()
        one = Evidence(
            kind, _decode(payload, is_plain=stated == "false") if isinstance(payload, str) else b""
        )
        evidence.append(one)
        rest = {name: value for name, value in item.items() if name.lower() not in ("payload", "data")}
        told.append(rest | ({"payload": shown} if (shown := _show(one)) else {}))
    return tuple(evidence), told


def find_messages(evidence: tuple[Evidence, ...]) -> tuple[bytes, ...]:
    """The messages among it: by their type, or text that begins like one."""
    return tuple(one.content for one in evidence if one.content and _is_message(one))


def _is_message(one: Evidence) -> bool:
    if one.content_type in ENCLOSING_TYPES:
        return True
    return not one.content_type.startswith(("image/", "audio/", "video/")) and begins_like_message(
        one.content[:GLANCE]
    )


def _read_type(value: object) -> str:
    named = _TYPES.match((text_of(value) or "").lower())
    return named[0] if named else ""


def _decode(payload: str, is_plain: bool) -> bytes:
    """The content; some write it as it is where the format demands base64."""
    if is_plain or _NOT_BASE64.search(payload):
        return clean_text(payload).encode("utf-8")
    return decode_base64(payload.encode("ascii", "ignore"))


def _show(one: Evidence) -> str | None:
    if not one.content_type.startswith(READABLE):
        return None
    return text_of(decode_charset(one.content[:VALUE_CHARACTERS], None))
