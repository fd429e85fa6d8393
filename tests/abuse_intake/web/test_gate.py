"""What a request passes before any route: Host, proxy, size, content type."""

import gzip
from pathlib import Path

import pytest
from web_world import MAIL, Api, make_token

from abuse_intake.guard.pool import Guard
from abuse_intake.web import gate
from storage.database import Database

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:8025", 200),
        ("127.0.0.1:8025", 200),
        ("[::1]:8025", 200),
        ("[::1]", 200),
        ("evil.example:8025", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
    ],
)
def test_only_this_machine_is_asked_for(api: Api, host: str, status: int) -> None:
    """A page whose name leads here (DNS rebinding) reads nothing."""
    answer = api.get("/incidents", headers={"Host": host})

    assert answer.status_code == status


@pytest.mark.parametrize("field", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_that_nobody_stated_is_refused(api: Api, field: str) -> None:
    """Else it would open to the world what is open to this machine."""
    answer = api.get("/incidents", headers={field: "198.51.100.7"})

    assert answer.status_code == 421
    assert "web.proxies" in answer.json()["detail"]


@pytest.fixture
def proxied(database: Database, tmp_path: Path, guard: Guard) -> Api:
    """Behind a proxy at 192.0.2.80."""
    api = Api(database, tmp_path, guard, is_local=False, host="0.0.0.0", proxies=["192.0.2.80/32"])
    api.token = make_token(database, "analyst")
    return api


@pytest.mark.parametrize(("client", "status"), [("192.0.2.80", 200), ("192.0.2.81", 403), ("127.0.0.1", 403)])
def test_only_the_stated_proxies_are_served(proxied: Api, client: str, status: int) -> None:
    """Whoever goes past the proxy is refused, with a token too."""
    answer = proxied.get("/incidents", client=client, headers={"Host": "abuse.provider.example"})

    assert answer.status_code == status


def test_the_proxy_is_believed_who_asks(proxied: Api, capsys: pytest.CaptureFixture[str]) -> None:
    """The log names the client that the proxy saw, not what the client said before."""
    proxied.get("/stats", client="192.0.2.80", headers={"X-Forwarded-For": "10.9.9.9, 198.51.100.7"})

    assert "198.51.100.7" in capsys.readouterr().err


def test_a_client_cannot_say_beside_the_proxy_who_asks(
    proxied: Api, capsys: pytest.CaptureFixture[str]
) -> None:
    """A proxy may add a field of its own below that of the client."""
    said = [("X-Forwarded-For", "10.9.9.9"), ("X-Forwarded-For", "198.51.100.7")]

    proxied.get("/stats", client="192.0.2.80", headers=said)

    assert "198.51.100.7" in capsys.readouterr().err


def test_pages_elsewhere_get_no_permission(api: Api) -> None:
    """There is no CORS."""
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}

    asked = [api.get("/incidents", headers=origin), api("OPTIONS", "/incidents", headers=origin)]

    assert [one for one in asked if "access-control-allow-origin" in one.headers] == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_changes_must_be_json(api: Api, kind: str) -> None:
    """What a page's form could send changes nothing."""
    content = b'{"status": "open"}'

    answer = api.patch("/incidents/1", content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.headers["content-type"]) == (415, PROBLEM)


def test_a_mail_must_say_that_it_is_one(api: Api) -> None:
    """The same for what is read."""
    assert api.post("/parse", json={}).status_code == 415


def test_a_packed_mail_is_refused(api: Api) -> None:
    """It would be read as what it is not, and its reports missed."""
    packed = {"Content-Type": "message/rfc822", "Content-Encoding": "gzip"}

    assert api.post("/parse", content=gzip.compress(b"Subject: x\r\n\r\n"), headers=packed).status_code == 415


def test_a_body_that_is_too_large_is_refused_by_its_length(api: Api) -> None:
    """Nothing of it is read."""
    answer = api.patch("/incidents/1", content=b"{}", headers=_json(**{"Content-Length": "1000001"}))

    assert answer.status_code == 413


def test_a_body_that_grows_too_large_is_refused(api: Api) -> None:
    """It need not tell its length."""

    async def endless() -> object:
        for _ in range(12):
            yield b" " * 100_000

    answer = api.patch("/incidents/1", content=endless(), headers=_json())

    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


def test_a_mail_that_is_too_large_is_refused(database: Database, tmp_path: Path, guard: Guard) -> None:
    """As the mailbox's limit says."""
    api = Api(database, tmp_path, guard)
    most = api.backend.max_mail_bytes

    answer = api.post("/parse", content=b"", headers={**MAIL, "Content-Length": str(most + 1)})

    assert answer.status_code == 413


def test_fields_that_are_too_large_are_refused(api: Api) -> None:
    """All of them together."""
    answer = api.get("/incidents", headers={"X-Long": "x" * 40_000})

    assert answer.status_code == 431


def test_a_query_that_is_too_long_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer ones than any filter can use."""
    monkeypatch.setattr(gate, "MAX_TARGET_BYTES", 1_000)

    answer = api.get("/incidents", params={"search": "x" * 1_000})

    assert answer.status_code == 414


def test_a_body_of_a_stranger_is_not_read(database: Database, tmp_path: Path, guard: Guard) -> None:
    """Who is not let in is told so, whatever was sent."""
    api = Api(database, tmp_path, guard, is_local=False)

    answer = api.patch("/incidents/1", content=b"{", headers=_json())

    assert answer.status_code == 401


def _json(**fields: str) -> dict[str, str]:
    return {"Content-Type": "application/json", **fields}
