"""What one tenant's incidents amount to."""

from typing import cast, get_args

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.models import Incident
from storage.values import Confidence, IncidentCount, IncidentStatus, TenantIncidents


def summarise_incidents(session: Session, tenant: str) -> TenantIncidents:
    """How many there are of each status and confidence, with and without junk, and of what time they are."""
    by_hand = Incident.corrected_at.is_not(None)
    kinds = (Incident.has_junk, Incident.status, Incident.confidence, by_hand)
    figures = (func.count(), func.min(Incident.first_seen), func.max(Incident.last_seen))
    mine = select(*kinds, *figures).where(Incident.tenant == tenant, Incident.report_count > 0)
    rows = session.execute(mine.group_by(*kinds)).all()
    counts = sorted(
        (
            IncidentCount(
                has_junk, cast(IncidentStatus, status), cast(Confidence, confidence), number, bool(hand)
            )
            for has_junk, status, confidence, hand, number, *_ in rows
        ),
        key=_place,
    )
    return TenantIncidents(
        tuple(counts),
        min((row[5] for row in rows), default=None),
        max((row[6] for row in rows), default=None),
    )


def _place(one: IncidentCount) -> tuple[bool, int, int, bool]:
    """Junk first, then as the contract lists statuses and confidences."""
    return (
        not one.has_junk,
        get_args(IncidentStatus).index(one.status),
        get_args(Confidence).index(one.confidence),
        one.by_hand,
    )
