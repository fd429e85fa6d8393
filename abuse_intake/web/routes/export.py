"""Incidents as a stream, however many there are."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, Protocol

from fastapi import APIRouter, Query
from pydantic import Field

from abuse_intake.as_json import incident_as_json
from abuse_intake.web.answers import Stream
from abuse_intake.web.backend import Served
from abuse_intake.web.queries import SortedQuery
from storage.database import Database
from storage.incidents import list_incidents
from storage.values import IncidentFilter, IncidentRecord

ExportFormat = Literal["jsonl"]

router = APIRouter(prefix="/incidents", tags=["incidents"])


class ExportWriter(Protocol):
    """One format."""

    media_type: str

    def write(self, incidents: Iterable[IncidentRecord]) -> Iterator[bytes]:
        """The incidents as bytes, piece by piece; never all in memory."""


class JsonLinesWriter:
    """JSON Lines: what `incidents list --json` prints."""

    media_type = "application/jsonl"

    def write(self, incidents: Iterable[IncidentRecord]) -> Iterator[bytes]:
        """A line an incident."""
        for incident in incidents:
            yield json.dumps(incident_as_json(incident)).encode() + b"\n"


WRITERS: Mapping[ExportFormat, ExportWriter] = {"jsonl": JsonLinesWriter()}


class ExportQuery(SortedQuery):
    """Which incidents, and as what."""

    format: ExportFormat = Field(description="how they are written")


STREAM = {200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}}


@router.get("/export", status_code=200, response_class=Stream, responses=STREAM)  # type: ignore[arg-type]
def export_incidents(backend: Served, query: Annotated[ExportQuery, Query()]) -> Stream:
    """Export incidents as a stream; a connection that ends early means that it is not complete."""
    writer = WRITERS[query.format]
    found = _read(backend.database, query.as_filter())
    return Stream(backend.streams, writer.write(found), writer.media_type, f"incidents.{query.format}")


def _read(database: Database, filter: IncidentFilter) -> Iterator[IncidentRecord]:
    with database.read() as session:
        yield from list_incidents(session, filter, 0)
