"""An IMAP login with an access token: XOAUTH2, or OAUTHBEARER where only that is offered."""

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from abuse_intake.errors import MailboxError, TokenError
from abuse_intake.oauth.login import TokenLogin, choose_mechanism, try_token_twice
from abuse_intake.oauth.source import TokenSource
from abuse_intake.oauth.wording import advise_login, quote


def log_in_with_token(client: IMAPClient, source: TokenSource, user: str, name: str) -> str:
    """Log in, and say with which mechanism; MailboxError says what the server answered, and what to do."""
    mechanism = choose_mechanism(lambda one: client.has_capability(f"AUTH={one}"))
    if mechanism is None:
        raise MailboxError(
            f"{name}: the server offers no login with a token (XOAUTH2): use mailbox.password_file, "
            "or enable it on the server"
        )
    login = TokenLogin(mechanism, user, "")

    def log_in(token: str) -> None:
        nonlocal login
        login = TokenLogin(mechanism, user, token)
        client.sasl_login(mechanism, login.answer)

    try:
        try_token_twice(source, log_in, LoginError, (IMAPClientError, OSError))
    except TokenError as error:
        raise MailboxError(f"{name}: {error}") from None
    except LoginError as error:
        raise MailboxError(
            f"{name}: the server refused the token for {user} ({mechanism}): {quote(str(error))}"
            f"{login.explain()}: {advise_login('IMAP', client.host)}"
        ) from None
    return mechanism
