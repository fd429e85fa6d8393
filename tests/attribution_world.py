"""A provider, its tenants, and messages of our own making on their way from it, read from their bytes."""

import base64
import json
from datetime import UTC, datetime

from mail_builders import build_mail, build_part
from report_builders import allocate, make_tenant

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.signatures import SignatureVerdict, Verifier
from abuse_intake.settings_attribution import ProviderSettings
from parsers import read_mail
from parsers.values import Message, Report
from storage.values import Attribution, Evidence, Tenant

RECEIVED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROVIDER = ProviderSettings.model_validate(
    {"relays": ["203.0.113.0/26"], "hosts": ["*.out.provider.example"], "signing_domains": ["amazonses.com"]}
)

CONTOSO_GUID = "7c1f4f0e-5a1b-4f0a-9d53-0d1c3a2b9e41"
FABRIKAM_GUID = "0b7f2a1c-33de-4e5f-8a90-5b6c7d8e9f01"
SHARED_GUID = "11111111-2222-4333-8444-555555555555"
CONSUMERS = "84df9e7f-e9f6-40af-b435-aaaaaaaaaaaa"


def add_ids(tenant: Tenant, *ids: str) -> Tenant:
    """The tenant, known by these ids in other systems."""
    return Tenant(
        id=tenant.id,
        name=tenant.name,
        domains=tenant.domains,
        external_ids=ids,
        allocations=tenant.allocations,
    )


TENANTS = (
    add_ids(
        make_tenant("contoso", "192.0.2.0/28", domains=("contoso.example",)),
        *(CONTOSO_GUID, "c0n+oso/1=", "ic0ntoso", "c0de", "4711", "md_815", "cfbl-1", "1234567"),
        *("sales@hosted.example", SHARED_GUID, "shared", CONSUMERS),
    ),
    add_ids(
        make_tenant("fabrikam", "192.0.2.16/28", domains=("fabrikam.example",)),
        *(FABRIKAM_GUID, "fa6r1kam=", "if4br1kam", "f4b", "4712", "cfbl-2", "cfbl-1:of-fabrikam", "7654321"),
        *(SHARED_GUID, "shared"),
    ),
    make_tenant("former", allocate("198.51.100.0/27", None, "2026-01-01"), domains=("former.example",)),
)

RECEIVER = "by mx.reporter.example (Postfix) with ESMTPS id 4Z1; Mon, 16 Nov 2026 08:00:00 +0000"
RELAY = f"Received: from mx1.out.provider.example (mx1.out.provider.example [203.0.113.7]) {RECEIVER}"
"""Our relay handed the message to its receiver, and nobody says who handed it to the relay."""
STRANGER_TO_RELAY = (
    f"{RELAY}\nReceived: from mail.stranger.example (mail.stranger.example [198.51.100.200]) "
    "by mx1.out.provider.example (Postfix) with ESMTPS id 4Z0; Mon, 16 Nov 2026 07:59:00 +0000"
)
"""A host that is no tenant's handed it to our relay: a tenant forwards it, or a user sends from home."""
USER_TO_RELAY = STRANGER_TO_RELAY.replace("(Postfix) with ESMTPS id 4Z0", "(Postfix) with ESMTPSA id 4Z0")
"""Who handed it to our relay had logged in there."""
CONTOSO = f"Received: from mail.contoso.example (mail.contoso.example [192.0.2.5]) {RECEIVER}"
ELSEWHERE = f"Received: from mail.stranger.example (mail.stranger.example [198.51.100.213]) {RECEIVER}"


def make_sid(*parts: str) -> str:
    """A value of X-Mailgun-Sid."""
    return base64.b64encode(json.dumps(parts).encode()).decode()


def make_raw(*lines: str, route: str = RELAY, return_path: str | None = "b@stranger.example") -> bytes:
    """A reported message with these header lines below its route."""
    path = [] if return_path is None else [f"Return-Path: <{return_path}>"]
    header = [*path, route, *lines, "From: Sales <sales@stranger.example>", "To: ann@reporter.example"]
    rest = ["Subject: Offer", "Date: Mon, 16 Nov 2026 07:58:00 +0000", "Message-ID: <1@stranger.example>"]
    return "\n".join([*header, *rest, "", "Buy now.", ""]).encode("utf-8", "surrogateescape")


def read_report(raw: bytes) -> Report:
    """The report of this message, as a person forwards it, attached."""
    (report,) = read_mail(build_mail(build_part(raw))).reports
    return report


def attribute(
    *lines: str,
    route: str = RELAY,
    return_path: str | None = "b@stranger.example",
    provider: ProviderSettings = PROVIDER,
    verifier: Verifier | None = None,
) -> Attribution:
    """To whom a message with these header lines is attributed."""
    report = read_report(make_raw(*lines, route=route, return_path=return_path))
    return Attributor(provider, Directory(TENANTS), verifier).attribute(report, RECEIVED_AT)


def find_headers(found: Attribution) -> list[Evidence]:
    """What the provider headers say."""
    return [one for one in found.evidence if one.source == "provider_header"]


class FakeVerifier:
    """Gives these verdicts on every message."""

    def __init__(self, *verdicts: SignatureVerdict) -> None:
        self.verdicts = verdicts

    def prepare(self, messages: object, directory: Directory) -> None:
        """Nothing is needed."""

    def verify(
        self, message: Message, directory: Directory, arrival: datetime
    ) -> tuple[SignatureVerdict, ...]:
        """The verdicts."""
        return self.verdicts


def make_verdict(
    domain: str = "amazonses.com",
    *covered: str,
    kind: str = "dkim",
    is_proof: bool = True,
    is_ours: bool = True,
    owner: Owner | None = None,
) -> SignatureVerdict:
    """A signature that is a proof with the provider's key, and covers these fields."""
    return SignatureVerdict(
        "arc" if kind == "arc" else "dkim",
        domain,
        "s1",
        owner,
        is_proof,
        is_ours=is_ours,
        covered=frozenset(covered),
        line=f"DKIM-Signature: d={domain}",
    )
