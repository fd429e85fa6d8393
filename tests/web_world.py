"""The API over a seeded database, within the test: no socket, but every layer that a request passes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from fastapi import FastAPI
from report_builders import make_junk, make_mail
from storage_builders import (
    NOW,
    acknowledgement,
    arrival,
    attribution,
    keep_all,
    message,
    outcome,
    record,
    replace_directory,
    report,
)

from abuse_intake.guard.pool import Guard
from abuse_intake.settings import Settings, build_settings
from abuse_intake.web.application import make_application
from abuse_intake.web.backend import AttributorSource, Backend
from parsers.read import read_mail
from storage.database import Database
from storage.tokens import add_token, revoke_token
from storage.values import Actor, Role, Tenant

ADMIN = Actor("root", "terminal")
BASE = "http://localhost:8025"
PREFIX = "/api/v1"
MAIL = {"Content-Type": "message/rfc822"}
JSON_LINES = {"Content-Type": "application/jsonl"}
REPORT = make_mail(make_junk())
SETTINGS: dict[str, Any] = {
    "dkim": {"dns": False},
    "outbox": {"url": "maildir://outbox"},
    "mailbox": {"url": "maildir://Maildir", "address": "junk@provider.example"},
}


def make_settings(folder: Path, **web: Any) -> Settings:
    return build_settings({**SETTINGS, "web": web}, folder, environment=False)


def seed(database: Database) -> None:
    """Three incidents (the first with a mail that can be read again), two tenants, an acknowledgement."""
    replace_directory(database, Tenant("contoso", "Contoso Ltd"), Tenant("fabrikam", "Fabrikam GmbH"))
    ids = keep_all(database, [arrival(1, raw=REPORT), arrival(2), arrival(3)])
    (read,) = read_mail(REPORT).reports
    second = report(message(sha256="b" * 64, subject="50% off_everything", message_id="<2@junk.example>"))
    third = report(message(sha256="c" * 64, subject="Third"), feedback_type="fraud")
    record(
        database,
        [
            outcome(ids[0], (read, attribution("proven")), acknowledgement=acknowledgement()),
            outcome(ids[1], (second, attribution(tenant="fabrikam", ip="192.0.2.20"))),
            outcome(ids[2], (third, attribution("unattributed", tenant=None, ip="198.51.100.9"))),
        ],
    )


@dataclass(frozen=True, slots=True)
class Tokens:
    """A secret of each kind."""

    reader: str
    analyst: str
    expired: str
    revoked: str
    unknown: str = "abuse_intake_unknown"


def make_tokens(database: Database) -> Tokens:
    """Tokens as of NOW."""
    return Tokens(
        reader=make_token(database, "reader"),
        analyst=make_token(database, "analyst"),
        expired=make_token(database, "analyst", expires=True),
        revoked=make_token(database, "analyst", is_revoked=True),
    )


def make_token(database: Database, role: Role, *, expires: bool = False, is_revoked: bool = False) -> str:
    with database.begin() as session:
        end = NOW - timedelta(seconds=1) if expires else None
        token, secret = add_token(session, f"the {role}", role, end, ADMIN, NOW - timedelta(days=1))
        if is_revoked:
            revoke_token(session, token.id, ADMIN, NOW - timedelta(hours=1))
    return secret


@cache
def one_application() -> FastAPI:
    """For all tests, one after the other: to make it takes longer than a test."""
    return make_application(cast(Backend, None))


class Api:
    """The API on one database."""

    def __init__(
        self, database: Database, folder: Path, guard: Guard, *, is_local: bool = True, **web: Any
    ) -> None:
        settings = make_settings(folder, **web)
        attributors = AttributorSource(settings, database)
        self.database = database
        self.backend = Backend(settings, database, guard, attributors, is_local, now=lambda: NOW)
        self.token: str | None = None

    def __call__(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | list[tuple[str, str]] | None = None,
        client: str = "127.0.0.1",
        **options: Any,
    ) -> httpx.Response:
        """One request."""
        token, fields = token or self.token, httpx.Headers(headers)
        if token:
            fields.setdefault("Authorization", f"Bearer {token}")
        app = one_application()
        app.state.backend = self.backend
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 1234))

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as asking:
                return await asking.request(method, PREFIX + path, headers=fields, **options)

        return asyncio.run(ask())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self("GET", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> httpx.Response:
        return self("PUT", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self("POST", path, **options)


def ids_of(answer: httpx.Response) -> Sequence[str]:
    """The ids of what a list answered."""
    return [one["id"] for one in answer.json()["items"]]
