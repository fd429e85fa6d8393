"""Reads a mail again, as `mails retry` does."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.app import build_concluder
from abuse_intake.concluding import Concluder
from abuse_intake.errors import ConfigurationError
from abuse_intake.recording import Recorder
from abuse_intake.retrying import retry_mail
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Backend, Served

router = APIRouter(prefix="/mails", tags=["mails"])


@router.post(
    "/{mail_id}/retry",
    response_model=models.Retried,
    responses={409: {"description": "the configuration states no mailbox or no outbox"}},
)
def retry(request: Request, backend: Served, caller: Analyst, mail_id: str) -> Response:
    """Read a quarantined or misread mail again; the reports of the new reading take the place of the old ones."""
    recorder = Recorder(backend.database, backend.guard, _make_concluder(backend), backend.now)
    retried = retry_mail(backend.database, recorder, mail_id, caller.actor, backend.now())
    body = {"before": as_json.mail_as_json(retried.before), "after": as_json.mail_as_json(retried.after)}
    return answer(request, body)


def _make_concluder(backend: Backend) -> Concluder:
    attributor = backend.attributors.find()
    try:
        return build_concluder(backend.settings, lambda: attributor)
    except ConfigurationError as error:
        raise HTTPException(409, str(error)) from None
