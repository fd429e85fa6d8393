"""What all test servers share: finding their programs, free ports, waiting until they answer, ending them."""

import errno
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HOST = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 10.0


class ServerMissing(Exception):  # noqa: N818 - it reads as what it says, and is answered with a skip
    """A server's program is not installed; the text names the Debian package that brings it."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is not installed: as root, `apt-get install {package}` brings it")
        self.program = program
        self.package = package


class ServerFailed(Exception):  # noqa: N818 - likewise
    """A server ended or did not answer; the text holds the end of its log."""


def find_program(name: str, package: str) -> str:
    """Return the path of a program, also from the sbin folders; raise ServerMissing where there is none."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        raise ServerMissing(name, package)
    return found


def find_free_port() -> int:
    """Return a loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def make_folder(name: str) -> Path:
    """Make a temporary folder with a short path (sockets lie in it) that a server's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"abuse-intake-{name}-"))
    folder.chmod(0o755)
    return folder


def start_process(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[bytes]:
    """Start a server. Some kernels fail to with EFAULT, once in some thousand times: then once more."""
    for _ in range(3):
        try:
            return subprocess.Popen(command, **options)
        except OSError as error:
            if error.errno != errno.EFAULT:
                raise
    return subprocess.Popen(command, **options)


def await_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the port takes connections; raise ServerFailed with the log when it ends before."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    end_process(process)
    raise ServerFailed(f"{process.args!r} does not answer on port {port}:\n{read_end(log)}")


def end_process(process: subprocess.Popen[bytes], signal: int = 15) -> None:
    """Ask a process to end and wait until it has; kill it when it does not."""
    if process.poll() is None:
        process.send_signal(signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def read_end(log: Path) -> str:
    """Return the last part of a log file, or say that there is none."""
    return log.read_text(errors="replace")[-4000:] if log.exists() else f"({log.name} was not written)"


class Server:
    """A context manager around one program with a folder of its own, which listens on `port`."""

    def __init__(self, program: str, package: str) -> None:
        self._program = find_program(program, package)
        self.port = find_free_port()
        self._folder = make_folder(program)
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

    def make_command(self) -> list[str]:
        """What is run."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, again on the same port after a stop."""
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = start_process(
                self.make_command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        await_port(self.port, self._process, log)

    def stop(self) -> None:
        """Answer nobody; what it wrote stays readable."""
        if self._process is not None:
            end_process(self._process)
            self._process = None
