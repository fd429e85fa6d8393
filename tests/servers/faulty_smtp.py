"""An SMTP server (aiosmtpd) that fails as told: at a stage, with an answer, so often, for some recipients.

faulty.fail("RCPT", "450 4.2.0 Greylisted", times=1)
faulty.fail("RCPT", "550 5.1.1 No such user", address="gone@there.example")
faulty.drop("END", accepting=True)       # takes the message, and the client never hears of it
faulty.stall("END", seconds=60)          # time to kill the client
"""

import asyncio
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self
from weakref import WeakSet

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from servers.programs import HOST

Stage = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END"]
"""Where it fails: END is the answer to the final dot."""


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong; `times` counts down, None is for ever."""

    stage: Stage
    answer: str | None
    """The reply; None drops the connection without one."""
    times: int | None
    address: str | None
    accepting: bool
    seconds: float

    def fits(self, stage: Stage, addresses: tuple[str, ...]) -> bool:
        """Tell whether it is this fault's turn."""
        return self.stage == stage and self.times != 0 and (self.address is None or self.address in addresses)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that was taken, with its envelope."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes


class FaultySmtp:
    """A context manager; listens on `port`, keeps `accepted` messages and the `stages` clients came to."""

    def __init__(self, **smtp_options: Any) -> None:
        self.accepted: list[Accepted] = []
        self.stages: list[str] = []
        self.sessions: WeakSet[SMTP] = WeakSet()
        self._faults: list[Fault] = []
        self._controller = _Controller(self, **smtp_options)

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
        asyncio.run_coroutine_threadsafe(self._hang_up(), self._controller.loop).result(timeout=10)
        self._controller.stop()

    async def _hang_up(self) -> None:
        """Nobody is left connected: a transport that is never closed is a warning, and so a failed test."""
        for session in list(self.sessions):
            close_connection(session, abruptly=True)
        await asyncio.sleep(0.01)

    def fail(
        self, stage: Stage, answer: str, *, times: int | None = None, address: str | None = None
    ) -> None:
        """Answer a stage with this reply, such as `451 4.3.0 Try later`; a 421 also closes the connection."""
        self._faults.append(Fault(stage, answer, times, address, accepting=False, seconds=0))

    def drop(
        self, stage: Stage, *, times: int | None = None, address: str | None = None, accepting: bool = False
    ) -> None:
        """Cut the connection instead of an answer; `accepting` takes the message first (at END)."""
        self._faults.append(Fault(stage, None, times, address, accepting, seconds=0))

    def stall(
        self, stage: Stage, seconds: float, *, times: int | None = None, accepting: bool = False
    ) -> None:
        """Keep silent for so long, then cut the connection."""
        self._faults.append(Fault(stage, None, times, None, accepting, seconds))

    def heal(self) -> None:
        """Forget all faults: from now on everything is accepted."""
        self._faults.clear()

    def messages(self) -> list[bytes]:
        """Return the accepted messages, line ends as they came, oldest first."""
        return [message.content for message in self.accepted]

    def await_stage(self, stage: Stage, seconds: float = 60) -> None:
        """Wait until a client has come to a stage; raise TimeoutError when none does."""
        deadline = time.monotonic() + seconds
        while stage not in self.stages:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no client came to {stage}, only to {self.stages}")
            time.sleep(0.01)

    def claim_fault(self, stage: Stage, addresses: tuple[str, ...] = ()) -> Fault | None:
        """Note that a client came to a stage, and use up the first fault that fits it."""
        self.stages.append(stage)
        fault = next((fault for fault in self._faults if fault.fits(stage, addresses)), None)
        if fault and fault.times:
            fault.times -= 1
        return fault


class _FaultySession(SMTP):
    """aiosmtpd's protocol, asking for a fault before it answers."""

    def __init__(self, owner: FaultySmtp, **options: Any) -> None:
        super().__init__(_Handler(owner), **options)
        self._owner = owner
        owner.sessions.add(self)

    async def _handle_client(self) -> None:
        if not await self._fail("CONNECT"):
            await super()._handle_client()

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's name
        if not await self._fail("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        if not await self._fail("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._fail("MAIL", arg):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._fail("RCPT", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._fail("DATA"):
            await super().smtp_DATA(arg)

    async def _fail(self, stage: Stage, argument: str | None = None) -> bool:
        named = (argument or "").partition("<")[2].partition(">")[0]
        envelope: Envelope | None = self.envelope
        addresses = (named, *(envelope.rcpt_tos if envelope and stage == "DATA" else ()))
        fault = self._owner.claim_fault(stage, addresses)
        if fault is None:
            return False
        answer = await spend_fault(fault, self)
        if answer is not None:
            await self.push(answer)
            if answer.startswith("421"):
                close_connection(self)
        return True


class _Handler:
    """What is done at the final dot."""

    def __init__(self, owner: FaultySmtp) -> None:
        self._owner = owner

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._owner.claim_fault("END", tuple(envelope.rcpt_tos))
        if fault is None or fault.accepting:
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self._owner.accepted.append(Accepted(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        if fault is None:
            return "250 2.0.0 OK: taken"
        return await spend_fault(fault, server) or "421 4.3.2 Gone"


async def spend_fault(fault: Fault, server: SMTP) -> str | None:
    """Return the reply of a fault; for one without, cut the connection after its seconds."""
    if fault.answer is None:
        await asyncio.sleep(fault.seconds)
        close_connection(server, abruptly=True)
    return fault.answer


def close_connection(server: SMTP, *, abruptly: bool = False) -> None:
    """Close a client's connection, after what is still to be written unless abruptly."""
    if isinstance(server.transport, asyncio.WriteTransport):
        with suppress(AttributeError):  # of asyncio, where a TLS connection has ended already
            (server.transport.abort if abruptly else server.transport.close)()


class _Controller(Controller):
    """A controller on a port that the system chooses, bound before anyone may ask for it."""

    def __init__(self, owner: FaultySmtp, **smtp_options: Any) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        super().__init__(_Handler(owner), hostname=HOST, port=port, server_hostname="faulty.example")
        self._owner = owner
        self._smtp_options = smtp_options

    def factory(self) -> SMTP:
        """Return the protocol of one connection."""
        return _FaultySession(self._owner, hostname="faulty.example", **self._smtp_options)
