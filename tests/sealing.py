"""ARC sets, really sealed, and dkimpy's verdict on them."""

import base64
import hashlib
from collections.abc import Iterable, Mapping

import dkim
from dkim.canonicalization import Relaxed
from report_builders import make_tenant
from signing import DOMAIN, SELECTOR, SIGNED_NAMES, TENANTS, FakeDns, name_of, sign_fields, verify
from signing_keys import Key, rsa_key

from abuse_intake.attribution.signatures import SignatureVerdict

OURS = "onmicrosoft.example"
STRANGER = "stranger.example"
BRAND = f"brand.{OURS}"
"""A domain below ours that a tenant lists."""
COVERING = (*SIGNED_NAMES, "dkim-signature")


def seal(
    message: bytes,
    results: str,
    key: Key | None = None,
    *,
    domain: str,
    names: Iterable[str] = SIGNED_NAMES,
) -> bytes:
    """The message with an ARC set on top that says what `results` says; the sets below count as valid.

    dkimpy's own sealer writes the results again in its own words, and leaves out what it does not know.
    """
    key = key or rsa_key()
    headers, body = dkim.rfc822_parse(message)
    below = [one for one in headers if one[0].lower() in dkim.ARC.ARC_HEADERS]
    instance = len(below) // 3 + 1
    body_hash = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest()).decode()
    stated = f"a={key.algorithm.decode()}; d={domain}; s={SELECTOR}"
    told = (b"ARC-Authentication-Results", f" i={instance}; sealer.example; {results}".encode())
    signature = f" i={instance}; {stated}; c=relaxed/relaxed; h={':'.join(names)}; bh={body_hash}; b="
    signed = dkim.select_headers(headers, [name.encode() for name in names])
    signing = (b"ARC-Message-Signature", sign_fields(signed, b"ARC-Message-Signature", signature, key))
    chain = "none" if instance == 1 else "pass"
    sealed = [*reversed(below), told, signing]
    sealing = sign_fields(sealed, b"ARC-Seal", f" i={instance}; cv={chain}; {stated}; b=", key)
    top = (b"ARC-Seal:" + sealing, b":".join(signing), b":".join(told))
    return b"\r\n".join([*top, message])


def ask_dkimpy_about_arc(raw: bytes, records: Mapping[str, tuple[str, ...]]) -> bool:
    """The oracle's verdict on the whole chain."""
    state, *_ = dkim.arc_verify(raw, dnsfunc=lambda name, timeout=5: _look_up(records, name))
    return bool(state == dkim.CV_Pass)


def _look_up(records: Mapping[str, tuple[str, ...]], name: bytes) -> bytes:
    return "".join(records.get(name.decode().rstrip("."), ())).encode()


def seal_dns() -> FakeDns:
    """A DNS that has one key under the names that seal in tests."""
    names = (DOMAIN, "fabrikam.example", OURS, STRANGER, "shared.example", BRAND, f"fabrikam.{OURS}")
    return FakeDns({name_of(domain): (rsa_key().record,) for domain in names})


def find_seal_verdicts(raw: bytes, dns: FakeDns | None = None) -> list[SignatureVerdict]:
    """Our verdicts on the ARC sets of a message, the newest first."""
    tenants = (*TENANTS, make_tenant("brand", domains=(BRAND,)))
    return [verdict for verdict in verify(raw, dns or seal_dns(), tenants=tenants) if verdict.kind == "arc"]


def find_seal_verdict(raw: bytes, dns: FakeDns | None = None) -> SignatureVerdict:
    """The verdict on its only set."""
    (verdict,) = find_seal_verdicts(raw, dns)
    assert verdict.is_proof == (verdict.problem is None)
    return verdict
