"""Takes a directory of tenants, as `tenants import` does."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from abuse_intake.directory_import import ImportedFile
from abuse_intake.errors import DirectoryError
from abuse_intake.web import models
from abuse_intake.web.access import Analyst
from abuse_intake.web.answers import answer
from abuse_intake.web.backend import Served, backend_of
from abuse_intake.web.content_types import JSON_LINES, wants

NAME = Path("body")
"""What errors and the audit log call what was sent."""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON_LINES: {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = APIRouter(prefix="/tenants", tags=["tenants"], dependencies=[wants(JSON_LINES)])


async def sent_file(request: Request, _: Analyst) -> AsyncIterator[BinaryIO]:
    """What was sent, as a file, while it has the only place: it may be large, and takes the place of all before."""
    place = backend_of(request).imports
    if not place.acquire(blocking=False):
        raise HTTPException(503, "another directory is being imported: try again", {"Retry-After": "10"})
    try:
        with TemporaryFile() as file:
            async for piece in request.stream():
                await run_in_threadpool(file.write, piece)
            yield file
    finally:
        place.release()


@router.put("", response_model=models.Imported, openapi_extra=BODY)
def import_tenants(
    request: Request, backend: Served, caller: Analyst, file: Annotated[BinaryIO, Depends(sent_file)]
) -> Response:
    """Make these tenants the directory: all lines are right, or nothing is changed; who is not listed is removed."""
    imported = ImportedFile(NAME, file)
    try:
        warnings = imported.check(_tell_nobody)
        if not imported.tenants:
            raise HTTPException(422, "the body lists no tenants: a directory without any is never used")
        number = imported.store(backend.database, backend.now(), _tell_nobody, caller.actor)
    except DirectoryError as error:
        raise HTTPException(422, str(error)) from None
    body = {
        "tenants": number,
        "warnings": warnings,
        "in_force": backend.settings.directory_path() is None,
    }
    return answer(request, body)


def _tell_nobody(_: int) -> None:
    """Nobody sees how far it is."""
