"""An SMTP server (aiosmtpd) that takes mails only from who logs in with a token: AUTH XOAUTH2 or OAUTHBEARER."""

import base64
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from servers.programs import HOST

REFUSAL = '{"status":"401","schemes":"Bearer"}'


class TokenSmtp:
    """A context manager; notes what was `said` in logins, whether it had `asked` for it, and who mails were `sent_to`.

    What came after a refusal's challenge is in `after_refusals`.
    """

    def __init__(
        self, is_valid: Callable[[str], bool], *, mechanism: str = "XOAUTH2", hang_up: bool = False
    ) -> None:
        self.said: list[str] = []
        self.asked: list[bool] = []
        self.after_refusals: list[bytes] = []
        self.sent_to: list[str] = []
        self.is_valid = is_valid
        self.mechanism = mechanism
        self.hang_up = hang_up
        self._controller = _Controller(self)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        self.sent_to += envelope.rcpt_tos
        return "250 2.0.0 OK"


class _Session(SMTP):
    line_length_limit = 20_000  # of what answers a challenge; a command still has its 512

    def __init__(self, owner: TokenSmtp, **options: Any) -> None:
        self._owner = owner
        super().__init__(owner, **options)
        for other in {"LOGIN", "PLAIN", "XOAUTH2", "OAUTHBEARER"} - {owner.mechanism}:
            self._auth_methods.pop(other, None)

    async def auth_XOAUTH2(self, _: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        return await self._log_in(arguments)

    async def auth_OAUTHBEARER(self, _: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        return await self._log_in(arguments)

    async def _log_in(self, arguments: list[str]) -> AuthResult:
        said = (
            base64.b64decode(arguments[1]) if len(arguments) > 1 else bytes(await self.challenge_auth(b""))
        ).decode()
        self._owner.said.append(said)
        self._owner.asked.append(len(arguments) == 1)
        if self._owner.is_valid(said.partition("Bearer ")[2].rstrip("\x01")):
            return AuthResult(success=True, auth_data=said)
        self._owner.after_refusals.append(bytes(await self.challenge_auth(REFUSAL)))
        await self.push("535 5.7.3 Authentication unsuccessful")
        if self._owner.hang_up and self.transport is not None:
            self.transport.close()
        return AuthResult(success=False, handled=True)


class _Controller(Controller):
    def __init__(self, owner: TokenSmtp) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        super().__init__(owner, hostname=HOST, port=port)
        self._owner = owner

    def factory(self) -> SMTP:
        return _Session(
            self._owner,
            hostname="tokens.example",
            auth_required=True,
            auth_require_tls=False,
            auth_exclude_mechanism=(),
        )
