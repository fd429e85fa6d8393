"""The program itself with tokens: `check`, `run --once`, and a worker whose token ends."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import FIRST
from intake_world import await_truth, start_program
from servers.dovecot import Dovecot
from servers.programs import HOST
from servers.skipping import make_or_skip
from servers.token_endpoint import TokenEndpoint
from servers.token_smtp import TokenSmtp

pytestmark = [
    pytest.mark.dovecot,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),  # aiosmtpd, of the server
]


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    """Gives tokens, and says whose they are."""
    with TokenEndpoint() as running:
        yield running


@pytest.fixture
def imap(endpoint: TokenEndpoint) -> Iterator[Dovecot]:
    """The mailbox."""
    with make_or_skip(lambda: Dovecot(oauth=endpoint.introspection_url)) as running:
        yield running


@pytest.fixture
def smtp(endpoint: TokenEndpoint) -> Iterator[TokenSmtp]:
    """The way out."""
    with TokenSmtp(endpoint.is_valid) as running:
        yield running


def configure(folder: Path, imap: Dovecot, smtp: TokenSmtp, oauth: dict[str, object]) -> Path:
    """Both servers with the same way to a token; the outbox's user is the mailbox's address by default."""
    way = "".join(f"{name} = {json.dumps(value)}\n" for name, value in oauth.items())
    path = folder / "abuse-intake.toml"
    path.write_text(
        f'[mailbox]\nurl = "imap://junk@{HOST}:{imap.port}/INBOX"\naddress = "junk@provider.example"\n'
        f"poll_seconds = 1\n[mailbox.oauth]\n{way}"
        f'[outbox]\nurl = "smtp://{HOST}:{smtp.port}"\nper_reporter_hour = 0\n[outbox.oauth]\n{way}'
    )
    return path


def use_client(folder: Path, endpoint: TokenEndpoint) -> dict[str, object]:
    known = endpoint.registered
    (folder / "secret").write_text(known.client_secret)
    return {
        "token_url": endpoint.url,
        "client_id": known.client_id,
        "client_secret_file": "secret",
        "scope": known.scope,
    }


def use_command(folder: Path, token: str) -> dict[str, object]:
    (folder / "token").write_text(f"{token}\n")
    return {"token_command": [sys.executable, "-c", "print(open('token').read().strip())"]}


def run(configuration: Path, *arguments: str) -> tuple[int, str, str]:
    with start_program(configuration, *arguments) as program:
        out, err = program.communicate(timeout=60)
    return program.returncode, out, err


def test_a_token_command_does_the_whole_job(
    tmp_path: Path, endpoint: TokenEndpoint, imap: Dovecot, smtp: TokenSmtp
) -> None:
    """A mail is fetched and answered with what the command prints; `check` says how it logged in."""
    endpoint.validate("from-the-command")
    configuration = configure(tmp_path, imap, smtp, use_command(tmp_path, "from-the-command"))
    imap.append("junk", FIRST)

    code, out, err = run(configuration, "check")
    assert (code, out.count("logged in with XOAUTH2")) == (0, 2), out + err
    code, out, err = run(configuration, "run", "--once")

    assert (code, len(smtp.sent_to)) == (0, 1), out + err
    assert smtp.said[0] == "user=junk@provider.example\x01auth=Bearer from-the-command\x01\x01"
    assert "from-the-command" not in out + err


def test_client_credentials_do_the_whole_job(
    tmp_path: Path, endpoint: TokenEndpoint, imap: Dovecot, smtp: TokenSmtp
) -> None:
    """A mail is fetched and answered with tokens of the endpoint, one for each server."""
    configuration = configure(tmp_path, imap, smtp, use_client(tmp_path, endpoint))
    imap.append("junk", FIRST)

    code, out, err = run(configuration, "run", "--once")

    assert (code, len(smtp.sent_to)) == (0, 1), out + err
    assert len(endpoint.given) == 2
    assert not any(token in out + err for token in endpoint.given)


def test_check_says_what_to_do(
    tmp_path: Path, endpoint: TokenEndpoint, imap: Dovecot, smtp: TokenSmtp
) -> None:
    """Where the endpoint refuses the client, in a line for each server, without the secret."""
    configuration = configure(tmp_path, imap, smtp, use_client(tmp_path, endpoint))
    endpoint.registered.client_secret = "another"

    code, out, err = run(configuration, "check")

    assert code == 1
    assert out.count("refused: invalid_client: as it stands: check client_id and client_secret_file") == 2
    assert "s3cret" not in out + err


def test_a_worker_goes_on_when_its_token_ends(
    tmp_path: Path, endpoint: TokenEndpoint, imap: Dovecot, smtp: TokenSmtp
) -> None:
    """In the middle of its life all tokens are revoked and its connections cut: it fetches others and goes on."""
    configuration = configure(tmp_path, imap, smtp, use_client(tmp_path, endpoint))
    imap.append("junk", FIRST)
    with start_program(configuration, "run") as worker:
        await_truth(lambda: len(smtp.sent_to) == 1)
        endpoint.revoke()
        imap.stop()
        imap.start()
        imap.append("junk", FIRST.replace(b"Subject: ", b"Subject: Again "))

        await_truth(lambda: len(smtp.sent_to) == 2, 30)
        worker.terminate()
        _, err = worker.communicate(timeout=30)

    assert not any(token in err for token in endpoint.given)
