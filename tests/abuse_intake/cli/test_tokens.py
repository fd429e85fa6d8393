"""`abuse-intake tokens`: a secret that is shown once, a list without secrets, and an end."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import CommandLine

from storage.audit import list_audit
from storage.database import Database
from storage.tokens import find_token
from storage.values import Role, TokenRecord

SECRET = re.compile(r"abuse_intake_[\w-]{43}\n")


def find(folder: Path, secret: str, now: datetime | None = None) -> TokenRecord | None:
    database = Database(f"sqlite:///{folder}/abuse-intake.db")
    with database.read() as session:
        found = find_token(session, secret.strip(), now or datetime.now(UTC))
    database.close()
    return found


@pytest.mark.parametrize("role", ["reader", "analyst"])
def test_the_secret_stands_alone_on_stdout(cli: CommandLine, role: Role) -> None:
    """It can go into a file; what else there is to say goes to stderr, without it."""
    answer = cli("tokens", "add", "billing", "--role", role)

    assert answer.code == 0
    assert SECRET.fullmatch(answer.out)
    assert answer.out.strip() not in answer.err
    assert "never expires" in answer.complaint()
    token = find(cli.folder, answer.out)
    assert token is not None
    assert (token.name, token.role) == ("billing", role)


def test_json_holds_the_secret_once(cli: CommandLine) -> None:
    """Of `add` it is one object; the list has no secret."""
    (added,) = cli("tokens", "add", "billing", "--role", "reader", "--json").objects()

    secret = added.pop("secret")

    listed = cli("tokens", "list", "--json")
    assert listed.objects() == [added]
    assert secret not in listed.out
    assert added.keys() == {"id", "name", "role", "created_at", "expires_at", "revoked_at"}


@pytest.mark.parametrize(("span", "days"), [("90d", 90), ("48h", 2), ("2w", 14)])
def test_a_token_expires_after_a_span(cli: CommandLine, span: str, days: int) -> None:
    """From now on."""
    before = datetime.now(UTC)

    secret = cli("tokens", "add", "billing", "--role", "reader", "--expires", span).out

    assert find(cli.folder, secret, before + timedelta(days=days) - timedelta(seconds=1))
    assert not find(cli.folder, secret, datetime.now(UTC) + timedelta(days=days))


def test_a_token_expires_at_a_time(cli: CommandLine) -> None:
    """Without an offset it is UTC."""
    (added,) = cli("tokens", "add", "x", "--role", "reader", "--expires", "2999-01-31", "--json").objects()

    assert added["expires_at"] == "2999-01-31T00:00:00+00:00"


@pytest.mark.parametrize(
    "arguments",
    [
        ("x",),
        ("x", "--role", "owner"),
        ("x", "--role", "reader", "--expires", "2020-01-01"),
        ("x", "--role", "reader", "--expires", "0d"),
        ("x", "--role", "reader", "--expires", "soon"),
        ("x", "--role", "reader", "--expires", "999999w"),
        ("", "--role", "reader"),
        ("  ", "--role", "reader"),
        ("a\nb", "--role", "reader"),
        ("a\x1b[31m", "--role", "reader"),
        ("a\u202eb", "--role", "reader"),
        ("a\udc80", "--role", "reader"),
        ("x" * 81, "--role", "reader"),
    ],
)
def test_what_makes_no_token_is_told(cli: CommandLine, arguments: tuple[str, ...]) -> None:
    """A wrong role, time or name ends with exit code 2, one line, and no secret."""
    answer = cli("tokens", "add", *arguments)

    assert (answer.code, answer.out) == (2, "")
    assert "tokens add --help" in answer.complaint()


def test_a_revoked_token_is_listed_as_such(cli: CommandLine) -> None:
    """It lets nobody in, and stays in the list; again changes nothing."""
    secret = cli("tokens", "add", "old laptop", "--role", "analyst").out

    answers = [cli("tokens", "revoke", "1") for _ in range(2)]

    assert [(one.code, one.out) for one in answers] == [(0, "token 1 for old laptop is revoked\n")] * 2
    assert find(cli.folder, secret) is None
    assert "revoked" in cli("tokens", "list").out


def test_a_token_that_is_not_there_cannot_be_revoked(worked: CommandLine) -> None:
    """Exit code 1, and where to look."""
    answer = worked("tokens", "revoke", "7")

    assert answer.code == 1
    assert "tokens list" in answer.complaint()


def test_the_audit_log_knows_who(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever called sudo, not root; a name that steers a terminal is none."""
    monkeypatch.setenv("SUDO_USER", "ann")
    cli("tokens", "add", "billing", "--role", "reader")
    monkeypatch.setenv("SUDO_USER", "a\x1bb")
    cli("tokens", "revoke", "1")

    database = Database(f"sqlite:///{cli.folder}/abuse-intake.db")
    with database.read() as session:
        revoked, added = list_audit(session)
    database.close()
    assert (added.actor, added.via, added.action, added.object_id) == ("ann", "terminal", "added", "1")
    assert revoked.action == "revoked"
    assert revoked.actor.isprintable()


def test_without_tokens_the_list_says_so(cli: CommandLine) -> None:
    """And makes no database."""
    answer = cli("tokens", "list")

    assert (answer.code, answer.out) == (0, "(no tokens)\n")
    assert not (cli.folder / "abuse-intake.db").exists()
