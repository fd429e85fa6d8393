"""Outlook's files: what is read of them, that other readers understand what is built here, and that damage ends."""

import random
import struct
from datetime import UTC, datetime
from io import BytesIO

import oxmsg
import pytest
import tnefparse
from mail_builders import ROUTE, build_file, build_junk, build_mail
from outlook_builders import Attached, Made, build_compound, build_msg, build_outlook, build_tnef

from parsers import read_mail
from parsers.budget import OUTLOOK_ENTRIES, Budget
from parsers.compound import read_compound
from parsers.mapi import DEPTH, TOO_DEEP, Item, Tag, charset_of
from parsers.outlook import write_message
from parsers.outlook_msg import read_msg
from parsers.tnef import read_tnef
from parsers.tnef_properties import Cursor, Values, read_properties
from parsers.values import Report

HEADER = build_junk().decode().partition("\r\n\r\n")[0] + "\r\n"
SAVED = build_outlook(HEADER, subject="Only today", body="Buy now!")
NINE = datetime(2026, 11, 2, 9, 58, tzinfo=UTC)


def read_reports(*files: bytes) -> list[Report]:
    """The reports of a mail with these files."""
    return list(read_mail(build_mail(*map(build_file, files))).reports)


def write(made: Made) -> bytes:
    """The mail that a saved message is read as."""
    item = read_msg(build_msg(made), Budget())
    return (item and write_message(item)) or b""


@pytest.mark.parametrize("kind", ["text/\u017f", "\u212a/x"])
def test_a_media_type_is_ascii(kind: str) -> None:
    """Without regard to case, two letters beyond ASCII are like `s` and `k`."""
    raw = write(build_outlook(HEADER, [Attached(b"a file", kind=kind)], body="Buy now!"))

    assert b"Content-Type: application/octet-stream" in raw


def test_another_reader_understands_the_files_that_are_built() -> None:
    """Otherwise builder and reader could share a mistake."""
    large = b"x" * 70_000
    made = build_outlook(HEADER, subject="Grün", body="y" * 9000, attached=[Attached(large, "a.bin")])

    message = oxmsg.Message.load(BytesIO(build_msg(made)))
    tnef = tnefparse.TNEF(build_tnef(made))

    assert (message.subject, message.body) == ("Grün", "y" * 9000)
    assert [(one.file_name, one.file_bytes) for one in message.attachments] == [("a.bin", large)]
    assert [(one.long_filename(), one.data) for one in tnef.attachments] == [("a.bin", large)]
    assert tnef.body == "y" * 9000


def test_the_header_of_the_transport_is_kept_but_for_its_parts() -> None:
    """What it said of the parts is said anew; the headers of the parts that follow it are left out."""
    kept = "X-First: 1\r\nContent-Type: text/plain;\r\n charset=x\r\nMIME-Version: 1.0\r\n"
    made = build_outlook(
        f"Microsoft Mail Internet Headers Version 2.0\n{kept}{HEADER}\r\n--b\r\nX-Of-Part: 1\r\n"
    )

    assert write(made) == f"X-First: 1\r\n{HEADER}\r\n".encode()


def test_a_header_lacks_nothing_that_the_properties_tell() -> None:
    """Some programs keep a part of it only."""
    raw = write(build_outlook(ROUTE, subject="Only today", sender_smtp_address="sales@tenant.example"))

    assert raw.startswith(ROUTE.encode())
    assert b"\r\nFrom: sales@tenant.example\r\nSubject: Only today\r\n" in raw


def test_texts_cannot_add_a_field() -> None:
    """A subject with line ends would be a route that somebody made up."""
    hostile = "x\r\nReceived: from a ([192.0.2.66])\r\n\r\n\0y\u2028z"
    made = build_outlook(
        subject=hostile,
        sender_name=hostile,
        sender_smtp_address=f"a@b.example\r\n{hostile}",
        internet_message_id=f"<1@b.example>\r\n{hostile}",
    )

    report = read_reports(build_msg(made))[0]

    assert report.message is not None
    assert report.message.hops == ()
    assert report.message.from_address is None
    assert report.message.subject == "x Received: from a ([192.0.2.66]) y z"


def test_names_of_files_and_their_types_cannot_add_a_field() -> None:
    """They are written anew."""
    attached = Attached(b"z", 'a"\r\n\r\nReceived: x\udc80', "multipart/mixed; boundary=x\r\nX: y")

    raw = write(build_outlook(HEADER, attached=[attached]))

    assert b"filename*=utf-8''a%22%0D%0A%0D%0AReceived%3A%20x" in raw
    assert b"Content-Type: application/octet-stream\r\n" in raw


def test_who_sent_it_has_an_address_of_the_internet() -> None:
    """On whose behalf comes first; addresses of Exchange are none."""
    exchange = "/O=X/CN=SALES"
    sender = {"sender_smtp_address": "secretary@tenant.example", "sender_email_address": exchange}

    alone = write(build_outlook(sender_name='The "boss"', **sender))
    on_behalf = write(build_outlook(sent_representing_email_address="boss@tenant.example", **sender))
    nobody = write(build_outlook(sender_name="Boss", sender_email_address=exchange))

    assert alone.startswith(b'From: "The \\"boss\\"" <secretary@tenant.example>\r\n')
    assert on_behalf.startswith(b"From: boss@tenant.example\r\n")
    assert nobody.startswith(b'From: "Boss"\r\n')


def test_properties_make_a_whole_header() -> None:
    """To whom and when it was sent, or else came."""
    made = build_outlook(subject="Hi", message_delivery_time=NINE)
    made.recipients = (
        {Tag.DISPLAY_NAME: "Ann", Tag.SMTP_ADDRESS: "ann@reporter.example"},
        {Tag.DISPLAY_NAME: "Bob", Tag.EMAIL_ADDRESS: "/O=X/CN=BOB"},
    )

    raw = write(made)

    assert b'\r\nTo: "Ann" <ann@reporter.example>\r\n' in b"\r\n" + raw
    assert b"\r\nDate: Mon, 02 Nov 2026 09:58:00 +0000\r\n" in raw


@pytest.mark.parametrize("ticks", [0, 1, 2**63, 2**64 - 1])
def test_a_time_that_no_mail_has_is_none(ticks: int) -> None:
    """It would not fit into a date, or stand in the year 1601."""
    item = read_msg(
        build_compound({"__properties_version1.0": bytes(32) + struct.pack("<HHIQ", 0x40, 0x39, 6, ticks)}),
        Budget(),
    )

    assert item is not None
    assert item.properties.moment(Tag.CLIENT_SUBMIT_TIME) is None


@pytest.mark.parametrize(
    ("page", "text"),
    [
        (874, "ไทย"), (932, "日本"), (936, "中文"), (949, "한국"), (950, "中文"), (1200, "ü"), (1251, "юг"),
        (1253, "γη"), (20866, "юг"), (21866, "юг"), (28592, "ż"), (28605, "œ"), (50220, "日本"),
        (50221, "日本"), (50222, "日本"), (51932, "日本"), (51949, "한국"), (54936, "中文"), (65000, "ü"),
        (65001, "ü✓"), (20127, "u"),
    ],
)  # fmt: skip
def test_a_page_is_read_in_its_code_page(page: int, text: str) -> None:
    """Of each code page of Windows that has another name elsewhere, and of some that have not."""
    made = build_outlook(HEADER, html=text.encode(charset_of(page) or ""), internet_code_page=page)

    assert f"\r\n\r\n{text}".encode() in write(made)


def test_an_unknown_code_page_is_guessed() -> None:
    """As for all mail: UTF-8, else Windows-1252."""
    assert "grün".encode() in write(build_outlook(HEADER, html="grün".encode(), internet_code_page=99_999))
    assert "grün".encode() in write(build_outlook(HEADER, html="grün".encode("cp1252"), internet_code_page=0))


def test_a_sealed_message_is_written_as_its_one_part() -> None:
    """Encrypted (S/MIME): what it says stays closed."""
    made = build_outlook(HEADER, message_class="IPM.Note.SMIME", attached=[Attached(b"sealed", "smime.p7m")])

    assert b"\r\nContent-Type: application/pkcs7-mime\r\n" in write(made)


def test_a_saved_message_makes_the_same_bytes_each_time() -> None:
    """Its hash and size are those of the bytes that are made of it."""
    raw = build_msg(build_outlook(HEADER, body="a", html=b"<p>b", attached=[Attached(b"c")]))

    first, again = read_reports(raw, raw)

    assert first.message is not None
    assert first.message == again.message
    assert first.message.size == len(first.message.raw)


def test_a_large_file_is_read_to_its_end() -> None:
    """Over 7 MB its table is listed in sectors of its own."""
    item = read_msg(build_msg(build_outlook(HEADER, attached=[Attached(b"x" * 17_000_000)])), Budget())

    assert item is not None
    assert getattr(item.attached[0], "content", b"") == b"x" * 17_000_000


def test_a_stream_is_read_only_as_far_as_the_file_is_long() -> None:
    """Entries that share one stream, or lie about its size, would be read for minutes."""
    raw = bytearray(build_compound({"a": b"y" * 5000}))
    place = raw.index("a".encode("utf-16-le") + bytes(62))
    raw[place + 120 : place + 124] = b"\xff\xff\xff\x7f"
    root = read_compound(bytes(raw), Budget())

    assert root is not None
    assert root.read("a") == b"y" * 5000 + bytes(120)
    assert sum(len(root.read("a") or b"") for _ in range(100)) <= 2 * len(raw)


def test_loops_end() -> None:
    """Of the chains of sectors, and of the directory."""
    raw = build_msg(build_outlook(HEADER, subject="x" * 5000))
    table = raw.rindex(struct.pack("<I", 0xFFFFFFFD)) // 512 * 512
    looping = bytearray(raw)
    for number in range(table, table + 512, 4):
        looping[number : number + 4] = struct.pack("<I", 1)
    siblings = raw.replace(
        struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), struct.pack("<III", 1, 1, 0)
    )

    assert read_reports(bytes(looping), siblings) is not None


@pytest.mark.parametrize("build", [build_msg, build_tnef])
def test_messages_in_each_other_are_read_so_deep(build: object) -> None:
    """With a warning behind that."""
    made = SAVED
    for _ in range(DEPTH + 3):
        made = build_outlook(HEADER, attached=[Attached(made)])
    assert callable(build)

    read = read_mail(build_mail(build_file(build(made))))

    assert TOO_DEEP in read.warnings
    assert read.disposition == "report"


def test_the_mail_in_winmail_dat_is_not_reported_itself() -> None:
    """It is the arriving mail, unless it came from elsewhere and nothing is attached to it."""
    assert (
        read_reports(build_tnef(build_outlook(subject="Hello", sender_smtp_address="ann@reporter.example")))
        == []
    )
    assert [report.format for report in read_reports(build_tnef(SAVED))] == ["tnef"]


@pytest.mark.parametrize("name", [b"IPM.Note\0", b"IPM.Microsoft Mail.Note\0", b"ipm.microsoft mail.note"])
def test_older_attributes_of_winmail_dat_are_read(name: bytes) -> None:
    """Exchange writes the class, the subject, the sender and the date of an attached message with them."""
    sender = b"Offers\0\0SMTP:sales@tenant.example\0"
    raw = b"\x78\x9f\x3e\x22\0\0" + b"".join(
        struct.pack("<BHHI", 1, attribute, 0, len(value)) + value + b"\0\0"
        for attribute, value in (
            (0x8008, name),
            (0x8004, b"Only today\0"),
            (0x800C, b"Buy now!\0"),
            (0x8005, struct.pack("<7H", 2026, 11, 2, 9, 58, 0, 0)),
            (0x8000, struct.pack("<4H", 4, 0, 8, len(sender) - 8) + sender),
        )
    )

    assert write_message(read_tnef(raw, Budget())) == (
        b'From: "Offers" <sales@tenant.example>\r\nSubject: Only today\r\nDate: Mon, 02 Nov 2026 09:58:00 +0000\r\n'
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nBuy now!"
    )


@pytest.mark.parametrize(
    ("kind", "size"),
    [(0x02, 4), (0x03, 4), (0x04, 4), (0x05, 8), (0x06, 8), (0x07, 8),
     (0x0A, 4), (0x0B, 4), (0x14, 8), (0x40, 8), (0x48, 16)],
)  # fmt: skip
def test_a_property_of_each_size_is_passed_over(kind: int, size: int) -> None:
    """One, or several; with a number, or a name."""
    several = struct.pack("<HHI", kind | 0x1000, 0x6000, 2) + bytes(
        2 * size if size > 4 else -(-2 * _own(kind) // 4) * 4
    )
    named = struct.pack("<HH16sIII", kind, 0x8001, b"", 1, 3, 0x616161) + bytes(size)
    rows = struct.pack("<HH", kind, 0x6001) + bytes(size) + several + named
    values = Values()

    read_properties(
        Cursor(struct.pack("<I", 4) + rows + struct.pack("<HHIIH2x", 0x1F, 0x37, 1, 2, 0x78)),
        values,
        Budget(),
    )

    assert values.texts == {0x37: (0x1F, b"x\0")}


def _own(kind: int) -> int:
    return 2 if kind in (0x02, 0x0B) else 4


@pytest.mark.parametrize("kind", [0x0D, 0x1E, 0x1F, 0x102])
def test_a_property_of_each_length_is_read(kind: int) -> None:
    """The first of several values."""
    values = Values()

    read_properties(
        Cursor(struct.pack("<IHHI", 1, kind | 0x1000, 0x37, 2) + struct.pack("<I4sI4s", 3, b"abc", 1, b"d")),
        values,
        Budget(),
    )

    assert values.texts == {0x37: (kind, b"abc")}


FORMS = {
    "msg": build_msg(
        build_outlook(HEADER, subject="x", body="y", attached=[Attached(SAVED), Attached(b"z" * 5000)])
    ),
    "ansi": build_msg(build_outlook(HEADER, subject="x", html=b"y"), "cp1252"),
    "tnef": build_tnef(
        build_outlook(HEADER, subject="x", attached=[Attached(SAVED), Attached(build_junk())])
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.timeout(60)
def test_damage_raises_nothing(form: str) -> None:
    """Bytes turned, taken away, doubled, and an end that is missing."""
    dice = random.Random(form)
    raw = FORMS[form]
    for _ in range(400):
        damaged = bytearray(raw)
        for _ in range(dice.randrange(1, 6)):
            place = dice.randrange(8, len(damaged) - 4)
            damaged[place : place + 4] = dice.choice((dice.randbytes(4), b"\xff" * 4, b"", bytes(8)))
        damaged = damaged[: dice.choice((len(damaged), dice.randrange(8, len(damaged) - 8)))]

        read = read_mail(build_mail(build_file(bytes(damaged))))

        assert read.disposition in ("report", "not_a_report")


def test_entries_are_counted() -> None:
    """All that a mail has share one budget."""
    budget = Budget()
    rows = struct.pack("<BHHIH", 1, 0x8004, 7, 0, 0)

    item = read_tnef(b"\x78\x9f\x3e\x22\0\0" + rows * (OUTLOOK_ENTRIES.of_all + 5), budget)

    assert isinstance(item, Item)
    assert OUTLOOK_ENTRIES.sentence in budget.warnings
