"""Runs the command line within the test, or as a process of its own."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from report_builders import make_junk, make_mail

from abuse_intake.cli import main

CONFIGURATION = """
[mailbox]
url = "maildir://Maildir"
address = "junk@provider.example"
[outbox]
url = "maildir://outbox"
per_reporter_hour = 0
[provider]
name = "Provider Example"
relays = ["203.0.113.0/26"]
[dkim]
dns = false
[tenants]
directory = "tenants.jsonl"
"""
TENANTS = (
    {
        "id": "contoso",
        "name": "Contoso Ltd",
        "domains": ["contoso.example"],
        "allocations": [{"network": "192.0.2.0/28"}],
    },
    {"id": "fabrikam", "name": "Fabrikam GmbH", "allocations": [{"network": "192.0.2.16/28"}]},
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    def objects(self) -> list[dict[str, Any]]:
        """The JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.split("\n") if line]

    def complaint(self) -> str:
        """The one line on stderr, which must be one, and come from us."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("abuse-intake: "), self.err
        return lines[0]


class CommandLine:
    """`abuse-intake` in one folder, with its configuration unless told otherwise."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def __call__(self, *arguments: str, config: bool = True) -> Answer:
        """Run a command within this process."""
        self._capture.readouterr()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        with pytest.raises(SystemExit) as end:
            main([*self._config(config), *arguments])
        for number, handler in handlers.items():
            signal.signal(number, handler)
        out, err = self._capture.readouterr()
        code = end.value.code
        assert isinstance(code, int)
        return Answer(code, out, err)

    def process(
        self, *arguments: str, config: bool = True, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command as a process of its own."""
        command = [sys.executable, "-m", "abuse_intake", *self._config(config), *arguments]
        return subprocess.run(
            command,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            env=os.environ | variables,
            check=False,
        )

    def on_terminal(self, *arguments: str, columns: int, config: bool = True) -> list[str]:
        """The lines that a command writes to a terminal of so many columns, without their colours."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (50, columns))
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        with subprocess.Popen(
            [sys.executable, "-m", "abuse_intake", *self._config(config), *arguments],
            cwd=self.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color"},
        ):
            os.close(theirs)
            written = b"".join(iter(lambda: read_some(ours), b""))
            os.close(ours)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode())
        return plain.replace("\r\n", "\n").splitlines()

    def _config(self, wanted: bool) -> Sequence[str]:
        return ["--config", str(self.folder / "abuse-intake.toml")] if wanted else []

    def deliver(self, **mails: bytes) -> None:
        """Let mails arrive in the Maildir, under these names."""
        for name, raw in mails.items():
            (self.folder / "Maildir" / "new" / name).write_bytes(raw)

    def write_tenants(self, *tenants: dict[str, Any]) -> Path:
        """Make these the directory."""
        path = self.folder / "tenants.jsonl"
        path.write_text("".join(f"{json.dumps(one)}\n" for one in tenants), encoding="utf-8")
        return path


def read_some(descriptor: int) -> bytes:
    """The next bytes from a terminal; none when the program has ended, which Linux tells as an error."""
    try:
        return os.read(descriptor, 65_536)
    except OSError:
        return b""


def make_workplace(folder: Path) -> None:
    """A folder with a configuration, a directory and an empty Maildir."""
    (folder / "abuse-intake.toml").write_text(CONFIGURATION, encoding="utf-8")
    for box in ("new", "cur", "tmp"):
        (folder / "Maildir" / box).mkdir(parents=True)
    lines = "".join(f"{json.dumps(one)}\n" for one in TENANTS)
    (folder / "tenants.jsonl").write_text(lines, encoding="utf-8")


FIRST = make_mail(make_junk())
SECOND = make_mail(
    make_junk(
        ip="192.0.2.20",
        sender="shop@elsewhere.example",
        subject="50% off_everything",
        message_id="<junk-2@elsewhere.example>",
        at="Tue, 17 Nov 2026 08:00:00 +0000",
    ),
    sender="bob@reporter.example",
    message_id="<report-2@reporter.example>",
)
STRANGER = make_mail(
    make_junk(ip="198.51.100.9", message_id="<junk-3@contoso.example>", subject="Forged"),
    sender="cleo@reporter.example",
    message_id="<report-3@reporter.example>",
)
QUESTION = make_mail(
    None, sender="dan@reporter.example", message_id="<question@reporter.example>", subject="How?"
)
MAILS = {"a1": FIRST, "b2": SECOND, "c3": STRANGER, "d4": QUESTION}
"""Three reports of three incidents, and a question."""
