"""Incidents: lists, one in full, and the message that it is about."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.looking import look_at_mail
from abuse_intake.message_view import read_message_view
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer, answer_page
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import PageQuery
from storage import incidents as recorded
from storage.database import Session
from storage.incidents import find_incident_page

MAX_REPORTS = 500
"""Reports that one incident is shown with: thousands may report one message."""

router = APIRouter(prefix="/incidents", tags=["incidents"])


@router.get("", response_model=models.IncidentPage)
def list_incidents(request: Request, backend: Served, query: Annotated[PageQuery, Query()]) -> Response:
    """List incidents, a page at a time."""
    with backend.database.read() as session:
        page = find_incident_page(session, query.as_filter(), query.order, query.limit, query.cursor)
    return answer_page(request, page, as_json.incident_as_json)


@router.get("/{incident_id}", response_model=models.IncidentInFull)
def show_incident(request: Request, backend: Served, incident_id: str) -> Response:
    """Show one incident with its reports and its history; the ETag is what PATCH takes in If-Match."""
    with backend.database.read() as session:
        return answer(request, incident_in_full(session, incident_id))


@router.get("/{incident_id}/full", response_model=models.MessageView)
def show_message(request: Request, backend: Served, caller: Analyst, incident_id: str) -> Response:
    """Show all that the reported message holds. Strangers wrote it; that you looked is noted in the audit log."""
    with backend.database.read() as session:
        incident = recorded.find_incident(session, incident_id)
        reports = recorded.incident_reports(session, incident.id, 1)
    if not reports:
        return answer(request, {"full": None})
    looked = look_at_mail(backend.database, reports[0].mail_id, "viewed full", caller.actor, backend.now())
    return answer(request, {"full": read_message_view(backend.guard, looked.raw, reports[0])})


def incident_in_full(session: Session, id: str) -> dict[str, Any]:
    """An incident as GET shows it, and PATCH answers."""
    incident = recorded.find_incident(session, id)
    reports = recorded.incident_reports(session, incident.id, MAX_REPORTS)
    history = recorded.incident_history(session, incident.id)
    return {
        **as_json.incident_as_json(incident),
        "reports": [as_json.report_as_json(one) for one in reports],
        "history": [as_json.history_as_json(one) for one in history],
    }
