"""JSON Lines for machines: without blanks, and written ten times as fast as those that people may look at."""

from collections.abc import Mapping
from typing import Any

import msgspec

from abuse_intake.as_json import incident_as_json, incident_fields, json_line
from abuse_intake.visible import escape_json
from storage.values import IncidentRecord

_encode = msgspec.json.Encoder().encode


def compact_line(fields: Mapping[str, Any]) -> str:
    """One object as one line, the same to a program as `json_line`; that one also writes lone surrogates."""
    try:
        return escape_json(_encode(fields).decode()) + "\n"
    except UnicodeEncodeError:
        return json_line(fields)


def incident_line(incident: IncidentRecord) -> str:
    """The compact line of `incident_as_json`; the encoder takes the evidence as it is, field after field."""
    try:
        text = _encode({**incident_fields(incident), "evidence": incident.evidence}).decode()
    except UnicodeEncodeError:
        return compact_line(incident_as_json(incident))
    return escape_json(text) + "\n"
