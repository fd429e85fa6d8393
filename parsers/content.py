"""Taking off what mail puts around content: transfer encodings and charsets. Nothing here raises."""

import binascii
import codecs
import re
from functools import lru_cache

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_NOT_QUOTED_PRINTABLE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,100}\r?\n|$)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOOKED_AT = 64 * 1024

REFUSED_CODECS = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "unicode-escape"}
)
"""Codecs of Python that are no charset of mail, some of them quadratic."""


def decode_transfer(body: bytes, encoding: str) -> bytes:
    """The content under a Content-Transfer-Encoding (RFC 2045, section 6); an unknown one is none."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    return body


def decode_base64(body: bytes) -> bytes:
    """Base64 with whatever stands between its characters, wrong padding and a cut end."""
    data = body.translate(None, _NOT_BASE64).partition(b"=")[0]
    data = data[: len(data) - (len(data) % 4 == 1)]
    return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def is_quoted_printable(body: bytes) -> bool:
    """Whether each `=` in it begins an escape: some senders declare the encoding and do not apply it."""
    return not _NOT_QUOTED_PRINTABLE.search(body, 0, _LOOKED_AT)


def decode_charset(raw: bytes, charset: str | None) -> str:
    """Text by the declared charset, else UTF-8, else Windows-1252, which reads everything."""
    for name in (charset, "utf-8"):
        codec = _find_codec(name) if name else None
        if codec:
            try:
                return clean_text(raw.decode(codec))
            except (UnicodeError, ValueError):
                continue
    return clean_text(raw.decode("cp1252", "replace"))


@lru_cache(maxsize=256)
def _find_codec(name: str) -> str | None:
    """The name of a text codec that is safe to run, or None. ASCII yields: what says so is often UTF-8."""
    if len(name) > 40 or not name.isascii():
        return None
    try:
        found = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError, ImportError):
        return None
    usable = getattr(found, "_is_text_encoding", True) and found.name not in REFUSED_CODECS
    return found.name if usable else None


def clean_text(text: str) -> str:
    """Text without NUL and lone surrogates, so that every database and UTF-8 take it."""
    if "\0" in text:
        text = text.replace("\0", "")
    return _SURROGATE.sub("\ufffd", text) if not text.isascii() else text
