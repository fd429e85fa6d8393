"""What is made of a mail that was read: attributions, and the acknowledgement."""

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import compat32

from abuse_intake.acknowledgement import render_acknowledgement
from abuse_intake.answering import RULES, find_reason_not_to_answer
from abuse_intake.as_json import attribution_as_json
from fuzz.finding import require
from fuzz.world import ATTRIBUTOR, NOW, PROVIDER, RECEIVED_AT, TENANTS, US
from parsers.logins import had_logged_in
from parsers.values import IPAddress, ReadMail, Report
from storage.incident_key import incident_key
from storage.values import Attribution

HEADERS = frozenset(
    """from to subject date message-id in-reply-to references auto-submitted x-auto-response-suppress precedence
    x-loop mime-version content-type content-transfer-encoding""".split()
)
LETTER_BYTES = 64 * 1024
"""Ten reports are listed, each with texts of 100 characters, which may be four bytes, quoted-printable."""
UNATTRIBUTED = frozenset(
    ["no_route", "no_holder_then", "not_ours", "ambiguous", "conflict", "no_tenant_named"]
)
_FIELD = re.compile(rb"([A-Za-z-]+): [ -~]*")
_ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def an_attribution_rests_on_an_allocation(_: bytes, read: ReadMail) -> None:
    """No tenant is named for an address that it did not hold then, nor for one that is no relay of ours."""
    for report in read.reports:
        attribution = ATTRIBUTOR.attribute(report, RECEIVED_AT)
        value = attribution_as_json(attribution)
        require(json.loads(json.dumps(value, ensure_ascii=False).encode()) == value, "another JSON")
        require(re.fullmatch("[0-9a-f]{64}", incident_key(report, attribution)), "an odd key")
        _check_attribution(report, attribution)


def _check_attribution(report: Report, attribution: Attribution) -> None:
    ip, tenant = attribution.ip, attribution.tenant
    arrival = _arrival_of(report)
    holder = _find_holder(ip, arrival) if ip else None
    is_relay = ip is not None and any(ip in network for network in PROVIDER.relays)
    require(
        (attribution.route == "ours") == (is_relay or holder is not None or _came_by(report)), "the route"
    )
    if tenant is None:
        require(attribution.confidence == "unattributed", "nobody, confidently")
        require(attribution.reason in UNATTRIBUTED, f"the reason {attribution.reason}")
        return
    require(attribution.route == "ours" and attribution.reason is None, f"{tenant} from elsewhere")
    require(attribution.confidence in ("stated", "corroborated"), attribution.confidence)
    require(holder in (tenant, None), f"{tenant} is blamed for {ip}, which {holder} held")
    require(not report.is_hearsay or attribution.confidence == "stated", "hearsay is corroborated")
    named = {one.tenant for one in attribution.evidence if one.tenant}
    require(named == {tenant}, f"{tenant} by evidence of {named}")
    if holder is None:
        sources = {one.source for one in attribution.evidence if one.tenant}
        require(sources <= {"envelope", "from", "provider_header"}, "another source")
        require("from" not in sources or is_relay, "From of a stranger")
        require("provider_header" not in sources or is_relay or _is_any_login(report), "a stranger's header")


def _came_by(report: Report) -> bool:
    """Whether our relay stands above: then the walk may have ended at a stranger, who sent through us."""
    origin = report.origin_ip
    return origin is not None and any(origin in network for network in PROVIDER.relays)


def _is_any_login(report: Report) -> bool:
    """Whether any server on the route says that its client had logged in."""
    traces = report.message.traces if report.message else ()
    return any(had_logged_in(trace.value) for trace in traces if trace.name.lower() == "received")


def _arrival_of(report: Report) -> datetime:
    hops = report.message.hops if report.message else ()
    stated = hops[report.origin_hop].at if report.origin_hop is not None else None
    return min(stated or report.arrival_date or RECEIVED_AT, RECEIVED_AT)


def _find_holder(ip: IPAddress, at: datetime) -> str | None:
    """The tenant of the longest network that was valid then, looked up the slow way."""
    held = [
        (allocation.network.prefixlen, tenant.id)
        for tenant in TENANTS
        for allocation in tenant.allocations
        if ip in allocation.network
        and (allocation.since or _ALWAYS[0]) <= at < (allocation.until or _ALWAYS[1])
    ]
    return max(held)[1] if held else None


def an_acknowledgement_holds_only_what_it_may(_: bytes, read: ReadMail) -> None:
    """It is rendered for every reporter, also one that is not answered; its bytes are judged by themselves."""
    reason = find_reason_not_to_answer(read, US, False)
    require(reason is None or reason in dict(RULES), f"the reason {reason}")
    if read.reporter is None:
        require(reason is not None, "nobody would be answered")
        return
    attributions = [ATTRIBUTOR.attribute(report, RECEIVED_AT) for report in read.reports]
    letter = render_acknowledgement(read, attributions, US, RECEIVED_AT, NOW)
    require(letter.to == read.reporter, "it goes to somebody else")
    _check_lines(letter.content)
    _check_header(letter.content.partition(b"\r\n\r\n")[0], read)
    message = message_from_bytes(letter.content, policy=compat32)
    body = message.get_payload(decode=True)
    require(isinstance(body, bytes), "parts")
    _check_text(body.decode("utf-8") if isinstance(body, bytes) else "")


def _check_lines(content: bytes) -> None:
    require(content.isascii() and not set(content) & {0, 11, 12, 27, 127}, "octets beyond text")
    ends = content.count(b"\r\n")
    require(ends == content.count(b"\r") == content.count(b"\n"), "a bare CR or LF")
    require(max(map(len, content.split(b"\r\n"))) <= 998, "a long line")
    require(len(content) <= LETTER_BYTES, f"{len(content)} bytes")


def _check_header(header: bytes, read: ReadMail) -> None:
    fields: dict[str, str] = {}
    for line in header.split(b"\r\n"):
        found = _FIELD.fullmatch(line)
        require(found, f"a line {line!r}")
        name = found[1].decode().lower() if found else ""
        require(name in HEADERS and name not in fields, f"the header {name}")
        fields[name] = line.decode().partition(": ")[2]
    require(fields["to"] == read.reporter and fields["from"] == US.address, "another To or From")
    id = read.correspondence.message_id
    require(fields.get("in-reply-to") == id == fields.get("references"), "it answers something else")


def _check_text(body: str) -> None:
    require("http:" not in body.lower() and "https:" not in body.lower(), "a live link")
    steering = [one for one in body if not one.isprintable() and one not in "\r\n"]
    require(not steering, f"{steering} in the text")
    require(max(map(len, body.splitlines())) <= 200, "a long text of a stranger's")


PROMISES = (an_attribution_rests_on_an_allocation, an_acknowledgement_holds_only_what_it_may)
