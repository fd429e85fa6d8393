"""One SMTP connection that serves mail after mail, and is made anew when it is lost."""

import smtplib
from contextlib import suppress

from abuse_intake.errors import OutboxError
from abuse_intake.outbox.connector import SmtpConnector, plain
from abuse_intake.outbox.ledger import Ledger
from abuse_intake.outbox.timed_smtp import TimedSmtp
from abuse_intake.steps import Step, reached
from storage.values import DueAcknowledgement

NULL_SENDER = ""
START_MAIL_INPUT = 354
CLOSING = 421
ABOUT_US = frozenset({530, 534, 535, 538})
"""The server wants a login or TLS (RFC 4954, section 6): final for no letter. Nor does it close the way where it comes
after MAIL, for a relay may pass on what a recipient's server said."""
MAX_FAILURES = 2
"""Connections lost in a row, each in the middle of another mail, before the lane is given up for this run."""
QUIT_SECONDS = 5.0


class _Answer(Exception):  # noqa: N818 - an answer of the server, not a fault of ours
    """The server's answer to one command, when it is not the one that was hoped for."""

    def __init__(self, code: int, text: bytes) -> None:
        super().__init__(f"{code} {text.decode('ascii', 'replace')}")
        self.code = code
        self.is_final = 500 <= code < 600
        self.is_refusal = 400 <= code < 600


class Lane:
    """One mail at a time. A mail that is lost with its connection costs itself; some in a row, the lane."""

    def __init__(self, connector: SmtpConnector, ledger: Ledger, timeout: float) -> None:
        self.problem = ""
        """How the connection was lost the last time."""
        self._name = connector.name
        self._connector = connector
        self._ledger = ledger
        self._timeout = timeout
        self._failures = 0
        self._client: TimedSmtp | None = None

    @property
    def is_useless(self) -> bool:
        """Whether to deliver no more in this run."""
        return self._failures >= MAX_FAILURES

    def close(self) -> None:
        """Say goodbye."""
        client, self._client = self._client, None
        if client is not None:
            hang_up(client)

    def deliver(self, one: DueAcknowledgement) -> None:
        """Deliver it and note what became of it; OutboxError, with nothing noted, when no mail can be begun."""
        data_sent = False
        try:
            client = self._begin_mail()
            self._send_all_but_the_end(client, one)
            reached(Step.ANSWER_BEGUN)
            data_sent = bool(self._ledger.note_data_sent([one]))
            if not data_sent:
                # Another delivery has taken it over: without a final dot the server keeps nothing.
                self._drop()
                return
            reached(Step.DATA_SENT)
            client.limit(2 * self._timeout)
            client.send(b".\r\n")
            _expect(250, client.getreply(2 * self._timeout))
            reached(Step.ANSWERED)
        except _Answer as answer:
            self._note_answer(one, answer, data_sent=data_sent)
        except (smtplib.SMTPException, OSError) as error:
            self._note_lost(one, plain(error), data_sent=data_sent)
        except BaseException:
            # In the middle of the data not even QUIT can be said: without a final dot the server keeps nothing.
            self._drop()
            raise
        else:
            self._failures = 0
            self._ledger.note_sent([one])
            reached(Step.ANSWER_NOTED)

    def _begin_mail(self) -> TimedSmtp:
        """A connection on which MAIL was accepted: up to there it is all about us, and not about a recipient.

        A server may have closed a connection that served some mails: then a new one is tried.
        """
        if self._client is not None:
            with suppress(OutboxError, _Answer, smtplib.SMTPException, OSError):
                return self._say_mail(self._client)
            self._drop()
        self._client = self._connector.connect(self._timeout)
        return self._say_mail(self._client)

    def _say_mail(self, client: TimedSmtp) -> TimedSmtp:
        client.limit(2 * self._timeout)
        try:
            code, text = client.mail(NULL_SENDER)
        except TimeoutError as error:
            self._drop()
            raise OutboxError(f"{self._name}: {plain(error)}") from None
        if code // 100 != 2:
            self._drop()
            when = "now" if code // 100 == 4 else "from us"
            raise OutboxError(f"{self._name}: takes no mail {when} (MAIL FROM:<>): {_Answer(code, text)}")
        return client

    def _send_all_but_the_end(self, client: TimedSmtp, one: DueAcknowledgement) -> None:
        """RCPT, DATA and the mail with its dots doubled, all but the line that ends it (RFC 5321, section 4.5.2)."""
        # Not smtplib's rcpt(), which reads the address once more in a way of its own.
        self._say(client, 250, "RCPT", f"TO:<{one.to}>")
        self._say(client, START_MAIL_INPUT, "DATA")
        body = one.content if one.content.endswith(b"\r\n") else one.content + b"\r\n"
        lines = body.split(b"\r\n")
        client.send(b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines))

    def _say(self, client: TimedSmtp, hoped_for: int, command: str, argument: str = "") -> None:
        _expect(hoped_for, client.docmd(command, argument))

    def _note_answer(self, one: DueAcknowledgement, answer: _Answer, *, data_sent: bool) -> None:
        """What the server said against one mail; after what says neither yes nor no, it is not understood any more."""
        if data_sent and not answer.is_refusal:
            self._note_lost(one, str(answer), data_sent=True)
            return
        if answer.is_final and answer.code not in ABOUT_US:
            self._ledger.note_failed(one, str(answer))
        else:
            self._ledger.note_refused_for_now(one, str(answer))
        self._failures = 0
        if answer.is_refusal and answer.code != CLOSING:
            self._reset()
        else:
            self._drop()

    def _note_lost(self, one: DueAcknowledgement, problem: str, *, data_sent: bool) -> None:
        self._drop()
        self._failures += 1
        self.problem = problem
        if data_sent:
            self._ledger.note_outcome_unknown(one, f"no clear answer after all data was sent: {problem}")
        else:
            self._ledger.note_refused_for_now(one, f"connection lost: {problem}")

    def _reset(self) -> None:
        assert self._client is not None
        self._client.limit(self._timeout)
        try:
            _expect(250, self._client.rset())
        except (_Answer, smtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def hang_up(client: TimedSmtp) -> None:
    """QUIT; no answer to it matters."""
    client.limit(QUIT_SECONDS)
    with suppress(smtplib.SMTPException, OSError):
        client.quit()
    client.close()


def _expect(code: int, answer: tuple[int, bytes]) -> None:
    """The first digit says what an answer means (RFC 5321, section 4.3.2)."""
    if answer[0] // 100 != code // 100:
        raise _Answer(*answer)
