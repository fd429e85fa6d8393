"""One signature as its field states it: DKIM-Signature (RFC 6376, section 3.5), ARC's two kinds (RFC 8617)."""

import hashlib
import re
from dataclasses import dataclass
from typing import cast

from abuse_intake.attribution.dkim.canonical import CRLF, Form, canonicalize_field
from abuse_intake.attribution.dkim.problems import Problem, Unproven
from abuse_intake.attribution.dkim.public_key import KeyType
from abuse_intake.attribution.dkim.signed_message import SignedField
from abuse_intake.attribution.dkim.tags import (
    decode_base64,
    empty_tag,
    parse_number,
    parse_tags,
    split_list,
)

ALGORITHMS: dict[bytes, KeyType] = {b"rsa-sha256": "rsa", b"ed25519-sha256": "ed25519"}
FORMS = (b"simple", b"relaxed")
NAME_CHARACTERS = 253
MOST_NAMES = 1000
"""In `h=`."""
_LABELS = r"%s(?:\.%s)*"
_DOMAIN = re.compile(_LABELS % ((r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?",) * 2))
_SELECTOR = re.compile(_LABELS % ((r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?",) * 2))


@dataclass(frozen=True, slots=True)
class Signature:
    """What all three kinds state. An ARC-Seal signs no body and no fields of its own choosing."""

    field: SignedField
    domain: str
    selector: str
    algorithm: KeyType
    value: bytes
    header_form: Form
    body_form: Form
    body_hash: bytes
    names: tuple[str, ...]
    """Lower-case names of the fields that it signs, in their order; a name may stand there again."""
    identity: str | None
    """The domain of `i=`, lower case; None where a DKIM signature names no identity, and in ARC."""
    expires: int | None
    """Seconds since 1970."""

    def digest(self, signed: bytes) -> bytes:
        """SHA-256 of the signed fields and of this one, its `b=` empty, without its line end (section 3.7)."""
        own = canonicalize_field(self.field.name, empty_tag(self.field.value, b"b"), self.header_form)
        return hashlib.sha256(signed + own.removesuffix(CRLF)).digest()


def is_domain(name: str) -> bool:
    """Whether it is a lower-case name of two labels or more that the DNS can hold."""
    return "." in name and len(name) <= NAME_CHARACTERS and bool(_DOMAIN.fullmatch(name))


def is_key_name(selector: str, domain: str) -> bool:
    """Whether a key can be published under this selector of this domain."""
    whole = f"{selector}._domainkey.{domain}"
    return len(whole) <= NAME_CHARACTERS and bool(_SELECTOR.fullmatch(selector)) and is_domain(domain)


def parse_dkim_signature(field: SignedField) -> Signature:
    """A DKIM-Signature; Unproven for one that is malformed or can prove nothing whatever the message is."""
    tags = parse_tags(field.value)
    if tags.get("v") != b"1" or "dns/txt" not in split_list(tags.get("q", b"dns/txt")):
        raise Unproven(Problem.MALFORMED)
    identity = tags.get("i")
    return _parse_message_signature(field, tags, None if identity is None else _parse_identity(identity))


def parse_arc_signature(field: SignedField) -> Signature:
    """An ARC-Message-Signature: a DKIM signature without a version, whose `i=` is its set's number (section 4.1.2)."""
    tags = parse_tags(field.value)
    if "arc-seal" in split_list(tags.get("h", b"")):
        raise Unproven(Problem.MALFORMED)
    return _parse_message_signature(field, tags, None)


def parse_seal(field: SignedField) -> tuple[Signature, str]:
    """An ARC-Seal and what it says of the chain below it (`cv=`): none, pass or fail (section 4.1.3)."""
    tags = parse_tags(field.value)
    if "h" in tags or "bh" in tags or "cv" not in tags:
        raise Unproven(Problem.MALFORMED)
    seal = _parse_common(field, tags, ("relaxed", "relaxed"), b"", (), None)
    return seal, tags["cv"].lower().decode("latin-1")


def _parse_message_signature(field: SignedField, tags: dict[str, bytes], identity: str | None) -> Signature:
    if "l" in tags:
        raise Unproven(Problem.PARTIAL)
    names = split_list(tags.get("h", b""))
    if not all(names) or len(names) > MOST_NAMES:
        raise Unproven(Problem.MALFORMED)
    signature = _parse_common(
        field, tags, _parse_forms(tags.get("c", b"simple/simple")), _decode(tags, "bh"), names, identity
    )
    signed = parse_number(tags.get("t"))
    if signature.expires is not None and signed is not None and signature.expires < signed:
        raise Unproven(Problem.MALFORMED)
    return signature


def _parse_common(
    field: SignedField,
    tags: dict[str, bytes],
    forms: tuple[Form, Form],
    body_hash: bytes,
    names: tuple[str, ...],
    identity: str | None,
) -> Signature:
    domain, selector = (tags.get(name, b"").lower().decode("latin-1") for name in ("d", "s"))
    if not is_key_name(selector, domain):
        raise Unproven(Problem.MALFORMED)
    return Signature(
        field=field,
        domain=domain,
        selector=selector,
        algorithm=_parse_algorithm(tags.get("a", b"")),
        value=_decode(tags, "b"),
        header_form=forms[0],
        body_form=forms[1],
        body_hash=body_hash,
        names=names,
        identity=identity,
        expires=parse_number(tags.get("x")),
    )


def _decode(tags: dict[str, bytes], name: str) -> bytes:
    return decode_base64(tags.get(name, b""))


def _parse_algorithm(name: bytes) -> KeyType:
    if name == b"rsa-sha1":
        raise Unproven(Problem.SHA1)
    if name not in ALGORITHMS:
        raise Unproven(Problem.ALGORITHM)
    return ALGORITHMS[name]


def _parse_forms(value: bytes) -> tuple[Form, Form]:
    header, slash, body = value.partition(b"/")
    body = body if slash else b"simple"
    if header not in FORMS or body not in FORMS:
        raise Unproven(Problem.MALFORMED)
    return cast(Form, header.decode()), cast(Form, body.decode())


def _parse_identity(value: bytes) -> str:
    _, at, domain = value.rpartition(b"@")
    if not at:
        raise Unproven(Problem.MALFORMED)
    return domain.lower().decode("latin-1")
