"""The table of provider headers: one row a service, read from what its servers write into each message."""

import base64
import json
import re

from abuse_intake.attribution import exchange_online
from abuse_intake.attribution.claims import Found, Profile, find_id, is_id, make_reader
from abuse_intake.attribution.directory import Directory
from parsers.addresses import domain_of, strict_addr_spec
from parsers.values import Trace

SID_CHARACTERS = 1500
"""Of Mailgun's list; it names one recipient, whose address has at most 254 octets."""

_AFTER_REGION = re.compile(r"[0-9]{1,3}\.[a-z0-9-]{1,30}\.([!-~]{1,200})")
_MANDRILL = re.compile(r"md_([0-9]{1,20})", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")


def extract_amazon_ses(trace: Trace) -> tuple[str, ...] | None:
    """`<tags>:1.us-east-1.<id>=:AmazonSES` → all of the last field but one, and what follows the region in it."""
    id = _id_of_service(trace.value, "amazonses")
    if not id:
        return None if id is None else ()
    found = _AFTER_REGION.fullmatch(id)
    return (id, found[1]) if found else (id,)


def extract_fastmail(trace: Trace) -> tuple[str, ...] | None:
    """`<id>:Fastmail`."""
    id = _id_of_service(trace.value, "fastmail")
    return None if id is None else (id,) if id else ()


def extract_mailgun(trace: Trace) -> tuple[str, ...]:
    """Base64 of a JSON list of a message's hash, its recipient and the account's id → the last one."""
    if len(trace.value) > SID_CHARACTERS:
        return ()
    try:
        listed = json.loads(base64.b64decode(trace.value.translate(_URL_SAFE), validate=True))
    except (ValueError, RecursionError):
        return ()
    is_list = isinstance(listed, list) and 2 <= len(listed) <= 5
    return (listed[-1],) if is_list and isinstance(listed[-1], str) and is_id(listed[-1]) else ()


def extract_mandrill(trace: Trace) -> tuple[str, ...]:
    """`md_123` → that, and the digits."""
    found = _MANDRILL.fullmatch(trace.value)
    return (found[0], found[1]) if found else ()


def extract_cfbl(trace: Trace) -> tuple[str, ...]:
    """The whole value, whose white space means nothing, and its first field (RFC 9477, section 5.2)."""
    whole = "".join(trace.value.split()) if len(trace.value) <= SID_CHARACTERS else ""
    first, colon, _ = whole.partition(":")
    if not is_id(whole):
        return ()
    return (whole, first) if colon and first else (whole,)


def extract_cpanel(trace: Trace) -> tuple[str, ...] | None:
    """`host: user@domain`, as Exim of cPanel writes it; `host: authenticated_id: user@domain` in the other field."""
    *before, login = (part.strip() for part in trace.value.rsplit(":", 2))
    if trace.name.lower() == "x-get-message-sender-via" and before[-1:] != ["authenticated_id"]:
        return None
    address = strict_addr_spec(login)
    return (address.lower(),) if address else ()


def find_login(directory: Directory, forms: tuple[str, ...]) -> Found:
    """Who lists the login itself, else who lists its domain."""
    found = find_id(directory, forms)
    domain = domain_of(found.value)
    if found.owner or domain is None:
        return found
    return Found(domain, directory.find_domain_owner(domain), "a domain")


def _id_of_service(feedback_id: str, service: str) -> str | None:
    """The last field but one of a Feedback-ID that ends in this service's name; the empty text for no id."""
    *_, id, name = ("", *(field.strip() for field in feedback_id.rsplit(":", 2)))
    if name.lower() != service:
        return None
    return id if is_id(id) else ""


PROFILES = (
    Profile(
        "exchange_online",
        (exchange_online.FROM_ENTITY, exchange_online.TENANT_ID, exchange_online.ORIGINATOR),
        exchange_online.read_exchange_online,
        signers=("onmicrosoft.com",),
        rewriters=("outlook.com", "office365.us", "partner.outlook.cn"),
    ),
    Profile(
        "amazon_ses",
        ("Feedback-ID",),
        make_reader("Amazon SES", extract_amazon_ses),
        signers=("amazonses.com",),
    ),
    Profile(
        "fastmail",
        ("Feedback-ID",),
        make_reader("Fastmail", extract_fastmail),
        signers=("messagingengine.com",),
    ),
    Profile("mailgun", ("X-Mailgun-Sid",), make_reader("Mailgun", extract_mailgun), signers=("mailgun.org",)),
    Profile(
        "mandrill",
        ("X-Mandrill-User",),
        make_reader("Mandrill", extract_mandrill),
        signers=("mandrillapp.com",),
    ),
    # Whoever sends a message may write these two: a signature over them proves only that they were there.
    Profile("cfbl", ("CFBL-Feedback-ID",), make_reader("Complaint feedback loop", extract_cfbl)),
    Profile(
        "cpanel",
        ("X-Authenticated-Sender", "X-Get-Message-Sender-Via"),
        make_reader("cPanel", extract_cpanel, find_login),
    ),
)
"""The rows. To add one, give it a name in `ProfileName`, its fields in `parsers.traces`, and a test."""
