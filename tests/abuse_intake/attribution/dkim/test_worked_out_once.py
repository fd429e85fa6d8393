"""What many signatures, or many sealed results, need is worked out once: the work is counted, never timed."""

import pytest
from sealing import seal
from signing import DOMAIN, MESSAGE, FakeDns, claim_signed, name_of, sign, verify
from signing_keys import rsa_key

from abuse_intake.attribution.dkim import sealed_signatures, signed_message
from abuse_intake.attribution.dkim.canonical import Form
from abuse_intake.attribution.dkim.dns_keys import MOST_QUESTIONS
from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.attribution.dkim.signature import Signature
from abuse_intake.attribution.dkim.signed_message import SignedField


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[SignedField]:
    """Which DKIM signatures were read for what a seal says of them."""
    read: list[SignedField] = []
    parse = sealed_signatures.parse_dkim_signature

    def count(field: SignedField) -> Signature:
        read.append(field)
        return parse(field)

    monkeypatch.setattr(sealed_signatures, "parse_dkim_signature", count)
    return read


@pytest.mark.parametrize(
    ("signatures", "results", "read", "problem"),
    [
        (10, 50, 10, Problem.SEALED_WEAK),
        (11, 1, 0, Problem.SEALED_WEAK),
        (1, 51, 0, Problem.SEALED_LONG),
    ],
)
def test_sealed_results_cost_little(
    signatures: int, results: int, read: int, problem: Problem, readings: list[SignedField]
) -> None:
    """Each signature is read once, however many results name its domain; with too many of either, none is."""
    junk = b"".join(claim_signed(DOMAIN, f"s{number}") for number in range(signatures - 1))
    weak = claim_signed(DOMAIN).replace(b"from:subject", b"from")
    stated = "; ".join(f"dkim=pass header.d=a{number}.{DOMAIN}" for number in range(results))
    names = ("from", "subject", *["dkim-signature"] * signatures)

    verdicts = verify(seal(junk + weak + MESSAGE, stated, domain=DOMAIN, names=names))

    assert (verdicts[-1].kind, verdicts[-1].problem) == ("arc", problem)
    assert len(readings) == read


def test_long_sealed_results_are_not_read() -> None:
    """A login stands in them, behind a long comment: not cut, but refused."""
    results = "x=y ({}); auth=pass smtp.auth=a@contoso.example"

    found = [
        verify(seal(MESSAGE, results.format("a" * length), domain=DOMAIN))[-1].problem
        for length in (8000, 8192)
    ]

    assert found == [None, Problem.SEALED_LONG]


def test_a_field_is_made_canonical_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many signatures sign it: a long header costs what one signature of it would."""
    made: list[bytes] = []
    canonicalize = signed_message.canonicalize_field

    def count(name: bytes, value: bytes, form: Form) -> bytes:
        made.append(name.lower())
        return canonicalize(name, value, form)

    monkeypatch.setattr(signed_message, "canonicalize_field", count)
    raw = MESSAGE
    for number in range(MOST_QUESTIONS):
        raw = sign(raw, selector=f"s{number}")
    dns = FakeDns({name_of(selector=f"s{number}"): (rsa_key().record,) for number in range(MOST_QUESTIONS)})

    verdicts = verify(raw, dns)

    assert [verdict.is_proof for verdict in verdicts] == [True] * MOST_QUESTIONS
    assert made.count(b"from") == 1
