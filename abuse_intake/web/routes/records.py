"""The outbox, the counts of everything, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer, answer_page
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import CursorQuery, Moment
from storage.audit import find_audit_page
from storage.outbox_records import find_acknowledgement_page
from storage.statistics import gather_statistics
from storage.values import AuditFilter, ObjectKind, OutboxState

router = APIRouter(tags=["records"])


class OutboxQuery(CursorQuery):
    """Which acknowledgements."""

    state: OutboxState | None = None


class AuditQuery(CursorQuery):
    """Which lines of the audit log."""

    actor: str | None = None
    object_kind: ObjectKind | None = None
    object_id: str | None = Field(default=None, examples=["17"])
    since: Moment | None = None

    def as_filter(self) -> AuditFilter:
        """As the store takes it."""
        return AuditFilter(self.actor, self.object_kind, self.object_id, self.since)


@router.get("/outbox", response_model=models.Acknowledgements)
def list_outbox(request: Request, backend: Served, query: Annotated[OutboxQuery, Query()]) -> Response:
    """List acknowledgements, newest first, a page at a time."""
    with backend.database.read() as session:
        page = find_acknowledgement_page(session, query.state, query.limit, query.cursor)
    return answer_page(request, page, as_json.acknowledgement_as_json)


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
    """Show who changed what, and who looked at a raw mail; newest first, a page at a time."""
    with backend.database.read() as session:
        page = find_audit_page(session, query.as_filter(), query.limit, query.cursor)
    return answer_page(request, page, as_json.audit_as_json)
