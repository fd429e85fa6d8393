"""Canonical forms (RFC 6376, section 3.4) of header fields and bodies whose line ends are CRLF, in linear time."""

import re
from typing import Literal

Form = Literal["simple", "relaxed"]

_BLANKS = re.compile(rb"[ \t]++")
_RUN = re.compile(rb"   *")
CRLF = b"\r\n"


def canonicalize_field(name: bytes, value: bytes, form: Form) -> bytes:
    """One header field with its line end; `value` is all between the colon and that."""
    if form == "simple":
        return b"%b:%b\r\n" % (name, value)
    unfolded = _BLANKS.sub(b" ", value.replace(CRLF, b"")).strip(b" ")
    return b"%b:%b\r\n" % (name.lower(), unfolded)


def canonicalize_body(body: bytes, form: Form) -> bytes:
    """The body: its empty lines at the end taken off, and, where it is relaxed, blanks made one or none."""
    if form == "simple":
        return _drop_empty_lines(body) + CRLF
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    if b"  " in body:
        body = _RUN.sub(b" ", body)
    kept = _drop_empty_lines(body.replace(b" \r\n", CRLF).removesuffix(b" "))
    return kept + CRLF if kept else b""


def _drop_empty_lines(body: bytes) -> bytes:
    """The body without the line ends that it ends with; a CR that stands alone is none."""
    kept = len(body.rstrip(CRLF))
    tail = body[kept:]
    if tail.endswith(b"\r"):
        return body
    return body[: kept + tail.rfind(b"\r\r") + 1]
