"""IMAP logins with a token, against a real Dovecot that asks whose it is."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from servers.dovecot import Dovecot
from servers.programs import HOST
from servers.skipping import make_or_skip
from servers.token_endpoint import TokenEndpoint
from token_fakes import give_tokens

from abuse_intake import urls
from abuse_intake.errors import MailboxError
from abuse_intake.mailbox.imap import ImapMailbox
from abuse_intake.oauth.login import TokenLogin
from abuse_intake.oauth.source import RememberingSource
from abuse_intake.urls import ServiceUrl

pytestmark = pytest.mark.dovecot


@pytest.fixture(scope="module")
def endpoint() -> Iterator[TokenEndpoint]:
    """Says whose a token is."""
    with TokenEndpoint() as running:
        yield running


@pytest.fixture(scope="module")
def server(endpoint: TokenEndpoint) -> Iterator[Dovecot]:
    """Takes XOAUTH2 and OAUTHBEARER."""
    with make_or_skip(lambda: Dovecot(oauth=endpoint.introspection_url)) as running:
        yield running


give = partial(give_tokens, then="the token endpoint did not answer within 30 s")


def open_imap(port: int, source: RememberingSource, user: str = "junk") -> ImapMailbox:
    return ImapMailbox(ServiceUrl("imap", "INBOX", HOST, port), user, "", source)


def check(port: int, source: RememberingSource, user: str = "junk") -> str:
    mailbox = open_imap(port, source, user)
    try:
        return mailbox.check()
    finally:
        mailbox.close()


def test_a_token_opens_the_mailbox(server: Dovecot, endpoint: TokenEndpoint) -> None:
    """`check` says how."""
    endpoint.validate("good")
    server.append("junk", b"Subject: a\r\n\r\nb\r\n", folder="Elsewhere")

    assert "/INBOX: 0 waiting, logged in with XOAUTH2" in check(server.port, give("good"))


def test_a_server_that_knows_only_the_standard_gets_it(endpoint: TokenEndpoint) -> None:
    """OAUTHBEARER, of RFC 7628."""
    endpoint.validate("good")
    make = lambda: Dovecot(oauth=endpoint.introspection_url, token_mechanisms=("oauthbearer",))  # noqa: E731
    with make_or_skip(make) as server:
        assert "logged in with OAUTHBEARER" in check(server.port, give("good"))

        with pytest.raises(
            MailboxError, match=r"refused the token .*AUTHENTICATIONFAILED.* \(status invalid_token\)"
        ):
            check(server.port, give("bad", "worse"))


def test_a_token_that_has_ended_is_replaced(server: Dovecot, endpoint: TokenEndpoint) -> None:
    """A refused one is forgotten, and a fresh one tried, once."""
    endpoint.validate("fresh")
    source = give("ended", "fresh")

    assert "0 waiting" in check(server.port, source)
    assert source.get() == "fresh"


def test_a_second_refusal_says_what_to_do(server: Dovecot, endpoint: TokenEndpoint) -> None:
    """With the server's words and its challenge's status, and without the token; no third one is tried."""
    source = give("ended", "revoked", "third")

    with pytest.raises(MailboxError) as error:
        check(server.port, source)

    assert str(error.value) == (
        f"imap://junk@{HOST}:{server.port}/INBOX: the server refused the token for junk (XOAUTH2): "
        "[AUTHENTICATIONFAILED] Authentication failed. (status 401): check that the token is for this user and "
        "allows IMAP (scope, permissions)"
    )


def test_a_token_of_somebody_else_opens_nothing(server: Dovecot, endpoint: TokenEndpoint) -> None:
    """The login's user counts."""
    endpoint.validate("good")

    with pytest.raises(MailboxError, match="refused the token for other"):
        check(server.port, give("good", "good"), user="other")


def test_without_a_token_there_is_no_login(server: Dovecot) -> None:
    """What the source says is the mailbox's error."""
    with pytest.raises(MailboxError, match=r"/INBOX: the token endpoint did not answer within 30 s"):
        check(server.port, give())


def test_a_server_without_such_logins_is_one_line(dovecot: Dovecot) -> None:
    """It says that this server takes no tokens."""
    with pytest.raises(
        MailboxError, match=r"offers no login with a token \(XOAUTH2\): use mailbox\.password_file"
    ):
        check(dovecot.port, give("good"))


def test_a_server_elsewhere_without_tls_gets_no_token(
    server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is one fetched."""
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    source = give("good")

    with pytest.raises(MailboxError):
        check(server.port, source)

    assert source.get() == "good"


def challenge(text: bytes) -> Callable[[socket.socket], None]:
    """An IMAP server that answers a login with this challenge, and then hangs up."""

    def serve(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as lines:
            lines.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready\r\n")
            while line := lines.readline():
                tag, _, command = line.partition(b" ")
                if command.startswith(b"AUTHENTICATE"):
                    lines.write(b"+ \r\n")
                    lines.readline()
                    lines.write(b"+ " + text + b"\r\n")
                    lines.readline()
                    return
                lines.write(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")

    return serve


@pytest.mark.parametrize("text", [b"!!!", b"a", base64.b64encode(b"[" * 3000), b"\xff\xff"])
def test_a_strange_challenge_is_an_error_of_the_mailbox(text: bytes) -> None:
    """Whatever a server says in the middle of a login, the worker goes on."""
    with socket.create_server((HOST, 0)) as listening:
        serving = threading.Thread(target=challenge(text), args=(listening,))
        serving.start()

        with pytest.raises(MailboxError):
            check(listening.getsockname()[1], give("good"))
        serving.join(10)


def test_a_login_away_from_this_machine_is_encrypted(
    endpoint: TokenEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token goes only after STARTTLS with a trusted certificate; what the server offers then counts."""
    endpoint.validate("good")
    monkeypatch.setattr(urls, "LOOPBACK_HOSTS", frozenset())
    with make_or_skip(lambda: Dovecot(tls=True, oauth=endpoint.introspection_url)) as server:
        mailbox = ImapMailbox(ServiceUrl("imap", "INBOX", "localhost", server.port), "junk", "", give("good"))
        with pytest.raises(MailboxError):
            mailbox.check()
        assert "XOAUTH2" not in server.log.read_text()
        monkeypatch.setenv("SSL_CERT_FILE", str(server.cert))

        assert "logged in with XOAUTH2" in mailbox.check()
        mailbox.close()


def test_a_name_is_said_as_the_standard_wants() -> None:
    """RFC 5801, section 4: a comma would end it."""
    assert TokenLogin("OAUTHBEARER", "a=b,c", "t").answer() == "n,a=a=3Db=2Cc,\x01auth=Bearer t\x01\x01"
