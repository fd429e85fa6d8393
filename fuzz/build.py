"""Builds mails of every kind that the reader knows, each with what must be read of it while it is whole.

All chance comes from `random`, which hypothesis, atheris and a plain loop each provide in a way of their own.
"""

from collections.abc import Callable
from random import Random

from fuzz.letters import Built
from fuzz.no_reports import (
    build_aggregate,
    build_auto_reply,
    build_bounce,
    build_calendar,
    build_digest,
    build_question,
    build_receipt,
)
from fuzz.reports import (
    build_arf,
    build_complaint,
    build_emlx,
    build_forward,
    build_hotmail,
    build_mbox,
    build_pasted,
    build_several,
    build_spamcop,
    build_utf16,
)

KINDS: dict[str, Callable[[Random], Built]] = {
    "forward": build_forward,
    "several": build_several,
    "arf": build_arf,
    "pasted": build_pasted,
    "complaint": build_complaint,
    "bounce": build_bounce,
    "digest": build_digest,
    "spamcop": build_spamcop,
    "hotmail": build_hotmail,
    "aggregate": build_aggregate,
    "receipt": build_receipt,
    "calendar": build_calendar,
    "mbox": build_mbox,
    "emlx": build_emlx,
    "utf-16": build_utf16,
    "auto-reply": build_auto_reply,
    "question": build_question,
}


def build_any(random: Random) -> Built:
    """A mail of any kind."""
    return random.choice(list(KINDS.values()))(random)
