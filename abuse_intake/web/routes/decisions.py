"""What analysts decide about incidents; who and why goes into the history and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Request
from starlette.responses import Response

from abuse_intake.deciding import check_tenant
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer, etag_of_json, matches
from abuse_intake.web.backend import Backend, Served
from abuse_intake.web.content_types import JSON, wants
from abuse_intake.web.decisions import DecisionBody, SetBody
from abuse_intake.web.routes.incidents import incident_in_full
from storage.columns import parse_id
from storage.database import Session
from storage.decisions import Decision, decide
from storage.values import Actor

router = APIRouter(prefix="/incidents", tags=["decisions"], dependencies=[wants(JSON)])


@router.patch("/{incident_id}", response_model=models.IncidentInFull)
def change_incident(
    request: Request,
    backend: Served,
    caller: Analyst,
    incident_id: str,
    body: DecisionBody,
    if_match: Annotated[str | None, Header(description="412 unless it is the ETag of now")] = None,
) -> Response:
    """Decide about one incident. With If-Match only if nobody changed it since you looked."""
    _require_known(backend, body)
    now = backend.now()
    with backend.database.begin() as session:
        if if_match is not None:
            _require_unchanged(session, incident_id, if_match, caller.actor, backend)
        decide(session, [incident_id], body.as_decision(), caller.actor, now)
        changed = incident_in_full(session, incident_id)
    return answer(request, changed)


@router.post("/set", response_model=models.Decided)
def change_incidents(request: Request, backend: Served, caller: Analyst, body: SetBody) -> Response:
    """Decide about many incidents at once: all of them, or none."""
    _require_known(backend, body)
    with backend.database.begin() as session:
        changed = set(decide(session, body.ids, body.as_decision(), caller.actor, backend.now()))
    asked = list(dict.fromkeys(str(parse_id(id)) for id in body.ids))
    return answer(
        request,
        {
            "changed": [id for id in asked if id in changed],
            "unchanged": [id for id in asked if id not in changed],
        },
    )


def _require_unchanged(session: Session, id: str, if_match: str, actor: Actor, backend: Served) -> None:
    """412 where the incident is another than the client saw; from here on nobody else changes it."""
    decide(session, [id], Decision(), actor, backend.now())  # deciding nothing locks it
    if not matches(if_match, etag_of_json(incident_in_full(session, id))):
        raise HTTPException(412, "it has changed since you looked: get it again, and decide on that")


def _require_known(backend: Backend, body: DecisionBody) -> None:
    """422 for a tenant that the directory does not know; where there is no directory, any will do."""
    if body.tenant is not None:
        check_tenant(body.tenant, backend.listing())
