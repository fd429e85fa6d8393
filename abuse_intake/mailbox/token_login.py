"""An IMAP login with an access token: XOAUTH2, or OAUTHBEARER where only that is offered."""

import binascii

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from abuse_intake.errors import LoginRefusedError, MailboxError, TokenError
from abuse_intake.oauth.login import TokenLogin, choose_mechanism, explain_refusal, try_token_twice
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
    logins: list[TokenLogin] = []

    def log_in(token: str) -> None:
        logins.append(TokenLogin(mechanism, user, token))
        try:
            client.sasl_login(mechanism, logins[-1].answer)
        except binascii.Error:
            raise MailboxError(f"{name}: the server's challenge is not base64") from None

    try:
        try_token_twice(source, log_in, LoginError, (IMAPClientError, OSError))
    except TokenError as error:
        raise MailboxError(f"{name}: {error}") from None
    except LoginError as error:
        raise LoginRefusedError(
            f"{name}: the server refused the token for {user} ({mechanism}): {quote(str(error))}"
            f"{explain_refusal(logins)}: {advise_login('IMAP', client.host)}"
        ) from None
    return mechanism
