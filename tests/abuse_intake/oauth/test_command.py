"""The token command: whatever it does, a token comes of it or a line that says why not."""

import os
import re
import sys
import time
from pathlib import Path

import psutil
import pytest

from abuse_intake.errors import TokenError
from abuse_intake.oauth.command import run_token_command

TOKEN = "ya29.a0AfH6SMBx-" + "Zz9_" * 50


def python(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def fail(command: list[str], folder: Path, seconds: float = 20) -> str:
    with pytest.raises(TokenError) as error:
        run_token_command(command, folder, seconds)
    return str(error.value)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_what_it_prints_is_the_token(end: str, tmp_path: Path) -> None:
    """A line end after the token is ignored."""
    assert run_token_command(python(f"print({TOKEN!r}, end={end!r})"), tmp_path).text == TOKEN


def test_no_shell_reads_its_words(tmp_path: Path) -> None:
    """What would mean something to a shell is a word like any other."""
    assert run_token_command(["printf", "%s", "$HOME;`id`"], tmp_path).text == "$HOME;`id`"


def test_it_runs_in_the_folder_of_the_configuration(tmp_path: Path) -> None:
    """A relative path is relative to the file, as everywhere."""
    script = tmp_path / "token.sh"
    script.write_text("#!/bin/sh\necho the-token\n")
    script.chmod(0o755)

    assert run_token_command(["./token.sh"], tmp_path).text == "the-token"


def test_it_cannot_ask(tmp_path: Path) -> None:
    """One that asks for a password reads an end at once, also where the program has a terminal; it has none itself."""
    ask = "read word || { echo no input >&2; exit 3; }; (: </dev/tty) && echo tty"
    ours, theirs = os.pipe()
    os.write(theirs, b"an answer\n")
    kept = os.dup(0)
    os.dup2(ours, 0)
    try:
        said = fail(["sh", "-c", ask], tmp_path)
    finally:
        os.dup2(kept, 0)
        for descriptor in (ours, theirs, kept):
            os.close(descriptor)

    assert said == "the token command sh failed (exit code 3): no input"


def test_its_last_complaint_is_told(tmp_path: Path) -> None:
    """Of what it wrote to stderr, the last line, escaped, without anything that looks like a token."""
    text = f"import sys; print('a\\nb\\x1b[2J {TOKEN} expired', file=sys.stderr); sys.exit(7)"

    said = fail(python(text), tmp_path)

    assert re.fullmatch(r"the token command \S+ failed \(exit code 7\): b\\x1b\[2J … expired", said)


def test_a_long_complaint_is_cut(tmp_path: Path) -> None:
    """A log line stays one."""
    said = fail(python("import sys; print('no ' * 5000, file=sys.stderr); sys.exit(1)"), tmp_path)

    assert len(said) < 500


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("pass", "printed nothing"),
        ("print('Opening browser ...')", "printed no token: one has no spaces and at most 9000 characters"),
        ("print('x' * 9001)", "printed no token: one has"),
        ("print('x' * 60_000)", "printed no token: one has"),
        ("print('tökén')", "printed no token: it is not ASCII"),
        ("import os; os.kill(os.getpid(), 15)", r"failed \(signal 15\)"),
    ],
)
def test_what_is_no_token_is_said(text: str, complaint: str, tmp_path: Path) -> None:
    """In one line, which does not repeat what was printed."""
    said = fail(python(text), tmp_path)

    assert re.search(complaint, said)
    assert len(said) < 300


def test_a_command_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """It names the command and the system's reason."""
    assert (
        fail(["/no/such"], tmp_path) == "the token command /no/such cannot be run: no such file or directory"
    )


@pytest.mark.parametrize("text", ["import time; time.sleep(600)", "while True: print('y' * 1000)"])
def test_one_that_does_not_end_is_ended(text: str, tmp_path: Path) -> None:
    """With its children; so is one that prints for ever."""
    (tmp_path / "run.py").write_text(text)
    shell = f"{sys.executable} run.py & echo $! >child; wait"

    said = fail(["sh", "-c", shell], tmp_path, seconds=1)

    assert said == "the token command sh did not end within 1 s"
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_agent_that_stays_behind_is_not_waited_for(tmp_path: Path) -> None:
    """A child that keeps the pipe open is left alone: what the command printed lies there already."""
    token = run_token_command(["sh", "-c", "sleep 20 & echo $! >child; echo the-token"], tmp_path)

    agent = psutil.Process(int((tmp_path / "child").read_text()))
    assert token.text == "the-token"
    assert agent.status() != psutil.STATUS_ZOMBIE
    agent.kill()
