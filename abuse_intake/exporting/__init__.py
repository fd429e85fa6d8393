"""Incidents as files for other programs: one stream of text for the command line and the API, in constant memory.

A chunk is some lines, whole.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal

from abuse_intake.exporting.compact import incident_line
from abuse_intake.exporting.csv_rows import write_csv
from abuse_intake.exporting.xarf import Contact, write_xarf
from abuse_intake.settings import Settings
from parsers.addresses import domain_of
from storage.values import IncidentRecord

__all__ = ["MEDIA_TYPES", "Contact", "Form", "describe_contact", "encode", "export_incidents"]

Form = Literal["csv", "jsonl", "xarf"]
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl",
    "xarf": "application/jsonl",
}
LINES_A_CHUNK = 100


def export_incidents(
    incidents: Iterable[IncidentRecord], form: Form, contact: Contact | None, left_out: Counter[str]
) -> Iterator[str]:
    """The incidents in that form; `left_out` counts those that XARF, which needs a contact, cannot tell of."""
    if form == "csv":
        return write_csv(incidents)
    if form == "jsonl":
        return _in_chunks(map(incident_line, incidents))
    if contact is None:
        raise ValueError("XARF names who reports")
    return _in_chunks(write_xarf(incidents, contact, left_out))


def _in_chunks(lines: Iterator[str]) -> Iterator[str]:
    while chunk := "".join(islice(lines, LINES_A_CHUNK)):
        yield chunk


def encode(chunks: Iterable[str]) -> Iterator[bytes]:
    """The chunks in UTF-8; a lone surrogate, which only a fault of ours could leave in, stands there as an escape."""
    return (chunk.encode("utf-8", "backslashreplace") for chunk in chunks)


def describe_contact(settings: Settings) -> Contact:
    """Who reports: the abuse mailbox. Without a provider's name its domain stands for it."""
    address = settings.need_mailbox().address
    domain = domain_of(address) or address
    is_named = "name" in settings.provider.model_fields_set
    return Contact(org=settings.provider.name if is_named else domain, address=address, domain=domain)
