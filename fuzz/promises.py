"""What docs/reading.md and the values in `parsers.values` promise of every mail that was read."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, get_args

from fuzz.finding import require
from fuzz.parts import find_contents
from parsers.as_json import mail_as_json
from parsers.budget import UNPACKED_BYTES
from parsers.values import IPAddress, Message, ReadMail, Report, ReportFormat

REASONS = frozenset(
    """bounce auto_reply mailing_list dmarc_aggregate tls_report read_receipt invitation no_evidence
    not_mail""".split()
)
JSON_TIMES = 8
JSON_CONSTANT = 256 * 1024
"""How large the JSON of a mail may be: a control character is six bytes there, each of the bounded number of hops and
reports has its keys."""
DECODED_TIMES = 4
"""A reported message may be larger than its mail where that is in UTF-16 or an 8-bit charset; or it was compressed."""
WARNINGS = 40

_ADDR_SPEC = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9_.-]{1,253}|\[[A-Za-z0-9:.]+\])")
_MSG_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_IP = re.compile(rb"[0-9A-Fa-f:.]{3,45}")
_NO_ORIGIN = tuple(
    map(
        ip_network,
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 224.0.0.0/4 "
        "255.255.255.255/32 ::/127 ::ffff:0:0/96 fc00::/7 fe80::/10 ff00::/8".split(),
    )
)
_ENCODED = re.compile(
    rb"base64|quoted-printable|\xff\xfe|\xfe\xff|<plist|[A-Za-z0-9+/]{56}|mbox|\A\s*\d+\s*\n"
    rb"|PK\x03\x04|\x1f\x8b|BZh|7zXZ|ustar",
    re.IGNORECASE,
)
"""Signs that a message may not stand in the mail byte for byte."""


def it_is_the_mail_that_was_read(raw: bytes, read: ReadMail) -> None:
    """The hash and the size are those of the bytes."""
    require((read.sha256, read.size) == (hashlib.sha256(raw).hexdigest(), len(raw)), "another hash or size")


def disposition_reason_and_reports_agree(_: bytes, read: ReadMail) -> None:
    """A report has reports and no reason, anything else a known reason and none; reading quarantines nothing."""
    if read.disposition == "report":
        require(read.reports and read.reason is None, f"{len(read.reports)} reports, {read.reason}")
    else:
        require(read.disposition == "not_a_report" and not read.reports, f"{read.disposition} with reports")
        require(read.reason in REASONS, f"the reason {read.reason}")


def its_json_is_one_bounded_line(raw: bytes, read: ReadMail) -> None:
    """JSON that gives the same back, in valid UTF-8, and not much larger than the mail."""
    value = mail_as_json(read, "a\nb")
    line = json.dumps(value, ensure_ascii=False)
    require("\n" not in line and "\r" not in line, "more than one line")
    require("\\u0000" not in line.replace("\\\\", ""), "NUL")
    require(json.loads(line.encode("utf-8")) == value, "JSON that reads as something else")
    size = len(line.encode())
    require(size <= JSON_TIMES * len(raw) + JSON_CONSTANT, f"{size} bytes of JSON for {len(raw)} of mail")


def every_value_is_clean(_: bytes, read: ReadMail) -> None:
    """Text is UTF-8 without NUL, times are in UTC, addresses are canonical, sequences are tuples."""
    for value in _values_of(read):
        if isinstance(value, str):
            require("\0" not in value, f"NUL in {value[:100]!r}")
            require(not any("\ud800" <= one <= "\udfff" for one in value), f"a surrogate in {value[:100]!r}")
        elif isinstance(value, datetime):
            require(value.utcoffset() == timedelta(0), f"{value} is not in UTC")
        elif isinstance(value, IPv6Address):
            require(value.ipv4_mapped is None and value.scope_id is None, f"{value} is not canonical")
        else:
            require(
                value is None or isinstance(value, (bool, int, bytes, tuple, dict, IPv4Address)), f"{value!r}"
            )


def _values_of(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _values_of(getattr(value, field.name))
        return
    yield value
    if isinstance(value, dict):
        for name, values in value.items():
            yield from (name, values, *values)
    if isinstance(value, tuple):
        for one in value:
            yield from _values_of(one)


def the_reporter_is_who_wrote(raw: bytes, read: ReadMail) -> None:
    """One strict ASCII addr-spec that stands in the mail as it is."""
    if read.reporter is None:
        return
    require(_ADDR_SPEC.fullmatch(read.reporter) and ".." not in read.reporter, f"{read.reporter!r}")
    require(len(read.reporter) <= 254, "a long reporter")
    require(read.reporter.encode("ascii") in raw, f"{read.reporter!r} does not stand in the mail")


def what_it_answers_is_checked(_: bytes, read: ReadMail) -> None:
    """What may stand in headers of an acknowledgement is strict ASCII."""
    letter = read.correspondence
    for id in (letter.message_id, *letter.references):
        require(id is None or (_MSG_ID.fullmatch(id) and len(id) < 500), f"{id!r}")
    require(len(set(read.warnings)) == len(read.warnings) <= WARNINGS, f"{len(read.warnings)} warnings")
    require(all(len(warning) < 300 and warning.isprintable() for warning in read.warnings), "an odd warning")


def every_origin_is_public_and_offered(_: bytes, read: ReadMail) -> None:
    """Nobody private is blamed; the origin is the best of the candidates, and the sender of its hop."""
    for report in read.reports:
        origin, offered = report.origin_ip, report.candidate_ips
        require(len(set(offered)) == len(offered) < 100, f"{len(offered)} candidates")
        require(all(map(_is_public, offered)), f"candidates {offered}")
        require(origin is None or origin == offered[0], f"{origin} is not the first of {offered}")
        if report.origin_hop is None:
            continue
        hops = report.message.hops if report.message else ()
        require(0 <= report.origin_hop < len(hops), f"hop {report.origin_hop} of {len(hops)}")
        require(hops[report.origin_hop].from_ip == origin is not None, f"{origin} is not who sent that hop")


def _is_public(ip: IPAddress) -> bool:
    return not any(ip in network for network in _NO_ORIGIN)


def nobody_is_blamed_who_is_not_named(raw: bytes, read: ReadMail) -> None:
    """Each address of a report stands in the mail, or in what it encloses, as a whole."""
    blamed = {ip for report in read.reports for ip in _addresses_of(report)}
    texts = [raw, *(report.message.raw for report in read.reports if report.message)]
    if not blamed or blamed <= _addresses_in(texts):
        return
    missing = blamed - _addresses_in([*texts, *find_contents(raw)])
    require(not missing, f"{missing} stand nowhere")


def _addresses_of(report: Report) -> Iterator[IPAddress]:
    yield from report.candidate_ips
    if report.source_ip:
        yield report.source_ip
    for hop in report.message.hops if report.message else ():
        if hop.from_ip:
            yield hop.from_ip


def _addresses_in(texts: list[bytes]) -> set[IPAddress]:
    found: set[IPAddress] = set()
    for text in texts:
        for piece in {match[0] for match in _IP.finditer(text)}:
            # What stands before an address may look like a part of it: `IPv6:`, the end of a word, a port behind.
            for written in (piece, piece.strip(b".:"), piece.partition(b":")[2], piece.rpartition(b":")[0]):
                try:
                    ip = ip_address(written.decode())
                except ValueError:
                    continue
                found.add((ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip)
    return found


def reports_say_what_they_may(_: bytes, read: ReadMail) -> None:
    """Formats, kinds, counts and extension fields are in their form."""
    for report in read.reports:
        kind = report.feedback_type
        require(report.format in get_args(ReportFormat), report.format)
        require(kind is None or (kind == kind.lower() and 0 < len(kind) <= 200), f"the kind {kind!r}")
        require(1 <= report.incidents <= 10**9, f"{report.incidents} incidents")
        for name, values in report.extensions.items():
            require(re.fullmatch("[!-9;-~]{1,200}", name) and any(values), f"the extension {name!r}")
        lists = (report.original_rcpt_to, report.reported_domains, report.reported_uris)
        require(all(all(texts) for texts in lists), "an empty text in a list")
        stated = report.category, report.type
        require(report.format == "xarf" or stated == (None, None), "values of XARF")
        require(all(len(one or "") <= 100 and one == (one and one.lower()) for one in stated), f"{stated}")


def a_message_is_bytes_of_the_mail(raw: bytes, read: ReadMail) -> None:
    """Its hash and size are its own; attached without an encoding, it stands in the mail byte for byte."""
    for report in read.reports:
        message = report.message
        if message is None:
            continue
        require(message.sha256 == hashlib.sha256(message.raw).hexdigest(), "another hash")
        most = max(DECODED_TIMES * len(raw) + 1000, UNPACKED_BYTES.of_all)
        require(message.size == len(message.raw) <= most, f"size {message.size}")
        if report.format == "attached" and not _ENCODED.search(raw):
            require(message.raw in raw, "the message does not stand in the mail")
        _check_header_values(message)


def _check_header_values(message: Message) -> None:
    """One line each, and bounded; an id stands in the message as written, its folds taken out."""
    for text in (message.message_id, message.from_address, message.return_path):
        require(text is None or (len(text) <= 1000 and not set("\r\n") & set(text)), f"{text!r}"[:300])
    require(
        message.message_id is None or message.message_id.strip(" \t") == message.message_id != "", "an id"
    )
    require(message.from_address is None or "@" in message.from_address, f"{message.from_address!r}")
    require(len(message.subject or "") <= 4000 and len(message.from_name or "") <= 1000, "a long text")
    id, unfolded = message.message_id or "", message.raw.translate(None, b"\r\n\0")
    if id.isascii():  # lines that belong to no field are left out of it
        require(
            all(word.encode() in unfolded for word in id.split()), f"the id {id[:200]!r} is not as written"
        )
    require(len(message.hops) <= 2000, f"{len(message.hops)} hops")


PROMISES = (
    it_is_the_mail_that_was_read,
    disposition_reason_and_reports_agree,
    its_json_is_one_bounded_line,
    every_value_is_clean,
    the_reporter_is_who_wrote,
    what_it_answers_is_checked,
    every_origin_is_public_and_offered,
    nobody_is_blamed_who_is_not_named,
    reports_say_what_they_may,
    a_message_is_bytes_of_the_mail,
)
