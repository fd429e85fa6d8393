"""Connections to the SMTP server: the name that we greet with, TLS that is verified, and logins that are safe."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from servers.certificate import Certificate, make_certificate
from servers.faulty_proxy import FaultyProxy
from servers.faulty_smtp import FaultySmtp
from servers.programs import HOST

from abuse_intake import urls
from abuse_intake.errors import OutboxError
from abuse_intake.outbox.connector import SmtpConnector, find_own_name
from abuse_intake.outbox.lane import hang_up
from abuse_intake.urls import ServiceUrl


class Authenticator:
    """Knows one user, and notes what was tried."""

    def __init__(self) -> None:
        self.tried: list[tuple[bytes, bytes]] = []

    def __call__(self, *asked: object) -> AuthResult:
        given = asked[-1]
        self.tried.append((getattr(given, "login", b""), getattr(given, "password", b"")))
        return AuthResult(success=True, handled=False)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """Loopback counts as a network, on which everything is to be safe."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    return make_certificate(tmp_path)


@contextmanager
def start_server(certificate: Certificate, knows: Authenticator) -> Iterator[FaultySmtp]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.cert, certificate.key)
    with FaultySmtp(tls_context=context, authenticator=knows, auth_require_tls=True) as server:
        yield server


def connect(port: int, username: str | None = None, *, ehlo_name: str | None = None) -> None:
    url = ServiceUrl("smtp", "", HOST, port)
    hang_up(SmtpConnector(url, username, "secret", ehlo_name=ehlo_name).connect(5.0))


def test_it_logs_in_over_starttls(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the certificate is valid for the host, the password is sent, encrypted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.cert))
    knows = Authenticator()
    with start_server(certificate, knows) as server, FaultyProxy(server.port) as proxy:
        connect(proxy.port, "junk")

        assert [line.split()[0].upper() for line in proxy.commands] == [b"EHLO", b"STARTTLS"]
    assert knows.tried == [(b"junk", b"secret")]


def test_a_password_is_not_sent_to_a_server_that_anybody_could_be(certificate: Certificate) -> None:
    """A certificate that nobody vouches for ends the connection; everything waits."""
    knows = Authenticator()
    with (
        start_server(certificate, knows) as server,
        pytest.raises(OutboxError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        connect(server.port, "junk")

    assert knows.tried == []


def test_without_a_password_any_certificate_is_better_than_none(certificate: Certificate) -> None:
    """As between mail servers: encrypted where it is offered, whoever it is."""
    with start_server(certificate, Authenticator()) as server, FaultyProxy(server.port) as proxy:
        connect(proxy.port)

        assert proxy.commands[1] == b"STARTTLS\r\n"


def test_it_greets_with_the_name_that_is_configured(faulty_smtp: FaultySmtp) -> None:
    """`outbox.ehlo_name` is told as it is."""
    with FaultyProxy(faulty_smtp.port) as proxy:
        connect(proxy.port, ehlo_name="mail.provider.example")

        assert proxy.commands[0] == b"ehlo mail.provider.example\r\n"


@pytest.mark.parametrize(
    ("own_name", "told"),
    [
        ("mail.provider.example", b"mail.provider.example"),
        ("localhost", b"[127.0.0.1]"),
        ("3f2a9c", b"[127.0.0.1]"),
        ("my host.provider.example", b"[127.0.0.1]"),
        ("box.localdomain", b"[127.0.0.1]"),
        ("10.0.0.1", b"[127.0.0.1]"),
    ],
)
def test_it_greets_with_a_full_name_or_its_address(
    faulty_smtp: FaultySmtp, monkeypatch: pytest.MonkeyPatch, own_name: str, told: bytes
) -> None:
    """A name that servers would refuse is not told, and the DNS, which may keep us waiting, is not asked for one."""
    asked: list[str] = []
    monkeypatch.setattr(socket, "gethostname", lambda: own_name)
    monkeypatch.setattr(socket, "getfqdn", asked.append)
    with FaultyProxy(faulty_smtp.port) as proxy:
        connect(proxy.port)

        assert proxy.commands[0] == b"ehlo " + told + b"\r\n"
    assert asked == []


def test_an_address_of_ipv6_is_marked_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 5321, section 4.1.3."""
    monkeypatch.setattr(socket, "gethostname", lambda: "box")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as unbound:
        assert find_own_name(unbound) == "[IPv6:::]"


def test_a_final_dot_waits_for_nothing(faulty_smtp: FaultySmtp) -> None:
    """Small pieces are sent at once: with Nagle's algorithm each mail would take 40 ms more."""
    client = SmtpConnector(ServiceUrl("smtp", "", HOST, faulty_smtp.port), None, None).connect(5.0)

    assert client.sock is not None
    assert client.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    hang_up(client)


def test_a_server_that_knows_no_ehlo_is_greeted_with_helo(faulty_smtp: FaultySmtp) -> None:
    """An old server that refuses EHLO still takes mail."""
    faulty_smtp.fail("EHLO", "502 5.5.2 What?", times=1)

    connect(faulty_smtp.port)

    assert faulty_smtp.stages.count("EHLO") == 2
