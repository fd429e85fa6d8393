"""The files with secrets: a client's secret, a Google service account's key. What is in them is never repeated."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from abuse_intake.errors import ConfigurationError
from abuse_intake.settings_errors import plain
from abuse_intake.urls import check_token_url


@dataclass(frozen=True, slots=True)
class ServiceAccountKey:
    """What Google's console gives for a service account."""

    client_email: str
    token_url: str
    private_key: RSAKey = field(repr=False)


def read_secret(path: Path) -> str:
    """A client's secret, a line end after it ignored; ConfigurationError where there is none."""
    secret = _read(path, "client_secret_file").rstrip("\r\n")
    if not secret or not secret.isprintable():
        raise ConfigurationError(f"client_secret_file {path} must hold the client's secret, on one line")
    return secret


def read_key(path: Path) -> ServiceAccountKey:
    """A service account's key with everything that is needed of it; ConfigurationError says what it lacks."""
    text = _read(path, "service_account_file")
    try:
        fields = json.loads(text)
        email, token_url, pem = (
            _text_of(fields, name) for name in ("client_email", "token_uri", "private_key")
        )
        return ServiceAccountKey(email, check_token_url(token_url), _import_rsa(pem))
    except (ValueError, TypeError, RecursionError, JoseError, UnsupportedAlgorithm):
        raise ConfigurationError(
            f"service_account_file {path} is no key of a service account: make one of type JSON in the Google Cloud "
            "console (IAM, Service accounts, Keys)"
        ) from None


def _read(path: Path, key: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{key} {path} cannot be read: {plain(error)}") from None


def _text_of(fields: dict[str, object], name: str) -> str:
    value = fields.get(name) if isinstance(fields, dict) else None
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _import_rsa(pem: str) -> RSAKey:
    key = RSAKey.import_key(pem)
    if not key.is_private:
        raise TypeError("RS256 needs a private key")
    return key
