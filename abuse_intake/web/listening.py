"""Where the API listens, and whether it may: beyond this machine only with tokens, and TLS or a proxy."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from abuse_intake.errors import ConfigurationError
from abuse_intake.settings import Settings

BACKLOG = 256


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, looked up once."""

    host: str
    port: int
    found: Sequence[tuple[socket.AddressFamily, tuple[object, ...]]]

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches all of it."""
        return all(ip_address(str(address[0]).partition("%")[0]).is_loopback for _, address in self.found)


def find_place(host: str, port: int) -> Place:
    """The addresses behind a host's name; ConfigurationError when there are none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no such name"
        raise ConfigurationError(f"web.host: {host!r} is not found: {reason.lower()}") from None
    places = dict.fromkeys((family, address) for family, _, _, _, address in found)
    return Place(host, port, tuple(places))


def check_exposure(settings: Settings, place: Place, *, has_tokens: bool) -> None:
    """ConfigurationError, saying what to do, where strangers could reach it unprotected."""
    web = settings.web
    if not has_tokens and web.proxies:
        raise ConfigurationError(f"web.proxies is set, so tokens are needed first: {_ADD}")
    if place.is_loopback:
        return
    where = f"web.host {place.host!r} is reached from other machines"
    if not has_tokens:
        raise ConfigurationError(f"{where}, so tokens are needed first: {_ADD} (or listen on 127.0.0.1)")
    if web.tls_certificate is None and not web.proxies:
        raise ConfigurationError(
            f"{where}: set web.tls_certificate and web.tls_key, or name the proxy that speaks TLS in web.proxies"
            " (or listen on 127.0.0.1)"
        )


_ADD = "abuse-intake tokens add NAME --role reader"


def open_sockets(place: Place) -> list[socket.socket]:
    """Listening sockets; ConfigurationError when the port cannot be had. Port 0 is any that is free."""
    opened = list[socket.socket]()
    try:
        for family, address in place.found:
            opened.append(_listen(family, address))
    except OSError as error:
        for one in opened:
            one.close()
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(
            f"web.host, web.port: {place.host}:{place.port} cannot be listened on: {reason}"
        ) from None
    return opened


def _listen(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    # Named, for only then asyncio has small answers sent at once (TCP_NODELAY): else each takes 40 ms.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(address)
        opened.listen(BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def check_certificate(settings: Settings) -> tuple[Path, Path] | None:
    """The files of certificate and key, tried once; None without TLS."""
    web = settings.web
    if web.tls_certificate is None or web.tls_key is None:
        return None
    certificate, key = settings.base / web.tls_certificate, settings.base / web.tls_key
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, password="")
    except (OSError, ssl.SSLError) as error:
        reason = (error.strerror or str(error)).lower()
        raise ConfigurationError(
            f"web.tls_certificate {certificate} and web.tls_key {key} cannot be used: {reason}"
        ) from None
    return certificate, key
