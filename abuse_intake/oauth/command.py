"""The token command: a program of the operator's that prints an access token."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from abuse_intake.errors import TokenError
from abuse_intake.oauth.source import Token, check_token
from abuse_intake.oauth.wording import quote

SECONDS = 30.0
PIPE_BYTES = 65_536
"""What Linux keeps for who reads later."""


def run_token_command(command: Sequence[str], folder: Path, seconds: float = SECONDS) -> Token:
    """Run the command in that folder, without a shell, and take what it prints; a line end after it is ignored.

    What it prints stays in the pipes until it has ended: one that prints without end stops there by itself.
    """
    name = quote(command[0])
    with _start(command, folder, name) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TokenError(f"the token command {name} did not end within {seconds:g} s") from None
        finally:
            _end(process)
        printed, said = _read_what_lies(process.stdout), _read_what_lies(process.stderr)
    if code != 0:
        raise TokenError(f"the token command {name} failed ({_describe(code)}){_last_line(said)}")
    try:
        return Token(check_token(printed.decode("ascii").rstrip("\r\n")))
    except UnicodeDecodeError:
        raise TokenError(f"the token command {name} printed no token: it is not ASCII") from None
    except ValueError as error:
        raise TokenError(f"the token command {name} printed {error}{_last_line(said)}") from None


def _start(command: Sequence[str], folder: Path, name: str) -> subprocess.Popen[bytes]:
    """In a session of its own, so that its children can be ended with it, and no terminal is asked for a password."""
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TokenError(f"the token command {name} cannot be run: {quote(said.lower())}") from None


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _read_what_lies(pipe: IO[bytes] | None) -> bytes:
    """What is in the pipe now; a child that was left behind may hold it open for ever."""
    assert pipe is not None
    os.set_blocking(pipe.fileno(), False)
    return pipe.read(PIPE_BYTES) or b""


def _describe(code: int) -> str:
    return f"exit code {code}" if code > 0 else f"signal {-code}"


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return f": {quote(lines[-1])}" if lines else ""
