"""What a report holds of the reported message: whole, or what was lost; it decides what the reporter is taught.

Only a whole message with the headers of its way can be traced, and can prove who sent it.
"""

from enum import StrEnum

from parsers.values import Report


class Holding(StrEnum):
    """What a report holds of its message; each has its sentence in the acknowledgement."""

    WHOLE = "whole"
    PASTED = "pasted"
    """Its headers stand in the text: programs change what is pasted."""
    HEADERS_ONLY = "headers_only"
    NO_ROUTE = "no_route"
    """It has no Received lines: what a program quotes of a mail, a copy of a sent one, a cut one."""
    NOTHING = "nothing"
    """A feedback report without the message."""


def find_holding(report: Report) -> Holding:
    """What this report holds of its message."""
    message = report.message
    if message is None:
        return Holding.NOTHING
    if not message.hops:
        return Holding.NO_ROUTE
    if report.format == "inline":
        return Holding.PASTED
    return Holding.HEADERS_ONLY if message.headers_only else Holding.WHOLE
