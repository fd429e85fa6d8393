"""DKIM signatures, really made: which prove who sent a message, and why the others do not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from signing import (
    ARRIVAL,
    DOMAIN,
    MESSAGE,
    PROVIDER,
    SIGNED_NAMES,
    FakeDns,
    ask_dkimpy,
    name_of,
    publish,
    sign,
    sign_with_tags,
    verify,
    verify_one,
    write_archive,
)
from signing_keys import Key, ed25519_key, rsa_key

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import Unreachable
from abuse_intake.attribution.dkim.problems import Problem

NAMES = ":".join(SIGNED_NAMES)


def _problem(raw: bytes, dns: FakeDns | None = None) -> str | None:
    verdict = verify_one(raw, dns)
    assert verdict.is_proof == (verdict.problem is None)
    return verdict.problem


@pytest.mark.parametrize(
    "key", [rsa_key(1024), rsa_key(2048), ed25519_key()], ids=["1024", "2048", "ed25519"]
)
@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
def test_a_whole_signature_of_a_tenant_proves(key: Key, header: bytes, body: bytes) -> None:
    """Of every algorithm and in every canonical form; dkimpy agrees."""
    raw, dns = sign(key=key, canonicalize=(header, body)), publish(key.record)

    verdict = verify_one(raw, dns)

    assert verdict.is_proof
    assert verdict.problem is None
    assert (verdict.domain, verdict.selector, verdict.is_ours) == (DOMAIN, "s1", False)
    assert verdict.owner == Owner(DOMAIN, "contoso")
    assert verdict.covered == set(SIGNED_NAMES)
    assert verdict.line.startswith("DKIM-Signature: v=1; a=")
    assert ask_dkimpy(raw, dns.records)


@pytest.mark.parametrize("canonical", [b"simple", b"relaxed"])
def test_line_ends_lost_on_the_way_are_restored(canonical: bytes) -> None:
    """Saved with LF alone, in part, or without the last line end, a message is what was signed."""
    raw = sign(canonicalize=(canonical, canonical))

    assert verify_one(raw.replace(b"\r\n", b"\n")).is_proof
    assert verify_one(raw.replace(b"\r\n", b"\n", 5)).is_proof
    assert verify_one(raw.removesuffix(b"\r\n")).is_proof
    assert verify_one(b"From sales Fri Nov 20 11:00:00 2026\r\n" + raw).is_proof
    assert verify_one(b"\r\n\r\n" + raw).is_proof


def test_fields_that_were_put_on_top_later_change_nothing() -> None:
    """Servers on the way add their own, and take none away."""
    raw = b"Return-Path: <a@b.example>\r\nReceived: from x\r\n\tby y; today\r\n" + sign()

    assert verify_one(raw).is_proof


CHANGED = [
    ("body", b"never", b"always", Problem.BODY_CHANGED),
    ("body longer", b"Contoso\r\n", b"Contoso\r\nMore\r\n", Problem.BODY_CHANGED),
    ("subject", b"Great  offer", b"Greater offer", Problem.HEADER_CHANGED),
    ("from", b"Sales <sales@", b"Boss <boss@", Problem.HEADER_CHANGED),
    ("to gone", b"To: ann@reporter.example\r\n", b"", Problem.HEADER_CHANGED),
    ("bare CR", b"Subject: Great", b"Subject: Gr\reat", Problem.MALFORMED_HEADER),
    ("no field", b"To: ann", b"Hello\r\nTo: ann", Problem.MALFORMED_HEADER),
    ("NUL", b"To: ann", b"To: a\0nn", Problem.MALFORMED_HEADER),
    ("blank before colon", b"Subject:", b"Subject :", Problem.MALFORMED_HEADER),
    ("second from", b"From: Sales", b"From: boss@contoso.example\r\nFrom: Sales", Problem.SECOND_FROM),
    ("second from below", b"MIME-V", b"from: boss@contoso.example\r\nMIME-V", Problem.SECOND_FROM),
    ("second subject", b"Subject:", b"Subject: Free\r\nSubject:", Problem.SECOND_SUBJECT),
    ("second date", b"Date:", b"Date: Mon, 2 Nov 2026 11:00:00 +0000\r\nDate:", Problem.SECOND_FIELD),
    ("second type", b"Content-Type:", b"Content-Type: text/html\r\nContent-Type:", Problem.SECOND_FIELD),
    ("no body", MESSAGE[MESSAGE.index(b"\r\n\r\n") + 4 :], b"", Problem.NO_BODY),
    ("header alone", MESSAGE[MESSAGE.index(b"\r\n\r\n") + 2 :], b"", Problem.NO_BODY),
]


@pytest.mark.parametrize(
    ("old", "new", "problem"), [case[1:] for case in CHANGED], ids=[case[0] for case in CHANGED]
)
def test_what_was_changed_later_is_told(old: bytes, new: bytes, problem: Problem) -> None:
    """Each change has its own words, and none is a proof."""
    raw = sign()
    assert raw.count(old) == 1

    assert _problem(raw.replace(old, new)) == problem


def test_a_field_signed_twice_over_allows_no_second() -> None:
    """A name that stands once more in h= than in the message signs that there is no other."""
    raw = sign(names=(*SIGNED_NAMES, "from", "subject"))

    assert verify_one(raw).is_proof
    assert not verify_one(raw.replace(b"Subject:", b"Subject: Free\r\nSubject:")).is_proof


def test_both_of_two_fields_may_be_signed() -> None:
    """What the signer saw and signed is no addition, and each is covered."""
    message = MESSAGE.replace(b"Subject:", b"Subject: First\r\nSubject:")

    assert _problem(sign(message)) == Problem.SECOND_SUBJECT
    assert "subject" in verify_one(sign(message, names=(*SIGNED_NAMES, "subject"))).covered


def test_a_subject_that_is_not_there_must_be_signed_all_the_same() -> None:
    """Or anybody could put one in."""
    message = MESSAGE.replace(b"Subject: Great  offer\r\n", b"")

    assert verify_one(sign(message)).is_proof
    assert _problem(sign(message, names=("from", "date"))) == Problem.SUBJECT_UNSIGNED


def test_any_of_several_records_may_verify() -> None:
    """While a key is rotated under one name, both are published."""
    assert _problem(sign(), publish("v=DKIM1; p=", rsa_key(1024, 1).record, rsa_key().record)) is None


def test_a_selector_that_is_not_there_and_one_that_cannot_be_asked_for() -> None:
    """The first is certain, the second may be otherwise later; each has its words."""
    assert _problem(sign(selector="unknown")) == Problem.NO_KEY
    assert _problem(sign(), FakeDns({name_of(): Unreachable("SERVFAIL")})) == Problem.UNREACHABLE


def test_a_stranger_proves_nothing_and_is_not_asked() -> None:
    """Neither its servers nor anybody's: mail could make us ask anyone anything. A few are told."""
    raw = MESSAGE
    for number in range(7):
        raw = sign(raw, domain=f"stranger{number}.example")
    dns = FakeDns()

    verdicts = verify(raw, dns)

    assert [verdict.domain for verdict in verdicts] == [
        f"stranger{number}.example" for number in (6, 5, 4, 3, 2)
    ]
    assert {(verdict.owner, verdict.is_proof, verdict.problem) for verdict in verdicts} == {
        (None, False, Problem.STRANGER)
    }
    assert dns.asked == []


def test_a_domain_of_two_tenants_proves_nothing_and_is_not_asked() -> None:
    """It would name either."""
    dns = FakeDns()

    verdict = verify_one(sign(domain="shared.example"), dns)

    assert (verdict.owner, verdict.is_proof) == (Owner("shared.example", None), False)
    assert (verdict.problem, dns.asked) == (Problem.SHARED, [])


def test_each_of_two_signatures_is_judged() -> None:
    """Topmost first; that one fails takes nothing from the other."""
    raw = sign(sign(), domain="stranger.example")
    both = sign(sign(), selector="unknown")

    assert [(one.domain, one.is_proof) for one in verify(raw)] == [
        ("stranger.example", False),
        (DOMAIN, True),
    ]
    assert [(one.selector, one.is_proof) for one in verify(both)] == [("unknown", False), ("s1", True)]


def test_keys_since_rotated_are_in_the_archive(tmp_path: Path) -> None:
    """It is asked first; the DNS only when none of its keys does."""
    archive = KeyArchive(
        write_archive(
            tmp_path / "keys.jsonl",
            (DOMAIN, "s1", rsa_key(1024, 1).record),
            (DOMAIN, "s1", rsa_key().record),
        )
    )
    archive.refresh(is_first=True)
    dns = publish(rsa_key(2048).record)

    old = verify_one(sign(), dns, archive=archive)
    asked_for_old = list(dns.asked)
    new = verify_one(sign(key=rsa_key(2048)), dns, archive=archive)

    assert (old.is_proof, asked_for_old) == (True, [])
    assert (new.is_proof, dns.asked) == (True, [name_of()])


def test_arrival_decides_on_expiry_not_the_present() -> None:
    """Reports come late; a message that arrived before its signature expired was signed."""
    raw = sign_with_tags(x=str(int(ARRIVAL.timestamp())))

    assert verify_one(raw).is_proof
    assert verify_one(raw, arrival=datetime(2026, 11, 21, tzinfo=UTC)).problem == Problem.EXPIRED


def test_ours_is_verified_though_it_names_nobody() -> None:
    """The provider's own domain: a proof that our servers let it out, with no tenant."""
    domain = PROVIDER.signing_domains[0]
    dns = FakeDns({name_of(domain): (rsa_key().record,)})

    verdict = verify_one(sign(domain=domain), dns)

    assert (verdict.is_proof, verdict.is_ours, verdict.owner) == (True, True, Owner(domain, None))


def test_other_signatures_may_be_signed_but_not_the_signature_itself() -> None:
    """A name in h= stands for the field below, where the signature has its own name (RFC 6376, section 3.5)."""
    names = f"{NAMES}:dkim-signature"
    alone, both = sign_with_tags(h=names), sign_with_tags(sign(domain="stranger.example"), h=names)

    assert verify_one(alone).is_proof
    assert verify(both)[0].is_proof
    assert verify(both.replace(b"d=stranger.", b"d=stranger2."))[0].problem == Problem.HEADER_CHANGED


def test_a_signature_of_no_body_proves_only_where_the_header_ends() -> None:
    """Else whether a body followed cannot be said."""
    raw = sign(MESSAGE[: MESSAGE.index(b"\r\n\r\n") + 4])

    assert verify_one(raw).is_proof
    assert _problem(raw.removesuffix(b"\r\n")) == Problem.NO_BODY
