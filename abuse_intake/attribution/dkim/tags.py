"""Tag lists (RFC 6376, section 3.2): `v=1; a=rsa-sha256; …`, in linear time."""

import base64
import binascii
import re

from abuse_intake.attribution.dkim.problems import Problem, Unproven

WHITE = b" \t\r\n"
_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9_]*")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_NUMBER = re.compile(rb"[0-9]{1,12}")


def parse_tags(text: bytes, problem: Problem = Problem.MALFORMED) -> dict[str, bytes]:
    """Each tag's value without the white space around it. Unproven for what is no tag list, or has a tag twice."""
    specs = text.strip(WHITE).split(b";")
    if not specs[-1].strip(WHITE):
        specs.pop()
    tags: dict[str, bytes] = {}
    for spec in specs:
        name, equals, value = spec.partition(b"=")
        name = name.strip(WHITE)
        key = name.decode("latin-1")
        if not equals or key in tags or not _NAME.fullmatch(name):
            raise Unproven(problem)
        tags[key] = value.strip(WHITE)
    return tags


def find_tag(text: str, name: str) -> str:
    """The first value of a tag in what may be no well-formed list; empty where there is none."""
    for spec in text.split(";"):
        key, _, value = spec.partition("=")
        if key.strip() == name:
            return value.strip()
    return ""


def decode_base64(value: bytes, problem: Problem = Problem.MALFORMED) -> bytes:
    """The bytes of a value that may be folded anywhere; Unproven unless it is strict base64."""
    packed = value.translate(None, WHITE)
    if not packed or len(packed) % 4 or not _BASE64.fullmatch(packed):
        raise Unproven(problem)
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        raise Unproven(problem) from None


def parse_number(value: bytes | None) -> int | None:
    """A count of seconds, or an instance; None where the tag is absent. Unproven for what is no number."""
    if value is None:
        return None
    if not _NUMBER.fullmatch(value):
        raise Unproven(Problem.MALFORMED)
    return int(value)


def split_list(value: bytes) -> tuple[str, ...]:
    """The parts of a list with colons, lower case."""
    return tuple(part.strip(WHITE).lower().decode("latin-1") for part in value.split(b":"))


def empty_tag(field: bytes, name: bytes) -> bytes:
    """A field's value with the value of one tag taken out, and the white space around it (RFC 6376, section 3.7)."""
    specs = field.split(b";")
    emptied = [
        spec.partition(b"=")[0] + b"=" if spec.partition(b"=")[0].strip(WHITE) == name else spec
        for spec in specs
    ]
    return b";".join(emptied)


def parse_instance(text: str) -> int | None:
    """The number of an ARC set: 1 to 50 (section 4.2.1)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= 50 else None
