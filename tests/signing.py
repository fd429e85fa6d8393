"""Real keys, made once for all tests, and messages signed with them by dkimpy, which is also asked for its own verdict."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from report_builders import make_tenant

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


@dataclass(frozen=True, slots=True)
class Key:
    """A private key as dkimpy wants it, and the record that publishes it."""

    private: bytes
    record: str
    algorithm: bytes = b"rsa-sha256"

    def publish(self, **tags: str) -> str:
        """The record with other tags."""
        return "; ".join([*(f"{name}={value}" for name, value in tags.items()), self.record])


@cache
def rsa_key(bits: int = 1024, number: int = 0) -> Key:
    """An RSA key; another `number` is another key."""
    made = generate_private_key(public_exponent=65537, key_size=max(bits, 1024)) if bits >= 1024 else None
    if made is None:
        return _small_rsa_key(bits)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return Key(private, f"k=rsa; p={_der(made.public_key())}")


def _small_rsa_key(bits: int) -> Key:
    from servers.programs import find_program

    import subprocess

    openssl = find_program("openssl", "openssl")
    private = subprocess.run(
        [openssl, "genrsa", "-traditional", str(bits)], capture_output=True, check=True
    ).stdout
    public = subprocess.run(
        [openssl, "rsa", "-pubout", "-outform", "DER"], input=private, capture_output=True, check=True
    ).stdout
    return Key(private, f"k=rsa; p={base64.b64encode(public).decode()}")


@cache
def ed25519_key() -> Key:
    """An Ed25519 key."""
    made = Ed25519PrivateKey.generate()
    private = base64.b64encode(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    public = base64.b64encode(made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    return Key(private, f"k=ed25519; p={public}", b"ed25519-sha256")


def _der(public: Any) -> str:
    return base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


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


def sign_with_tags(
    message: bytes = MESSAGE,
    key: Key | None = None,
    *,
    name: bytes = b"DKIM-Signature",
    names: Iterable[str] = SIGNED_NAMES,
    **tags: str | None,
) -> bytes:
    """The message with a signature of any tags, valid or not by the rules; what dkimpy would refuse to make.

    `bh` and `b` are right for these tags unless they are given. A tag that is None is left out.
    """
    from abuse_intake.attribution.dkim.canonical import CRLF, canonicalize_body, canonicalize_field
    from abuse_intake.attribution.dkim.signed_message import SignedField, SignedMessage

    raise NotImplementedError(CRLF, canonicalize_body, canonicalize_field, SignedField, SignedMessage, name, key)


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


def publish(key: Key | None = None, **names: str) -> FakeDns:
    """A DNS that has one key, under the ordinary name."""
    return FakeDns({name_of(): ((key or rsa_key()).record,)})


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
    """The oracle's verdict on one signature, line ends restored; what it refuses to read fails."""
    whole = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

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
