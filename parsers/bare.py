"""Files that are no mail, but what mails carry: who gives one alone is told what is read."""

from parsers.archives import BLOCK, find_kind
from parsers.compound import SIGNATURE

OUTLOOK = (
    "This is a file of Outlook without a mail around it: what is read is the mail that it is attached to."
)
ARCHIVE = "This is an archive without a mail around it: what is read is the mail that it is attached to."


def find_bare(raw: bytes) -> str | None:
    """What these bytes are, as a sentence for the warnings of what is no mail."""
    if raw.startswith(SIGNATURE):
        return OUTLOOK
    return ARCHIVE if find_kind(raw[:BLOCK]) else None
