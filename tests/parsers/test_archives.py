"""Archives: what is found in them, and that none of them costs more than it may, whatever it claims."""

import bz2
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
from archive_builders import build_gzip, build_overlapping, build_tar, build_zip, encrypt
from mail_builders import ROUTE, build_file, build_junk, build_mail

from parsers import read_mail
from parsers.archives import ENCRYPTED, UNKNOWN, Kind, find_kind, read_members
from parsers.budget import ARCHIVE_MEMBERS, MIB, UNPACKED_BYTES, Budget
from parsers.packed import DEPTH, TOO_DEEP
from parsers.sources import BZIP2, DAMAGED, FREE_BYTES, RATIO, STREAMS, TOO_DENSE, XZ
from parsers.values import ReadMail

JUNK = build_junk()


def read_file(content: bytes, name: str = "file.bin") -> ReadMail:
    """How a mail is read that brings this file."""
    return read_mail(build_mail(build_file(content, name)))


def unpack(kind: Kind, content: bytes, budget: Budget | None = None) -> list[bytes]:
    """All files in it."""
    budget = budget or Budget()
    return [member.read(budget) for member in read_members(kind, content, "", budget)]


PACKED: dict[str, tuple[Kind, Callable[[bytes], bytes]]] = {
    "zip": (Kind.ZIP, lambda content: build_zip({"a": content})),
    "zip with bzip2": (Kind.ZIP, lambda content: build_zip({"a": content}, zipfile.ZIP_BZIP2)),
    "zip, stored": (Kind.ZIP, lambda content: build_zip({"a": content}, zipfile.ZIP_STORED)),
    "tar": (Kind.TAR, lambda content: build_tar({"a": content})),
    "tar of old": (Kind.TAR, lambda content: build_tar({"a": content}, tarfile.GNU_FORMAT)),
    "gzip": (Kind.GZIP, build_gzip),
    "gzip in pieces": (Kind.GZIP, lambda content: build_gzip(content[:9]) + build_gzip(content[9:])),
    "bzip2": (Kind.BZIP2, bz2.compress),
    "bzip2 in pieces": (Kind.BZIP2, lambda content: bz2.compress(content[:9]) + bz2.compress(content[9:])),
    "xz": (Kind.XZ, lzma.compress),
    "xz, fast": (Kind.XZ, lambda content: lzma.compress(content, preset=0)),
    "xz of much": (Kind.XZ, lambda content: lzma.compress(content, preset=8)),
    "tar in gzip": (Kind.GZIP, lambda content: build_gzip(build_tar({"a": content}))),
}


@pytest.mark.parametrize("form", PACKED)
@pytest.mark.parametrize("size", [0, 1, 511, 512, 100_000])
def test_a_file_comes_out_as_it_went_in(form: str, size: int) -> None:
    """Byte for byte, whatever its length."""
    kind, pack = PACKED[form]
    content = random.Random(size).randbytes(size)

    assert unpack(kind, pack(content)) == [content]


@pytest.mark.parametrize("form", PACKED)
@pytest.mark.timeout(60)
def test_damage_raises_nothing(form: str) -> None:
    """Bytes turned, and an end that is missing."""
    dice = random.Random(form)
    raw = PACKED[form][1](JUNK * 3)
    for _ in range(200):
        damaged = bytearray(raw)
        damaged[dice.randrange(4, len(raw))] = dice.randrange(256)
        damaged = damaged[: dice.choice((len(raw), dice.randrange(4, len(raw))))]

        assert read_file(bytes(damaged)).disposition in ("report", "not_a_report")


@pytest.mark.parametrize("form", ["gzip", "bzip2", "xz", "zip"])
def test_what_stands_before_the_damage_is_kept(form: str) -> None:
    """With a warning: half a message has its route."""
    kind, pack = PACKED[form]
    content = random.Random(1).randbytes(1_500_000)
    raw = bytearray(pack(content))
    raw[len(raw) * 2 // 3 : len(raw) * 2 // 3 + 100] = bytes(100)
    budget = Budget()

    found = unpack(kind, bytes(raw), budget)[0]

    assert found[:100_000] == content[:100_000]
    assert DAMAGED in budget.warnings


def test_names_of_files_are_no_paths() -> None:
    """Whatever they are, the file is read, and nothing is written."""
    names = (
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\x",
        "\udc80".encode("utf-8", "surrogateescape").decode("latin-1"),
        "x" * 3000,
    )

    read = read_file(build_tar({name: build_junk(subject=str(number)) for number, name in enumerate(names)}))

    assert len(read.reports) == len(names)


def test_links_and_folders_hold_nothing() -> None:
    """A link names a file that would be looked for elsewhere."""
    block = bytearray(build_tar({"a": b""})[:512])
    block[156:157] = b"2"
    block[157:168] = b"/etc/passwd"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)

    assert unpack(Kind.TAR, bytes(block) + build_tar({"b": b"x"})) == [b"x"]


def test_an_encrypted_file_is_told_and_the_others_are_read() -> None:
    """The mail says so, and the acknowledgement too."""
    read = read_mail(
        build_mail(build_file(encrypt(build_zip({"a": JUNK}))), build_file(build_zip({"b": JUNK})))
    )

    assert len(read.reports) == 1
    assert read.warnings == (ENCRYPTED,)


def test_a_rare_method_of_zip_is_told() -> None:
    """The reporter can send it again, as what is of another kind."""
    assert read_file(build_zip({"a": JUNK}, zipfile.ZIP_LZMA)).warnings == (UNKNOWN,)


def test_a_tar_of_the_first_programs_has_no_mark() -> None:
    """Its checksum tells what it is."""
    block = bytearray(build_tar({"a": JUNK}, tarfile.USTAR_FORMAT))
    block[257:512] = bytes(255)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block[:512])

    assert find_kind(bytes(block)) is Kind.TAR
    assert unpack(Kind.TAR, bytes(block)) == [JUNK]


@pytest.mark.parametrize(
    "start",
    [
        b"Rar!\x1a\x07\x01\x00",
        b"7z\xbc\xaf\x27\x1c\x00\x04",
        b"\x28\xb5\x2f\xfd\x24",
        b"LZIP\1",
        b"MSCF\0\0\0\0",
    ],
)
def test_an_archive_of_another_kind_is_told(start: bytes) -> None:
    """The reporter can send it again."""
    assert read_file(start + bytes(100)).warnings == (UNKNOWN,)


def test_archives_in_each_other_are_opened_so_deep() -> None:
    """With a warning behind that."""
    packed = JUNK
    for _ in range(DEPTH - 1):
        packed = build_zip({"a.zip": packed})

    assert read_file(packed).disposition == "report"
    assert read_file(build_zip({"a": packed})).warnings == (TOO_DEEP,)


def test_the_archive_of_a_reported_message_stays_closed() -> None:
    """What junk brings is its sender's: it could blame somebody else."""
    complaint = f"{ROUTE}To: abuse@tenant.example\r\nSubject: spam\r\n"
    inner = build_mail(
        build_file(build_zip({"a.eml": build_junk(subject="Made up")})), header=complaint, boundary="inner"
    )

    read = read_mail(build_mail(build_file(inner, "mail.eml")))

    assert [report.message and report.message.subject for report in read.reports] == ["spam"]


def test_files_that_are_no_messages_are_passed_over() -> None:
    """Only their beginning is unpacked."""
    budget = Budget()
    archive = build_zip({"a.bin": bytes(9 * MIB), "b.txt": b"Hello", "c.html": b"<p>Received: from x"})

    assert read_file(archive).reason == "no_evidence"
    assert unpack(Kind.ZIP, archive, budget)[1:] == [b"Hello", b"<p>Received: from x"]


@pytest.mark.parametrize("pack", [build_gzip, lambda content: build_zip({"a": content})], ids=["gzip", "zip"])
def test_so_much_is_unpacked_of_a_mail(pack: Callable[[bytes], bytes]) -> None:
    """Of all its archives together; what was found before stands."""
    bomb = pack(JUNK + random.Random(1).randbytes(10_000) * 4_000)

    read = read_mail(build_mail(build_file(bomb), build_file(bomb)))

    assert UNPACKED_BYTES.sentence in read.warnings
    assert sum(report.message.size for report in read.reports if report.message) <= UNPACKED_BYTES.of_all


@pytest.mark.parametrize(
    ("pack", "method"), [(bz2.compress, BZIP2), (PACKED["xz, fast"][1], XZ)], ids=["bzip2", "xz"]
)
def test_what_takes_longer_counts_more(pack: Callable[[bytes], bytes], method: object) -> None:
    """The budget is one of time, too."""
    content = random.Random(1).randbytes((3 if pack is bz2.compress else 9) * MIB)
    budget = Budget()

    found = unpack(Kind.BZIP2 if pack is bz2.compress else Kind.XZ, pack(content), budget)[0]

    assert len(found) <= UNPACKED_BYTES.of_all // getattr(method, "cost", 1)
    assert UNPACKED_BYTES.sentence in budget.warnings


def test_a_bomb_ends_by_its_ratio() -> None:
    """Long before the budget of the mail is spent."""
    raw = bz2.compress(bytes(50 * MIB))
    budget = Budget()

    found = unpack(Kind.BZIP2, raw, budget)[0]

    assert len(found) <= FREE_BYTES + RATIO * len(raw)
    assert TOO_DENSE in budget.warnings or UNPACKED_BYTES.sentence in budget.warnings


@pytest.mark.parametrize(
    "empty", [build_gzip(b""), bz2.compress(b""), lzma.compress(b"")], ids=["gzip", "bzip2", "xz"]
)
def test_so_many_streams_are_read_of_a_file(empty: bytes) -> None:
    """A million empty ones would each begin anew."""
    assert DAMAGED in read_file(empty * (STREAMS + 1)).warnings


def test_an_archive_that_wants_much_memory_is_not_unpacked() -> None:
    """The dictionary of xz can be as large as its sender likes."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 * MIB}]
    raw = lzma.compress(JUNK, filters=filters)

    assert read_file(raw).warnings == (DAMAGED,)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.timeout(20)
def test_files_that_share_their_bytes_are_each_paid_for(method: int) -> None:
    """A list of thousands of files can name the same megabytes, of which nothing need come out."""
    data = JUNK + bytes(5 * MIB) if method == zipfile.ZIP_STORED else b"\0\0\0\xff\xff" * MIB

    read = read_file(build_overlapping(data, 4_900, method))

    assert UNPACKED_BYTES.sentence in read.warnings


def test_a_list_that_is_too_long_is_not_read() -> None:
    """The standard library would read all of it."""
    packed = zlib.compress(b"")
    raw = build_overlapping(packed, ARCHIVE_MEMBERS.of_one + 1)

    assert read_file(raw).warnings == (ARCHIVE_MEMBERS.sentence,)


def test_files_of_tar_are_counted() -> None:
    """Each costs a look, though it is empty."""
    one = build_tar({"a": b""})[:512]
    budget = Budget()

    found = unpack(Kind.GZIP, build_gzip(one * (ARCHIVE_MEMBERS.of_all + 9)), budget)

    assert len(found) == ARCHIVE_MEMBERS.of_all
    assert ARCHIVE_MEMBERS.sentence in budget.warnings


@pytest.mark.parametrize("size", [b"\x80" + b"\xff" * 11, b"77777777777\0", b"-1\0", b"\xff" * 12, b"9" * 12])
def test_a_size_that_is_a_lie_ends_with_the_file(size: bytes) -> None:
    """In octal, in bytes, negative, or nonsense."""
    block = bytearray(build_tar({"a": b""})[:512])
    block[124:136] = size.ljust(12, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)

    assert unpack(Kind.TAR, bytes(block) + b"x" * 700)[0] in (b"x" * 700, b"")


def test_a_list_of_files_that_points_outside_is_damaged() -> None:
    """No bytes before the file, or behind it."""
    archive = bytearray(build_zip({"a": JUNK}))
    place = archive.index(b"PK\x01\x02")
    archive[place + 42 : place + 46] = struct.pack("<I", 0x7FFFFFFF)

    assert read_file(bytes(archive)).warnings == (DAMAGED,)
