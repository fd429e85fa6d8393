"""What schemathesis must be told of our API: how a mail and a directory are sent."""

from typing import Any

import schemathesis


@schemathesis.serializer("message/rfc822", "application/jsonl")
def send_as_it_is(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
