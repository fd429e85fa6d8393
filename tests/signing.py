"""Messages signed with real keys by dkimpy, which is also our oracle."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
from dkim.canonicalization import Relaxed
from report_builders import make_tenant
from signing_keys import Key, rsa_key

from abuse_intake.attribution import Directory
from abuse_intake.attribution.dkim.archive import KeyArchive
from abuse_intake.attribution.dkim.dns_keys import DnsKeys, Fetched, Unreachable
from abuse_intake.attribution.dkim.keyring import Keyring
from abuse_intake.attribution.dkim.verifier import DkimVerifier
from abuse_intake.attribution.signatures import SignatureVerdict
from abuse_intake.settings_attribution import ProviderSettings
from parsers.header_block import skip_prologue, split_header
from parsers.headers import raw_text
from parsers.traces import read_traces
from parsers.values import Message

DOMAIN, SELECTOR = "contoso.example", "s1"
ARRIVAL = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIGNED_NAMES = ("from", "to", "subject", "date", "message-id")
MESSAGE = (
    b"From: Sales <sales@contoso.example>\r\n"
    b"To: ann@reporter.example\r\n"
    b"Subject: Great  offer\r\n"
    b"Date: Fri, 20 Nov 2026 11:00:00 +0000\r\n"
    b"Message-ID: <1@contoso.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Buy  now\tor never. \r\n"
    b"\r\n"
    b"Contoso\r\n"
)
PROVIDER = ProviderSettings(signing_domains=("onmicrosoft.example",))
TENANTS = (
    make_tenant("contoso", domains=("contoso.example", "shared.example")),
    make_tenant("fabrikam", domains=("fabrikam.example", "shared.example")),
)


def sign(
    message: bytes = MESSAGE,
    key: Key | None = None,
    *,
    domain: str = DOMAIN,
    selector: str = SELECTOR,
    names: Iterable[str] = SIGNED_NAMES,
    canonicalize: tuple[bytes, bytes] = (b"relaxed", b"relaxed"),
    **options: Any,
) -> bytes:
    """The message with a DKIM-Signature on top."""
    key = key or rsa_key()
    return (
        dkim.sign(
            message,
            selector.encode(),
            domain.encode(),
            key.private,
            canonicalize=canonicalize,
            include_headers=[name.encode() for name in names],
            signature_algorithm=key.algorithm,
            **options,
        )
        + message
    )


def claim_signed(domain: str, selector: str = "s1", rest: str = "") -> bytes:
    """The line of a signature that says it covers the message, and does not verify."""
    stated = f"v=1; a=rsa-sha256; d={domain}; s={selector}; h=from:subject; bh=AAAA; b=AAAA{rest}"
    return f"DKIM-Signature: {stated}\r\n".encode()


def sign_with_tags(message: bytes = MESSAGE, key: Key | None = None, **tags: str | None) -> bytes:
    """The message with a relaxed signature of any tags, also of those that dkimpy refuses to make.

    `bh` and `b` are right for them unless they are given. A tag that is None is left out.
    """
    key = key or rsa_key()
    headers, body = dkim.rfc822_parse(message)
    body_hash = hashlib.sha256(Relaxed.canonicalize_body(body)).digest()
    stated = {
        "v": "1",
        "a": key.algorithm.decode(),
        "c": "relaxed/relaxed",
        "d": DOMAIN,
        "s": SELECTOR,
        "h": ":".join(SIGNED_NAMES),
        "bh": base64.b64encode(body_hash).decode(),
        **tags,
    }
    wrong = stated.pop("b", None)
    value = "; ".join(f"{name}={value}" for name, value in stated.items() if value is not None) + "; b="
    names = [name.strip().lower().encode() for name in (stated["h"] or "").split(":")]
    right = sign_fields(dkim.select_headers(headers, names), b"DKIM-Signature", value, key)
    signed = right if wrong is None else f"{value}{wrong}".encode()
    return b"DKIM-Signature: " + signed + b"\r\n" + message


def name_of(domain: str = DOMAIN, selector: str = SELECTOR) -> str:
    """Where a key is published."""
    return f"{selector}._domainkey.{domain}"


@dataclass
class FakeDns:
    """Answers from a table; a name that is not there does not exist, one whose answer is an error raises it."""

    records: dict[str, tuple[str, ...] | Unreachable] = field(default_factory=dict)
    ttl: float = 300
    asked: list[str] = field(default_factory=list)

    def fetch(self, name: str) -> Fetched:
        """What the table says."""
        self.asked.append(name)
        answer = self.records.get(name, ())
        if isinstance(answer, Unreachable):
            raise answer
        return Fetched(answer, self.ttl)


def publish(*records: str) -> FakeDns:
    """A DNS that has these records under the ordinary name, by default the ordinary key's."""
    return FakeDns({name_of(): records or (rsa_key().record,)})


def as_message(raw: bytes, **fields: Any) -> Message:
    """The message as the parser reads it."""
    header, _ = split_header(raw, skip_prologue(raw, 0, len(raw)), len(raw))
    sender = header.first("from")
    address = raw_text(sender).rpartition("<")[2].rstrip(">") if sender else None
    return Message(raw=raw, traces=read_traces(header), from_address=address, **fields)


def verify(
    raw: bytes,
    dns: FakeDns | None = None,
    *,
    archive: KeyArchive | None = None,
    provider: ProviderSettings = PROVIDER,
    tenants: Iterable[Any] = TENANTS,
    arrival: datetime = ARRIVAL,
) -> tuple[SignatureVerdict, ...]:
    """Our verdicts on a message."""
    keyring = Keyring(archive or KeyArchive(), DnsKeys(dns if dns is not None else publish()))
    return DkimVerifier(provider, keyring).verify(as_message(raw), Directory(tenants), arrival)


def verify_one(raw: bytes, dns: FakeDns | None = None, **options: Any) -> SignatureVerdict:
    """The verdict on the only signature."""
    (verdict,) = verify(raw, dns, **options)
    return verdict


def ask_dkimpy(raw: bytes, records: Mapping[str, tuple[str, ...]], index: int = 0) -> bool:
    """The oracle's verdict on one signature, line ends restored, the last one too; what it refuses to read fails."""
    beginning = skip_prologue(raw, 0, len(raw))
    whole = raw[beginning:].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    whole += b"" if whole.endswith(b"\r\n") else b"\r\n"

    def look_up(name: bytes, timeout: float = 5) -> bytes:
        return "".join(records.get(name.decode().rstrip("."), ())).encode()

    try:
        return bool(dkim.DKIM(whole).verify(index, dnsfunc=look_up))
    except Exception:  # noqa: BLE001 - it raises outside its own hierarchy on broken fields
        return False


def write_archive(path: Path, *keys: tuple[str, str, str]) -> Path:
    """An archive of keys: domain, selector, record."""
    path.write_text(
        "".join(
            json.dumps({"domain": domain, "selector": selector, "record": record}) + "\n"
            for domain, selector, record in keys
        )
    )
    return path


def sign_fields(fields: Iterable[Any], name: bytes, value: str, key: Key) -> bytes:
    """The value with its signature over these fields, in relaxed form."""
    signed = Relaxed.canonicalize_headers([*fields, (name, value.encode())])
    data = b"".join(b":".join(one) for one in signed).removesuffix(b"\r\n")
    return value.encode() + base64.b64encode(key.sign(data))
