"""Mails: what arrived, what became of it, and its exact bytes, as a download only."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.acknowledgement import make_reference
from abuse_intake.looking import look_at_mail
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer, answer_page
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import CursorQuery, Moment
from parsers.values import Disposition
from storage import mails as kept
from storage import outbox_records

router = APIRouter(prefix="/mails", tags=["mails"])
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"


class MailQuery(CursorQuery):
    """Which mails."""

    disposition: Disposition | None = None
    since: Moment | None = None


@router.get("", response_model=models.Mails)
def list_mails(request: Request, backend: Served, query: Annotated[MailQuery, Query()]) -> Response:
    """List mails, newest first, a page at a time."""
    with backend.database.read() as session:
        page = kept.find_mail_page(session, query.disposition, query.since, query.limit, query.cursor)
    return answer_page(request, page, as_json.mail_as_json)


@router.get("/{mail_id}", response_model=models.MailInFull)
def show_mail(request: Request, backend: Served, mail_id: str) -> Response:
    """Show one mail, by its id, the reference of its acknowledgement, or the start of its sha256."""
    with backend.database.read() as session:
        mail = kept.find_mail(session, mail_id)
        reports = kept.reports_of_mail(session, mail.id)
        deliveries = kept.mail_deliveries(session, mail.id)
        answered = outbox_records.acknowledgement_of_mail(session, mail.id)
    body = {
        **as_json.mail_as_json(mail),
        "reference": make_reference(mail.sha256),
        "reports": [as_json.report_as_json(one) for one in reports],
        "deliveries": [as_json.delivery_as_json(one) for one in deliveries],
        "acknowledgement": as_json.acknowledgement_as_json(answered[0]) if answered else None,
    }
    return answer(request, body)


class Download(Response):
    """Bytes that strangers wrote: nothing may show, run or guess them."""

    media_type = "application/octet-stream"


@router.get("/{mail_id}/raw", response_class=Download)
def download_mail(backend: Served, caller: Analyst, mail_id: str) -> Response:
    """Download the exact bytes of a mail; that you looked is noted in the audit log first."""
    looked = look_at_mail(backend.database, mail_id, "viewed raw", caller.actor, backend.now())
    headers = {
        "Content-Disposition": f'attachment; filename="mail-{looked.mail.id}.eml"',
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "no-store",
    }
    return Download(looked.raw, headers=headers)
