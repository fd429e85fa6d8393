"""The outbox, the counts of everything, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import LimitQuery, Moment
from storage.acknowledgements import list_acknowledgements
from storage.audit import list_audit
from storage.statistics import gather_statistics
from storage.values import ObjectKind, OutboxState

router = APIRouter(tags=["records"])


class OutboxQuery(LimitQuery):
    """Which acknowledgements."""

    state: OutboxState | None = None


class AuditQuery(LimitQuery):
    """Which lines of the audit log."""

    actor: str | None = None
    object_kind: ObjectKind | None = None
    object_id: str | None = Field(default=None, examples=["17"])
    since: Moment | None = None

    def may_match(self) -> bool:
        """Whether a line can name these at all: PostgreSQL refuses to look for what it cannot hold."""
        return all("\0" not in (text or "") for text in (self.actor, self.object_id))


@router.get("/outbox", response_model=models.Acknowledgements)
def list_outbox(request: Request, backend: Served, query: Annotated[OutboxQuery, Query()]) -> Response:
    """List acknowledgements, newest first."""
    with backend.database.read() as session:
        found = list_acknowledgements(session, query.state, query.limit)
        items = [as_json.acknowledgement_as_json(one) for one in found]
    return answer(request, {"items": items})


@router.get("/stats", response_model=models.Statistics)
def show_statistics(request: Request, backend: Served) -> Response:
    """Count mails, incidents and acknowledgements."""
    with backend.database.read() as session:
        statistics = gather_statistics(session, backend.now())
    return answer(request, as_json.statistics_as_json(statistics))


@router.get("/audit", response_model=models.Audit)
def show_audit(
    request: Request, backend: Served, _: Analyst, query: Annotated[AuditQuery, Query()]
) -> Response:
    """Show who changed what, and who looked at a raw mail; newest first."""
    if not query.may_match():
        return answer(request, {"items": []})
    with backend.database.read() as session:
        found = list_audit(session, **query.model_dump())
        items = [as_json.audit_as_json(one) for one in found]
    return answer(request, {"items": items})
