"""Forms that services give the envelope's sender, and what those tell beyond its domain."""

import re

REWRITTEN = "who forwarded the message and rewrote the sender (SRS)"
"""What evidence says of the tenant at whose domain a rewritten sender is."""

_SRS = re.compile(
    r"""
    (?: SRS0 [=+-] [^=]{1,64} = [^=]{1,64} = ([^=]{1,253}) = (.{1,64})      # hash, day, domain, local part
    |   SRS1 [=+-] [^=]{1,64} = [^=]{1,253} = [=+-] .{1,400}                # rewritten before: hash, first forwarder
    |   [^=]{1,64} \+SRS= [^=]{1,64} = [^=]{1,64} (?: = ([^=]{1,253}) = (.{1,64}) )?      # Exchange Online
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENDGRID = re.compile(r"bounces\+([0-9]{1,20})-[0-9a-f]{1,16}-[^=]{1,200}=[^=]{1,253}", re.IGNORECASE)


def read_srs(local_part: str) -> str | None:
    """The sender before a forwarder rewrote it (Sender Rewriting Scheme); the empty text where it is not told."""
    found = _SRS.fullmatch(local_part)
    if not found:
        return None
    domain, user = found[1] or found[3], found[2] or found[4]
    return f"{user}@{domain}" if domain else ""


def read_sendgrid(local_part: str) -> str | None:
    """`bounces+<account>-<code>-<recipient>=<its domain>` → the account."""
    found = _SENDGRID.fullmatch(local_part)
    return found[1] if found else None
