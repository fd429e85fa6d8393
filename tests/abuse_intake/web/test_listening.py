"""Where the API may listen."""

import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from servers.certificate import make_certificate
from web_world import make_settings

from abuse_intake.errors import ConfigurationError
from abuse_intake.web import listening
from abuse_intake.web.listening import Place, check_certificate, check_exposure, find_place, open_sockets

TLS = {"tls_certificate": "cert.pem", "tls_key": "key.pem"}
PROXY = {"proxies": ["192.0.2.80/32"]}
LOCAL, WORLD = "127.0.0.1", "0.0.0.0"


def place_of(*addresses: str) -> Place:
    found = [(socket.AF_INET6 if ":" in one else socket.AF_INET, (one, 8025)) for one in addresses]
    return Place("somewhere", 8025, found)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.1", "::1"], True),
        (["127.9.9.9"], True),
        (["0.0.0.0"], False),
        (["::"], False),
        (["192.0.2.1"], False),
        (["127.0.0.1", "192.0.2.1"], False),
        (["::ffff:192.0.2.1"], False),
        (["fe80::1%eth0"], False),
    ],
)
def test_what_is_this_machine_alone(addresses: list[str], expected: bool) -> None:
    """All that a name stands for must be loopback."""
    assert place_of(*addresses).is_loopback is expected


@pytest.mark.parametrize(
    ("address", "web", "has_tokens", "missing"),
    [
        (LOCAL, {}, False, None),
        (LOCAL, {}, True, None),
        (LOCAL, PROXY, False, "tokens add"),
        (LOCAL, PROXY, True, None),
        (WORLD, {}, False, "tokens add"),
        (WORLD, {}, True, "web.tls_certificate"),
        (WORLD, TLS, False, "tokens add"),
        (WORLD, TLS, True, None),
        (WORLD, PROXY, False, "tokens add"),
        (WORLD, PROXY, True, None),
        ("::", {}, True, "web.tls_certificate"),
    ],
)
def test_beyond_this_machine_it_must_be_protected(
    tmp_path: Path, address: str, web: dict[str, Any], has_tokens: bool, missing: str | None
) -> None:
    """By tokens, and by TLS or a proxy that is stated; what is refused says what to do."""
    settings = make_settings(tmp_path, **web)

    def check() -> None:
        check_exposure(settings, place_of(address), has_tokens=has_tokens)

    if missing is None:
        check()
    else:
        with pytest.raises(ConfigurationError, match=missing):
            check()


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked is what is listened on."""
    asked = list[str]()
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (LOCAL, 0))]
    monkeypatch.setattr(listening.socket, "getaddrinfo", lambda host, *_, **__: asked.append(host) or found)

    with ExitStack() as stack:
        for one in open_sockets(find_place("desk.example", 0)):
            stack.enter_context(one)

    assert asked == ["desk.example"]


@pytest.mark.parametrize("host", ["no.such.host.invalid", "x" * 300, "a b", "192.0.2.300"])
def test_a_host_that_is_not_found_is_told(host: str) -> None:
    """With its key."""
    with pytest.raises(ConfigurationError, match=r"web\.host"):
        find_place(host, 8025)


def test_a_port_that_is_taken_is_told() -> None:
    """With its number."""
    (taken,) = open_sockets(find_place(LOCAL, 0))
    with taken, pytest.raises(ConfigurationError, match=str(taken.getsockname()[1])):
        open_sockets(find_place(LOCAL, taken.getsockname()[1]))


def test_half_of_tls_is_refused(tmp_path: Path) -> None:
    """A certificate without its key."""
    with pytest.raises(ConfigurationError, match="both or neither"):
        make_settings(tmp_path, tls_certificate="cert.pem")


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Missing, or something else."""
    settings = make_settings(tmp_path, **TLS)
    with pytest.raises(ConfigurationError, match=r"cert\.pem"):
        check_certificate(settings)
    for name in TLS.values():
        (tmp_path / name).write_text("no PEM")
    with pytest.raises(ConfigurationError, match=r"key\.pem"):
        check_certificate(settings)


def test_a_certificate_is_found_beside_the_configuration(tmp_path: Path) -> None:
    """Relative paths are relative to it."""
    make_certificate(tmp_path)

    assert check_certificate(make_settings(tmp_path, **TLS)) == (tmp_path / "cert.pem", tmp_path / "key.pem")
