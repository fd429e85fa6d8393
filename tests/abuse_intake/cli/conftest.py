"""The command line as fixtures: an empty workplace, and one where four mails were worked."""

import shutil
from pathlib import Path

import pytest
from command_line import MAILS, CommandLine, make_workplace
from reattributing_cli import MOVED


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABUSE_INTAKE_CONFIG", raising=False)


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A workplace with an empty mailbox and no database yet."""
    make_workplace(tmp_path)
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, capsys)


@pytest.fixture(scope="session")
def _worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worked once for all tests; each takes a copy."""
    folder = tmp_path_factory.mktemp("worked") / "workplace"
    folder.mkdir()
    make_workplace(folder)
    for name, raw in MAILS.items():
        (folder / "Maildir" / "new" / name).write_bytes(raw)
    done = CommandLine(folder, None).process("run", "--once")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def worked(
    _worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """A workplace where four mails were worked: three incidents, four acknowledgements sent."""
    folder = tmp_path / "workplace"
    shutil.copytree(_worked, folder)
    monkeypatch.chdir(folder)
    return CommandLine(folder, capsys)


@pytest.fixture
def moved(worked: CommandLine) -> CommandLine:
    """Mails were worked with a directory that was wrong, and is right now."""
    worked.write_tenants(*MOVED)
    return worked
