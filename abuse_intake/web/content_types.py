"""What a body must say that it is: a form on a page elsewhere can say neither of these."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Depends, HTTPException, Request

MAIL, JSON, JSON_LINES = "message/rfc822", "application/json", "application/jsonl"


def wants(content_type: str) -> Any:
    """A dependency that refuses every other content type, and what is packed, with 415."""

    async def check(request: Request) -> None:
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given != content_type:
            raise HTTPException(415, f"send Content-Type: {content_type}")
        if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise HTTPException(415, "send it as it is, without Content-Encoding")

    checked: Callable[[Request], Awaitable[None]] = check
    return Depends(checked)
