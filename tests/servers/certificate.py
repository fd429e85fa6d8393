"""A self-signed certificate for the servers that speak TLS."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers.programs import find_program


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files of a certificate for localhost and 127.0.0.1; `cert` is its own authority as well."""

    cert: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make a key and a certificate, valid for a week, with openssl (which Debian's dovecot-core brings)."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    command = [
        find_program("openssl", "openssl"),
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "7"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        *("-keyout", str(made.key), "-out", str(made.cert)),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return made
