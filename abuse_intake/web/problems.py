"""Errors as clients see them: `application/problem+json` (RFC 9457), whatever went wrong, and never a traceback."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from abuse_intake.errors import DecisionError, DirectoryError, GuardError, KeyArchiveError
from abuse_intake.web.openapi import document, find_methods
from abuse_intake.web.problem_form import MEDIA_TYPE
from storage.errors import BadCursor, DatabaseUnavailable, DirectoryConflict, NotFound, SchemaError

MAX_TEXT = 300
"""Characters of one explanation: it may repeat what a stranger sent."""
MAX_FAULTS = 20
FAULTS = {
    "extra_forbidden": "there is none of this name",
    "json_invalid": "this is no valid JSON",
    "missing": "it must be given",
}
"""Words for what those who check the request have a term for."""
RETRY_SECONDS = 10


def make_problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    faults: Sequence[dict[str, str]] = (),
) -> Response:
    """The answer to a request that failed."""
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": _cut(detail)}
    if faults:
        body["errors"] = list(faults)
    return Response(json.dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def explain(error: Exception) -> Response | None:
    """What the client is told of an error that we know; None for a fault of ours."""
    if isinstance(error, HTTPException):
        return make_problem(error.status_code, str(error.detail), error.headers)
    if isinstance(error, RequestValidationError):
        return make_problem(422, "the request is not understood", faults=_faults(error))
    for kind, status in STATUSES.items():
        if isinstance(error, kind):
            retry = {"Retry-After": str(RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
            return make_problem(status, _tell(error, status), retry)
    return None


STATUSES: Mapping[type[Exception], int] = {
    NotFound: 404,
    BadCursor: 400,
    DirectoryConflict: 422,
    DecisionError: 422,
    DatabaseUnavailable: 503,
    SchemaError: 503,
    DirectoryError: 503,
    KeyArchiveError: 503,
    GuardError: 503,
}


def add_handlers(app: FastAPI) -> None:
    """Have the errors of routes explained."""

    async def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            error.headers = {"Allow": ", ".join(find_methods(document(app), request.url.path))}
        response = explain(error)
        assert response is not None
        return response

    for kind in (HTTPException, RequestValidationError, *STATUSES):
        app.add_exception_handler(kind, answer)


def _tell(error: Exception, status: int) -> str:
    """What is wrong with our own machine is for the log: it names paths and hosts."""
    if status != HTTPStatus.SERVICE_UNAVAILABLE:
        return str(error)
    return "this cannot be answered right now; the log of the program says why"


def _faults(error: RequestValidationError) -> list[dict[str, str]]:
    """Where and what, without what was sent."""
    return [
        {
            "where": _cut(".".join(map(str, one["loc"]))),
            "problem": _cut(FAULTS.get(one["type"]) or str(one["msg"]).removeprefix("Value error, ")),
        }
        for one in error.errors()[:MAX_FAULTS]
    ]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"
