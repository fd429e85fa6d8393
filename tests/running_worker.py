"""A worker in a process of its own, its log in a file, and the socket of a service manager that it may tell."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from intake_world import await_truth

MAIN = "from abuse_intake.cli import main; import sys; main(sys.argv[1:])"


class RunningWorker:
    """`abuse-intake run`; `code` is what its interpreter runs before, to set a limit that a test cannot wait for."""

    def __init__(
        self,
        configuration: Path,
        *arguments: str,
        code: str = "",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = configuration.parent / "worker.log"
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", f"{code}\n{MAIN}", "--config", str(configuration), "run", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **(environment or {})},
            )

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def await_log(self, text: str, seconds: float = 60) -> None:
        await_truth(lambda: text in self.log() or self.process.poll() is not None, seconds)
        assert text in self.log(), self.log()

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, seconds: float = 60) -> int:
        """Its exit code, when it ends by itself in that time."""
        return self.process.wait(seconds)

    def stop(self) -> int:
        self.tell(signal.SIGTERM)
        return self.end()

    def ask(self, path: str, method: str = "GET") -> tuple[int, str]:
        """What its status port answers."""
        return ask(self.find_port(), path, method)

    def find_port(self) -> int:
        self.await_log("status port")
        return int(re.findall(r"http://127\.0\.0\.1:(\d+)", self.log())[-1])


@contextmanager
def running_worker(
    configuration: Path, *arguments: str, code: str = "", environment: Mapping[str, str] | None = None
) -> Iterator[RunningWorker]:
    """A worker that a test which fails does not leave behind."""
    worker = RunningWorker(configuration, *arguments, code=code, environment=environment)
    try:
        yield worker
    finally:
        worker.process.kill()
        worker.process.wait()


def ask(port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of one page of a status port."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class NotifySocket:
    """What a service manager listens on: `address` is its NOTIFY_SOCKET, `heard` what it was told, line by line."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.settimeout(0.1)
        self._is_over = False
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def await_line(self, line: str, seconds: float = 60) -> None:
        """Wait until it is told a line that begins so."""
        await_truth(lambda: any(heard.startswith(line) for heard in self.heard), seconds)

    def close(self) -> None:
        self._is_over = True
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._is_over:
            try:
                self.heard += self._socket.recv(4096).decode().splitlines()
            except TimeoutError:
                continue


@contextmanager
def notify_socket(*, is_abstract: bool = False) -> Iterator[NotifySocket]:
    """A socket with a short path, as unix sockets need."""
    with TemporaryDirectory(prefix="notify") as folder:
        heard = NotifySocket(f"@{folder}" if is_abstract else f"{folder}/s")
        try:
            yield heard
        finally:
            heard.close()
