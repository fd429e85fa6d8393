"""Forged messages: every source of evidence, in the name of every tenant, by whoever did not send for that tenant."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from attribution_world import add_ids, make_sid
from hypothesis import strategies as st
from mail_builders import build_mail, build_part
from report_builders import allocate, make_tenant

from abuse_intake.attribution import Directory
from abuse_intake.settings_attribution import ProviderSettings
from storage.values import Tenant

PROVIDER = ProviderSettings.model_validate(
    {
        "relays": ["203.0.113.0/26"],
        "hosts": ["*.out.provider.example"],
        "signing_domains": ["onmicrosoft.com", "amazonses.com", "messagingengine.com", "provider.example"],
    }
)
RECEIVED_AT = datetime(2028, 1, 1, tzinfo=UTC)
HAND_OVER = datetime(2026, 1, 1, tzinfo=UTC)


def _make_tenant(number: int, *networks: str) -> Tenant:
    """A tenant that every source can name; its ids hold its number."""
    allocations = [allocate(network, *since_until) for network, *since_until in map(str.split, networks)]
    tenant = make_tenant(
        f"t{number}", *allocations, domains=(f"t{number}.example", f"t{number}.onmicrosoft.com")
    )
    ids = (f"{number}0000000-0000-4000-8000-000000000000", f"ses{number}=", f"fm{number}", f"mg{number}")
    return add_ids(tenant, *ids, f"10{number}", f"cfbl{number}", f"20{number}")


TENANTS = (
    _make_tenant(0, "192.0.2.0/28"),
    _make_tenant(1, "192.0.2.16/28 2020-01-01 2026-01-01", "2001:db8:10::/48"),
    _make_tenant(2, "192.0.2.16/28 2026-01-01"),
    _make_tenant(3, "192.0.2.32/28 2020-01-01 2026-01-01"),
    _make_tenant(4, "192.0.2.48/28 2027-06-01", "192.0.2.8/32"),
    _make_tenant(5),
)
DIRECTORY = Directory(TENANTS)
NUMBERS = range(len(TENANTS))
TENANT_ADDRESSES = ("192.0.2.5", "192.0.2.8", "192.0.2.20", "192.0.2.40", "192.0.2.50", "2001:db8:10::5")
STRANGERS = ("198.51.100.213", "2001:db8:99::5")
ARRIVALS = (
    datetime(2019, 6, 1, tzinfo=UTC),
    datetime(2025, 6, 1, tzinfo=UTC),
    HAND_OVER - timedelta(seconds=1),
    HAND_OVER,
    datetime(2026, 11, 16, 8, tzinfo=UTC),
    datetime(2027, 7, 1, tzinfo=UTC),
)


def write_received(ip: str, by: str, at: datetime, protocol: str = "ESMTPS") -> str:
    """The line of a server that took the message from this address."""
    literal = f"IPv6:{ip}" if ":" in ip else ip
    return (
        f"Received: from mail.sender.example (mail.sender.example [{literal}]) "
        f"by {by} (Postfix) with {protocol} id 4Z1; {format_datetime(at)}"
    )


def write_signature(domain: str, name: str = "DKIM-Signature", more: str = "") -> str:
    """What looks like a signature of this domain."""
    return (
        f"{name}: {more}v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1; "
        "h=from:to:subject:date:message-id:feedback-id:x-mandrill-user; "
        "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=c2lnbmF0dXJl"
    )


def forge_lines(number: int) -> Iterator[str]:
    """Header lines that say that tenant `number` sent the message: every row and every source."""
    domain = f"t{number}.example"
    yield f"X-MS-Exchange-CrossTenant-Id: {number}0000000-0000-4000-8000-000000000000"
    for entity in ("Hosted", "HybridOnPrem", "Internet"):
        yield f"X-MS-Exchange-CrossTenant-FromEntityHeader: {entity}"
    yield f"X-OriginatorOrg: {domain}"
    yield f"X-EOPTenantAttributedMessage: {number}0000000-0000-4000-8000-000000000000:0"
    yield f"Feedback-ID: ::1.us-east-1.ses{number}=:AmazonSES"
    yield f"Feedback-ID: fm{number}:Fastmail"
    yield f"X-Mailgun-Sid: {make_sid('1', 'ann@reporter.example', f'mg{number}')}"
    yield f"X-Mandrill-User: md_10{number}"
    yield f"CFBL-Feedback-ID: cfbl{number}:1"
    yield f"X-Authenticated-Sender: web1.host.example: info@{domain}"
    yield f"X-Get-Message-Sender-Via: web1.host.example: authenticated_id: info@{domain}"
    yield f"From: Boss <boss@{domain}>"
    yield f"Sender: boss@{domain}"
    yield f"Reply-To: boss@{domain}"
    for sender in forge_senders(number):
        yield f"Return-Path: <{sender}>"
    for signer in (domain, f"t{number}.onmicrosoft.com", "amazonses.com", "provider.example"):
        yield write_signature(signer)
        yield write_signature(signer, "ARC-Message-Signature", "i=1; ")
        yield f"ARC-Seal: i=1; a=rsa-sha256; cv=none; d={signer}; s=s1; b=c2lnbmF0dXJl"
    yield f"ARC-Authentication-Results: i=1; mx.provider.example; dkim=pass header.d={domain}; auth=pass"
    yield f"Authentication-Results: mx.reporter.example; dkim=pass header.d={domain}"
    yield f"Received-SPF: pass (mx.reporter.example: domain of boss@{domain} designates 192.0.2.5 as permitted)"


def forge_senders(number: int) -> Iterator[str]:
    """Envelope senders that say that tenant `number` sent the message, or forwarded it."""
    domain = f"t{number}.example"
    yield f"boss@{domain}"
    yield f"bounces+SRS=44ldt=IX@{domain}"
    yield f"john+SRS=44ldt=IX=stranger.example=bob@{domain}"
    yield f"SRS0=HHH=TT=stranger.example=bob@{domain}"
    yield f"SRS1=HHH=first.example==HHH=TT=stranger.example=bob@{domain}"
    yield f"bounces+20{number}-a1b2-ann=reporter.example@em1.stranger.example"


FORGED_RECEIVED = st.builds(
    write_received,
    st.sampled_from((*TENANT_ADDRESSES, *STRANGERS, "203.0.113.7", "10.0.0.1")),
    st.sampled_from(
        ("mx1.out.provider.example", "mx.reporter.example", "mail.t0.example", "mail.sender.example")
    ),
    st.sampled_from(ARRIVALS),
    st.sampled_from(("ESMTPS", "ESMTPSA", "HTTP", "LMTP")),
)
FORGED = st.lists(
    st.one_of(
        st.sampled_from([line for number in NUMBERS for line in forge_lines(number)]),
        FORGED_RECEIVED,
        st.sampled_from(NUMBERS).flatmap(
            lambda number: st.just(
                "\n".join(line for line in forge_lines(number) if not line.startswith("Return-P"))
            )
        ),
    ),
    max_size=12,
)
SENDERS = st.sampled_from([None, "", *(sender for number in NUMBERS for sender in forge_senders(number))])
TIMES = st.sampled_from(ARRIVALS)


def build_message(honest: list[str], forged: list[str], date: datetime) -> bytes:
    """A message: what honest servers wrote stands above what its sender wrote."""
    given = "\n".join([*honest, *forged])
    rest = [
        "To: ann@reporter.example",
        "Subject: Offer",
        f"Date: {format_datetime(date)}",
        "Message-ID: <1@x>",
    ]
    if "\nFrom: " not in given:
        rest.append("From: sales@stranger.example")
    return "\n".join([given, *rest, "", "Buy now.", ""]).encode()


def build_report(junk: bytes, arf: tuple[str, ...] | None) -> bytes:
    """A mail that reports it: a person's forward, or a machine's with these fields."""
    if arf is None:
        return build_mail(build_part(junk))
    fields = "\r\n".join(["Feedback-Type: abuse", "User-Agent: F/1", "Version: 1", *arf, ""])
    parts = (build_part(fields.encode(), "message/feedback-report"), build_part(junk))
    return build_mail(*parts, kind="multipart/report; report-type=feedback-report")
