"""Messages built to cost much: the work that they cause is counted, never timed."""

import base64
import hashlib
import tracemalloc
from typing import Any

import pytest
from signing import (
    ARRIVAL,
    DOMAIN,
    MESSAGE,
    PROVIDER,
    TENANTS,
    FakeDns,
    as_message,
    claim_signed,
    publish,
    sign,
    sign_with_tags,
    verify,
)
from signing_keys import rsa_key

from abuse_intake.attribution.directory import Directory, Owner
from abuse_intake.attribution.dkim import DkimVerifier, public_key, signed_message
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.canonical import canonicalize_body
from abuse_intake.attribution.dkim.dns_keys import MOST_QUESTIONS
from abuse_intake.attribution.dkim.judging import MOST_STRANGERS, MOST_VERIFIED
from abuse_intake.attribution.dkim.keyring import Keyring
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.public_key import PublicKey
from abuse_intake.attribution.evidence import LINE_CHARACTERS
from abuse_intake.attribution.signatures import SignatureVerdict

MIB = 1 << 20


@pytest.mark.parametrize(
    "filling", [b" ", b"\t", b" \t", b"\r\n", b"\n", b"\r", b" \r\n", b"\0", b"\r\r\n", b"  a"]
)
def test_a_mebibyte_of_blanks_is_a_body_like_any_other(filling: bytes) -> None:
    """In each canonical form; what dkimpy takes minutes for must end, and be right."""
    body = filling * (MIB // len(filling)) + b"end\r\n"
    header, _, _ = MESSAGE.partition(b"\r\n\r\n")
    raw = _sign_by_our_own_form(signed_message.restore_line_ends(header + b"\r\n\r\n" + body))

    (verdict,) = verify(raw)

    assert verdict.problem is None


def _sign_by_our_own_form(message: bytes) -> bytes:
    """A signature whose body hash is by our own canonical form: dkimpy's would take too long."""
    header, _, body = message.partition(b"\r\n\r\n")
    body_hash = base64.b64encode(hashlib.sha256(canonicalize_body(body, "relaxed")).digest()).decode()
    signed = sign_with_tags(header + b"\r\n\r\n", bh=body_hash)
    return signed + body


@pytest.mark.parametrize(
    "rest",
    [
        "; x" * 10_000,
        "".join(f"; t{number}=1" for number in range(10_000)),
        ";" * 50_000,
        " " * 100_000,
        "=" * 100_000,
        "\r\n " * 30_000,
        "; h=" + ":" * 50_000,
        "; h=" + "from:" * 20_000 + "subject",
    ],
    ids=["words", "tags", "semicolons", "blanks", "equals", "folds", "colons", "names"],
)
def test_long_signatures_are_read_in_one_go(rest: str) -> None:
    """Ten thousand tags, a hundred thousand blanks: a verdict in words."""
    raw = claim_signed(DOMAIN, rest=rest) + MESSAGE

    (verdict,) = verify(raw)

    assert not verdict.is_proof
    assert verdict.problem
    assert len(verdict.line) <= LINE_CHARACTERS


@pytest.mark.parametrize(
    ("length", "problem"), [(MIB - 2000, None), (MIB, Problem.LONG_HEADER)], ids=["read whole", "cut"]
)
def test_a_header_that_the_parser_cuts_is_not_verified(length: int, problem: Problem | None) -> None:
    """What it reads whole is; else a long field would let a tenant's junk go unproven."""
    raw = sign().replace(b"To:", b"X: " + b"a" * length + b"\r\nTo:")

    (verdict,) = verify(raw)

    assert verdict.problem == problem


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a key is tried."""
    tried: list[str] = []
    verifies = PublicKey.verifies

    def count(self: PublicKey, *arguments: Any) -> bool:
        tried.append(self.kind)
        return verifies(self, *arguments)

    monkeypatch.setattr(PublicKey, "verifies", count)
    return tried


def test_thousands_of_signatures_of_strangers_cost_nothing(verifications: list[str]) -> None:
    """A few are told; the message is not even split."""
    raw = b"".join(claim_signed(f"s{number}.example") for number in range(5000)) + MESSAGE
    dns = FakeDns()

    verdicts = verify(raw, dns)

    assert [verdict.problem for verdict in verdicts] == [Problem.STRANGER] * MOST_STRANGERS
    assert (dns.asked, verifications) == ([], [])


def test_thousands_of_signatures_of_a_tenant_cost_little(verifications: list[str]) -> None:
    """All right but for the signature itself, under one key that is there."""
    junk = sign().partition(b"From:")[0].replace(b"; s=s1", b"; x=9999999999; s=s1")
    raw = junk * 9000 + MESSAGE

    verdicts = verify(raw)

    assert [verdict.problem for verdict in verdicts] == [Problem.LONG_HEADER] * MOST_VERIFIED + [
        Problem.TOO_MANY
    ]
    assert verifications == []
    few = verify(junk * 40 + MESSAGE)
    assert [verdict.problem for verdict in few] == [Problem.HEADER_CHANGED] * MOST_VERIFIED + [
        Problem.TOO_MANY
    ]
    assert len(verifications) == MOST_VERIFIED


def test_junk_below_hides_no_real_signature() -> None:
    """What its sender puts in before a server signs stands below that server's signature."""
    junk = b"".join(claim_signed(DOMAIN, f"x{number}") for number in range(45))
    raw = sign(junk + MESSAGE)

    verdicts = verify(raw)

    assert verdicts[0].is_proof
    assert not any(verdict.is_proof for verdict in verdicts[1:])


def test_junk_of_one_key_hides_no_signature_of_another() -> None:
    """The topmost of each key comes first."""
    raw = claim_signed(DOMAIN, "other") * 30 + sign()

    assert [verdict.selector for verdict in verify(raw) if verdict.is_proof] == ["s1"]


def test_workspace_names_are_read_a_few_times_only() -> None:
    """Each hyphen doubles the ways to read one; the topmost are read, also behind many of strangers."""
    looked_up: list[str | None] = []

    class CountingDirectory(Directory):
        def find_domain_owner(self, domain: str | None) -> Owner | None:
            looked_up.append(domain)
            return super().find_domain_owner(domain)

    label = "-".join("abcdefghijk")
    raw = b"".join(claim_signed(f"{label}{number}.20230601.gappssmtp.com") for number in range(50)) + MESSAGE
    verifier = DkimVerifier(PROVIDER, Keyring(KeyArchive(), None))

    verifier.verify(as_message(raw), CountingDirectory(TENANTS), ARRIVAL)

    assert 1024 <= len(looked_up) <= 20 * 1025


def test_names_of_any_length_and_kind_are_told_cut_and_in_print() -> None:
    """Evidence is stored, and shown."""
    raw = b"DKIM-Signature: v=1; d=" + b"x" * 4000 + b"; s=a\x1b[31m\0b\r\n" + MESSAGE

    (verdict,) = verify(raw)

    assert (len(verdict.domain), verdict.selector, verdict.owner) == (253, "a[31mb", None)


def test_random_selectors_make_few_questions() -> None:
    """Though each signature is right but for a key that is not there."""
    raw = MESSAGE
    for number in range(12):
        raw = sign(raw, selector=f"x{number}")
    dns = FakeDns()

    verify(raw, dns)

    assert len(dns.asked) == MOST_QUESTIONS


@pytest.mark.parametrize(
    "record", ["p=" + "A" * 1_000_000, "v=DKIM1;" * 100_000, "\0" * 100_000, "p=" + "=" * 8000]
)
def test_huge_keys_are_malformed(record: str) -> None:
    """Whoever publishes them."""
    (verdict,) = verify(sign(), publish(record))

    assert verdict.problem == Problem.MALFORMED_KEY


def test_a_key_that_is_too_strong_is_not_tried(
    verifications: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would cost a tenant nothing, and us much."""
    monkeypatch.setattr(public_key, "MOST_BITS", 1024)
    key = rsa_key(2048)

    (verdict,) = verify(sign(key=key), publish(key.record))

    assert (verdict.problem, verifications) == (Problem.WEAK_KEY, [])


def test_a_large_message_is_held_a_few_times_at_most() -> None:
    """Ten signatures share one body and one hash of it for each canonical form."""
    raw = MESSAGE + b"word  \t word\n" * (4 * MIB // 13)
    for number in range(3):
        raw = claim_signed(DOMAIN, f"s{number}") + raw
    tracemalloc.start()

    verify(raw)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\n", b"DKIM-Signature:", b"DKIM-Signature: d=contoso.example", b"\xff" * 99]
)
def test_what_is_no_message_has_verdicts_or_none(raw: bytes) -> None:
    """And never an error."""
    verdicts: tuple[SignatureVerdict, ...] = verify(raw)

    assert not any(verdict.is_proof for verdict in verdicts)
