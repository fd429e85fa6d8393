"""The header fields of a message that tell who handled it and for whom, as they stand: what attribution rests on."""

from parsers.header_block import Header
from parsers.headers import raw_text
from parsers.values import Trace

TRACE_FIELDS = frozenset(
    {
        "arc-authentication-results",
        "arc-message-signature",
        "arc-seal",
        "cfbl-feedback-id",
        "dkim-signature",
        "feedback-id",
        "from",
        "received",
        "return-path",
        "x-authenticated-sender",
        "x-get-message-sender-via",
        "x-mailgun-sid",
        "x-mandrill-user",
        "x-ms-exchange-crosstenant-fromentityheader",
        "x-ms-exchange-crosstenant-id",
        "x-originatororg",
    }
)
"""Lower-case names. A new source of evidence adds those that it reads."""

OF_ONE_NAME = 50
"""Fields of one name that are kept; the newest stand on top."""
VALUE_BYTES = 4096
"""A DKIM signature with a key of 4,096 bits and a long `h=` takes 1,500."""


def read_traces(header: Header) -> tuple[Trace, ...]:
    """The trace fields, topmost first, each with how many Received lines stand above it."""
    traces: list[Trace] = []
    seen: dict[str, int] = {}
    below = 0
    for name, value in header.fields:
        lower = name.lower()
        if lower in TRACE_FIELDS:
            seen[lower] = seen.get(lower, 0) + 1
            if seen[lower] <= OF_ONE_NAME:
                traces.append(Trace(name, raw_text(value[:VALUE_BYTES]), below))
            below += lower == "received"
    return tuple(traces)
