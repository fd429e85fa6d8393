"""Answers: JSON with an ETag of its bytes, and streams that hold a place of their own."""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlencode

import anyio
from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from storage.values import Page, RecordT

MAX_LINK = 8_000
"""Characters of a link to the next page in a header; a longer one is left to the cursor in the body."""
PRIVATE = "private, no-cache"
DIGEST_CHARACTERS = 32
PLACE_SECONDS = 2.0
"""How long one waits for a place: a client that asks again at once finds its own one still being put back."""


def answer(request: Request, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """This JSON, or 304 where the client has it already."""
    content = json.dumps(body, separators=(",", ":")).encode()
    fields = {**(headers or {}), "ETag": etag_of(content), "Cache-Control": PRIVATE}
    if request.method == "GET" and matches(request.headers.get("if-none-match"), fields["ETag"]):
        return Response(status_code=304, headers=fields)
    return Response(content, headers=fields, media_type="application/json")


def etag_of(content: bytes) -> str:
    """A strong one: it stands for these bytes."""
    return f'"{sha256(content).hexdigest()[:DIGEST_CHARACTERS]}"'


def etag_of_json(body: Any) -> str:
    """The ETag that `answer` gives this body."""
    return etag_of(json.dumps(body, separators=(",", ":")).encode())


def matches(field: str | None, etag: str) -> bool:
    """Whether If-Match or If-None-Match names this ETag (RFC 9110, section 13.1); a weak one of ours is the same."""
    if field is None:
        return False
    names = [name.strip().removeprefix("W/") for name in field.split(",")]
    return etag in names or names == ["*"]


def _next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """The Link field (RFC 8288) to the next page."""
    if cursor is None:
        return {}
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    link = f"{request.url.path}?{urlencode([*query, ('cursor', cursor)])}"
    return {"Link": f'<{link}>; rel="next"'} if len(link) <= MAX_LINK else {}


def answer_page(
    request: Request, page: Page[RecordT], as_json: Callable[[RecordT], dict[str, Any]]
) -> Response:
    """Some of a list, and what leads to the next page."""
    body = {"items": [as_json(one) for one in page.records], "next_cursor": page.cursor}
    return answer(request, body, _next_link(request, page.cursor))


class Stream(StreamingResponse):
    """Sent as it is made; its place is free again when it ends, also where the client went away."""

    def __init__(self, places: BoundedSemaphore, pieces: Iterator[bytes], media_type: str, name: str) -> None:
        if not places.acquire(timeout=PLACE_SECONDS):
            raise HTTPException(503, "too many of these at once: try again later", {"Retry-After": "30"})
        self._places = places
        self._pieces = pieces
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        super().__init__(pieces, headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it to the end, or until the client leaves."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(_close, self._pieces)
            self._places.release()


def _close(pieces: Iterator[bytes]) -> None:
    """What the stream holds of the database goes back at once."""
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
