"""What reporters were told before: it decides whether they are told again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from abuse_intake.answering import Ourselves, find_own_references, has_evidence
from parsers.recipient import recipient_key
from storage import held_back, told
from storage.database import Session
from storage.incident_key import incident_key
from storage.values import Outcome

HOUR = timedelta(hours=1)
HELP_AGAIN = timedelta(days=7)
"""So long after a letter of ours no help goes to its recipient (RFC 3834, section 2): longer than a letter may
be on its way, for whatever answers it at once must find us silent."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was told before the mails in hand were read."""

    told: Mapping[str, str | None] = field(default_factory=dict)
    """Of these mails, those that were answered already: the reason that stays with each."""
    sent: Mapping[str, int] = field(default_factory=dict)
    """How many acknowledgements each reporter (`recipient_key`) got within the hour."""
    in_all: int = 0
    """How many all reporters together got within the hour, counted up to the limit."""
    lately: frozenset[str] = frozenset()
    """Of the reporters who bring no evidence, those who got any acknowledgement within HELP_AGAIN."""
    repeated: frozenset[str] = frozenset()
    """Of these mails, those that answer an acknowledgement with nothing but what was acknowledged."""


def look_back(
    session: Session, outcomes: Sequence[Outcome], ourselves: Ourselves, per_hour: int, now: datetime
) -> Answered:
    """What decides whether these mails are answered. `per_hour` is the limit for all reporters together (0 = none)."""
    without = {_reporter(one) for one in outcomes if not has_evidence(one.read)}
    return Answered(
        told=held_back.find_told(session, [one.mail_id for one in outcomes]),
        sent=told.count_since(session, set(filter(None, map(_reporter, outcomes))), now - HOUR),
        in_all=told.count_all_since(session, now - HOUR, per_hour) if per_hour else 0,
        lately=frozenset(told.find_recipients(session, set(filter(None, without)), now - HELP_AGAIN)),
        repeated=frozenset(one.mail_id for one in outcomes if _only_repeats(session, one, ourselves)),
    )


def _only_repeats(session: Session, outcome: Outcome, ourselves: Ourselves) -> bool:
    references = find_own_references(outcome.read.correspondence, ourselves)
    if not (references and outcome.read.reports):
        return False
    keys = {incident_key(*one) for one in zip(outcome.read.reports, outcome.attributions, strict=True)}
    return keys <= told.find_acknowledged_keys(session, _reporter(outcome), references)


def _reporter(outcome: Outcome) -> str:
    return recipient_key(outcome.read.reporter) if outcome.read.reporter else ""
