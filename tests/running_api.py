"""`abuse-intake web` as a process of its own, over a seeded database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CONFIGURATION = """
[database]
url = "sqlite:///test.db"
[dkim]
dns = false
"""
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class RunningApi:
    """Where it listens."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def stop(self) -> int:
        """End it as a service manager does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def run_api(folder: Path, *options: str, configuration: str = CONFIGURATION) -> Iterator[RunningApi]:
    """Start it on a free port, over `test.db` of the folder, and wait until it listens."""
    (folder / "abuse-intake.toml").write_text(configuration)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        command: Sequence[str] = [sys.executable, "-m", "abuse_intake", "web", "--port", str(port), *options]
        process = subprocess.Popen(command, cwd=folder, env=os.environ, stdout=log, stderr=log)
    try:
        _wait_until_it_listens(process, port)
        yield RunningApi(process, port, folder)
    finally:
        process.kill()
        process.wait()


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the API does not listen")
