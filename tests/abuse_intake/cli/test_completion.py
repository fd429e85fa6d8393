"""Completion, asked as a shell asks: the program is run with the variables that the script sets."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CommandLine

SHELLS = ["bash", "zsh", "fish"]


def _complete(worked: CommandLine, words: str, **variables: str) -> list[str]:
    """What bash is offered for the last of these words."""
    asked = {
        "_ABUSE_INTAKE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run(
        [sys.executable, "-m", "abuse_intake"],
        cwd=worked.folder,
        env={**os.environ, **asked, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("abuse-intake inc", ["incidents"]),
        ("abuse-intake incidents s", ["show", "set"]),
        ("abuse-intake incidents list --status d", ["dismissed"]),
        ("abuse-intake incidents list --confidence p", ["proven"]),
        ("abuse-intake incidents set 1 --tenant f", ["fabrikam"]),
        ("abuse-intake tenants show ", ["contoso", "fabrikam"]),
        ("abuse-intake incidents list --by-", ["--by-hand"]),
        ("abuse-intake completion z", ["zsh"]),
        ("abuse-intake incidents list --type p", ["p2p", "port_scan"]),
        ("abuse-intake incidents list --type a", ["abuse", "auth-failure"]),
        ("abuse-intake audit list --object to", ["token"]),
    ],
)
def test_a_shell_is_offered_what_fits(worked: CommandLine, words: str, offered: list[str]) -> None:
    """Commands, options, their values, and tenants of the directory."""
    assert _complete(worked, words) == offered


def test_tenants_that_were_imported_are_offered(worked: CommandLine) -> None:
    """Where no file is configured."""
    worked("tenants", "import", "tenants.jsonl")
    config = worked.folder / "abuse-intake.toml"
    config.write_text(config.read_text().replace('directory = "tenants.jsonl"', ""))

    assert _complete(worked, "abuse-intake tenants show c") == ["contoso"]


@pytest.mark.parametrize(
    "fault", ["no configuration", "broken configuration", "no directory", "broken directory"]
)
def test_a_fault_offers_nothing_and_says_nothing(worked: CommandLine, fault: str) -> None:
    """A shell wants no complaint while somebody types."""
    config, directory = worked.folder / "abuse-intake.toml", worked.folder / "tenants.jsonl"
    if "no " in fault:
        (config if "conf" in fault else directory).unlink()
    else:
        (config if "conf" in fault else directory).write_bytes(b"\xff[")

    assert _complete(worked, "abuse-intake tenants show c") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_the_shell_takes(cli: CommandLine, tmp_path: Path, shell: str) -> None:
    """It names the program and the variable; where the shell is installed, it reads it."""
    answer = cli("completion", shell, config=False)

    assert (answer.code, answer.err) == (0, "")
    assert f"_ABUSE_INTAKE_COMPLETE={shell}_complete" in answer.out
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(answer.out)
        assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_itself_completes(worked: CommandLine, tmp_path: Path) -> None:
    """The script, sourced, asks the program and takes its answer."""
    program = tmp_path / "bin" / "abuse-intake"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m abuse_intake "$@"\n')
    program.chmod(0o755)
    script = worked("completion", "bash", config=False).out
    ask = "COMP_WORDS=(abuse-intake incidents list --status o); COMP_CWORD=4; _abuse_intake_completion abuse-intake"

    done = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}; echo ${{COMPREPLY[@]}}"],
        cwd=worked.folder,
        env={**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("open\n", "")
