"""Tokens of the API. A secret is 256 random bits: its plain hash is enough, since nobody can guess one."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from storage.audit import note_action
from storage.bulk import insert_rows
from storage.columns import require_id
from storage.errors import NotFound
from storage.models import Token, table_of
from storage.values import Actor, Role, TokenRecord

PREFIX = "abuse_intake_"
"""By which scanners for lost secrets know one."""


def add_token(
    session: Session, name: str, role: Role, expires_at: datetime | None, actor: Actor, now: datetime
) -> tuple[TokenRecord, str]:
    """A new token and its secret, which is told this once and can't be had again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    digest = _digest(secret)
    row = {"name": name, "role": role, "secret_sha256": digest, "created_at": now, "expires_at": expires_at}
    insert_rows(session, Token, [row])
    token = _record(session.execute(_TOKENS.where(Token.secret_sha256 == digest)).one())
    note_action(session, actor, "added", "token", [token.id], {"name": name, "role": role}, now)
    return token, secret


def find_token(session: Session, secret: str, now: datetime) -> TokenRecord | None:
    """The token of this secret, unless it is unknown, expired or revoked."""
    row = session.execute(_TOKEN_OF_SECRET, {"digest": _digest(secret), "now": now}).one_or_none()
    return None if row is None else _record(row)


def has_tokens(session: Session, now: datetime) -> bool:
    """Whether any token would be let in."""
    return session.execute(_TOKENS.where(_IS_VALID).limit(1), {"now": now}).first() is not None


def were_made(session: Session) -> bool:
    """Whether there ever was a token, though it let nobody in any more."""
    return session.execute(select(Token.id).limit(1)).first() is not None


def list_tokens(session: Session) -> tuple[TokenRecord, ...]:
    """All tokens, newest first, also those that expired or were revoked."""
    return tuple(map(_record, session.execute(_TOKENS.order_by(Token.id.desc()))))


def revoke_token(session: Session, id: str, actor: Actor, now: datetime) -> TokenRecord:
    """Let this token in no more; revoking it again changes nothing."""
    number = require_id(id, no_such_token)
    tokens = table_of(Token)
    changed = update(tokens).where(tokens.c.id == number, tokens.c.revoked_at.is_(None))
    if session.execute(changed.values(revoked_at=now).returning(tokens.c.id)).first():
        note_action(session, actor, "revoked", "token", [str(number)], {}, now)
    row = session.execute(_TOKENS.where(Token.id == number)).one_or_none()
    if row is None:
        raise no_such_token(id)
    return _record(row)


def no_such_token(id: str) -> NotFound:
    """The error for a token that is not there."""
    return NotFound(f"no token {id[:80]!r}: give its id, as `abuse-intake tokens list` shows it")


_TOKENS = select(Token.id, Token.name, Token.role, Token.created_at, Token.expires_at, Token.revoked_at)
_IS_VALID = and_(
    Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > bindparam("now"))
)
_TOKEN_OF_SECRET = _TOKENS.where(Token.secret_sha256 == bindparam("digest"), _IS_VALID)
"""Written once, since every request of the API asks for it."""


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _record(row: Any) -> TokenRecord:
    return TokenRecord(
        str(row.id),
        row.name,
        cast(Role, row.role),
        row.created_at,
        row.expires_at,
        row.revoked_at,
    )
