"""Content-Type and Content-Disposition values: type and parameters (RFC 2045, RFC 2231), tolerantly."""

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from parsers.content import decode_charset

VALUE_BYTES = 8 * 1024
PARAMETERS = 100
COMMON_BYTES = 48
"""Longer values hold a boundary or a name: they are not met again."""

_TYPE = re.compile(r"\s{0,100}([^\s;/]{1,100}/?[^\s;]{0,100})")
_NAME = re.compile(r"[;\s]([^\s=;\"]{1,100})\s{0,20}$")
_NAME_WINDOW = 121
_QUOTED = re.compile(r'\s{0,100}"((?>(?:[^"\\]|\\.)*))"', re.DOTALL)
_BARE = re.compile(r'\s{0,100}("?[^;\s]*)')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = r"\s{0,20};\s{0,20}([A-Za-z-]{1,60})=(?:\"([^\"\\]{0,500})\"|([^\s;\"]{1,200}))"
_PLAIN_PARAMETER = re.compile(_PLAIN)
_PLAIN_PARAMETERS = re.compile(rf"(?>(?:{_PLAIN})*);?\s{{0,20}}")
"""As nearly all are: nothing escaped, continued, encoded or broken."""
_PERCENT = re.compile(rb"%(?=[0-9A-Fa-f]{2})")
_CONTINUED = re.compile(r"([^*]{1,80})(?:\*(\d{1,3}))?(\*?)$")


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type, or a disposition, in lower case with its parameters by lower-case name."""

    name: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_content_type(
    value: bytes | None, default: str = "text/plain", limit: int = PARAMETERS
) -> ContentType:
    """The type that a value names, with so many parameters at most; `default` where it names none."""
    if value is None:
        return without_parameters(default)
    if len(value) <= COMMON_BYTES and b"*" not in value:
        return _parse_common(value, default, limit)
    return _parse(value, default, limit)


@lru_cache(maxsize=4)
def without_parameters(default: str) -> ContentType:
    """A type that nothing is said of."""
    return ContentType(default)


@lru_cache(maxsize=256)
def _parse_common(value: bytes, default: str, limit: int) -> ContentType:
    """The values that most parts have, read once."""
    return _parse(value, default, limit)


def _parse(value: bytes, default: str, limit: int) -> ContentType:
    text = value[:VALUE_BYTES].decode("utf-8", "replace")
    found = _TYPE.match(text)
    if not found:
        return ContentType(default, _parse_parameters(text, limit))
    return ContentType(found[1].lower(), _parse_parameters(text[found.end() :], limit))


def _parse_parameters(text: str, limit: int) -> dict[str, str]:
    """The first of repeated names stands; those continued by RFC 2231 are joined in their order."""
    if _PLAIN_PARAMETERS.fullmatch(text) and text.count("=") <= limit:
        return _read_plain(text)
    pieces: dict[str, dict[int, str]] = {}
    for name, value in _split_parameters(text, limit):
        continued = _CONTINUED.match(name)
        base, number, encoded = continued.groups() if continued else (name, None, "")
        value = _decode_extended(value) if encoded else value
        pieces.setdefault(base, {}).setdefault(int(number or 0), value)
    return {name: "".join(parts[number] for number in sorted(parts)) for name, parts in pieces.items()}


def _read_plain(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name, quoted, bare in _PLAIN_PARAMETER.findall(text):
        parameters.setdefault(name.lower(), quoted or bare)
    return parameters


def _split_parameters(text: str, limit: int) -> list[tuple[str, str]]:
    """The names and values around each equals sign, as many signs as the limit says."""
    parameters: list[tuple[str, str]] = []
    position, quotes = 0, True
    for _ in range(limit):
        sign = text.find("=", position)
        if sign < 0:
            break
        name = _NAME.search(text[max(position, sign - _NAME_WINDOW) : sign])
        if not name:
            position = sign + 1
            continue
        value, position, quotes = _read_value(text, sign + 1, quotes)
        parameters.append((name[1].lower(), value))
    return parameters


def _read_value(text: str, start: int, quotes: bool) -> tuple[str, int, bool]:
    """A quoted value, or a bare one; one whose closing quote is missing ends where a bare one would.

    Behind a quote without its other half no quoted value is looked for again: each look goes to the end.
    """
    if quotes and (quoted := _QUOTED.match(text, start)):
        return _ESCAPED.sub(r"\1", quoted[1]), quoted.end(), True
    bare = _BARE.match(text, start)
    if not bare:
        return "", start, quotes
    return bare[1].strip('"'), bare.end(), quotes and not bare[1].startswith('"')


def _unquote(value: str) -> bytes:
    """Percent-decoded bytes, by way of quoted-printable, which is decoded at once."""
    raw = value.encode("utf-8", "replace").replace(b"=", b"=3D")
    return binascii.a2b_qp(_PERCENT.sub(b"=", raw))


def _decode_extended(value: str) -> str:
    charset, quote, rest = value.partition("'")
    _, second, tail = rest.partition("'")
    raw = _unquote(tail if quote and second else value)
    return decode_charset(raw, charset if second else None)
