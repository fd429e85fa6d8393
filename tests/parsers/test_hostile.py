"""Mails built to cost time or memory, or to fill the answer: each limit cuts, says so, and what was found stands."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from archive_builders import build_gzip, build_overlapping
from mail_builders import ROUTE, build_feedback, build_file, build_junk, build_mail, build_part
from spreadsheet_builders import build_sheet

from parsers import budget as limits
from parsers import read_mail
from parsers.arf import VALUE_CHARACTERS
from parsers.as_json import mail_as_json
from parsers.budget import Budget, Limit
from parsers.headers import ENCODED_WORDS, SENDERS, SUBJECT_CHARACTERS, decode_text, parse_sole_address
from parsers.html_text import ENTITIES, strip_html
from parsers.inline import BLOCKS
from parsers.mime import DEPTH, GUESSED
from parsers.received import TOKENS, parse_received
from parsers.saved import FALSE_LINES, unwrap
from parsers.values import ReadMail

JUNK = build_part(build_junk())
FEEDBACK = build_part(b"Feedback-Type: abuse\r\nVersion: 1\r\n", "message/feedback-report")
READING = Path(__file__).parents[2] / "docs" / "reading.md"
REPORT = "multipart/report; report-type=feedback-report"
TO_DESK = f"{ROUTE}To: abuse@tenant.example\r\n"
FROM_LINE = b"From a Mon Nov  2 10:00:00 2026\r\n"


def build_junk_with(header: str = "", body: str = "Buy now!") -> bytes:
    """An attached message with this above its own header."""
    return build_part(build_junk(received=f"{ROUTE}{header}", body=body))


def build_page(html: bytes) -> bytes:
    """An attached message that is a page."""
    return build_junk_with("Content-Type: text/html\r\n", html.decode())


def nest(levels: int, inner: bytes, tail: bytes) -> bytes:
    """Multiparts in each other, none of which ends."""
    for level in range(levels):
        inner = b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n%b" % (level, level, inner)
    return inner + tail


def encode(junk: bytes, levels: int, words: str = "spam") -> bytes:
    """Complaints about each other, in base64."""
    for level in range(levels):
        part = build_part(base64.encodebytes(junk), more="Content-Transfer-Encoding: base64\r\n")
        junk = build_mail(
            build_part(words.encode(), "text/plain"),
            part,
            header=TO_DESK + "Subject: spam\r\n",
            boundary=f"b{level}",
        )
    return junk


COMPLAINT = b"Spam came from 192.0.2.7. Please stop it.\r\n"
XARF = '"xarf_version": "4.2.0", "source_identifier": "192.0.2.1", "category": "messaging", "type": "spam"'


def build_xarf(*more: str) -> bytes:
    """A document, and below it others with these values."""
    documents = "\n".join(f"{{{one}}}" for one in more)
    return build_mail(build_part(f"{{{XARF}}}\n{documents}".encode(), "application/json"))


LIMITED: dict[str, tuple[str, bytes]] = {
    "parts": (limits.PARTS.sentence, build_mail(JUNK, *[build_part(b"x", "text/plain")] * 600)),
    "lines like a delimiter": (
        limits.DELIMITERS.sentence,
        build_mail(JUNK, build_part(b"--frontierx\r\n" * 6000, "text/plain")),
    ),
    "bytes searched for delimiters": (
        limits.SEARCHED_BYTES.sentence,
        build_mail(JUNK, nest(DEPTH, b"\r\nx", bytes(4 * 1024 * 1024))),
    ),
    "multiparts in each other": (
        "The parts are nested too deep; the innermost were not read.",
        build_mail(JUNK, nest(1000, b"\r\nx", b"")),
    ),
    "bytes of a header": (
        limits.HEADER_BYTES.sentence,
        build_mail(build_junk_with(f"X-A: {'a' * 9000}\r\n" * 150)),
    ),
    "fields of a header": (limits.FIELDS.sentence, build_mail(build_junk_with("X-A: b\r\n" * 1200))),
    "parameters": (
        limits.PARAMETERS.sentence,
        build_mail(JUNK, build_part(b"x", "text/plain" + "; a=b" * 200)),
    ),
    "messages": (limits.MESSAGES.sentence, build_mail(*[JUNK] * 110)),
    "messages of a mailbox file": (
        limits.MESSAGES.sentence,
        build_mail(build_part((FROM_LINE + build_junk() + b"\r\n") * 110, "application/mbox")),
    ),
    "Received lines": (limits.HOPS.sentence, build_mail(build_part(build_junk(received=ROUTE * 150)))),
    "bytes of a text": (
        limits.TEXT_BYTES.sentence,
        build_mail(build_junk_with(body="a" * (1024 * 1024 + 1))),
    ),
    "characters of a page": (limits.PAGE_CHARACTERS.sentence, build_mail(build_page(b"<p>a" * 150_000))),
    "words of many texts": (
        limits.WORDS.sentence,
        build_mail(*[build_part(encode(build_junk(), 1, "a" * 9000))] * 40),
    ),
    "lines of a text": (limits.PASTED_LINES.sentence, build_mail(build_junk_with(body="a\r\n" * 11_000))),
    "messages in a text": (
        limits.PASTED,
        build_mail(build_part(build_junk() * (BLOCKS + 5), "text/plain")),
    ),
    "characters searched for addresses": (
        limits.PROSE_CHARACTERS.sentence,
        build_mail(build_part(COMPLAINT + b"a" * 70_000, "text/plain")),
    ),
    "named addresses": (
        limits.NAMED.sentence,
        build_mail(build_part(COMPLAINT + b"".join(b"192.0.2.%d\r\n" % n for n in range(99)), "text/plain")),
    ),
    "tags of spreadsheets": (
        limits.SHEET_TAGS.sentence,
        build_mail(
            build_part(COMPLAINT, "text/plain"),
            build_file(build_sheet("<row/>" * limits.SHEET_TAGS.of_all), "a.xlsx"),
        ),
    ),
    "feedback reports": (
        limits.FEEDBACK_PARTS.sentence,
        build_mail(*[FEEDBACK] * 30, JUNK, kind=REPORT),
    ),
    "bytes of a feedback report": (
        limits.FEEDBACK_BYTES.sentence,
        build_feedback("Feedback-Type: abuse\r\n" + f"X-A: {'a' * 1000}\r\n" * 200),
    ),
    "fields of a feedback report": (
        limits.FEEDBACK_FIELDS.sentence,
        build_feedback("Feedback-Type: abuse\r\n" + "X-A: b\r\n" * 1200),
    ),
    "bytes of a XARF document": (
        limits.XARF_BYTES.sentence,
        build_xarf(f'"xarf_version": "{"x" * 9_000_000}"'),
    ),
    "values of XARF documents": (limits.XARF_VALUES.sentence, build_xarf(f'"a": [{"1, " * 30_000}1]')),
    "XARF documents": (limits.XARF_DOCUMENTS.sentence, build_xarf(*[XARF] * 60)),
    "reports": (
        limits.REPORTS.sentence,
        build_mail(
            *[build_part(build_mail(*[FEEDBACK] * 2, kind=REPORT, header=TO_DESK, boundary="inner"))] * 50,
            *[JUNK] * 10,
        ),
    ),
    "entries of Outlook files": (
        limits.OUTLOOK_ENTRIES.sentence,
        build_mail(JUNK, build_file(b"\x78\x9f\x3e\x22\0\0" + (b"\1\4\x80\7\0" + bytes(6)) * 40_100)),
    ),
    "files of archives": (
        limits.ARCHIVE_MEMBERS.sentence,
        build_mail(JUNK, build_file(build_overlapping(b"", limits.ARCHIVE_MEMBERS.of_one + 1))),
    ),
    "bytes of archives": (
        limits.UNPACKED_BYTES.sentence,
        build_mail(JUNK, build_file(build_gzip(build_junk() + Random(1).randbytes(10_000) * 4_000))),
    ),
    "encoded words": (
        limits.LONG_VALUE,
        build_mail(build_part(build_junk(subject="=?utf-8?q?a?= " * 200))),
    ),
    "addresses": (limits.LONG_VALUE, build_mail(JUNK, header="Reply-To: " + "a@b.example, " * 300 + "\r\n")),
}
"""What is cut, the warning that says so, and a mail that has more of it beside a report."""


@pytest.mark.parametrize(("sentence", "raw"), LIMITED.values(), ids=LIMITED.keys())
def test_what_is_cut_is_said_and_the_report_stands(sentence: str, raw: bytes) -> None:
    """A limit costs a warning, never what was found within it."""
    read = read_mail(raw)

    assert read.disposition == "report"
    assert sentence in read.warnings


LIMITS = {name: value for name, value in vars(limits).items() if isinstance(value, Limit)}


def show(amount: int) -> str:
    for unit, size in (("MiB", 1024 * 1024), ("KiB", 1024)):
        if amount and amount % size == 0:
            return f"{amount // size} {unit}"
    return f"{amount:,}"


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_the_documentation_shows_each_limit(limit: Limit) -> None:
    """With its numbers and its warning."""
    numbers = " | ".join(map(show, (limit.of_one, limit.of_all, limit.left)))

    assert f"| {numbers} | {limit.sentence} |" in READING.read_text()


def test_each_limit_has_its_mail() -> None:
    """A new row needs a mail that has more of it."""
    assert {limit.sentence for limit in LIMITS.values()} <= {sentence for sentence, _ in LIMITED.values()}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS.keys())
def test_no_number_of_places_gets_past_a_limit(limit: Limit) -> None:
    """What one place may take is bounded, then what all of them may, and then little is left for each."""
    budget = Budget()

    taken = [budget.take(limit, 10**9) for _ in range(limit.of_all // limit.of_one + 3)]

    assert max(taken) == limit.of_one
    assert taken[-1] == limit.left
    assert sum(taken) <= limit.of_all + 3 * limit.left
    assert list(budget.warnings) == [limit.sentence]


def count_hops(read: ReadMail) -> list[int]:
    return [len(report.message.hops) for report in read.reports if report.message]


def test_the_messages_of_a_mail_share_its_received_lines() -> None:
    """Behind the limit of the whole mail each message keeps its newest ones."""
    read = read_mail(build_mail(*[build_part(build_junk(received=ROUTE * 80))] * 20))

    assert count_hops(read) == [80] * 12 + [40] + [limits.HOPS.left] * 7


def test_the_messages_of_a_mail_share_its_header_fields() -> None:
    """Behind the limit of the whole mail the sender and the subject of each are still read."""
    stuffed = build_part(build_junk(received="X-A: b\r\n" * 900))

    read = read_mail(build_mail(*[stuffed] * 40))

    assert {report.message and report.message.subject for report in read.reports} == {"Only today"}
    assert limits.FIELDS.sentence in read.warnings


def find_texts(value: Any) -> Iterator[str]:
    """All texts in an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from find_texts([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from find_texts(one)


LONG = "x" * 30_000
FAT = build_mail(
    build_part(
        "".join(
            f"{name}: {LONG}\r\n"
            for name in (
                "Feedback-Type User-Agent Version Original-Mail-From Original-Rcpt-To Reporting-MTA"
                " Reported-Domain Reported-URI Authentication-Results X-Other"
            ).split()
        ).encode(),
        "message/feedback-report",
    ),
    build_part(
        f"Received: from {LONG} by {LONG}; x\r\nFrom: {LONG} <{LONG}@b.example>\r\nSubject: {LONG}\r\n"
        f"Message-ID: <{LONG}>\r\n\r\nx".encode()
    ),
    kind=REPORT,
    header=f"Subject: {LONG}\r\n",
)


def test_each_text_of_an_answer_has_a_length() -> None:
    """Whatever a stranger writes into a field, its text is cut."""
    texts = list(find_texts(mail_as_json(read_mail(FAT), "x")))

    assert max(map(len, texts)) == VALUE_CHARACTERS
    subjects = [one.message and one.message.subject for one in read_mail(FAT).reports]
    assert subjects == ["x" * SUBJECT_CHARACTERS]


def test_an_answer_has_a_length() -> None:
    """The feedback reports of a mail share what is read of their fields."""
    fields = "Feedback-Type: abuse\r\n" + "".join(f"X-{number}: {'y' * 3000}\r\n" for number in range(20))
    part = build_part(fields.encode(), "message/feedback-report")
    inner = build_part(build_mail(*[part] * 20, kind=REPORT, header=TO_DESK, boundary="inner"))

    answer = json.dumps(mail_as_json(read_mail(build_mail(*[inner] * 5)), "x"))

    assert len(answer) < 600_000


def test_so_many_encoded_words_are_decoded() -> None:
    """The others stay as they are written."""
    text = decode_text(b"=?utf-8?q?a?= " * (ENCODED_WORDS + 50)) or ""

    assert text.startswith("a" * ENCODED_WORDS + " =?utf-8?q?a?=")


def test_who_writes_many_senders_is_nobody() -> None:
    """Each field would be read."""
    assert parse_sole_address([b"a@b.example"] * SENDERS) == "a@b.example"
    assert parse_sole_address([b"a@b.example"] * (SENDERS + 1)) is None


def test_so_many_words_of_a_received_line_are_read() -> None:
    """What stands behind them is not."""
    line = parse_received(b"from a.example " + b"x " * TOKENS + b"by b.example; x")

    assert (line.hop.from_name, line.hop.by_name) == ("a.example", None)


def test_so_many_entities_of_a_page_are_read() -> None:
    """The others stay as they are written."""
    assert strip_html("&#65;" * (ENTITIES + 1)) == "A" * ENTITIES + "&#65;"


def test_lines_like_those_of_a_mailbox_are_looked_at_so_often() -> None:
    """Behind too many of them no message is looked for."""
    content = FROM_LINE + build_junk() + b"\r\nFrom x\r\n" * FALSE_LINES + b"\r\n" + FROM_LINE + build_junk()

    read = read_mail(build_mail(build_part(content, "application/mbox")))

    assert len(read.reports) == 1


def test_a_boundary_that_is_not_declared_is_found_near_the_top() -> None:
    """It is looked for where preambles end, not in megabytes."""
    mail = build_mail(JUNK).replace(b'; boundary="frontier"', b"")
    preamble = b"x" * GUESSED + b"\r\n"

    assert read_mail(mail).disposition == "report"
    assert read_mail(mail.replace(b"--frontier", preamble + b"--frontier", 1)).disposition == "not_a_report"


def test_a_file_is_utf_16_up_to_what_is_not() -> None:
    """Each half of a character would cost as much as a thousand whole ones."""
    assert unwrap("\ufeffFrom: a".encode("utf-16-le") + b"\x00\xd8" * 10) == b"From: a"
    assert unwrap("\ufeffFrom: a".encode("utf-16-le") + b"x") == b"From: a"


COSTLY: dict[str, tuple[str, bytes]] = {
    "junk in base64 eight levels deep": (
        "report",
        build_mail(build_part(encode(build_junk(body="x" * 500_000), 8))),
    ),
    "99 senders of quoted characters": (
        "report",
        build_mail(*[build_junk_with(f"From: {'=?utf-8?q?' + '=41' * 3000}?=\r\n")] * 99),
    ),
    "99 senders of raw bytes": (
        "report",
        build_mail(*[build_part(b"From: " + b"\xe4" * 60_000 + b"\r\n" + build_junk())] * 99),
    ),
    "99 texts of bytes that are no text": (
        "report",
        build_mail(*[build_part(build_junk() + b"\x81\xa1" * 40_000)] * 99),
    ),
    "99 pages of opening brackets": ("report", build_mail(*[build_page(b"<" * 80_000)] * 99)),
    "99 pages of tables with fields": (
        "report",
        build_mail(*[build_page(b"<tr><td>From:</td><td>a</td></tr>" * 2500)] * 99),
    ),
    "99 texts of fields with empty lines": (
        "report",
        build_mail(*[build_junk_with(body="To: a\r\n\r\n" * 9000)] * 99),
    ),
    "99 texts of feedback reports": (
        "report",
        build_mail(*[build_junk_with(body="Feedback-Type: abuse\r\nVersion: 1\r\n\r\n" * 1500)] * 99),
    ),
    "400 multiparts of lines like a delimiter": (
        "not_a_report",
        build_mail(*[build_part(b"--cx\r\n" * 3000, "multipart/mixed; boundary=c")] * 400),
    ),
    "490 multiparts without a boundary": (
        "not_a_report",
        build_mail(*[build_part(b"\r\n--x y" * 2000, "multipart/mixed")] * 490),
    ),
    "a mailbox of lines like its own": (
        "report",
        build_mail(
            build_part(
                FROM_LINE + build_junk() + (b"\n\nFrom " + b"00:00" * 39 + b"x" * 45) * 30_000,
                "application/mbox",
            )
        ),
    ),
    "base64 of pieces in 400 files": (
        "not_a_report",
        build_mail(
            *[
                build_part(
                    b"AAAAAAAAAAAAAAA=" * 1000,
                    "application/octet-stream; name=a.eml",
                    "Content-Transfer-Encoding: base64\r\n",
                )
            ]
            * 400
        ),
    ),
    "UTF-16 of halves of characters": (
        "not_a_report",
        build_mail(build_part(b"\xff\xfe" + b"\x00\xd8" * 2_000_000)),
    ),
    "1,000 fields From of 70 addresses": (
        "not_a_report",
        (b"From: " + b'"x" <a@b>, ' * 70 + b"\r\n") * 1000 + b"\r\nx",
    ),
    "20 complaints of 20 feedback reports of recipients": (
        "report",
        build_mail(
            *[
                build_part(
                    build_mail(
                        *[
                            build_part(
                                b"Feedback-Type: abuse\r\n"
                                + (b"Original-Rcpt-To: " + b"@," * 640 + b"\r\n") * 15,
                                "message/feedback-report",
                            ),
                            JUNK,
                        ]
                        * 20,
                        kind=REPORT,
                        header=TO_DESK,
                        boundary="inner",
                    )
                )
            ]
            * 20
        ),
    ),
}
"""Mails of up to 8 MB, each of which once cost a second."""


@pytest.mark.parametrize(("disposition", "raw"), COSTLY.values(), ids=COSTLY.keys())
@pytest.mark.timeout(20)
def test_a_costly_mail_is_read_rightly(disposition: str, raw: bytes) -> None:
    """The cost is bounded by budgets of the whole mail, and what it reports is reported."""
    read = read_mail(raw)

    assert read.disposition == disposition
    assert len(read.reports) <= limits.REPORTS.of_all


def test_the_subject_of_a_mail_is_cut_too() -> None:
    """What lists show of a mail has the length of what they show of a message."""
    words = b" ".join([b"=?utf-8?q?xxxxxxxxxx?="] * 300)

    read = read_mail(b"From: a@b.example\nSubject: " + words + b"\n\nHello\n")

    assert read.correspondence.subject == "x" * SUBJECT_CHARACTERS
