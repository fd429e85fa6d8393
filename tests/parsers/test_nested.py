"""Complaints that enclose the junk: what is hearsay, and what reading them costs."""

import pytest
from golden import MAILS
from mail_builders import build_feedback, build_junk, build_mail, build_part

from parsers import read_mail
from parsers.message import read_reported
from parsers.mime import Budget, parse_message
from parsers.nested import HEARSAY, find_innermost
from parsers.outside import Outside
from parsers.values import Report

COMPLAINT = (
    "Received: from out.customer.example (out.customer.example [198.51.100.66])\r\n"
    "\tby mx.reporter.example with ESMTP; Mon, 2 Nov 2026 10:01:00 +0000\r\n"
    "To: abuse@reporter.example\r\n"
)


@pytest.mark.parametrize("kind", ["arf", "attached"])
def test_a_mail_with_hearsay_has_the_warning(kind: str) -> None:
    """Neither stands without the other, in any sample."""
    reads = [read_mail(mail.read_bytes()) for mail in MAILS if mail.parent.name == kind]

    assert all((HEARSAY in read.warnings) == any(one.is_hearsay for one in read.reports) for read in reads)


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
    before = budget.messages
    assert reported

    reports = find_innermost(reported, Outside(parse_message(arriving, budget)), Report("attached"), budget)

    assert [report.format for report in reports] == ["arf"]
    assert before - budget.messages == 1
