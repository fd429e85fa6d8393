"""Postfix's smtp-sink on loopback: takes every message at full speed and keeps it in a folder."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from servers.programs import (
    HOST,
    await_port,
    end_process,
    find_free_port,
    find_program,
    make_folder,
    start_process,
)

SINK_USER = "postfix"  # smtp-sink refuses to run as root
RECEIVED_REST = re.compile(rb".*\n(?:[ \t].*\n)*")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One message that was taken, with its envelope."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    content: bytes


class SmtpSink:
    """A context manager around `smtp-sink`; listens on `port`."""

    def __init__(self) -> None:
        self._program = find_program("smtp-sink", "postfix")
        self.port = find_free_port()
        self._folder = make_folder("smtp-sink")
        self._dump = self._folder / "dump"
        self._dump.mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the sink, again on the same port after a stop."""
        command = [self._program, "-d", str(self._dump / "message."), f"{HOST}:{self.port}", "200"]
        if os.geteuid() == 0:
            shutil.chown(self._dump, SINK_USER)
            command[1:1] = ["-u", SINK_USER]
        log = self._folder / "smtp-sink.log"
        with log.open("ab") as output:
            self._process = start_process(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        await_port(self.port, self._process, log)

    def stop(self) -> None:
        """Stop the sink; what it took stays readable."""
        if self._process is not None:
            end_process(self._process)
            self._process = None

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
