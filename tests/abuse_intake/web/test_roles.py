"""Every route × every caller in one table; a route that is not in it fails."""

from pathlib import Path
from typing import Any

import pytest
from web_world import MAIL, PREFIX, REPORT, Api, Tokens, make_token, make_tokens

from abuse_intake.guard.pool import Guard
from abuse_intake.web.gate import PUBLIC
from storage.database import Database

BODY = {"json": {"status": "open"}}
TENANT = b'{"id": "contoso", "name": "Contoso Ltd"}\n'
READ, ANALYSE, ANYBODY = "reader", "analyst", "anybody"
ROUTES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "GET /incidents": (READ, "/incidents", {}),
    "GET /incidents/export": (READ, "/incidents/export?format=jsonl", {}),
    "GET /incidents/top/{kind}": (READ, "/incidents/top/tenants", {}),
    "GET /incidents/counts": (READ, "/incidents/counts", {}),
    "GET /incidents/{incident_id}": (READ, "/incidents/1", {}),
    "GET /incidents/{incident_id}/full": (ANALYSE, "/incidents/1/full", {}),
    "PATCH /incidents/{incident_id}": (ANALYSE, "/incidents/1", BODY),
    "POST /incidents/set": (ANALYSE, "/incidents/set", {"json": {"ids": ["1"], "status": "open"}}),
    "GET /mails": (READ, "/mails", {}),
    "GET /mails/{mail_id}": (READ, "/mails/1", {}),
    "GET /mails/{mail_id}/raw": (ANALYSE, "/mails/1/raw", {}),
    "GET /tenants": (READ, "/tenants", {}),
    "GET /tenants/{tenant_id}": (READ, "/tenants/contoso", {}),
    "GET /outbox": (READ, "/outbox", {}),
    "GET /stats": (READ, "/stats", {}),
    "GET /audit": (ANALYSE, "/audit", {}),
    "POST /parse": (READ, "/parse", {"content": REPORT, "headers": MAIL}),
    "POST /attribute": (READ, "/attribute", {"content": REPORT, "headers": MAIL}),
    "GET /openapi.json": (ANYBODY, "/openapi.json", {}),
    "GET /docs": (ANYBODY, "/docs", {}),
}
"""Route → who may use it at least, and a request that succeeds."""
CALLERS = ("nobody", "reader", "analyst", "expired", "revoked", "unknown")


def expected(least: str, caller: str) -> int:
    if least == ANYBODY or caller == "analyst":
        return 200
    if caller == "reader":
        return 200 if least == READ else 403
    return 401


@pytest.fixture
def guarded(database: Database, tmp_path: Path, guard: Guard) -> tuple[Api, Tokens]:
    """An API that has tokens."""
    return Api(database, tmp_path, guard), make_tokens(database)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", ROUTES)
def test_who_may_do_what(guarded: tuple[Api, Tokens], route: str, caller: str) -> None:
    """Each route answers those who may use it, and nobody else."""
    api, tokens = guarded
    least, path, options = ROUTES[route]

    answer = api(route.partition(" ")[0], path, token=getattr(tokens, caller, None), **options)

    assert answer.status_code == expected(least, caller)


def test_every_route_is_in_the_table(api: Api) -> None:
    """A new route says who may use it."""
    paths = api.get("/openapi.json").json()["paths"]
    served = {f"{method.upper()} {path.removeprefix(PREFIX)}" for path in paths for method in paths[path]}

    assert served | {f"GET {path.removeprefix(PREFIX)}" for path in PUBLIC} == ROUTES.keys()


def test_invalid_tokens_are_told_alike(guarded: tuple[Api, Tokens]) -> None:
    """Whether a token is unknown, expired or revoked, and whether the path is there, nobody learns."""
    api, tokens = guarded
    asked = [
        api.get(path, token=secret)
        for path in ("/incidents/1", "/no/such/path", "/incidents/999")
        for secret in (tokens.expired, tokens.revoked, tokens.unknown)
    ]

    told = {(one.status_code, one.text, one.headers["www-authenticate"]) for one in asked}

    assert len(told) == 1
    assert "invalid_token" in asked[0].headers["www-authenticate"]


@pytest.mark.parametrize("field", ["", "Bearer", "Basic abc", "Bearer " + "x" * 9_000, "Bearer \udcff"])
def test_an_authorization_that_is_none_is_refused(api: Api, field: str) -> None:
    """Whatever stands there, it is no token."""
    header = {"Authorization": field.encode("utf-8", "surrogateescape")}

    answer = api.get("/incidents", headers=header)

    assert answer.status_code == 401


def test_without_any_token_this_machine_may_read(database: Database, tmp_path: Path, guard: Guard) -> None:
    """Nothing is to be set up to look; what only analysts may do is refused."""
    api = Api(database, tmp_path, guard)

    assert api.get("/incidents").status_code == 200
    assert api.patch("/incidents/1", **BODY).status_code == 403
    assert api.get("/mails/1/raw").status_code == 403


def test_as_soon_as_there_is_a_token_it_is_needed(database: Database, tmp_path: Path, guard: Guard) -> None:
    """The program need not be started anew."""
    api = Api(database, tmp_path, guard)
    before = api.get("/incidents").status_code

    make_tokens(database)

    assert (before, api.get("/incidents").status_code) == (200, 401)


@pytest.mark.parametrize("is_expired", [True, False])
def test_a_token_that_is_over_leaves_the_door_shut(
    database: Database, tmp_path: Path, guard: Guard, is_expired: bool
) -> None:
    """What was closed does not open to all by itself one night."""
    api = Api(database, tmp_path, guard)
    make_token(database, "reader", expires=is_expired, is_revoked=not is_expired)

    assert api.get("/incidents").status_code == 401


def test_beyond_this_machine_a_token_is_always_needed(
    database: Database, tmp_path: Path, guard: Guard
) -> None:
    """Also when the last of them was revoked while it ran."""
    api = Api(database, tmp_path, guard, is_local=False)

    assert api.get("/incidents").status_code == 401
