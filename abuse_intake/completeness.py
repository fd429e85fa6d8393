"""What a report holds of the reported message: whole, or what was lost; it decides what the reporter is taught.

Only a whole message with the headers of its way can be traced, and can prove who sent it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal

from parsers.values import Report


class Completeness(StrEnum):
    """What a report holds of its message; each has its sentence in the acknowledgement."""

    WHOLE = "whole"
    PASTED = "pasted"
    """Its headers stand in the text: programs change what is pasted."""
    HEADERS_ONLY = "headers_only"
    NO_ROUTE = "no_route"
    """It has no Received lines: what a program quotes of a mail, a copy of a sent one, a cut one."""
    NOTHING = "nothing"
    """A feedback report without the message."""
    PROSE = "prose"
    """A text about mail that names an address, without the mail."""
    ATTACK = "attack"
    """A text about something other than mail that names an address: there is no message."""
    NO_MAIL = "no_mail"
    """A complaint about something other than mail (XARF): there is no message."""


COMPLETE = (Completeness.WHOLE, Completeness.NO_MAIL, Completeness.ATTACK)
"""Nothing more could have been sent."""


def find_completeness(report: Report) -> Completeness:
    """What this report holds of its message."""
    message = report.message
    if report.format == "prose":
        return Completeness.PROSE if report.feedback_type == "abuse" else Completeness.ATTACK
    if message is None:
        is_about_mail = report.format != "xarf" or report.category == "messaging"
        return Completeness.NOTHING if is_about_mail else Completeness.NO_MAIL
    if not message.hops:
        return Completeness.NO_ROUTE
    if report.format == "inline":
        return Completeness.PASTED
    return Completeness.HEADERS_ONLY if message.headers_only else Completeness.WHOLE


def find_whom_to_teach(reports: Iterable[Report]) -> Literal["person", "program"] | None:
    """Who made a report that is not whole: a program sends feedback reports, anything else a person; or nobody."""
    incomplete = [report for report in reports if find_completeness(report) not in COMPLETE]
    if not incomplete:
        return None
    return "program" if all(report.format in ("arf", "xarf") for report in incomplete) else "person"
