r"""A proxy between a client and a real server, which spoils the conversation at a chosen command of the client.

with FaultyProxy(dovecot.port) as proxy:
    proxy.spoil(rb"UID FETCH", reset())                      # before the server hears of it
    proxy.spoil(rb"UID MOVE", reset(after_answer=True))      # done, and the client never hears of it
    proxy.spoil(rb"SELECT", answer("{tag} NO [UNAVAILABLE] Try later"), times=None)
    proxy.spoil(rb"^$", answer("* BYE Too many connections", closing=True))   # ^$ is the connection itself
    proxy.spoil(rb"^\.\r\n", stall(after_answer=True))       # the final dot of SMTP
    proxy.spoil(rb"UID FETCH", drip(seconds=1))              # a byte a second
    proxy.spoil(rb"^EHLO", flood("250-AND-MORE"))            # an answer without end
"""

import asyncio
import re
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from servers.programs import HOST, find_free_port

CHUNK = 65536
STARTTLS = re.compile(rb"^(\S+ )?STARTTLS\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong. `after_answer`: the server has done what was asked when it does."""

    kind: Literal["reset", "stall", "drip", "answer", "flood"]
    after_answer: bool = False
    text: str = ""
    closing: bool = False
    seconds: float = 1.0


def reset(*, after_answer: bool = False) -> Fault:
    """Reset the connection (RST), before the server hears of the command, or instead of its answer."""
    return Fault("reset", after_answer)


def stall(*, after_answer: bool = False) -> Fault:
    """Keep the connection open and pass on nothing any more."""
    return Fault("stall", after_answer)


def drip(*, seconds: float = 1.0) -> Fault:
    """Pass on what the server says from here on, a byte every so many seconds."""
    return Fault("drip", seconds=seconds)


def answer(text: str, *, closing: bool = False) -> Fault:
    """Answer in the server's place, which never hears of the command; `{tag}` is the tag of an IMAP command."""
    return Fault("answer", text=text, closing=closing)


def flood(text: str) -> Fault:
    """Answer in the server's place with this line again and again, until the client has gone."""
    return Fault("flood", text=text)


@dataclass(slots=True)
class _Rule:
    pattern: re.Pattern[bytes]
    fault: Fault
    times: int | None


@dataclass(slots=True, eq=False)
class _Conversation:
    client: asyncio.StreamReader
    to_client: asyncio.StreamWriter
    server: asyncio.StreamReader
    to_server: asyncio.StreamWriter
    after_answer: Fault | None = None
    drip_seconds: float = 0.0
    flooding: asyncio.Future[None] | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, *, resetting: bool = False) -> None:
        for writer in (self.to_client, self.to_server):
            if resetting:
                transport_socket = writer.get_extra_info("socket")
                transport_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                writer.transport.abort()
            else:
                writer.close()
        self.over.set()


class FaultyProxy:
    """A context manager: listens on `port`, passes on to `server_port`, keeps the `spoilt` command lines."""

    def __init__(self, server_port: int) -> None:
        self.port = find_free_port()
        self.spoilt: list[bytes] = []
        self.commands: list[bytes] = []
        """Every line that a client sent, content of mails among them."""
        self._server_port = server_port
        self._rules: list[_Rule] = []
        self._conversations: set[_Conversation] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._await(asyncio.start_server(self._converse, HOST, self.port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def spoil(self, pattern: bytes, fault: Fault, *, times: int | None = 1) -> None:
        """Spoil the next `times` lines of clients that match (search, any case); None is for ever."""
        self._rules.append(_Rule(re.compile(pattern, re.IGNORECASE), fault, times))

    def heal(self) -> None:
        """Spoil nothing any more, from the next line on."""
        self._rules.clear()

    def cut(self) -> None:
        """Reset all connections that there are."""
        self._loop.call_soon_threadsafe(
            lambda: [one.end(resetting=True) for one in list(self._conversations)]
        )

    def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)

    async def _close(self) -> None:
        self._server.close()
        for one in list(self._conversations):
            one.end()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _converse(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_connection(HOST, self._server_port, limit=2**20)
        except OSError:
            to_client.transport.abort()
            return
        talk = _Conversation(client, to_client, server, to_server)
        self._conversations.add(talk)
        try:
            if self._may_go_on(talk, b""):
                await asyncio.gather(self._pass_commands(talk), self._pass_answers(talk))
            else:
                await talk.over.wait()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            talk.end()
            self._conversations.discard(talk)

    async def _pass_commands(self, talk: _Conversation) -> None:
        while line := await _read_line(talk.client):
            self.commands.append(line)
            if talk.after_answer is not None:
                continue  # stalled: nothing is passed on any more
            if self._may_go_on(talk, line):
                talk.to_server.write(line)
                await talk.to_server.drain()
                if STARTTLS.search(line):
                    await self._pass_unread(talk)
            elif talk.over.is_set():
                return
        talk.end()

    async def _pass_unread(self, talk: _Conversation) -> None:
        """What is encrypted has no lines, and is not spoilt."""
        while data := await talk.client.read(CHUNK):
            talk.to_server.write(data)
            await talk.to_server.drain()

    async def _pass_answers(self, talk: _Conversation) -> None:
        while data := await talk.server.read(CHUNK):
            if talk.after_answer is not None:
                if talk.after_answer.kind == "reset":
                    talk.end(resetting=True)
                    return
                continue
            await self._tell(talk, data)
        talk.end()

    async def _tell(self, talk: _Conversation, data: bytes) -> None:
        pieces = [data[at : at + 1] for at in range(len(data))] if talk.drip_seconds else [data]
        for piece in pieces:
            talk.to_client.write(piece)
            await talk.to_client.drain()
            if talk.drip_seconds:
                await asyncio.sleep(talk.drip_seconds)

    async def _flood(self, talk: _Conversation, line: bytes) -> None:
        with suppress(ConnectionError):
            while not talk.over.is_set():
                talk.to_client.write(line * 100)
                await talk.to_client.drain()
        talk.end()

    def _may_go_on(self, talk: _Conversation, line: bytes) -> bool:
        """Whether the server may hear this line."""
        fault = self._find_fault(line)
        if fault is None:
            return True
        self.spoilt.append(line)
        if fault.kind == "drip":
            talk.drip_seconds = fault.seconds
        elif fault.after_answer:
            talk.after_answer = fault
        elif fault.kind == "reset":
            talk.end(resetting=True)
        elif fault.kind == "stall":
            talk.after_answer = fault  # nor is anything passed on that was under way
        elif fault.kind == "answer":
            tag = line.split(b" ", 1)[0].decode("ascii", "replace")
            talk.to_client.write(fault.text.replace("{tag}", tag).encode() + b"\r\n")
            if fault.closing:
                talk.end()
        elif fault.kind == "flood":
            talk.flooding = asyncio.ensure_future(self._flood(talk, fault.text.encode() + b"\r\n"))
        return fault.after_answer or fault.kind == "drip"

    def _find_fault(self, line: bytes) -> Fault | None:
        for rule in self._rules:
            if rule.times != 0 and (rule.pattern.search(line) if line else rule.pattern.pattern == b"^$"):
                if rule.times is not None:
                    rule.times -= 1
                return rule.fault
        return None


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """The next line with its end; what comes without one, or is very long, comes in pieces."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError as error:
        return await reader.read(error.consumed)
