"""schemathesis asks the running program whatever its document allows, and much that it does not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from running_api import CONFIGURATION, RunningApi, run_api
from web_world import ADMIN, PREFIX

from storage.database import Database
from storage.tokens import add_token

HOOKS = Path(__file__).parents[2] / "schemathesis_hooks.py"
EXAMPLES = 3
"""Requests an operation and phase; docs/decisions/0014-web.md tells of a longer run."""
MAILBOX = """
[mailbox]
url = "maildir://Maildir"
address = "abuse@provider.example"
[outbox]
url = "maildir://outbox"
"""
"""Without them no mail is read again."""
LEFT_OUT = "positive_data_acceptance"
"""What no schema says: which ids there are, that ip and cidr exclude each other, what is a time."""


@pytest.fixture
def running(seeded: Path, tmp_path: Path) -> Iterator[RunningApi]:
    """The program over seeded data."""
    shutil.copy(seeded, tmp_path / "test.db")
    with run_api(tmp_path, configuration=CONFIGURATION + MAILBOX) as api:
        yield api


def make_secret(api: RunningApi) -> str:
    database = Database(f"sqlite:///{api.folder}/test.db")
    with database.begin() as session:
        _, secret = add_token(session, "schemathesis", "analyst", None, ADMIN, datetime.now(UTC))
    database.close()
    return secret


def run_schemathesis(api: RunningApi, secret: str, examples: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]
    options = [
        *("--checks", "all", "--exclude-checks", LEFT_OUT, "--max-examples", str(examples)),
        *("--phases", "examples,coverage,fuzzing", "--seed", "7", "--no-color"),
        *("--header", f"Authorization: Bearer {secret}"),
    ]
    return subprocess.run(
        [*command, *options, f"{api.url}{PREFIX}/openapi.json"],
        cwd=api.folder,
        capture_output=True,
        text=True,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
        check=False,
        timeout=570,
    )


@pytest.mark.timeout(600)
def test_the_program_keeps_what_its_document_promises(running: RunningApi) -> None:
    """No server error, no answer that the document does not tell of, no wrong input that is taken."""
    ended = run_schemathesis(running, make_secret(running), EXAMPLES)

    assert ended.returncode == 0, ended.stdout[-8_000:]
    assert "level=error" not in running.log()
