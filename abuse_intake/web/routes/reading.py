"""How a mail would be read and attributed; nothing is stored, nobody is told."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.responses import Response

from abuse_intake.as_json import attributed_as_json
from abuse_intake.guard.failure import Failure, make_quarantined
from abuse_intake.web import models
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Backend, Served, backend_of
from abuse_intake.web.content_types import MAIL, wants
from parsers.as_json import mail_as_json
from parsers.values import ReadMail

NAME = "-"
"""What the mail is called, as on the command line where it comes through a pipe."""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(tags=["reading"], dependencies=[wants(MAIL)])


async def mail_body(request: Request) -> AsyncIterator[bytes]:
    """The mail that was sent, while it has one of the few places in memory."""
    places = backend_of(request).readings
    if not places.acquire(blocking=False):
        raise HTTPException(503, "too many mails are being read: try again", {"Retry-After": "2"})
    try:
        yield await request.body()
    finally:
        places.release()


RawMail = Annotated[bytes, Depends(mail_body)]


@router.post("/parse", response_model=models.ReadMail, openapi_extra=BODY)
def parse(request: Request, backend: Served, raw: RawMail) -> Response:
    """Show how a mail is read: what it is, who reports, what is reported."""
    return answer(request, mail_as_json(_read(backend, raw), NAME))


@router.post("/attribute", response_model=models.AttributedMail, openapi_extra=BODY)
def attribute(request: Request, backend: Served, raw: RawMail) -> Response:
    """Show to whom the reports of a mail are attributed, and why."""
    read = _read(backend, raw)
    attributor = backend.attributors.find()
    attributor.prepare(read.reports)
    attributions = [attributor.attribute(report, backend.now()) for report in read.reports]
    return answer(request, attributed_as_json(NAME, read, attributions))


def _read(backend: Backend, raw: bytes) -> ReadMail:
    (result,) = backend.guard.begin_reading([raw]).results()
    return make_quarantined(raw, result.reason) if isinstance(result, Failure) else result
