"""Delivers acknowledgements over SMTP (RFC 5321), one connection for a batch, with the null sender (RFC 3834).

"All data sent" is committed before the final dot. Whoever finds that stage after a restart knows that the
server may have taken the mail, and does not send it again.
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from abuse_intake.errors import OutboxError
from abuse_intake.outbox.ledger import Ledger
from abuse_intake.outbox.smtp_survey import describe_server
from abuse_intake.steps import Step, reached
from abuse_intake.urls import ServiceUrl
from storage.values import DueAcknowledgement

TIMEOUT_SECONDS = 60.0
NULL_SENDER = ""
START_MAIL_INPUT = 354


class _Answer(Exception):  # noqa: N818 - an answer of the server, not a fault of ours
    """The server's answer to one command, when it is not the one that was hoped for."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(f"{code} {text.decode('ascii', 'replace')}")
        self.is_final = 500 <= code < 600
        self.is_refusal = 400 <= code < 600


class SmtpCarrier:
    """One server. A closed way is an OutboxError; a refused address costs its own acknowledgement only."""

    batch_size = 20

    def __init__(self, url: ServiceUrl, username: str | None, password: str | None) -> None:
        self.name = str(url)
        self._url = url
        self._username = username
        self._password = password
        self._client: smtplib.SMTP | None = None

    def deliver(self, due: Sequence[DueAcknowledgement], ledger: Ledger) -> None:
        for one in due:
            if one.data_sent:
                ledger.note_outcome_unknown(one, "killed between sending all data and the server's answer")
        waiting = [one for one in due if not one.data_sent]
        while waiting and not ledger.should_stop():
            waiting = ledger.keep_held(waiting)
            for one in waiting[:1]:
                self._try_one(one, waiting, ledger)
            waiting = waiting[1:]

    def _try_one(
        self, one: DueAcknowledgement, waiting: Sequence[DueAcknowledgement], ledger: Ledger
    ) -> None:
        try:
            self._deliver_one(one, ledger)
        except OutboxError as error:
            for other in waiting:
                ledger.note_refused_for_now(other, str(error))
            raise

    def check(self) -> str:
        client = self._client = self._connect()
        answer = describe_server(client, self._username)
        self.close()
        return f"{self.name}: {answer}"

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(smtplib.SMTPException, OSError):
                client.quit()

    def _deliver_one(self, one: DueAcknowledgement, ledger: Ledger) -> None:
        data_sent = False
        try:
            client = self._begin_mail()
            # Not smtplib's rcpt(), which reads the address once more in a way of its own.
            _expect(250, client.docmd("RCPT", f"TO:<{one.to}>"))
            _send_data_without_end(client, one.content)
            reached(Step.ANSWER_BEGUN)
            data_sent = bool(ledger.note_data_sent([one]))
            if not data_sent:
                # Another delivery has taken it over: without a final dot the server keeps nothing.
                self._drop()
                return
            reached(Step.DATA_SENT)
            client.send(b".\r\n")
            _expect(250, client.getreply())
            reached(Step.ANSWERED)
        except _Answer as answer:
            if data_sent and not answer.is_refusal:
                self._drop()
                ledger.note_outcome_unknown(one, f"no clear answer after all data was sent: {answer}")
            else:
                self._note_answer(one, answer, ledger)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            if data_sent:
                ledger.note_outcome_unknown(one, f"no answer after all data was sent: {_plain(error)}")
            else:
                ledger.note_refused_for_now(one, f"connection lost: {_plain(error)}")
        except BaseException:
            # In the middle of the data not even QUIT can be said: without a final dot the server keeps nothing.
            self._drop()
            raise
        else:
            ledger.note_sent([one])
            reached(Step.ANSWER_NOTED)

    def _begin_mail(self) -> smtplib.SMTP:
        """A connection on which MAIL was accepted: up to there it is all about us, and not about a recipient.

        A server may have closed a connection that served some mails: then a new one is tried.
        """
        if self._client is not None:
            with suppress(OutboxError, _Answer, smtplib.SMTPException, OSError):
                return self._say_mail(self._client)
            self._drop()
        self._client = self._connect()
        return self._say_mail(self._client)

    def _say_mail(self, client: smtplib.SMTP) -> smtplib.SMTP:
        try:
            code, text = client.mail(NULL_SENDER)
        except (smtplib.SMTPException, OSError) as error:
            if "timed out" not in str(error):  # how smtplib tells of a time-out
                raise
            raise OutboxError(f"{self.name}: {_plain(error)}") from None
        if code // 100 == 5:
            refusal = _Answer(code, text)
            raise OutboxError(f"{self.name}: takes no mail from us (MAIL FROM:<>): {refusal}") from None
        _expect(250, (code, text))
        return client

    def _note_answer(self, one: DueAcknowledgement, answer: _Answer, ledger: Ledger) -> None:
        if answer.is_final:
            ledger.note_failed(one, str(answer))
        else:
            ledger.note_refused_for_now(one, str(answer))
        try:
            assert self._client is not None
            _expect(250, self._client.rset())
        except (_Answer, smtplib.SMTPException, OSError):
            self._drop()

    def _connect(self) -> smtplib.SMTP:
        with self._explained():
            client = self._open()
            try:
                client.ehlo()
                self._secure(client)
                if self._username and self._password:
                    client.login(self._username, self._password)
            except BaseException:
                client.close()
                raise
            return client

    def _secure(self, client: smtplib.SMTP) -> None:
        """STARTTLS where it is offered; a password never crosses a network without a verified certificate."""
        if self._url.scheme == "smtps" or self._url.is_loopback:
            return
        if client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context() if self._username else _unverified())
            client.ehlo()
        elif self._username:
            raise OutboxError(
                f"{self.name}: the server offers no STARTTLS, so no password is sent: use smtps://"
            )

    def _open(self) -> smtplib.SMTP:
        host, port = self._url.host or "localhost", self._url.port or 25
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever fails ends the connection, so that the next use begins afresh."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            raise OutboxError(
                f"{self.name}: the server refused the login of {self._username} ({error.smtp_code}): "
                "check outbox.username and outbox.password_file"
            ) from None
        except UnicodeError:
            self._drop()
            raise OutboxError(
                f"{self.name}: SMTP cannot take the host, username or password so written"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise OutboxError(f"{self.name}: {_plain(error)}") from None

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _send_data_without_end(client: smtplib.SMTP, content: bytes) -> None:
    """DATA and the whole mail with its dots doubled, all but the line that ends it (RFC 5321, section 4.5.2)."""
    _expect(START_MAIL_INPUT, client.docmd("DATA"))
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    client.send(b"\r\n".join(b"." + line if line.startswith(b".") else line for line in body.split(b"\r\n")))


def _unverified() -> ssl.SSLContext:
    """Opportunistic TLS, as between mail servers: better than plain text, and no login depends on it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _expect(code: int, answer: tuple[int, bytes]) -> None:
    """The first digit says what an answer means (RFC 5321, section 4.3.2)."""
    if answer[0] // 100 != code // 100:
        raise _Answer(*answer)


def _plain(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:200] or type(error).__name__
