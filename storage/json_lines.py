"""A line of JSON Lines as Python's values; what is wrong with it is said in a person's words."""

import json
from typing import Any

_FAULTS = {
    "Expecting ',' delimiter": "',' expected",
    "Expecting ':' delimiter": "':' expected",
    "Expecting value": "a value expected",
    "Expecting property name enclosed in double quotes": "a name in double quotes expected",
    "Extra data": "more follows behind its end",
    "Unterminated string starting at": "text without an end begins",
    "Invalid control character at": "a control character stands",
    "Invalid \\escape": "a backslash that escapes nothing stands",
    "Invalid \\uXXXX escape": "\\u without four hexadecimal digits stands",
    "Illegal trailing comma before end of object": "a name in double quotes expected behind the ','",
    "Illegal trailing comma before end of array": "a value expected behind the ','",
}
"""The decoder's words → ours, before the column."""


def read_json(line: str, example: str) -> Any:
    """What the line holds; ValueError says where it is no JSON, and what a line looks like."""
    try:
        return json.loads(line.rstrip())  # or what is missing at its end would stand on the next line
    except json.JSONDecodeError as error:
        fault = _FAULTS.get(error.msg.removesuffix(": "), error.msg)
        raise ValueError(
            f"is no JSON object: {fault} at column {error.colno}; a line looks like {example}"
        ) from None
