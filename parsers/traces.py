"""The header fields of a message that tell who handled it and for whom, as they stand: what attribution rests on."""

from parsers.header_block import Header
from parsers.headers import raw_text
from parsers.values import Trace

PROVIDER_FIELDS = frozenset(
    {
        "cfbl-feedback-id",
        "feedback-id",
        "x-authenticated-sender",
        "x-get-message-sender-via",
        "x-mailgun-sid",
        "x-mandrill-user",
        "x-ms-exchange-crosstenant-fromentityheader",
        "x-ms-exchange-crosstenant-id",
        "x-originatororg",
    }
)
"""In which a provider names its customer. Some servers (Exim) write theirs at the end, below what the sender wrote."""

TRACE_FIELDS = PROVIDER_FIELDS | {
    "arc-authentication-results",
    "arc-message-signature",
    "arc-seal",
    "dkim-signature",
    "from",
    "received",
    "return-path",
}
"""Lower-case names. A new source of evidence adds those that it reads."""
_OF_A_CUT_HEADER = TRACE_FIELDS - PROVIDER_FIELDS

OF_ONE_NAME = 50
"""Fields of one name that are kept; the newest stand on top."""
VALUE_BYTES = 4096
"""A DKIM signature with a key of 4,096 bits and a long `h=` takes 1,500."""


def read_traces(header: Header) -> tuple[Trace, ...]:
    """The trace fields, topmost first, each with how many Received lines stand above it.

    A header whose end was not read gives no provider's fields: a forged one could stand before the true one there.
    """
    names = _OF_A_CUT_HEADER if header.cuts else TRACE_FIELDS
    traces: list[Trace] = []
    seen: dict[str, int] = {}
    below = 0
    for name, value in header.fields:
        lower = name.lower()
        if lower in names:
            seen[lower] = seen.get(lower, 0) + 1
            if seen[lower] <= OF_ONE_NAME:
                traces.append(Trace(name, raw_text(value[:VALUE_BYTES]), below))
            below += lower == "received"
    return tuple(traces)
