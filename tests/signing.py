"""Real keys, made once for all tests, and messages signed with them by dkimpy, which is also our oracle."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from dkim.canonicalization import Relaxed
from report_builders import make_tenant
from servers.programs import find_program

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

    def sign(self, data: bytes) -> bytes:
        """A signature over bytes."""
        if self.algorithm == b"ed25519-sha256":
            made = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.private))
            return made.sign(hashlib.sha256(data).digest())
        private = load_pem_private_key(self.private, None)
        assert isinstance(private, RSAPrivateKey)
        return private.sign(data, PKCS1v15(), SHA256())

    def publish(self, **tags: str) -> str:
        """The record with other tags."""
        return "; ".join([*(f"{name}={value}" for name, value in tags.items()), self.record])


@cache
def rsa_key(bits: int = 1024, number: int = 0) -> Key:
    """An RSA key; another `number` is another key."""
    if bits < 1024:
        return _weak_rsa_key(bits)
    made = generate_private_key(public_exponent=65537, key_size=bits)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return Key(private, f"k=rsa; p={_der(made.public_key())}")


def _weak_rsa_key(bits: int) -> Key:
    """One that cryptography refuses to make."""
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
    right = _sign_fields(dkim.select_headers(headers, names), b"DKIM-Signature", value, key)
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


def seal(
    message: bytes,
    results: str,
    key: Key | None = None,
    *,
    domain: str,
    names: Iterable[str] = SIGNED_NAMES,
) -> bytes:
    """The message with an ARC set on top that says what `results` says; the sets below count as valid.

    dkimpy's own sealer writes the results again in its own words, and leaves out what it does not know.
    """
    key = key or rsa_key()
    headers, body = dkim.rfc822_parse(message)
    below = [one for one in headers if one[0].lower() in dkim.ARC.ARC_HEADERS]
    instance = len(below) // 3 + 1
    body_hash = base64.b64encode(hashlib.sha256(Relaxed.canonicalize_body(body)).digest()).decode()
    stated = f"a={key.algorithm.decode()}; d={domain}; s={SELECTOR}"
    told = (b"ARC-Authentication-Results", f" i={instance}; sealer.example; {results}".encode())
    signature = f" i={instance}; {stated}; c=relaxed/relaxed; h={':'.join(names)}; bh={body_hash}; b="
    signed = dkim.select_headers(headers, [name.encode() for name in names])
    signing = (b"ARC-Message-Signature", _sign_fields(signed, b"ARC-Message-Signature", signature, key))
    chain = "none" if instance == 1 else "pass"
    sealed = [*reversed(below), told, signing]
    sealing = _sign_fields(sealed, b"ARC-Seal", f" i={instance}; cv={chain}; {stated}; b=", key)
    top = (b"ARC-Seal:" + sealing, b":".join(signing), b":".join(told))
    return b"\r\n".join([*top, message])


def _sign_fields(fields: Iterable[Any], name: bytes, value: str, key: Key) -> bytes:
    """The value with its signature over these fields, in relaxed form."""
    signed = Relaxed.canonicalize_headers([*fields, (name, value.encode())])
    data = b"".join(b":".join(one) for one in signed).removesuffix(b"\r\n")
    return value.encode() + base64.b64encode(key.sign(data))


def ask_dkimpy_about_arc(raw: bytes, records: Mapping[str, tuple[str, ...]]) -> bool:
    """The oracle's verdict on the whole chain."""
    state, *_ = dkim.arc_verify(raw, dnsfunc=lambda name, timeout=5: _look_up(records, name))
    return bool(state == dkim.CV_Pass)


def _look_up(records: Mapping[str, tuple[str, ...]], name: bytes) -> bytes:
    return "".join(records.get(name.decode().rstrip("."), ())).encode()
