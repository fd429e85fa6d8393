"""Postfix's smtp-sink on loopback: takes every message at full speed and keeps it in a folder."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from servers.programs import HOST, Server

SINK_USER = "postfix"  # smtp-sink refuses to run as root
RECEIVED_REST = re.compile(rb".*\n(?:[ \t].*\n)*")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One message that was taken, with its envelope."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes


class SmtpSink(Server):
    """`smtp-sink`; what it took stays readable after a stop."""

    def __init__(self) -> None:
        super().__init__("smtp-sink", "postfix")
        self._dump = self._folder / "dump"
        self._dump.mkdir()

    def make_command(self) -> list[str]:
        command = [str(self._program), "-d", str(self._dump / "message."), f"{HOST}:{self.port}", "200"]
        if os.geteuid() == 0:
            shutil.chown(self._dump, SINK_USER)
            command[1:1] = ["-u", SINK_USER]
        return command

    def clear(self) -> None:
        """Forget what was taken so far, so that tests may share one sink."""
        for file in self._dump.iterdir():
            file.unlink()

    def messages(self) -> list[bytes]:
        """Return the messages as they were sent (line ends LF), oldest first."""
        return [transaction.content for transaction in self.transactions()]

    def transactions(self) -> list[Transaction]:
        """Return the messages with their envelopes, oldest first."""
        files = sorted(self._dump.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        return [read_dump(file) for file in files if file.read_bytes().endswith(END)]


END = b"\n\n"
"""Of what was taken; a sink that is stopped leaves the beginning of what it was just being sent."""


def read_dump(file: Path) -> Transaction:
    """Read a dump: X-… lines with the envelope, a Received line of the sink's own, then the message.

    The sink keeps the dots that SMTP doubles at the start of a line, and ends each file with an empty line.
    """
    envelope, _, rest = file.read_bytes().partition(b"Received: ")
    fields = [line.partition(b": ") for line in envelope.splitlines()]
    senders = [_address(value) for name, _, value in fields if name == b"X-Mail-Args"]
    recipients = tuple(_address(value) for name, _, value in fields if name == b"X-Rcpt-Args")
    message = RECEIVED_REST.sub(b"", rest, count=1).removesuffix(b"\n")
    return Transaction("".join(senders), recipients, re.sub(rb"(?m)^\.\.", b".", message))


def _address(argument: bytes) -> str:
    return argument.decode().partition("<")[2].partition(">")[0]
