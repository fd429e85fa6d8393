"""Damages: each takes a mail, and another one, and gives a mail that is broken as networks, programs and attackers do.

All chance comes from `random`, which hypothesis, atheris and a plain loop each provide in a way of their own.
"""

import base64
import quopri
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

MAX_BYTES = 256 * 1024
"""Mails are not made larger, so that many can be tried: what costs time shows in smaller ones too."""
REPEATED_BYTES = 64 * 1024

_TOKEN_LINE = re.compile(r'^\w+="(.*)"$', re.MULTILINE)
_FIELD = re.compile(rb"^([!-9;-~]{1,60}):[ \t]*((?:[^\r\n]*)(?:\r?\n[ \t][^\r\n]*)*)(\r?\n)", re.MULTILINE)
_DELIMITER = re.compile(rb"^--[^\r\n]{2,70}\r?\n", re.MULTILINE)
_NUMBER = re.compile(rb"\d+")

Damage = Callable[[Random, bytes, bytes], bytes]


def read_tokens() -> list[bytes]:
    """The dictionary of hostile tokens."""
    text = (Path(__file__).parent / "tokens.txt").read_text("ascii")
    return [
        found[1].encode("ascii").decode("unicode_escape").encode("latin-1")
        for found in _TOKEN_LINE.finditer(text)
    ]


TOKENS = read_tokens()


CHARACTERS = TOKENS[: TOKENS.index(b"--")]
"""Those that are a character or two; the others are words of mail."""


def choose_token(random: Random) -> bytes:
    """A character as often as a word."""
    return random.choice(CHARACTERS if random.randint(0, 1) else TOKENS)


def damage(random: Random, mail: bytes, other: bytes, at_most: int = 4) -> bytes:
    """The mail with one to so many damages."""
    for _ in range(random.randint(1, at_most)):
        mail = random.choice(DAMAGES)(random, mail, other)[:MAX_BYTES]
    return mail


def _span(random: Random, mail: bytes, longest: int) -> tuple[int, int]:
    start = random.randint(0, len(mail))
    return start, min(len(mail), start + random.randint(0, longest))


def _lines(mail: bytes) -> list[bytes]:
    return mail.splitlines(keepends=True) or [b""]


def cut_end(random: Random, mail: bytes, _: bytes) -> bytes:
    """As a limit, or a lost connection, leaves it."""
    return mail[: random.randint(0, len(mail))]


def cut_out(random: Random, mail: bytes, _: bytes) -> bytes:
    """A few bytes or many are missing."""
    start, end = _span(random, mail, random.choice((1, 4, 40, 400)))
    return mail[:start] + mail[end:]


def repeat_slice(random: Random, mail: bytes, _: bytes) -> bytes:
    """A few bytes or many come twice."""
    start, end = _span(random, mail, random.choice((4, 40, 400, 4000)))
    return mail[:end] + mail[start:end] + mail[end:]


def splice(random: Random, mail: bytes, other: bytes) -> bytes:
    """The beginning of one and the end of the other."""
    return mail[: random.randint(0, len(mail))] + other[random.randint(0, len(other)) :]


def insert_slice(random: Random, mail: bytes, other: bytes) -> bytes:
    """A piece of another mail somewhere."""
    start, end = _span(random, other, random.choice((40, 400, 4000)))
    at = random.randint(0, len(mail))
    return mail[:at] + other[start:end] + mail[at:]


def flip_bytes(random: Random, mail: bytes, _: bytes) -> bytes:
    """Up to eight bytes are others."""
    changed = bytearray(mail)
    for _index in range(min(len(mail), random.randint(1, 8))):
        changed[random.randint(0, len(mail) - 1)] = random.randint(0, 255)
    return bytes(changed)


def change_line_ends(random: Random, mail: bytes, _: bytes) -> bytes:
    """All of them, or some."""
    end = random.choice((b"\n", b"\r\n", b"\r", b"\r\r\n", b"\n\n"))
    if random.randint(0, 1):
        return mail.replace(b"\r\n", b"\n").replace(b"\n", end)
    lines = _lines(mail)
    for _index in range(random.randint(1, 5)):
        index = random.randint(0, len(lines) - 1)
        lines[index] = lines[index].rstrip(b"\r\n") + end
    return b"".join(lines)


def drop_line(random: Random, mail: bytes, _: bytes) -> bytes:
    """One is missing."""
    lines = _lines(mail)
    del lines[random.randint(0, len(lines) - 1)]
    return b"".join(lines)


def drop_delimiter(random: Random, mail: bytes, _: bytes) -> bytes:
    """Two parts become one, or a multipart never ends."""
    found = list(_DELIMITER.finditer(mail))
    if not found:
        return mail
    one = random.choice(found)
    return mail[: one.start()] + mail[one.end() :]


def swap_lines(random: Random, mail: bytes, _: bytes) -> bytes:
    """Two have changed places."""
    lines = _lines(mail)
    one, other = random.randint(0, len(lines) - 1), random.randint(0, len(lines) - 1)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def repeat_line(random: Random, mail: bytes, _: bytes) -> bytes:
    """Thousands of times."""
    lines = _lines(mail)
    index = random.randint(0, len(lines) - 1)
    times = min(random.choice((2, 30, 1100, 5000)), REPEATED_BYTES // (len(lines[index]) or 1))
    lines[index] *= max(1, times)
    return b"".join(lines)


def repeat_token(random: Random, mail: bytes, _: bytes) -> bytes:
    """A hostile token, up to thousands of times."""
    token, at = choose_token(random), random.randint(0, len(mail))
    times = min(random.choice((2, 30, 1100, 20000)), REPEATED_BYTES // len(token))
    return mail[:at] + token * times + mail[at:]


def insert_tokens(random: Random, mail: bytes, _: bytes) -> bytes:
    """Hostile tokens anywhere."""
    for _index in range(random.randint(1, 3)):
        at = random.randint(0, len(mail))
        mail = mail[:at] + choose_token(random) + mail[at:]
    return mail


def insert_token_at_line(random: Random, mail: bytes, _: bytes) -> bytes:
    """Where fields, parts and quotes begin."""
    lines = _lines(mail)
    index = random.randint(0, len(lines) - 1)
    return b"".join([*lines[:index], choose_token(random), *lines[index:]])


def change_field(random: Random, mail: bytes, _: bytes) -> bytes:
    """A token before, in, behind or in place of a value; each name is as likely as any other."""
    found = list(_FIELD.finditer(mail))
    if not found:
        return mail
    name = random.choice(list(dict.fromkeys(field[1].lower() for field in found)))
    start, end = random.choice([field for field in found if field[1].lower() == name]).span(2)
    at = random.choice((start, end, random.randint(start, end)))
    return mail[:at] + choose_token(random) + mail[random.choice((at, at, end)) :]


def grow_value(random: Random, mail: bytes, _: bytes) -> bytes:
    """A value that goes on and on, with its own words or with a token."""
    found = list(_FIELD.finditer(mail))
    if not found:
        return mail
    name = random.choice(list(dict.fromkeys(field[1].lower() for field in found)))
    start, end = random.choice([field for field in found if field[1].lower() == name]).span(2)
    more = choose_token(random) if random.randint(0, 1) else mail[start : min(end, start + 40)] + b" "
    times = min(random.choice((30, 1100, 5000)), REPEATED_BYTES // len(more))
    return mail[:end] + more * times + mail[end:]


def repeat_short_field(random: Random, mail: bytes, _: bytes) -> bytes:
    """The beginning of a field, thousands of times: what is counted is counted past its limit."""
    found = list(_FIELD.finditer(mail))
    if not found:
        return mail
    one = random.choice(found)
    line = one[0][: len(one[1]) + 14].rstrip(b"\r\n") + b"\r\n"
    times = min(random.choice((120, 1100, 2500)), REPEATED_BYTES // len(line))
    return mail[: one.start()] + line * times + mail[one.start() :]


def repeat_field(random: Random, mail: bytes, _: bytes) -> bytes:
    """A field stands in another place too."""
    found = list(_FIELD.finditer(mail))
    if not found:
        return mail
    one, place = random.choice(found), random.choice(found)
    return mail[: place.start()] + one[0] + mail[place.start() :]


def swap_value(random: Random, mail: bytes, other: bytes) -> bytes:
    """The value of a field as the other mail has it, of the same name if it has one."""
    found, theirs = list(_FIELD.finditer(mail)), list(_FIELD.finditer(other))
    if not found or not theirs:
        return mail
    one = random.choice(found)
    same = [field for field in theirs if field[1].lower() == one[1].lower()]
    return mail[: one.start(2)] + random.choice(same or theirs)[2] + mail[one.end(2) :]


def change_number(random: Random, mail: bytes, _: bytes) -> bytes:
    """Another number, which may be none."""
    found = list(_NUMBER.finditer(mail))
    if not found:
        return mail
    one = random.choice(found)
    number = random.choice(
        (b"0", b"-1", b"256", b"4294967296", b"9" * 30, b"1e9", b"%d" % random.randint(0, 300))
    )
    return mail[: one.start()] + number + mail[one.end() :]


def nest(random: Random, mail: bytes, other: bytes) -> bytes:
    """The mail as an attachment of another, in whatever encoding, with its declaration or without."""
    head = other.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0][:2000]
    kind = random.choice((b"message/rfc822", b"text/plain", b"application/octet-stream", b"message/global"))
    encoding, content = _encode(random, mail)
    return (
        re.sub(rb"(?im)^content-(type|transfer-encoding):", b"X-Was:", head)
        + b'\r\nContent-Type: multipart/mixed; boundary="nested"\r\n\r\n--nested\r\nContent-Type: text/plain\r\n\r\n'
        + b"Junk.\r\n--nested\r\nContent-Type: " + kind
        + b"\r\nContent-Disposition: attachment; filename=a.eml\r\n" + encoding + b"\r\n"
        + content + b"\r\n--nested--\r\n"
    )  # fmt: skip


def reencode_body(random: Random, mail: bytes, _: bytes) -> bytes:
    """What stands behind an empty line in another encoding, up to the next delimiter."""
    places = [found.end() for found in re.finditer(rb"\r?\n\r?\n", mail)]
    if not places:
        return mail
    start = random.choice(places)
    found = _DELIMITER.search(mail, start)
    end = found.start() if found else len(mail)
    encoding, content = _encode(random, mail[start:end])
    head = mail[: start - (2 if mail[start - 2 : start] == b"\r\n" else 1)]
    return head + encoding + mail[len(head) : start] + content + b"\r\n" + mail[end:]


def _encode(random: Random, content: bytes) -> tuple[bytes, bytes]:
    """The field that declares an encoding, and the content in it, or in another one."""
    kind = random.randint(0, 7)
    if kind <= 1:
        return b"Content-Transfer-Encoding: base64\r\n" * kind, base64.encodebytes(content)
    if kind <= 3:
        return b"Content-Transfer-Encoding: quoted-printable\r\n" * (kind - 2), quopri.encodestring(content)
    if kind == 4:
        return b"", content.decode("latin-1").encode("utf-16")
    if kind == 5:
        return b"", b"> " + content.replace(b"\n", b"\n> ")
    return (b"Content-Transfer-Encoding: base64\r\n" if kind == 6 else b""), content


DAMAGES: tuple[Damage, ...] = (
    cut_end,
    cut_out,
    repeat_slice,
    splice,
    insert_slice,
    flip_bytes,
    change_line_ends,
    drop_line,
    drop_delimiter,
    swap_lines,
    repeat_line,
    repeat_token,
    insert_tokens,
    insert_token_at_line,
    change_field,
    change_field,  # what strangers write most, and what is read of it: likelier than the others
    change_field,
    change_field,
    grow_value,
    repeat_short_field,
    repeat_field,
    swap_value,
    change_number,
    nest,
    reencode_body,
)
