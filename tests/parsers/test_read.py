"""Reading a whole mail: total for every byte string, and bounded whatever was built to hurt."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mail_builders import build_feedback, build_junk, build_mail, build_part

from parsers import read_mail
from parsers.as_json import mail_as_json
from parsers.budget import Budget
from parsers.html_text import strip_html
from parsers.mime import parse_message
from parsers.outside import Outside

VALID = (
    build_feedback(
        "Feedback-Type: abuse\r\nVersion: 1\r\nSource-IP: 192.0.2.10\r\nArrival-Date: Mon, 2 Nov 2026\r\n"
    ),
    build_mail(build_part(b"Look", "text/plain"), build_part(build_junk(subject="=?utf-8?Q?=C3=A4?="))),
    build_mail(
        build_part(b"> " + build_junk().replace(b"\r\n", b"\r\n> "), "text/plain; charset=iso-2022-jp")
    ),
    build_mail(
        build_part(b"<p>" + build_junk(), "text/html"), header="List-Id: <a.b>\r\nReceived: from (\r\n"
    ),
)
TOKENS = (
    b"\r\n",
    b"\n",
    b"\r",
    b'"',
    b"(",
    b")",
    b"<",
    b"[",
    b";",
    b"=?utf-8?B?",
    b"?=",
    b"\0",
    b"\xff",
    b"--frontier",
)


@st.composite
def damaged_mails(draw: st.DrawFn) -> bytes:
    """A valid mail with a few places cut out or filled with what parsers stumble over."""
    mail = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(mail)))
        end = draw(st.integers(start, min(len(mail), start + 40)))
        mail = mail[:start] + draw(st.sampled_from(TOKENS) | st.binary(max_size=8)) + mail[end:]
    return mail


def assert_can_be_written(raw: bytes) -> None:
    """The mail is read, and every text in the result is UTF-8 without NUL."""
    read = read_mail(raw)
    line = json.dumps(mail_as_json(read, "x"), ensure_ascii=False)

    assert "\\u0000" not in line
    assert "\0" not in f"{read.correspondence}"
    line.encode("utf-8")
    f"{read.correspondence}".encode()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw: bytes) -> None:
    """No byte string makes the reader raise."""
    assert_can_be_written(raw)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged_mails())
def test_a_damaged_mail_is_read(raw: bytes) -> None:
    """No damage to a valid mail makes the reader raise."""
    assert_can_be_written(raw)


def test_the_sha256_and_size_are_those_of_the_bytes() -> None:
    """A mail is its hash, whatever was read in it."""
    read = read_mail(b"")

    assert read.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert read.size == 0


def test_a_broken_feedback_report_costs_a_warning_only() -> None:
    """The message enclosed beside a broken feedback report is still reported."""
    read = read_mail(build_feedback("Nonsense: 1\r\n"))

    assert [report.format for report in read.reports] == ["arf"]
    assert read.warnings == ("A feedback report is broken. It has none of the fields of a feedback report.",)


def test_a_mail_with_two_feedback_reports_is_two_reports() -> None:
    """Each feedback report gets the message at its place."""
    parts = [
        build_part(f"Feedback-Type: {kind}\r\n".encode(), "message/feedback-report")
        for kind in ("abuse", "fraud")
    ]
    messages = [build_part(build_junk(subject=subject)) for subject in ("One", "Two")]

    read = read_mail(build_mail(parts[0], messages[0], parts[1], messages[1]))

    found = [(report.feedback_type, report.message and report.message.subject) for report in read.reports]
    assert found == [("abuse", "One"), ("fraud", "Two")]


NESTED = b"leaf"
for level in range(1000):
    mark = b"b%d" % level
    NESTED = (
        b"Content-Type: multipart/mixed; boundary=" + mark + b"\r\n\r\n--" + mark + b"\r\n" + NESTED + b"\r\n"
    )

HOSTILE = {
    "500 parts with 4,000 semicolons": build_mail(
        *[build_part(b"x", 'text/plain; a="' + ";" * 4000 + '"')] * 500
    ),
    "500 parts with an open quote": build_mail(*[build_part(b"x", 'text/plain; a="' + ";" * 4000)] * 500),
    "1,000 multiparts in each other": b"From: a@b.example\r\n" + NESTED,
    "an open quote before 80,000 semicolons": b'From: a@b.example\r\nContent-Type: text/plain; a="'
    + b";" * 80_000,
    "80,000 commas in To": b"To: " + b"," * 80_000 + b"\r\n\r\nx",
    "80,000 quotes and backslashes in From": b"From: " + b'"\\' * 80_000 + b"\r\n\r\nx",
    "20,000 encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nx",
    "20,000 beginnings of encoded words": b"Subject: " + b"=?" * 40_000 + b"\r\n\r\nx",
    "a Received line of brackets": b"From: a@b.example\r\nReceived: from " + b"<" * 100_000 + b"\r\n\r\nx",
    "1,000 Received lines of parentheses": b"Received: from "
    + b"((((([[[[[\r\nReceived: from " * 1000
    + b"\r\n\r\nx",
    "200,000 fields": b"From: a@b.example\r\n" + b"X-A: b\r\n" * 200_000 + b"\r\nx",
    "a line of 8 MB": b"Subject: " + b"x" * 8_000_000 + b"\r\n\r\nx",
    "a million false delimiters": build_mail(b"-" * 1_000_000, boundary="-"),
    "half a million lines like a header": b"From: a@b.example\r\n\r\n" + b"From: a\r\n" * 500_000,
    "HTML of opening brackets": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<br " * 500_000,
}

COSTLY = {
    "490 parts with 8,000 blanks in their types": build_mail(
        *[build_part(b"x", "text/plain;" + " " * 8000, f"Content-Disposition: x;{' ' * 8000}x\r\n")] * 490
    ),
    "490 parts with long names without a sign": build_mail(
        *[build_part(b"x", "text/plain" + (";" + " " * 99 + "a" * 100 + " " * 20) * 36)] * 490
    ),
    "490 parts of 100 parameters in unknown charsets": build_mail(
        *[
            build_part(b"x", "text/plain" + "".join(f"; a{n}*=c{part}x{n}z''a" for n in range(100)))
            for part in range(490)
        ]
    ),
    "490 parts of open quotes": build_mail(
        *[build_part(b"x", "text/plain" + (';a="' + '\\"' * 30) * 100)] * 490
    ),
    "100 subjects of 500 unknown charsets": build_mail(
        *[
            build_part(build_junk(received="", subject=" ".join(f"=?m{part}w{n}?q?a?=" for n in range(500))))
            for part in range(100)
        ]
    ),
    "490 parts of folds": build_mail(*[build_part(b"x", "text/plain" + "\r\n" + " \r\n" * 4000)] * 490),
    "490 parts of fields without a value": build_mail(
        *[build_part(b"x", "text/plain", "a:\r\n" * 3000)] * 490
    ),
    "8 MB of padding": build_mail(
        *[build_part(b"A=" * 8000, "application/octet-stream", "Content-Transfer-Encoding: base64\r\n")] * 490
    ),
    "HTML of 700,000 different entities": build_mail(
        *[build_part(b"</a><pre>" + b"".join(b"&#%d;" % n for n in range(20_000, 160_000)), "text/html")] * 5
    ),
    "HTML of 160,000 unknown entities": build_mail(
        *[build_part(b"</a><pre>" + (b"&" + b"a" * 31) * 32_000, "text/html")] * 5
    ),
}


@pytest.mark.parametrize("raw", COSTLY.values(), ids=COSTLY.keys())
@pytest.mark.timeout(60)
def test_a_costly_mail_is_read_to_an_answer(raw: bytes) -> None:
    """Work is bounded by the bytes, and by budgets of the whole mail; what is not would run into the time limit."""
    read = read_mail(raw)

    assert read.disposition in ("report", "not_a_report")


def test_entities_become_their_characters() -> None:
    """By name or number, with or without a semicolon; what is no character becomes the replacement."""
    html = "&lt;&#65;&#x42;&#67 &#150;&eacute;&nosuch;&amp;lt;&#0;&#xD800;&#1114112;&#99999999;"

    assert strip_html(html) == "<ABC –é&nosuch;&lt;\ufffd\ufffd\ufffd&#99999999;"


def test_a_number_that_no_character_has_is_no_error() -> None:
    """Python refuses to read a number of 5,000 digits, and raises."""
    raw = b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>&#" + b"9" * 5000 + b"; &#x41; &lt;</p>"

    assert read_mail(raw).reason == "no_evidence"


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_mail_is_read(raw: bytes) -> None:
    """Mails built to cost minutes end as no report, since they hold none."""
    read = read_mail(raw)

    assert read.disposition == "not_a_report"


def test_a_limit_cuts_and_what_was_found_stands() -> None:
    """A report within the limits is a report, and the warning says what was not read."""
    raw = build_mail(build_part(build_junk()), *[build_part(b"x", "text/plain")] * 600)

    read = read_mail(raw)

    assert read.disposition == "report"
    assert read.warnings == ("The mail has too many parts; the last ones were not read.",)


def test_the_content_type_behind_too_many_fields_is_still_read() -> None:
    """A header stuffed with fields does not hide the report below it."""
    raw = b"X-Stuffing: 1\r\n" * 1500 + build_mail(build_part(build_junk()))

    read = read_mail(raw)

    assert read.disposition == "report"
    assert read.warnings == ("The header has too many fields; the last ones were not read.",)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_line_ends_do_not_move_what_is_read_of_a_text(line_end: bytes) -> None:
    """A header that is pasted below 5,000 empty lines is found with line ends of one byte and of two."""
    pasted = (
        b"Received: from a.example (a.example [192.0.2.7]) by mx.b.example; Mon, 2 Nov 2026 10:00:00 +0000\n"
    )
    text = b"\n" * 5000 + pasted + b"From: x@a.example\nSubject: Buy\nMessage-ID: <1@a.example>\n"
    outside = Outside(parse_message((b"From: ann@r.example\n\n" + text).replace(b"\n", line_end), Budget()))

    assert outside.pasted is not None
