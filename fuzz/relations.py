"""What two readings have in common: of one mail, and of mails that differ in what must not matter."""

import re
from typing import Any

from fuzz.finding import require
from parsers import read_mail
from parsers.as_json import mail_as_json
from parsers.values import ReadMail

SMALL = 64 * 1024
"""Larger mails meet limits of whole mails."""
SHORT = 7 * 1024
"""No limit in bytes is smaller: a line end more or less brings no mail over one."""
FEW_FIELDS = 100

_ENCODED = re.compile(rb"base64|quoted-printable|=\?|[A-Za-z0-9+/]{56}", re.IGNORECASE)
_FIRST_FIELD = re.compile(rb"[!-9;-~]{1,100}: [^\r\n]*\r?\n")
_LAST_DELIMITER = re.compile(rb"\r?\n--([^\r\n]{2,70})--\r?\n?\Z")
_HEADER_END = re.compile(rb"\n\r{0,2}\n")
_TYPES = re.compile(rb"^content-type[ \t]*:[ \t]*([^\r\n]*)\r?$", re.MULTILINE | re.IGNORECASE)
_OF_BYTES = ("sha256", "size", "warnings")


def reading_twice_gives_the_same(raw: bytes, read: ReadMail) -> None:
    """Nothing is remembered from one mail to the next."""
    require(read_mail(raw) == read, "another reading")


def line_ends_do_not_matter(raw: bytes, read: ReadMail) -> None:
    """LF for CRLF: the same disposition, and the same values of each report. Only of 7-bit text that hides none."""
    if b"\r\n" not in raw or len(raw) > SHORT or not raw.isascii() or _ENCODED.search(raw):
        return
    plain = raw.replace(b"\r\n", b"\n")
    if b"\r" in plain or b"\0" in plain or raw.count(b"\n") != raw.count(b"\r\n"):
        return
    _require_same(read, read_mail(plain), "with LF")


def an_unknown_field_does_not_matter(raw: bytes, read: ReadMail) -> None:
    """A field that nobody knows, on top of the mail, changes nothing at all."""
    first = _FIRST_FIELD.match(raw)
    if not first or len(raw) > SMALL or raw.count(b":") > FEW_FIELDS or b"\r\r" in raw:
        return
    end = b"\r\n" if first[0].endswith(b"\r\n") else b"\n"
    _require_same(read, read_mail(b"X-Nobody-Knows: 1" + end + raw), "with a field more")


def what_stands_behind_the_last_part_does_not_matter(raw: bytes, read: ReadMail) -> None:
    """The epilogue of a multipart (RFC 2046, section 5.1.1) is for nobody."""
    closing = _LAST_DELIMITER.search(raw[-200:])
    types = _TYPES.findall(_HEADER_END.split(raw, maxsplit=1)[0])
    if not closing or len(raw) > SMALL or len(types) != 1 or not raw.isascii():
        return
    if re.fullmatch(
        rb"multipart/[a-z]+;(?: report-type=[a-z-]+;)? boundary=\"?%b\"?" % re.escape(closing[1]), types[0]
    ):
        _require_same(read, read_mail(raw.rstrip(b"\r\n") + b"\r\nNothing more.\r\n"), "with an epilogue")


def _require_same(one: ReadMail, other: ReadMail, how: str) -> None:
    if any("not read" in warning for warning in (*one.warnings, *other.warnings)):
        return  # a limit may cut the one where it does not cut the other
    differences = list(_differ(_essence(one), _essence(other)))
    require(not differences, f"{how}: {'; '.join(differences)[:400]}")


def _essence(read: ReadMail) -> Any:
    """The values but for hashes and sizes, and white space, which folds are made of."""
    value = mail_as_json(read, "")
    for one in (value, *(report["message"] for report in value["reports"] if report["message"])):
        for name in _OF_BYTES:
            one.pop(name, None)
    return value


def _differ(one: Any, other: Any, path: str = "") -> Any:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _differ(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _differ(*pair, f"{path}[{index}]")
    elif one != other:
        yield f"{path}: {str(one)[:150]!r} and {str(other)[:150]!r}"


RELATIONS = (
    reading_twice_gives_the_same,
    line_ends_do_not_matter,
    an_unknown_field_does_not_matter,
    what_stands_behind_the_last_part_does_not_matter,
)
