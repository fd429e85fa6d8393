"""Tokens of the API: what is stored, who is let in, and what the audit log keeps."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from storage_builders import NOW

from storage.audit import list_audit
from storage.database import Database
from storage.errors import NotFound
from storage.tokens import PREFIX, add_token, find_token, has_tokens, list_tokens, revoke_token
from storage.values import Actor, AuditFilter, TokenRecord

ANN = Actor("ann", "terminal")
DAY = timedelta(days=1)


def add(
    database: Database, name: str = "billing", *, expires_at: datetime | None = None
) -> tuple[TokenRecord, str]:
    with database.begin() as session:
        return add_token(session, name, "reader", expires_at, ANN, NOW)


def find(database: Database, secret: str, now: datetime = NOW) -> TokenRecord | None:
    with database.read() as session:
        return find_token(session, secret, now)


def revoke(database: Database, id: str, now: datetime = NOW) -> TokenRecord:
    with database.begin() as session:
        return revoke_token(session, id, ANN, now)


def audit(database: Database) -> list[tuple[str, str, str | None]]:
    with database.read() as session:
        return [
            (one.actor, one.action, one.object_id)
            for one in list_audit(session, AuditFilter(object_kind="token"))
        ]


def test_a_secret_finds_its_token(database: Database) -> None:
    """Who shows the secret is known by name and role, and no other token is."""
    token, secret = add(database, "billing")
    add(database, "siem")

    assert find(database, secret) == token
    assert (token.name, token.role, token.created_at) == ("billing", "reader", NOW)


def test_two_tokens_of_one_name_are_two(database: Database) -> None:
    """A name says who uses it; it need not be the only one."""
    (first, secret), (second, other) = add(database), add(database)

    assert first.id != second.id
    assert secret != other


def test_the_secret_is_not_stored(database: Database) -> None:
    """Who reads the database, or a copy of it, cannot use the API."""
    _, secret = add(database)

    with database.read() as session:
        stored = [
            str(list(row))
            for table in ("tokens", "audit_log")
            for row in session.execute(text(f"SELECT * FROM {table}"))
        ]

    assert stored
    assert not any(secret in row or secret.removeprefix(PREFIX) in row for row in stored)


def test_a_secret_is_long_and_known_by_its_beginning(database: Database) -> None:
    """Nobody guesses 256 bits; and a scanner for lost secrets can tell what it found."""
    _, secret = add(database)

    assert secret.startswith(PREFIX)
    assert len(secret.removeprefix(PREFIX)) >= 43
    assert secret.isascii()


@pytest.mark.parametrize(
    "shown", ["", "x", PREFIX, "a\0b", "\ud800", "' OR 1=1 --", "%", PREFIX + "A" * 100_000, "ж"]
)
def test_any_other_text_finds_nothing(database: Database, shown: str) -> None:
    """Whatever a stranger sends as a token, it is none, and no error."""
    add(database)

    assert find(database, shown) is None


def test_a_secret_counts_as_a_whole(database: Database) -> None:
    """Neither a part of it, nor more, nor other letters."""
    _, secret = add(database)

    assert [find(database, one) for one in (secret[:-1], secret + "A", secret.swapcase(), f" {secret}")] == [
        None
    ] * 4


def test_a_token_ends_when_it_expires(database: Database) -> None:
    """From that moment on it lets nobody in."""
    token, secret = add(database, expires_at=NOW + DAY)

    assert find(database, secret, NOW + DAY - timedelta(seconds=1)) == token
    assert find(database, secret, NOW + DAY) is None


def test_a_revoked_token_lets_nobody_in(database: Database) -> None:
    """At once; the list still shows it."""
    token, secret = add(database)

    revoked = revoke(database, token.id)

    assert revoked.revoked_at == NOW
    assert find(database, secret) is None
    with database.read() as session:
        assert list_tokens(session) == (revoked,)


def test_revoking_again_changes_nothing(database: Database) -> None:
    """The time of the first stays, and the audit log gets no second line."""
    token, _ = add(database)
    revoke(database, token.id)

    again = revoke(database, token.id, NOW + DAY)

    assert again.revoked_at == NOW
    assert audit(database) == [("ann", "revoked", token.id), ("ann", "added", token.id)]


def test_the_log_has_the_id_as_the_list_shows_it(database: Database) -> None:
    """Whoever looks for what was done to it finds all."""
    token, _ = add(database)

    revoke(database, f"00{token.id}")

    assert audit(database)[0] == ("ann", "revoked", token.id)


@pytest.mark.parametrize("id", ["7", "", "x", "-1", "1; DROP TABLE tokens", "9" * 30, "\0", "\ud800"])
def test_what_is_not_there_cannot_be_revoked(database: Database, id: str) -> None:
    """The error says where ids are to be had."""
    with pytest.raises(NotFound, match="tokens list"):
        revoke(database, id)


def test_a_fault_leaves_neither_token_nor_line(database: Database) -> None:
    """The audit log tells of what happened, and of nothing else."""

    def add_and_fail() -> None:
        with database.begin() as session:
            add_token(session, "billing", "reader", None, ANN, NOW)
            raise RuntimeError("fault")

    with pytest.raises(RuntimeError, match="fault"):
        add_and_fail()

    with database.read() as session:
        assert list_tokens(session) == ()
    assert audit(database) == []


def test_tokens_are_there_only_while_they_let_somebody_in(database: Database) -> None:
    """What is expired or revoked protects nothing."""

    def has(now: datetime = NOW) -> bool:
        with database.read() as session:
            return has_tokens(session, now)

    assert not has()
    token, _ = add(database, expires_at=NOW + DAY)
    assert has()
    assert not has(NOW + DAY)
    revoke(database, token.id)
    assert not has()


def test_the_newest_is_listed_first(database: Database) -> None:
    """Also those that let nobody in any more."""
    first, second = add(database)[0], add(database, expires_at=NOW)[0]

    with database.read() as session:
        assert list_tokens(session) == (second, first)
