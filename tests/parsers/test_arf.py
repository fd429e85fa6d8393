"""Feedback reports, alone."""

import tracemalloc

import pytest

from parsers.arf import BrokenReport, parse_feedback_report
from parsers.arf_fields import begins_like_report, find_appended, find_fields


def test_an_empty_part_is_no_report() -> None:
    """Nothing is one of the three answers."""
    assert parse_feedback_report(b"") is None
    assert parse_feedback_report("no field here") is None


def test_fields_of_something_else_are_a_broken_report() -> None:
    """Fields, but none that a feedback report has."""
    with pytest.raises(BrokenReport):
        parse_feedback_report("Subject: x\r\nMessage-ID: <a@b>\r\n")


def test_nothing_that_was_reported_is_lost() -> None:
    """Repeated and unknown fields, and values that cannot be read, are extensions by their first spelling."""
    report = parse_feedback_report(
        "Feedback-Type: Fraud\nX-A: 1\nx-a: 2\nSource-IP: masked\nVersion: 1\nVersion: 2\n"
    )

    assert report is not None
    assert report.feedback_type == "fraud"
    assert report.version == "1"
    assert report.extensions == {"X-A": ("1", "2"), "Source-IP": ("masked",), "Version": ("2",)}


@pytest.mark.parametrize(
    ("text", "expected"), [("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("9" * 30, 1_000_000_000), ("٣", 1)]
)
def test_incidents_are_a_bounded_number(text: str, expected: int) -> None:
    """One, unless the report says a number."""
    report = parse_feedback_report(f"Feedback-Type: abuse\nIncidents: {text}\n")

    assert report is not None
    assert report.incidents == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<>", ""),
        ("<> (null sender)", ""),
        ("", None),
        ("utf-8; a@x.example", "a@x.example"),
        ("rfc822;<a@x.example>", "a@x.example"),
        ("<a@x.example> (b@y.example)", "a@x.example"),
        ('<"a>b"@x.example>', '"a>b"@x.example'),
        ('<"b@y.example>"@x.example>', '"b@y.example>"@x.example'),
        ("<b@y.example(@x.example>", "b@y.example(@x.example"),
    ],
)
def test_an_envelope_sender_is_the_address_alone(text: str, expected: str | None) -> None:
    """Types, brackets and comments are taken off; the empty text is the null sender, None says nothing."""
    report = parse_feedback_report(f"Feedback-Type: abuse\nOriginal-Mail-From: {text}\n")

    assert report is not None
    assert report.original_mail_from == expected


def test_a_public_address_behind_a_private_one_is_a_candidate() -> None:
    """Source-IP is the first as stated; the rest is offered, and stays."""
    report = parse_feedback_report("Feedback-Type: abuse\nSource-IP: 10.0.0.1\nSource-IP: 192.0.2.5\n")

    assert report is not None
    assert str(report.source_ip) == "10.0.0.1"
    assert [str(ip) for ip in report.candidate_ips] == ["192.0.2.5"]
    assert report.extensions == {"Source-IP": ("192.0.2.5",)}


def test_what_is_too_much_stays_as_it_was_written() -> None:
    """Typed fields hold a bounded number of values; the rest is in the extensions."""
    report = parse_feedback_report(b"Feedback-Type: abuse\n" + b"Reported-Domain: a.example\n" * 53)

    assert report is not None
    assert len(report.reported_domains) == 50
    assert report.extensions == {"Reported-Domain": ("a.example",) * 3}


def test_a_masked_address_beside_a_whole_one_is_no_candidate() -> None:
    """Networks and ranges name nobody, whatever address they begin with."""
    report = parse_feedback_report(
        "Feedback-Type: abuse\nSource-IP: 192.0.2.0/24\nSource-IP: 198.51.100.7\nSource-IP: 2001:db8::/32\n"
    )

    assert report is not None
    assert [str(ip) for ip in report.candidate_ips] == ["198.51.100.7"]


@pytest.mark.parametrize("name", ["From", "Received", "Return-Path"])
def test_a_message_does_not_begin_like_a_report(name: str) -> None:
    """Its sender can write the fields of a report, and cannot take out what the receiving server wrote above them."""
    fields = b"Feedback-Type: abuse\nSource-IP: 192.0.2.5\n"

    assert begins_like_report(fields)
    assert not begins_like_report(name.encode() + b": x\n" + fields)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"  A: 1\n  B: 2\n", [("A", b"1"), ("B", b"2")]),
        (b"\n\t A: 1\n\n \n\t B: 2\n\t   3\n", [("A", b"1"), ("B", b"2  3")]),
        (b"  A: 1\n B: 2\n", [("A", b"1 B: 2")]),
    ],
)
def test_fields_are_read_without_what_all_of_them_are_indented_by(
    raw: bytes, expected: list[tuple[str, bytes]]
) -> None:
    """Empty lines need no indent; a line with less of it is the fold that it looks like."""
    assert find_fields(raw) == expected


def test_a_large_indented_part_costs_little_memory() -> None:
    """The message behind the fields can have millions of lines."""
    raw = b" Feedback-Type: abuse\n\n Received: x\n\n" + b" a\n" * 500_000
    tracemalloc.start()

    message = find_appended(raw)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message == b"Received: x\n\n" + b"a\n" * 500_000
    assert peak < 4 * len(raw)
