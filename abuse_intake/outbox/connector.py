"""Connects to the SMTP server: greeting, EHLO, TLS and login. What fails is told as an OutboxError, in one line."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from abuse_intake.errors import OutboxError
from abuse_intake.oauth.source import TokenSource
from abuse_intake.outbox.timed_smtp import TimedSmtp, TimedSmtpSsl
from abuse_intake.outbox.token_login import log_in_with_token
from abuse_intake.urls import ServiceUrl

HOST_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class SmtpConnector:
    """Opens connections to one server."""

    def __init__(
        self,
        url: ServiceUrl,
        username: str | None,
        password: str | None,
        token_source: TokenSource | None = None,
        *,
        ehlo_name: str | None = None,
    ) -> None:
        self.name = str(url)
        self._url = url
        self.username = username
        self._password = password
        self._token_source = token_source
        self.how = ""
        """How the last login was made, for who looks."""
        self._ehlo_name = ehlo_name

    def connect(self, timeout: float) -> TimedSmtp:
        """A connection that is ready for a mail; `timeout` seconds for each command and for all after the greeting."""
        with self._explained():
            client = self._open(timeout)
            try:
                client.limit(timeout)
                client.local_hostname = self._ehlo_name or find_own_name(client.sock)
                client.ehlo_or_helo_if_needed()
                self._secure(client)
                self._log_in(client)
            except BaseException:
                client.close()
                raise
            return client

    def _open(self, timeout: float) -> TimedSmtp:
        host, port = self._url.host or "localhost", self._url.port or 25
        # A name is given at once, else smtplib asks the DNS for ours, which may take long where there is none.
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            return TimedSmtpSsl(host, port, local_hostname="-", timeout=timeout, context=context)
        return TimedSmtp(host, port, local_hostname="-", timeout=timeout)

    def _secure(self, client: TimedSmtp) -> None:
        """STARTTLS where it is offered; a password never crosses a network without a verified certificate."""
        if self._url.scheme == "smtps" or self._url.is_loopback:
            return
        if client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context() if self.username else _unverified())
            client.ehlo_or_helo_if_needed()
        elif self.username:
            raise OutboxError(
                f"{self.name}: the server offers no STARTTLS, so no password is sent: use smtps://"
            )

    def _log_in(self, client: TimedSmtp) -> None:
        if self.username and self._token_source is not None:
            host = self._url.host or ""
            mechanism = log_in_with_token(client, self._token_source, self.username, self.name, host)
            self.how = f", logged in with {mechanism}"
        elif self.username and self._password:
            client.login(self.username, self._password)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            if 400 <= error.smtp_code < 500:
                raise OutboxError(f"{self.name}: {plain(error)}") from None
            raise OutboxError(
                f"{self.name}: the server refused the login of {self.username} ({error.smtp_code}): "
                "check outbox.username and outbox.password_file"
            ) from None
        except UnicodeError:
            raise OutboxError(
                f"{self.name}: SMTP cannot take the host, username or password so written"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise OutboxError(f"{self.name}: {plain(error)}") from None


def find_own_name(connection: socket.socket | None) -> str:
    """The name to greet with: this host's where it is a full one, else our address (RFC 5321, section 4.1.3).

    Many servers refuse a name without a dot. The DNS is not asked.
    """
    name = socket.gethostname()
    if HOST_NAME.fullmatch(name) and not name.endswith((".localdomain", ".local")):
        return name
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return "[127.0.0.1]"
    address = connection.getsockname()[0].partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def plain(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
        return " ".join(f"{error.smtp_code} {text}".split())[:200]
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:200] or type(error).__name__


def _unverified() -> ssl.SSLContext:
    """Opportunistic TLS, as between mail servers: better than plain text, and no login depends on it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
