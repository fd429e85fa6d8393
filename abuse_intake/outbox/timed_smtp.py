"""smtplib with an end: no answer takes longer than it may, however its bytes drip in, and none is endless.

A time-out of a socket begins anew with every byte, and smtplib reads an answer of many lines for as long as it goes on.
"""

import io
import math
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MAX_ANSWER_BYTES = 64 * 1024
"""All lines of one answer."""


class TimedSmtp(smtplib.SMTP):
    """An SMTP connection; `timeout` is for one command and its answer. TimeoutError when it is over."""

    _until = math.inf
    file: "_Answers | None"
    timeout: float

    def limit(self, seconds: float) -> None:
        """All that follows must have ended in so many seconds, until the next limit."""
        self._until = time.monotonic() + seconds

    def _get_socket(self, *args: Any) -> socket.socket:
        """The final dot goes alone: it must not wait until the data before it was acknowledged (40 ms a mail)."""
        connection: socket.socket = super()._get_socket(*args)  # type: ignore[misc]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(max(self._find_end(self.timeout) - time.monotonic(), 0.001))
        with _time_outs_told():
            super().send(s)

    def getreply(self, seconds: float | None = None) -> tuple[int, bytes]:
        """The server's answer; `seconds` where it may take other than the usual time."""
        if self.file is None and self.sock is not None:
            self.file = _Answers(self.sock)
        if self.file is not None:
            self.file.begin(self._find_end(self.timeout if seconds is None else seconds))
        with _time_outs_told():
            return super().getreply()

    def _find_end(self, seconds: float) -> float:
        return min(self._until, time.monotonic() + seconds)


class TimedSmtpSsl(TimedSmtp, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class _Answers:
    """What a server says, line by line, until a moment and up to so many bytes an answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._received = _Received(connection)
        self._lines = io.BufferedReader(self._received)
        self._left = MAX_ANSWER_BYTES

    def begin(self, until: float) -> None:
        """From here on it is the next answer."""
        self._received.until = until
        self._left = MAX_ANSWER_BYTES

    def readline(self, limit: int) -> bytes:
        line = self._lines.readline(limit)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the server's answer has no end")
        return line

    def close(self) -> None:
        self._lines.close()


class _Received(io.RawIOBase):
    """What comes in before a moment."""

    until = math.inf

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


@contextmanager
def _time_outs_told() -> Iterator[None]:
    """Smtplib tells of every loss of a connection alike."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        if isinstance(error.__context__, TimeoutError):
            raise TimeoutError("timed out") from None
        raise
