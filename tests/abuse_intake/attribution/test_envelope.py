"""What the envelope's sender tells beyond its domain: who forwarded the message, and an account of SendGrid."""

from dataclasses import replace

import pytest
from attribution_world import (
    ELSEWHERE,
    PROVIDER,
    RELAY,
    STRANGER_TO_RELAY,
    FakeVerifier,
    attribute,
    make_verdict,
)

from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.return_paths import read_sendgrid, read_srs
from abuse_intake.attribution.sources.signing import OF_THE_KEY, is_for_its_key
from storage.values import Attribution, Evidence


def _find_envelope(found: Attribution) -> list[Evidence]:
    return [one for one in found.evidence if one.source == "envelope"]


@pytest.mark.parametrize(
    ("local_part", "before"),
    [
        ("bounces+SRS=44ldt=IX", ""),
        ("john.work+SRS=44ldt=IX=stranger.example=bob", "bob@stranger.example"),
        ("john+tag+SRS=44ldt=IX=stranger.example=bob=x", "bob=x@stranger.example"),
        ("SRS0=HHH=TT=stranger.example=bob", "bob@stranger.example"),
        ("srs0+HHH=TT=stranger.example=bob", "bob@stranger.example"),
        ("SRS1=HHH=first.example==HHH=TT=stranger.example=bob", ""),
    ],
)
def test_a_rewritten_sender_names_the_tenant_that_forwarded(local_part: str, before: str) -> None:
    """The message came in from elsewhere; its envelope is at the domain of the tenant that passed it on."""
    found = attribute(return_path=f"{local_part}@contoso.example", route=STRANGER_TO_RELAY)

    (evidence,) = _find_envelope(found)
    assert (found.tenant, found.confidence) == ("contoso", "stated")
    assert (evidence.value, evidence.tenant) == ("contoso.example", "contoso")
    assert "who forwarded the message and rewrote the sender (SRS)" in evidence.detail
    assert evidence.detail.endswith(f"before that it was {before}" if before else "(SRS)")
    assert evidence.lines == (f"Return-Path: {local_part}@contoso.example",)


@pytest.mark.parametrize(
    "local_part", ["bob", "SRS", "SRS0", "srs0=a", "bob+srs", "a+SRS=", "+SRS=a=b", "SRS0=a=b=c"]
)
def test_other_senders_were_not_rewritten(local_part: str) -> None:
    """Whatever only begins like it is an ordinary address."""
    assert read_srs(local_part) is None
    assert "SRS)" not in _find_envelope(attribute(return_path=f"{local_part}@contoso.example"))[0].detail


def test_rewriting_can_be_switched_off() -> None:
    """Without the row, the domain still counts as the envelope's."""
    provider = PROVIDER.model_copy(update={"disabled_profiles": ("srs",)})

    found = attribute(return_path="bounces+SRS=44ldt=IX@contoso.example", provider=provider)

    assert found.tenant == "contoso"
    assert "SRS" not in _find_envelope(found)[0].detail


SENDGRID = "bounces+1234567-a1b2-ann=reporter.example@"


def test_sendgrids_return_path_names_the_account() -> None:
    """The digits are looked up by external id; they do not corroborate the domain behind the @."""
    found = attribute(return_path=f"{SENDGRID}em123.stranger.example")
    both = attribute(return_path=f"{SENDGRID}em123.contoso.example")

    assert (found.tenant, found.confidence) == ("contoso", "stated")
    assert [(one.value, one.tenant) for one in _find_envelope(found)] == [
        ("em123.stranger.example", None),
        ("1234567", "contoso"),
    ]
    assert (both.tenant, both.confidence) == ("contoso", "stated")


def test_an_account_and_a_domain_of_different_tenants_are_ambiguous() -> None:
    """One hand wrote both."""
    found = attribute(return_path=f"{SENDGRID}em123.fabrikam.example")

    assert (found.tenant, found.reason) == (None, "ambiguous")


def test_an_account_that_two_tenants_list_is_ambiguous() -> None:
    """Nobody is named, and the reason says why."""
    from attribution_world import RECEIVED_AT, add_ids, make_raw, read_report
    from report_builders import make_tenant

    from abuse_intake.attribution import Attributor, Directory

    tenants = [add_ids(make_tenant(id), "1234567") for id in ("a", "b")]
    report = read_report(make_raw(return_path=f"{SENDGRID}em123.stranger.example"))

    found = Attributor(PROVIDER, Directory(tenants)).attribute(report, RECEIVED_AT)

    assert (found.tenant, found.reason) == (None, "ambiguous")


def test_an_account_of_a_stranger_names_nobody() -> None:
    """What a tenant forwards may come from another customer of SendGrid."""
    found = attribute(return_path=f"{SENDGRID}em123.stranger.example", route=STRANGER_TO_RELAY)

    assert found.tenant is None
    assert [one.value for one in _find_envelope(found)] == ["em123.stranger.example"]


def test_accounts_can_be_switched_off() -> None:
    """A provider that is not SendGrid believes no digits."""
    provider = PROVIDER.model_copy(update={"disabled_profiles": ("sendgrid",)})

    found = attribute(return_path=f"{SENDGRID}em123.stranger.example", provider=provider)

    assert (found.tenant, found.reason) == (None, "no_tenant_named")


@pytest.mark.parametrize(
    "local_part",
    [
        "bounces+123-a1b2",
        "bounces+x-a1b2-ann=reporter.example",
        "bounces+1-xyz-ann=b.example",
        "bounces+١٢٣-a1b2-ann=reporter.example",
        "bounce+1-a1-a=b",
        "bounces+-a1-a=b",
        f"bounces+{'1' * 21}-a-a=b",
    ],
)
def test_other_return_paths_tell_no_account(local_part: str) -> None:
    """Only the whole form counts."""
    assert read_sendgrid(local_part) is None


CLAIM = make_verdict(
    "contoso.example", is_proof=False, is_ours=False, owner=Owner("contoso.example", "contoso")
)


@pytest.mark.parametrize(
    ("route", "return_path", "says"),
    [
        (RELAY, "b@stranger.example", "it does not count beside an envelope; d="),
        (RELAY, "", "it does not count beside an envelope (the null sender, <>); d="),
        (RELAY, None, "d="),
        (
            STRANGER_TO_RELAY,
            None,
            "it does not count, as a host that is no tenant's handed the message in; d=",
        ),
        (ELSEWHERE, None, "it does not count, as nothing shows that the message left our servers; d="),
    ],
)
def test_a_signature_that_does_not_count_says_so(route: str, return_path: str | None, says: str) -> None:
    """It still tells whose domain it is; and where it counts, its tenant is named."""
    found = attribute(route=route, return_path=return_path, verifier=FakeVerifier(CLAIM))

    (evidence,) = [one for one in found.evidence if one.source == "dkim"]
    assert evidence.tenant == "contoso"
    assert evidence.detail.startswith(says)
    assert (found.tenant == "contoso") == (says == "d=")


@pytest.mark.parametrize("problem", OF_THE_KEY)
def test_a_key_that_is_gone_is_seen_beside_an_envelope(problem: str) -> None:
    """What is said of counting does not hide why a signature proves nothing."""
    found = attribute(verifier=FakeVerifier(replace(CLAIM, problem=problem)))

    (evidence,) = [one for one in found.evidence if one.source == "dkim"]
    assert is_for_its_key(evidence)


def test_a_proof_counts_beside_an_envelope() -> None:
    """Nothing is said against it."""
    proof = replace(CLAIM, is_proof=True)

    found = attribute(verifier=FakeVerifier(proof))

    assert found.confidence == "proven"
    assert not any("does not count" in one.detail for one in found.evidence)
