"""What is advised about connections that fail."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from servers.certificate import make_certificate
from servers.programs import find_free_port

from abuse_intake.errors import MailboxError
from abuse_intake.troubles import advise

HOST = "127.0.0.1"


@contextmanager
def listening(context: ssl.SSLContext | None) -> Iterator[int]:
    """A server that shakes hands, or greets without TLS."""
    with socket.create_server((HOST, 0)) as server:
        thread = Thread(target=serve, args=(server, context))
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def serve(server: socket.socket, context: ssl.SSLContext | None) -> None:
    client, _ = server.accept()
    with client:
        try:
            if context is None:
                client.sendall(b"* OK no TLS here\r\n")
                client.recv(1)
            else:
                context.wrap_socket(client, server_side=True).close()
        except OSError:
            pass


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for localhost and 127.0.0.1, and the file of it."""
    made = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.cert, made.key)
    return context, made.cert


def advise_on_connecting(port: int, name: str, trusted: Path | None = None) -> str | None:
    """The advice after an error of ours that such a connection led to."""
    try:
        try:
            context = ssl.create_default_context(cafile=str(trusted) if trusted else None)
            with socket.create_connection((HOST, port), timeout=5) as plain:
                context.wrap_socket(plain, server_hostname=name).close()
        except OSError as error:
            raise MailboxError(str(error)) from None
    except MailboxError as error:
        return advise(error)
    return "it succeeded"


def test_a_certificate_that_nobody_vouches_for(tls: tuple[ssl.SSLContext, Path]) -> None:
    """Self-signed, or of an authority that this system does not know."""
    with listening(tls[0]) as port:
        assert "nobody whom this system knows vouches" in str(advise_on_connecting(port, "localhost"))


def test_a_certificate_for_another_name(tls: tuple[ssl.SSLContext, Path]) -> None:
    """The URL's host must stand in it."""
    with listening(tls[0]) as port:
        assert "for another name" in str(advise_on_connecting(port, "imap.provider.example", tls[1]))


@pytest.mark.parametrize(
    ("code", "advice"),
    [(10, "renew"), (9, "clock"), (20, "vouches"), (62, "another name"), (23, "corrected")],
)
def test_what_is_wrong_with_a_certificate(code: int, advice: str) -> None:
    """Each of OpenSSL's reasons has its way out."""
    error = ssl.SSLCertVerificationError("certificate verify failed")
    error.verify_code = code

    assert advice in str(advise(error))


def test_a_server_without_tls() -> None:
    """The usual cause is a port that belongs to the other scheme."""
    with listening(None) as port:
        assert "speaks no TLS on this port" in str(advise_on_connecting(port, "localhost"))


def test_nobody_listens() -> None:
    """Refused."""
    assert "start the server" in str(advise_on_connecting(find_free_port(), "localhost"))


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (socket.gaierror(-2, "Name or service not known"), "correct the host"),
        (TimeoutError("timed out"), "firewall"),
        (ConnectionResetError(104, "Connection reset by peer"), "its log"),
        (MailboxError("the server refused the login"), None),
        (ssl.SSLError("something else"), None),
    ],
)
def test_other_ends_of_a_connection(error: Exception, advice: str | None) -> None:
    """Where we know nothing better, the error stands alone."""
    found = advise(error)

    assert advice in found if advice and found else found is advice
