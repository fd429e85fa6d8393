"""A token endpoint: what it is asked, and that whatever it answers ends in a token or in one line."""

import gzip
import json
import re
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from servers.certificate import make_certificate
from servers.programs import HOST, find_free_port
from servers.token_endpoint import JWT_BEARER, TokenEndpoint

from abuse_intake.errors import ConfigurationError, TokenError
from abuse_intake.oauth import TokenSource, endpoint, open_token_source, opening
from abuse_intake.settings_oauth import OauthSettings

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def server() -> Iterator[TokenEndpoint]:
    """A token endpoint that knows the client, and the service account's key."""
    with TokenEndpoint() as running:
        running.registered.has_signed = has_signed
        yield running


def has_signed(words: bytes, signature: bytes) -> bool:
    try:
        KEY.public_key().verify(signature, words, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def open_client(server: TokenEndpoint, folder: Path, **changes: str | None) -> TokenSource:
    """A source with client credentials, as the server knows them."""
    known = server.registered
    (folder / "secret").write_text(f"{changes.pop('secret', known.client_secret)}\n")
    keys: dict[str, Any] = {
        "token_url": server.url,
        "client_id": known.client_id,
        "scope": known.scope,
    } | changes
    return open_token_source(OauthSettings(client_secret_file=Path("secret"), **keys), "junk", folder)


def write_key(folder: Path, token_url: str, key: Any = KEY, **changes: object) -> Path:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    fields = {"type": "service_account", "client_email": "reader@project.example", "token_uri": token_url}
    path = folder / "key.json"
    path.write_text(json.dumps(fields | {"private_key": pem} | changes))
    return path


def open_account(folder: Path, user: str = "junk", **settings: str) -> TokenSource:
    return open_token_source(OauthSettings(service_account_file=Path("key.json"), **settings), user, folder)


def fail(source: TokenSource) -> str:
    with pytest.raises(TokenError) as error:
        source.get()
    return str(error.value)


def test_client_credentials_are_changed_for_a_token(server: TokenEndpoint, tmp_path: Path) -> None:
    """By POST, with the grant, the client, its secret and the scope (RFC 6749, section 4.4)."""
    token = open_client(server, tmp_path).get()

    assert [token] == server.given
    assert server.requests == [
        {
            "grant_type": "client_credentials",
            "client_id": "the-client",
            "client_secret": "s3cret~+&=%/ä",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


def test_exchange_online_has_a_usual_scope() -> None:
    """It need not be written down; elsewhere none is asked for."""
    usual = opening._usual_scope

    assert (
        usual("https://login.microsoftonline.com/t/oauth2/v2.0/token")
        == "https://outlook.office365.com/.default"
    )
    assert usual("https://login.provider.example/token") is None


def test_without_a_scope_none_is_sent(server: TokenEndpoint, tmp_path: Path) -> None:
    """It is optional in RFC 6749."""
    server.registered.scope = None

    assert open_client(server, tmp_path).get() in server.given


def test_a_token_is_fetched_once(server: TokenEndpoint, tmp_path: Path) -> None:
    """Until it ends."""
    source = open_client(server, tmp_path)

    assert source.get() == source.get()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("lifetime", "fetched"), [(None, 1), (3600, 1), ("3600", 1), (30, 2), (0, 2), (-5, 2)]
)
def test_the_endpoint_says_how_long_a_token_lives(
    lifetime: object, fetched: int, server: TokenEndpoint, tmp_path: Path
) -> None:
    """Where it says nothing, a token is used for some minutes."""
    server.lifetime = lifetime
    source = open_client(server, tmp_path)

    source.get()
    source.get()

    assert len(server.requests) == fetched


def test_a_secret_can_be_replaced(server: TokenEndpoint, tmp_path: Path) -> None:
    """The file is read for each token, so that a new secret needs no new start."""
    source = open_client(server, tmp_path, secret="old")
    fail(source)

    (tmp_path / "secret").write_text(server.registered.client_secret)

    assert source.get() in server.given


def test_a_service_account_signs_that_it_acts_for_the_user(server: TokenEndpoint, tmp_path: Path) -> None:
    """With RS256, its key and Gmail's scope (RFC 7523); the server checks signature and claims."""
    write_key(tmp_path, server.url)

    token = open_account(tmp_path).get()

    assert [token] == server.given
    assert server.requests[0]["grant_type"] == JWT_BEARER


def test_another_users_mailbox_is_not_asked_for(server: TokenEndpoint, tmp_path: Path) -> None:
    """The subject is the user who logs in; what the endpoint says to that comes with advice."""
    write_key(tmp_path, server.url)

    said = fail(open_account(tmp_path, user="someone-else"))

    assert "unauthorized_client: as it stands: allow the client, and for Gmail the scope" in said


def test_another_key_is_refused(server: TokenEndpoint, tmp_path: Path) -> None:
    """The server would notice a word that was signed by somebody else."""
    write_key(tmp_path, server.url, rsa.generate_private_key(65537, 2048))

    assert "refused: invalid_grant" in fail(open_account(tmp_path))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("{"),
        lambda path: path.write_text("[]"),
        lambda path: path.write_text("[" * 100_000),
        lambda path: write_key(path.parent, "http://elsewhere.example/token"),
        lambda path: write_key(path.parent, "https://h/t", private_key="-----BEGIN hunter2"),
        lambda path: write_key(path.parent, "https://h/t", private_key=7),
        lambda path: write_key(path.parent, "https://h/t", private_key=PUBLIC),
        lambda path: write_key(path.parent, "https://h/t", client_email=None),
        lambda path: write_key(path.parent, "https://h/t", ec.generate_private_key(ec.SECP256R1())),
    ],
)
def test_what_is_no_key_is_a_wrong_configuration(spoil: Callable[[Path], object], tmp_path: Path) -> None:
    """It is said before anything is asked, and nothing of the file is repeated."""
    spoil(tmp_path / "key.json")

    with pytest.raises(
        ConfigurationError, match=r"key\.json is no key of a service account: make one"
    ) as error:
        open_account(tmp_path)

    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("text", [None, "", "\n", "two\nlines"])
def test_what_is_no_secret_is_a_wrong_configuration(
    text: str | None, server: TokenEndpoint, tmp_path: Path
) -> None:
    """Likewise."""
    open_client(server, tmp_path)
    (tmp_path / "secret").unlink() if text is None else (tmp_path / "secret").write_text(text)
    settings = OauthSettings(token_url=server.url, client_id="x", client_secret_file=Path("secret"))

    with pytest.raises(ConfigurationError, match=r"client_secret_file .*secret (cannot be read|must hold)"):
        open_token_source(settings, "junk", tmp_path)


def test_a_secret_that_goes_away_is_told_at_the_next_login(server: TokenEndpoint, tmp_path: Path) -> None:
    """The worker goes on: the file may come back."""
    source = open_client(server, tmp_path)
    (tmp_path / "secret").unlink()

    assert "cannot be read: no such file" in fail(source)


AADSTS = b"""{"error":"invalid_client",
"error_description":"AADSTS7000215: Invalid client secret provided.\\r\\nTrace ID: 1"}"""
TOKEN = b'{"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600}'


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (401, AADSTS, "refused: invalid_client: AADSTS7000215: Invalid client secret provided.: client_secret"),
        (400, b'{"error":"invalid_scope"}', "refused: invalid_scope: nothing more: check scope"),
        (400, b'{"error":"x\\u202e\\u001b[2J"}', r"refused: x\\u202e\\x1b\[2J: nothing more"),
        (400, b'{"error":["x"],"error_description":{"y":1}}', r"refused: \['x'\]: \{'y': 1\}"),
        (429, b"<html>slow down", "answers with status 429"),
        (503, b"{}", "answers with status 503"),
        (200, b"<html>", "gave no usable answer"),
        (200, b"[" * 60_000, "gave no usable answer"),
        (200, b"\xff\xfe", "gave no usable answer"),
        (200, b"", "gave no usable answer"),
        (200, b"[]", "gave no usable answer"),
        (200, b"{}", "gave no usable answer: no access_token in it"),
        (200, b'{"access_token": 7}', "gave no usable answer: no access_token in it"),
        (200, b'{"access_token": "a b"}', "gave no usable answer: no token: one has no spaces"),
        (200, b'{"access_token": "a\\u0001auth=x"}', "gave no usable answer: no token"),
        (200, TOKEN.replace(b"Bearer", b"mac"), "gave no usable answer: its token is no bearer token"),
        (200, TOKEN.replace(b"3600", b'"soon"'), "gave no usable answer"),
        (200, TOKEN.replace(b"3600", b"[]"), "gave no usable answer"),
        (200, TOKEN.replace(b"3600", b"1e999"), "gave no usable answer"),
        (200, TOKEN + b" " * 64_000, "answers with more than 64,000 bytes"),
    ],
)  # fmt: skip
def test_whatever_it_answers_is_one_line(
    status: int, body: bytes, complaint: str, server: TokenEndpoint, tmp_path: Path
) -> None:
    """With the endpoint's error and what to do where it named one; bounded, escaped, without a token."""
    server.answer(status, body)

    said = fail(open_client(server, tmp_path))

    assert said.startswith(f"the token endpoint {server.url} ")
    assert re.search(complaint, said)
    assert said.isprintable()
    assert len(said) < 800


def test_an_answer_is_not_unpacked(server: TokenEndpoint, tmp_path: Path) -> None:
    """A few bytes cannot become a hundred megabytes."""
    server.answer(200, gzip.compress(b" " * 100_000_000, 9)[:60_000], Content_Encoding="gzip")

    assert "gave no usable answer" in fail(open_client(server, tmp_path))


def test_a_redirect_is_not_followed(server: TokenEndpoint, tmp_path: Path) -> None:
    """The secret goes to whom the configuration names."""
    with TokenEndpoint() as elsewhere:
        server.answer(307, b"", Location=elsewhere.url)

        said = fail(open_client(server, tmp_path))

        assert elsewhere.requests == []
    assert "sends us elsewhere (status 307), where we do not go" in said


def test_a_secret_that_is_repeated_to_us_is_not_told(server: TokenEndpoint, tmp_path: Path) -> None:
    """Also an endpoint that quotes the request does not bring it into a log."""
    server.answer(400, json.dumps({"error": "bad", "error_description": "what is hunter2-hunter2?"}).encode())

    said = fail(open_client(server, tmp_path, secret="hunter2-hunter2"))

    assert "refused: bad: what is …?" in said


@pytest.mark.parametrize("spoil", [lambda server: server.stall(30), lambda server: server.drip(30)])
def test_an_answer_that_does_not_end_is_given_up(
    spoil: Callable[[TokenEndpoint], None],
    server: TokenEndpoint,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit is for the whole conversation: a byte now and then does not stretch it."""
    monkeypatch.setattr(endpoint, "SECONDS", 0.5)
    spoil(server)
    began = time.monotonic()

    said = fail(open_client(server, tmp_path))

    assert "did not answer within 0.5 s" in said
    assert time.monotonic() - began < 15


def test_an_endpoint_that_is_away_is_one_line(tmp_path: Path) -> None:
    """Nobody listens there."""
    (tmp_path / "secret").write_text("s")
    url = f"http://{HOST}:{find_free_port()}/token"
    settings = OauthSettings(token_url=url, client_id="x", client_secret_file=Path("secret"))

    assert f"the token endpoint {url} cannot be asked: " in fail(
        open_token_source(settings, "junk", tmp_path)
    )


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """No secret goes to a server that cannot show who it is."""
    made = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.cert, made.key)
    (tmp_path / "secret").write_text("s")
    with socket.create_server((HOST, 0)) as listening:
        threading.Thread(target=shake_hands, args=(listening, context), daemon=True).start()
        url = f"https://{HOST}:{listening.getsockname()[1]}/token"
        settings = OauthSettings(token_url=url, client_id="x", client_secret_file=Path("secret"))

        said = fail(open_token_source(settings, "junk", tmp_path))

    assert "cannot be asked" in said
    assert "CERTIFICATE_VERIFY_FAILED" in said


def shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listening.accept()
    with connection:
        try:
            context.wrap_socket(connection, server_side=True)
        except OSError:
            return


def test_a_proxy_of_the_environment_is_used(
    server: TokenEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by other programs."""
    with TokenEndpoint() as proxy:
        proxy.answer(200, TOKEN)
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/token"))
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/token"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        assert open_client(server, tmp_path).get() == "a-token"


def test_a_missing_library_is_named(
    server: TokenEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that brings it."""
    monkeypatch.delitem(sys.modules, "abuse_intake.oauth.endpoint", raising=False)
    monkeypatch.setitem(sys.modules, "httpx2", None)

    with pytest.raises(ConfigurationError, match=r"need httpx2: .*pip install '\.\[oauth\]'"):
        open_client(server, tmp_path)


def test_nothing_shows_a_secret(server: TokenEndpoint, tmp_path: Path) -> None:
    """Neither sources nor keys, as a traceback shows them."""
    write_key(tmp_path, server.url)
    shown = [repr(open_client(server, tmp_path)), repr(open_account(tmp_path))]
    shown.append(repr(endpoint.read_key(tmp_path / "key.json")))

    assert "s3cret" not in "".join(shown)
    assert "PRIVATE" not in "".join(shown)
