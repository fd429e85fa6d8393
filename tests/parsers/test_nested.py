"""Complaints that enclose the junk: what is hearsay, and what reading them costs."""

import pytest
from golden import MAILS
from mail_builders import build_feedback, build_junk, build_mail, build_part

from parsers import read_mail
from parsers.budget import MESSAGES, Budget
from parsers.message import read_reported
from parsers.mime import parse_message
from parsers.nested import DEPTH, ENCLOSED, HEARSAY, find_innermost
from parsers.outside import Outside
from parsers.read import BESIDE_FORWARD
from parsers.values import Report

COMPLAINT = (
    "Received: from out.customer.example (out.customer.example [198.51.100.66])\r\n"
    "\tby mx.reporter.example with ESMTP; Mon, 2 Nov 2026 10:01:00 +0000\r\n"
    "To: abuse@reporter.example\r\n"
)


@pytest.mark.parametrize("kind", ["arf", "attached"])
def test_a_mail_with_hearsay_has_the_warning(kind: str) -> None:
    """Neither stands without the other, in any sample; what is attached to a forward in the text has its own."""
    reads = [read_mail(mail.read_bytes()) for mail in MAILS if mail.parent.name == kind]

    warned = [not {HEARSAY, BESIDE_FORWARD}.isdisjoint(read.warnings) for read in reads]
    assert warned == [any(one.is_hearsay for one in read.reports) for read in reads]


def test_what_is_attached_to_a_forward_in_the_text_is_hearsay() -> None:
    """It may be a file of the junk, of the same subject: its sender wrote both."""
    shown = "From: Win <win@junk.example>\nDate: Mon, 2 Nov 2026 09:58:00 +0000\nSubject: Only today\n\nBuy\n"
    forward = build_part(f"---------- Forwarded message ---------\n{shown}".encode(), "text/plain")

    read = read_mail(build_mail(forward, build_part(build_junk()), header="Subject: Look\r\n"))

    assert [(one.format, one.is_hearsay) for one in read.reports] == [("attached", True)]
    assert read.warnings == (BESIDE_FORWARD,)


def test_what_is_attached_beside_words_is_no_hearsay() -> None:
    """Most who attach the junk write something above it."""
    words = build_part(b"Please look at this.\r\n", "text/plain")

    read = read_mail(build_mail(words, build_part(build_junk()), header="Subject: Fwd: Only today\r\n"))

    assert [one.is_hearsay for one in read.reports] == [False]


def test_only_what_stood_in_the_complaint_is_hearsay() -> None:
    """Other messages beside it are reported as they are."""
    complaint = build_mail(build_part(build_junk()), header=COMPLAINT, boundary="inner")

    read = read_mail(build_mail(build_part(complaint), build_part(build_junk(subject="Second"))))

    found = [(one.message and one.message.subject, one.is_hearsay) for one in read.reports]
    assert found == [("Only today", True), ("Second", False)]


def test_messages_of_a_nested_feedback_report_are_read_once() -> None:
    """What is read twice would cost the budget of messages twice."""
    arriving = build_mail(build_part(b"See attached.", "text/plain"))
    budget = Budget()
    reported = read_reported(build_feedback("Feedback-Type: abuse\r\n"), budget)
    before = budget.spent[MESSAGES]
    assert reported

    reports = find_innermost(reported, Outside(parse_message(arriving, budget)), Report("attached"), budget)

    assert [report.format for report in reports] == ["arf"]
    assert budget.spent[MESSAGES] - before == 1


def test_of_a_nested_mail_so_many_messages_are_read() -> None:
    """Junk that encloses a hundred must not use up what other messages need."""
    junk = [build_part(build_junk(subject=f"Offer {number}")) for number in range(ENCLOSED + 10)]
    fields = build_part(b"Feedback-Type: abuse\r\nVersion: 1\r\n", "message/feedback-report")
    outside = Outside(parse_message(b"From: ann@reporter.example\r\n\r\nSee attached.", Budget()))

    for parts, limit in ((junk, ENCLOSED), ([fields, *junk], 1 + ENCLOSED)):
        budget = Budget()
        reported = read_reported(build_mail(*parts, header=COMPLAINT), budget)
        before = budget.spent[MESSAGES]
        assert reported
        find_innermost(reported, outside, Report("attached"), budget, DEPTH - 1)

        assert budget.spent[MESSAGES] - before == limit


def test_a_robot_that_states_no_address_and_brings_no_message_reports_nothing() -> None:
    """Hotmail's older reports have the address in the subject, or nothing is known."""
    read = read_mail(b"From: staff@hotmail.com\r\nSubject: complaint about message from somebody\r\n\r\n")

    assert read.disposition == "not_a_report"


def test_what_came_from_nowhere_beside_a_feedback_report_is_not_reported() -> None:
    """A message that no feedback report is about needs a route."""
    fields = build_part(b"Feedback-Type: abuse\r\nVersion: 1\r\n", "message/feedback-report")
    other = build_part(build_junk(received="", subject="Draft").replace(b"junk-1", b"draft-1"))

    read = read_mail(build_mail(fields, build_part(build_junk()), other))

    assert [report.format for report in read.reports] == ["arf"]


@pytest.mark.parametrize(("length", "named"), [(1500, [2, 2, 2]), (2500, [2, 0, 0])])
def test_long_fields_are_not_repeated_for_each_message(length: int, named: list[int]) -> None:
    """A feedback report is about all that its complaint encloses; where it is long, a mail must not grow by that."""
    junk = [
        build_junk().replace(b"junk-1", b"junk-%d" % number).replace(b"2.10", b"2.%d" % number)
        for number in (1, 2, 3)
    ]
    header = (
        "Received: from desk.registrar.example (desk.registrar.example [198.51.100.7])\r\n"
        "\tby mx.reporter.example (Postfix) with ESMTPS id 5; Mon, 2 Nov 2026 09:59:00 +0000\r\n"
        "To: abuse@provider.example\r\nSubject: Abuse complaint\r\n"
    )
    words = build_part(b"We received this complaint about spam from your network.", "text/plain")
    complaint = build_mail(words, *map(build_part, junk), header=header, boundary="inner")
    fields = f"Feedback-Type: abuse\r\nX-Long: {'a' * length}\r\nX-Other: {'b' * length}\r\n".encode()
    parts = (build_part(fields, "message/feedback-report"), build_part(complaint))

    read = read_mail(build_mail(*parts, kind="multipart/report; report-type=feedback-report"))

    assert [len(report.extensions) for report in read.reports] == named
    assert [report.feedback_type for report in read.reports] == ["abuse"] * 3
