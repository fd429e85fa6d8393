"""What attributing a mail costs, with and without signatures to verify; dkimpy beside it, on the same messages in turn.

python bench/attribution.py [--mails 200] [--rounds 5] [--json]

A mail is attributed as the worker does it: prepared, then attributed, with the keys in the archive. dkimpy verifies
the signature alone, and is given the key at once.
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from measuring import Candidate, measure, parse_arguments, show, summarise, take_turns

from abuse_intake.attribution import Attributor, Directory
from abuse_intake.attribution.dkim import DkimVerifier, open_keyring
from abuse_intake.settings_attribution import DkimSettings, ProviderSettings
from parsers import read_mail
from parsers.values import Report
from storage.values import Tenant

DOMAIN = "contoso.example"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIZES = {"2 KB": 2_000, "200 KB": 200_000}
NAMES = [b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]
LINE = b"The quick brown fox jumps  over the lazy dog, again and again.\r\n"
ENCLOSING = (
    b"From: a@reporter.example\r\nTo: junk@provider.example\r\nSubject: Junk\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nJunk!\r\n'
    b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
)


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments(__doc__, mails=200)
    with TemporaryDirectory() as folder:
        keys = {"rsa2048": _make_rsa(), "ed25519": _make_ed25519()}
        attributor = _make_attributor(Path(folder), {name: record for name, (_, record, _) in keys.items()})
        candidates: dict[str, Candidate] = {}
        for size, length in SIZES.items():
            candidates |= _make_candidates(size, length, keys, attributor, arguments.mails)
        for name, taken in take_turns(candidates, arguments.rounds).items():
            show(summarise(name, taken, arguments.mails), arguments.json)


Key = tuple[bytes, str, bytes]
"""Private, as dkimpy wants it; the record; the algorithm."""


def _make_candidates(
    size: str, length: int, keys: dict[str, Key], attributor: Attributor, mails: int
) -> dict[str, Candidate]:
    plain = _make_message(length)
    broken = _sign(plain, keys["rsa2048"], "rsa2048").replace(b"Subject: Offer", b"Subject: Other")
    messages = {"no signature": plain, "a failing signature": broken}
    messages |= {name: _sign(plain, key, name) for name, key in keys.items()}
    candidates: dict[str, Candidate] = {}
    for name, message in messages.items():
        report = read_mail(ENCLOSING + message + b"\r\n--b--\r\n").reports[0]
        candidates[f"{size}, {name}"] = _repeat(mails, partial(_attribute, attributor, report))
    for name, (_, record, _) in keys.items():
        verify = partial(_verify_with_dkimpy, messages[name], record.encode())
        candidates[f"{size}, {name}, dkimpy"] = _repeat(mails, verify)
    return candidates


def _repeat(count: int, work: Callable[[], object]) -> Candidate:
    return lambda: measure(lambda: [work() for _ in range(count)])


def _attribute(attributor: Attributor, report: Report) -> None:
    attributor.prepare([report])
    attributor.attribute(report, NOW)


def _verify_with_dkimpy(message: bytes, record: bytes) -> bool:
    return bool(dkim.verify(message, dnsfunc=lambda *_, **__: record))


def _make_attributor(folder: Path, records: dict[str, str]) -> Attributor:
    lines = (
        f'{{"domain": "{DOMAIN}", "selector": "{name}", "record": "{record}"}}\n'
        for name, record in records.items()
    )
    (folder / "keys.jsonl").write_text("".join(lines))
    provider = ProviderSettings()
    keyring = open_keyring(DkimSettings(keys=Path("keys.jsonl"), dns=False), folder)
    directory = Directory([Tenant("contoso", "Contoso", (DOMAIN,))])
    return Attributor(provider, directory, DkimVerifier(provider, keyring))


def _make_message(length: int) -> bytes:
    header = (
        b"Received: from a.contoso.example ([192.0.2.5]) by mx.reporter.example; Fri, 20 Nov 2026 11:00:05 +0000\r\n"
        b"From: Sales <sales@contoso.example>\r\nTo: a@reporter.example\r\nSubject: Offer\r\n"
        b"Date: Fri, 20 Nov 2026 11:00:00 +0000\r\nMessage-ID: <1@contoso.example>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain\r\n\r\n"
    )
    return header + LINE * ((length - len(header)) // len(LINE))


def _sign(message: bytes, key: Key, selector: str) -> bytes:
    private, _, algorithm = key
    line = dkim.sign(
        message,
        selector.encode(),
        DOMAIN.encode(),
        private,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=NAMES,
        signature_algorithm=algorithm,
    )
    return bytes(line) + message


def _make_rsa() -> Key:
    made = generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}", b"rsa-sha256"


def _make_ed25519() -> Key:
    made = Ed25519PrivateKey.generate()
    private = base64.b64encode(made.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    public = made.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return private, f"v=DKIM1; k=ed25519; p={base64.b64encode(public).decode()}", b"ed25519-sha256"


if __name__ == "__main__":
    main()
