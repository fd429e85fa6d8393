"""Incidents as a stream, however many there are."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from abuse_intake.exporting import MEDIA_TYPES, Form, describe_contact, encode, export_incidents
from abuse_intake.web.answers import Stream
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import SortedQuery
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentOrder, IncidentRecord

FILES: dict[Form, str] = {"csv": "incidents.csv", "jsonl": "incidents.jsonl", "xarf": "incidents.xarf.jsonl"}

router = APIRouter(prefix="/incidents", tags=["incidents"])


class ExportQuery(SortedQuery):
    """Which incidents, and as what."""

    format: Form = Field(
        description="csv for spreadsheets, jsonl with all fields; xarf (v4) leaves out what it has no words for"
    )


STREAM = {
    200: {"content": {media_type: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()}}
}


@router.get("/export", status_code=200, response_class=Stream, responses=STREAM)  # type: ignore[arg-type]
def export(backend: Served, query: Annotated[ExportQuery, Query()]) -> Stream:
    """Export incidents as a stream; a connection that ends early means that it is not complete."""
    contact = describe_contact(backend.settings) if query.format == "xarf" else None
    found = _read(backend.database, query.as_filter(), query.order)
    written = export_incidents(found, query.format, contact, Counter())
    return Stream(backend.streams, encode(written), MEDIA_TYPES[query.format], FILES[query.format])


def _read(database: Database, filter: IncidentFilter, order: IncidentOrder) -> Iterator[IncidentRecord]:
    with database.read() as session:
        yield from list_incidents(session, filter, 0, order)
