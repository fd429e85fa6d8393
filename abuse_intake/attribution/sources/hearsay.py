"""Whether the message may be made up."""

from collections.abc import Iterator

from abuse_intake.attribution.evidence import Subject
from storage.values import Evidence


def find_hearsay(subject: Subject) -> Iterator[Evidence]:
    """Whether the message may be made up; it names nobody, and says why nothing is corroborated."""
    if subject.report.is_hearsay:
        message = subject.report.message
        detail = (
            "the message stood in a complaint that only its sender's words tell from junk; whoever sent that "
            "may have made it up, so that sources that agree corroborate nothing"
        )
        yield Evidence("hearsay", (message and message.message_id) or "", None, False, detail)
