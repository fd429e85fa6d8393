"""The URLs of the configuration, taken apart: `imaps://junk%40provider.example@host:993/INBOX`, `maildir:///path`."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

FILE_SCHEMES = frozenset({"maildir", "folder"})
DEFAULT_PORTS = {"imap": 143, "imaps": 993, "smtp": 25, "smtps": 465}
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ServiceUrl:
    """One URL of a mailbox or an outbox. `path` is a folder for files, a mailbox name (INBOX) for IMAP."""

    scheme: str
    path: str
    host: str | None = None
    port: int | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this machine, so that plain text never crosses a network."""
        return self.host in LOOPBACK_HOSTS

    def __str__(self) -> str:
        """The URL without its password, as it may stand in a log line or a database."""
        if self.scheme in FILE_SCHEMES:
            return f"{self.scheme}://{self.path}"
        user = f"{quote(self.username, safe='')}@" if self.username else ""
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host
        mailbox = f"/{self.path}" if self.path else ""
        return f"{self.scheme}://{user}{host}:{self.port}{mailbox}"


def parse_service_url(text: str, schemes: tuple[str, ...], base: Path) -> ServiceUrl:
    """Take one URL apart; a relative file path is relative to `base`. ValueError says what is wrong with it."""
    scheme = text.partition(":")[0].lower()
    if "://" not in text or scheme not in schemes:
        raise ValueError(f"must begin with one of {', '.join(f'{known}://' for known in schemes)}")
    if scheme in FILE_SCHEMES:
        return _parse_file_url(scheme, text.partition("://")[2], base)
    return _parse_server_url(scheme, text)


def _parse_file_url(scheme: str, rest: str, base: Path) -> ServiceUrl:
    if not rest.strip("/"):
        raise ValueError(f"names no folder; write for example {scheme}:///var/mail/abuse")
    return ServiceUrl(scheme, str((base / Path(unquote(rest)).expanduser()).absolute()))


def _parse_server_url(scheme: str, text: str) -> ServiceUrl:
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError(f"names no server; write for example {scheme}://mail.provider.example")
    return ServiceUrl(
        scheme,
        unquote(parts.path.strip("/")),
        parts.hostname,
        _read_port(parts) or DEFAULT_PORTS[scheme],
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _read_port(parts: SplitResult) -> int | None:
    """The port; what stands in its place may be a part of a password, so an error never shows it."""
    try:
        return parts.port
    except ValueError:
        raise ValueError(
            "has no number from 1 to 65535 as its port; write / : @ # ? in a name or a password as %2F %3A %40 %23 %3F"
        ) from None


def check_token_url(text: str) -> str:
    """The URL of a token endpoint; ValueError where secrets would cross a network in plain text, or stand in it."""
    parts = urlsplit(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS):
        raise ValueError("must begin with https:// (http:// is for a server on this machine)")
    if not parts.hostname or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("is no URL; write for example https://login.provider.example/oauth2/token")
    if "@" in parts.netloc or parts.fragment:
        raise ValueError(
            "must have no name, password or fragment in it; use client_id and client_secret_file"
        )
    _read_port(parts)
    return text
