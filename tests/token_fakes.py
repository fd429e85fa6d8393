"""Access tokens for tests of logins."""

from abuse_intake.errors import TokenError
from abuse_intake.oauth.source import RememberingSource, Token


def give_tokens(*tokens: str, then: str) -> RememberingSource:
    """A source of these tokens, one after the other; then TokenError with that text."""
    waiting = iter(tokens)

    def fetch() -> Token:
        try:
            return Token(next(waiting))
        except StopIteration:
            raise TokenError(then) from None

    return RememberingSource(fetch)
