"""What signatures and key records state: each rule, with its own words for the analyst."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from signing import (
    ARRIVAL,
    FakeDns,
    publish,
    sign,
    sign_with_tags,
    verify_one,
)
from signing_keys import rsa_key

from abuse_intake.attribution.dkim.problems import Problem


def _problem(raw: bytes, dns: FakeDns | None = None) -> str | None:
    verdict = verify_one(raw, dns)
    assert verdict.is_proof == (verdict.problem is None)
    return verdict.problem


TAGS: list[tuple[dict[str, str | None], Problem | None]] = [
    ({}, None),
    ({"l": "5"}, Problem.PARTIAL),
    ({"h": "from:date"}, Problem.SUBJECT_UNSIGNED),
    ({"h": "subject:date"}, Problem.FROM_UNSIGNED),
    ({"h": "From : SUBJECT"}, None),
    ({"h": "from::subject"}, Problem.MALFORMED),
    ({"h": None}, Problem.MALFORMED),
    ({"h": ":".join(["from", "subject"] * 600)}, Problem.MALFORMED),
    ({"a": "rsa-sha1"}, Problem.SHA1),
    ({"a": "rsa-md5"}, Problem.ALGORITHM),
    ({"a": None}, Problem.ALGORITHM),
    ({"a": "ed25519-sha256"}, Problem.OTHER_KEY),
    ({"v": "2"}, Problem.MALFORMED),
    ({"v": None}, Problem.MALFORMED),
    ({"c": "relaxed/nofws"}, Problem.MALFORMED),
    ({"c": "relaxed/relaxed/relaxed"}, Problem.MALFORMED),
    ({"q": "dns/txt"}, None),
    ({"q": "http"}, Problem.MALFORMED),
    ({"i": "@contoso.example"}, None),
    ({"i": "ann@Mail.Contoso.example"}, None),
    ({"i": "ann@xcontoso.example"}, Problem.IDENTITY),
    ({"i": "ann@example"}, Problem.IDENTITY),
    ({"i": "contoso.example"}, Problem.MALFORMED),
    ({"x": str(int(ARRIVAL.timestamp()) + 1)}, None),
    ({"x": str(int(ARRIVAL.timestamp()) - 1)}, Problem.EXPIRED),
    ({"t": "1000", "x": "999"}, Problem.MALFORMED),
    ({"x": "soon"}, Problem.MALFORMED),
    ({"x": "9" * 100}, Problem.MALFORMED),
    ({"b": ""}, Problem.MALFORMED),
    ({"b": "AAA"}, Problem.MALFORMED),
    ({"b": "AAAA"}, Problem.HEADER_CHANGED),
    ({"bh": "AAAA"}, Problem.BODY_CHANGED),
    ({"bh": None}, Problem.MALFORMED),
    ({"z": "From:x", "unknown": "1"}, None),
    ({"1": "x"}, Problem.MALFORMED),
    ({"s": "a..b"}, Problem.MALFORMED),
    ({"s": "a b"}, Problem.MALFORMED),
    ({"s": "x" * 64}, Problem.MALFORMED),
    ({"s": None}, Problem.MALFORMED),
]


@pytest.mark.parametrize(("tags", "problem"), TAGS, ids=[str(tags)[:40] for tags, _ in TAGS])
def test_what_a_signature_states_decides(tags: dict[str, str | None], problem: Problem | None) -> None:
    """Each rule has its own words; all else about these signatures is right."""
    assert _problem(sign_with_tags(**tags)) == problem


def test_a_tag_that_stands_twice_is_an_error() -> None:
    """Readers differ in which of the two they take (RFC 6376, section 3.2)."""
    assert _problem(sign().replace(b"; s=s1;", b"; s=s1; s=s1;")) == Problem.MALFORMED


@pytest.mark.parametrize("other", ["rsa_key", "revoked", "malformed"])
def test_no_sense_in_a_key_is_no_proof(other: str) -> None:
    """A key that is not the signer's, was revoked, or cannot be read."""
    records = {"rsa_key": rsa_key(1024, 1).record, "revoked": "v=DKIM1; p=", "malformed": "v=DKIM1; p=AAAA"}
    expected = {
        "rsa_key": Problem.HEADER_CHANGED,
        "revoked": Problem.REVOKED,
        "malformed": Problem.MALFORMED_KEY,
    }

    assert _problem(sign(), publish(records[other])) == expected[other]


KEYS: list[tuple[str, Problem | None]] = [
    ("v=DKIM1; {}", None),
    ("{}", None),
    ("{};", None),
    ("v=DKIM2; {}", Problem.MALFORMED_KEY),
    ("{}; v=DKIM1", Problem.MALFORMED_KEY),
    ("v=DKIM1; {}; p=", Problem.MALFORMED_KEY),
    ("v=DKIM1; h=sha256; {}", None),
    ("v=DKIM1; h=sha1:sha256; {}", None),
    ("v=DKIM1; h=sha1; {}", Problem.OTHER_KEY),
    ("v=DKIM1; s=*; {}", None),
    ("v=DKIM1; s=email; {}", None),
    ("v=DKIM1; s=tlsrpt; {}", Problem.OTHER_KEY),
    ("v=DKIM1; t=y; {}", Problem.TESTING),
    ("v=DKIM1; t=s:y; {}", Problem.TESTING),
    ("v=DKIM1; t=s; {}", None),
    ("v=DKIM1; g=*; n=a note; {}", None),
    ("v=DKIM1; {} \x00", Problem.MALFORMED_KEY),
    ("v=spf1 -all", Problem.MALFORMED_KEY),
    ("", Problem.MALFORMED_KEY),
    ("v=DKIM1; {}; n=" + "x" * 9000, Problem.MALFORMED_KEY),
    ("v=DKIM1; k=rsa; p=" + "A" * 4000, Problem.MALFORMED_KEY),
]


@pytest.mark.parametrize(("record", "problem"), KEYS, ids=[record[:30] for record, _ in KEYS])
def test_what_a_key_is_published_for_decides(record: str, problem: Problem | None) -> None:
    """Version, hash, service and flags of its record."""
    assert _problem(sign(), publish(record.format(rsa_key().record))) == problem


def test_a_key_for_its_domain_alone_signs_for_nothing_below() -> None:
    """t=s: the identity must be at the very domain."""
    strict = publish(f"t=s; {rsa_key().record}")

    assert _problem(sign_with_tags(i="a@mail.contoso.example"), strict) == Problem.IDENTITY
    assert _problem(sign_with_tags(i="a@contoso.example"), strict) is None


@pytest.mark.parametrize("bits", [512, 768])
def test_a_weak_key_proves_nothing(bits: int) -> None:
    """Whoever factors it signs as the tenant."""
    key = rsa_key(bits)

    assert _problem(sign(key=key), publish(key.record)) == Problem.WEAK_KEY


@pytest.mark.parametrize("exponent", [2**32 + 1, 2**40 + 1])
def test_an_odd_exponent_is_not_tried(exponent: int) -> None:
    """A large one costs time with each signature, and no sender has any."""
    public = RSAPublicNumbers(exponent, (1 << 2047) + 1).public_key()
    packed = base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()

    assert _problem(sign(), publish(f"v=DKIM1; p={packed}")) == Problem.WEAK_KEY
