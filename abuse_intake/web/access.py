"""Who asks: the token that a request brings, and what its role may do."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from abuse_intake.web.backend import Backend
from storage.tokens import find_token, had_tokens
from storage.values import Actor, Role

MAX_SECRET = 200
"""Characters of what may be a token at all."""
NOBODY = "anybody on this machine"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="abuse-intake"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is."""

    actor: Actor
    role: Role


def find_caller(backend: Backend, authorization: str | None) -> Caller:
    """The caller of this Authorization field; 401 alike for a token that is unknown, expired or revoked."""
    with backend.database.read() as session:
        if authorization is None:
            if backend.is_local and not had_tokens(session):
                return Caller(Actor(NOBODY, "api"), "reader")
            raise HTTPException(401, "send a token: Authorization: Bearer …", CHALLENGE)
        scheme, _, secret = authorization.partition(" ")
        is_possible = scheme.lower() == "bearer" and len(secret) <= MAX_SECRET
        token = find_token(session, secret.strip(), backend.now()) if is_possible else None
    if token is None:
        challenge = {"WWW-Authenticate": f'{CHALLENGE["WWW-Authenticate"]}, error="invalid_token"'}
        raise HTTPException(401, "this token is not valid", challenge)
    return Caller(Actor(token.name, "api"), token.role)


async def reader(request: Request) -> Caller:
    """Whoever was let in."""
    caller: Caller = request.state.caller
    return caller


async def analyst(caller: Annotated[Caller, Depends(reader)]) -> Caller:
    """403 for those who may only read."""
    if caller.role != "analyst":
        raise HTTPException(403, "this needs a token of the role analyst")
    return caller


Analyst = Annotated[Caller, Depends(analyst)]
