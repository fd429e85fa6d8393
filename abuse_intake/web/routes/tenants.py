"""The directory of tenants: as JSON Lines, as it is imported, and one tenant with its incidents."""

import json
from collections.abc import Iterator

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from abuse_intake import as_json
from abuse_intake.directory_listing import Listing
from abuse_intake.web import models
from abuse_intake.web.answers import Stream, answer
from abuse_intake.web.backend import Served
from abuse_intake.web.content_types import JSON_LINES
from storage.incidents import list_incidents
from storage.tenant_incidents import summarise_incidents
from storage.values import IncidentFilter

NEWEST = 10
"""Incidents of a tenant that are shown."""
LINES = {200: {"content": {JSON_LINES: {"schema": {"type": "string"}}}}}

router = APIRouter(prefix="/tenants", tags=["tenants"])


@router.get("", status_code=200, response_class=Stream, responses=LINES)  # type: ignore[arg-type]
def list_tenants(backend: Served) -> Stream:
    """List the directory that is in force, a tenant a line, as `tenants import` takes it."""
    lines = _write(backend.listing())
    return Stream(backend.streams, lines, JSON_LINES, "tenants.jsonl")


@router.get("/{tenant_id}", response_model=models.TenantInFull)
def show_tenant(request: Request, backend: Served, tenant_id: str) -> Response:
    """Show one tenant, its networks and its incidents."""
    tenant = backend.listing().find_tenant(tenant_id)
    if tenant is None:
        raise HTTPException(404, "the directory has no such tenant")
    with backend.database.read() as session:
        summary = summarise_incidents(session, tenant.id)
        newest = tuple(list_incidents(session, IncidentFilter(tenant=tenant.id), NEWEST))
    shown = as_json.tenant_incidents_as_json(summary, newest)
    return answer(request, {**as_json.tenant_as_json(tenant), "incidents": shown})


def _write(listing: Listing) -> Iterator[bytes]:
    for tenant in listing.read_tenants():
        yield json.dumps(as_json.tenant_as_json(tenant)).encode() + b"\n"
