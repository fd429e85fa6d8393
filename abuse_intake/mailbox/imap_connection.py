"""A connection to an IMAP server on which every command has a deadline, however slowly its answer drips.

A timeout of the socket alone never ends a server that sends a byte a second. Here the time of a command begins
when it is sent, and each read waits at most for what is left of it. Lines and literals are bounded too.
"""

import imaplib
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from abuse_intake.mailbox.limits import MAX_FETCHED_BYTES

CONNECT_SECONDS = 15.0
COMMAND_SECONDS = 60.0
"""For the whole answer to a command; `allowing_more` is for one that has more to do."""
OPENING_SECONDS = 240.0
"""So much more for SELECT: a server that sees a mailbox of 100,000 mails for the first time may read all of them."""
LOGOUT_SECONDS = 5.0
SILENCE_SECONDS = 60.0
"""A server that says nothing for so long is away, whatever its command was allowed, but for SELECT."""
BUFFER_BYTES = 256 * 1024
MAX_LINE_BYTES = 1_000_000
MAX_LITERAL_BYTES = MAX_FETCHED_BYTES + 2**20
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""The system finds out within two minutes that nobody is at the other end of an idle connection."""


class Connection(imaplib.IMAP4):
    """imaplib's conversation, over reads that know the deadline of the command they belong to."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, tell_alive: Callable[[], object]
    ) -> None:
        self.extra_seconds = 0.0
        self._tell_alive = tell_alive
        self.silence = SILENCE_SECONDS
        self._tls = tls
        self._asked = "its greeting"
        self._glance: float | None = None
        self._reader: io.BufferedReader | None = None
        self._read_socket: socket.socket | None = None
        super().__init__(host, port)

    @property
    def allowance(self) -> float:
        """Seconds that the answer to a command may take."""
        return COMMAND_SECONDS + self.extra_seconds

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        plain = socket.create_connection((host, port), timeout or CONNECT_SECONDS)
        # imapclient sends a command and its line end apart: Nagle's algorithm would hold the end back for 40 ms.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(plain)
        self.sock = self._tls.wrap_socket(plain, server_hostname=host) if self._tls else plain
        self._begin_turn()

    def send(self, data: Any) -> None:
        """What is sent begins a turn: from here on the time of its answer is counted."""
        self._asked = _name_command(bytes(data)) or self._asked
        self._begin_turn()
        self.sock.settimeout(min(self.allowance, SILENCE_SECONDS))
        self.sock.sendall(data)

    def read(self, size: int) -> bytes:
        if size > MAX_LITERAL_BYTES:
            raise self.abort(f"the server announces {size} bytes at once")
        return self._open_reader().read(size)

    def readline(self) -> bytes:
        line = self._open_reader().readline(MAX_LINE_BYTES + 1)
        if len(line) > MAX_LINE_BYTES:
            raise self.abort(f"the server sends a line of over {MAX_LINE_BYTES} bytes")
        return line

    def shutdown(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        for made_by_imaplib in ("file", "_file"):  # after STARTTLS; it would keep the socket open
            if made_by_imaplib in self.__dict__:
                self.__dict__[made_by_imaplib].close()
        self.sock.close()

    def has_data(self, seconds: float) -> bool:
        """Whether something can be read now, or comes within that time."""
        self._glance = seconds
        try:
            found = bool(self._open_reader().peek(1))
        finally:
            self._glance = None
        self._begin_turn()
        return found

    def receive_into(self, buffer: Any) -> int | None:
        """The next bytes; None when nothing came in the time of a glance."""
        left = self._deadline - time.monotonic() if self._glance is None else self._glance
        if left > 0:
            self.sock.settimeout(min(left, self.silence))
            with suppress(TimeoutError):
                count = self.sock.recv_into(buffer)
                if not count:
                    raise self.abort("the server closed the connection")
                if self.extra_seconds > 0:
                    self._tell_alive()  # an answer that may take long; its deadline holds all the same
                return count
        if self._glance is not None:
            return None
        raise TimeoutError(f"no whole answer to {self._asked} in time (it has {self.allowance:.0f} s)")

    def _begin_turn(self) -> None:
        self._deadline = time.monotonic() + self.allowance

    def _open_reader(self) -> io.BufferedReader:
        """A reader of the socket as it is now: what came before STARTTLS is not taken for what came after."""
        if self._reader is None or self._read_socket is not self.sock:
            self._read_socket = self.sock
            self._reader = io.BufferedReader(_Reads(self), BUFFER_BYTES)
        return self._reader


class _Reads(io.RawIOBase):
    """What a buffered reader reads from."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return self._connection.receive_into(buffer)


class DeadlineClient(IMAPClient):  # type: ignore[misc]
    """imapclient over such a connection; `tell_alive` is called while an answer comes that may take long."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, tell_alive: Callable[[], object]
    ) -> None:
        self._tls = tls
        self._tell_alive = tell_alive
        super().__init__(host, port, ssl=tls is not None, ssl_context=tls, timeout=SILENCE_SECONDS)

    def _create_IMAP4(self) -> Connection:  # noqa: N802 - imapclient's name
        return Connection(self.host, self.port, self._tls, self._tell_alive)

    @property
    def _connection(self) -> Connection:
        return cast(Connection, self._imap)

    @contextmanager
    def allowing_more(self, seconds: float) -> Iterator[None]:
        """So much more time for each command herein."""
        connection = self._connection
        before, connection.extra_seconds = connection.extra_seconds, seconds
        try:
            yield
        finally:
            connection.extra_seconds = before

    def select_folder(self, folder: str, readonly: bool = False) -> dict[bytes, Any]:
        """SELECT, for which a server may need a while in silence."""
        connection = self._connection
        connection.silence = SILENCE_SECONDS + OPENING_SECONDS
        try:
            with self.allowing_more(OPENING_SECONDS):
                selected: dict[bytes, Any] = super().select_folder(folder, readonly)
        finally:
            connection.silence = SILENCE_SECONDS
        return selected

    def copy_telling(self, uids: Sequence[int], folder: str) -> str:
        """COPY; the UIDs of the copies as a set of IMAP, or nothing when the server does not tell (RFC 4315)."""
        self._connection.response("COPYUID")  # what it told before
        self.copy(uids, folder)
        _, (told,) = self._connection.response("COPYUID")
        return told.split()[2].decode("ascii") if told and told.count(b" ") == 2 else ""

    def leave(self) -> None:
        """LOGOUT, without waiting long for a server that does not answer."""
        with self.allowing_more(LOGOUT_SECONDS - COMMAND_SECONDS):
            self.logout()

    def await_mail(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        """IDLE (RFC 2177) for so long; True as soon as the server says that the folder has grown."""
        ends = time.monotonic() + seconds
        told = self._begin_idle()
        while not told and (left := ends - time.monotonic()) > 0 and not should_stop():
            told = self._connection.has_data(min(left, 1.0)) and _tells_of_mail(self._read_line())
        _, rest = self.idle_done()
        return told or any(b"EXISTS" in response for response in rest)

    def _begin_idle(self) -> bool:
        """IDLE; whether the server told of mail before it agreed, which imapclient's own `idle` takes for a refusal."""
        self._idle_tag = self._connection._command("IDLE")
        told = False
        while not (line := self._read_line()).startswith(b"+"):
            if not line.startswith(b"*"):
                raise IMAPClientError(f"the server refuses IDLE: {line.decode('ascii', 'replace')}")
            told = told or _tells_of_mail(line)
        return told

    def _read_line(self) -> bytes:
        line = self._connection.readline()
        if line.upper().startswith(b"* BYE"):
            raise imaplib.IMAP4.abort(line.decode("ascii", "replace"))
        return line


def _tells_of_mail(line: bytes) -> bool:
    return line.upper().endswith(b" EXISTS\r\n")


def _name_command(sent: bytes) -> str:
    """`UID FETCH` of `ABCD12 UID FETCH 1:2 …`; nothing of what may be secret, and nothing for a literal."""
    words = sent[:80].decode("ascii", "replace").split()[1:3]
    if not words or not words[0].isalpha():
        return "DONE" if sent == b"DONE\r\n" else ""
    return " ".join(words[: 2 if words[0].upper() == "UID" else 1]).upper()


def _keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
