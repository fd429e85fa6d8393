"""What a run has led to, in a form in which two runs over the same mails can be compared."""

from collections import Counter
from collections.abc import Iterable
from email import message_from_bytes
from typing import TypeVar

from intake_world import list_incidents, list_mails

from storage.database import Database

T = TypeVar("T")


def describe_mails(database: Database) -> list[tuple[str, str | None, str | None]]:
    """Each kept mail by its hash, with its disposition and reason."""
    return sorted((mail.sha256, mail.disposition, mail.reason) for mail in list_mails(database))


def describe_incidents(database: Database) -> Counter[tuple[object, ...]]:
    """All incidents with what they say and how many reports and reporters they count."""
    return Counter(
        (
            one.tenant,
            one.ip,
            one.confidence,
            one.reason,
            one.route,
            one.feedback_type,
            one.status,
            one.subject,
            one.message_id,
            one.from_address,
            one.report_count,
            one.reporter_count,
        )
        for one in list_incidents(database)
    )


def describe_answers(letters: Iterable[bytes]) -> Counter[tuple[str, str]]:
    """To whom and to what an acknowledgement went, and how often."""
    answers = map(message_from_bytes, letters)
    return Counter((str(answer["To"]), str(answer["In-Reply-To"])) for answer in answers)


def find_differences(one: Counter[T], other: Counter[T]) -> dict[T, int]:
    """What is there more often (or, below zero, less often) in one than in the other."""
    return {key: one[key] - other[key] for key in {*one, *other} if one[key] != other[key]}
