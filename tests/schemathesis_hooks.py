"""What schemathesis must be told of our API: how a mail is sent."""

from typing import Any

import schemathesis


@schemathesis.serializer("message/rfc822")
def send_mail(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
