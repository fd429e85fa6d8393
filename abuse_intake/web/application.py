"""The API put together: its routes, its errors, and the layers that every request passes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import APIRouter, Depends, FastAPI

from abuse_intake import __version__
from abuse_intake.web.access import reader
from abuse_intake.web.backend import Backend
from abuse_intake.web.docs_page import add_document
from abuse_intake.web.frontier import Frontier
from abuse_intake.web.gate import PREFIX, Gate
from abuse_intake.web.problems import add_handlers
from abuse_intake.web.routes import (
    counts,
    decisions,
    export,
    importing,
    incidents,
    mails,
    reading,
    reattributing,
    records,
    retrying,
    tenants,
)

MAX_THREADS = 10
"""Requests that wait for the database at once: fewer than it gives connections."""
ROUTERS = (
    counts.router,
    export.router,
    decisions.router,
    reattributing.router,
    incidents.router,
    mails.router,
    retrying.router,
    tenants.router,
    importing.router,
    records.router,
    reading.router,
)
"""In this order: `/incidents/export` is no incident."""


def make_application(backend: Backend) -> FastAPI:
    """The API over this backend."""
    app = FastAPI(
        title="abuse-intake",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.backend = backend
    api = APIRouter(prefix=PREFIX, dependencies=[Depends(reader)])
    for router in ROUTERS:
        api.include_router(router)
    app.include_router(api)
    add_document(app)
    add_handlers(app)
    app.add_middleware(Gate)
    app.add_middleware(Frontier)
    return app


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = MAX_THREADS
    yield
