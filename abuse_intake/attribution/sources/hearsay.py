"""Whether one hand may have written all that names anybody."""

from collections.abc import Iterator

from abuse_intake.attribution.evidence import Subject
from parsers.values import Report
from storage.values import Evidence


def find_hearsay(subject: Subject) -> Iterator[Evidence]:
    """Why nothing is corroborated: a message that may be made up, or none at all. It names nobody."""
    report = subject.report
    if report.is_hearsay:
        message = report.message
        detail = (
            "the message stood in a complaint that only its sender's words tell from junk, or beside a message that "
            "was forwarded in the text; whoever sent that may have made it up, so that sources that agree corroborate "
            "nothing"
        )
        yield Evidence("hearsay", (message and message.message_id) or "", None, False, detail)
    elif is_only_stated(report) and report.original_mail_from:
        detail = (
            "the report brings no message: whoever wrote it states the address and the envelope alike, so that "
            "sources that agree corroborate nothing"
        )
        yield Evidence("hearsay", "", None, False, detail)


def is_only_stated(report: Report) -> bool:
    """Whether nothing but the words of the reporter names anybody."""
    return report.message is None
