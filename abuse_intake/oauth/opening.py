"""Which source of tokens a configuration names."""

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from abuse_intake.errors import ConfigurationError
from abuse_intake.oauth.command import run_token_command
from abuse_intake.oauth.source import RememberingSource, TokenSource
from abuse_intake.settings_oauth import OauthSettings

GMAIL_SCOPE = "https://mail.google.com/"
EXCHANGE_ONLINE = "login.microsoftonline.com"
EXCHANGE_ONLINE_SCOPE = "https://outlook.office365.com/.default"


def open_token_source(oauth: OauthSettings, user: str, base: Path) -> TokenSource:
    """The source of tokens for that user; nothing is asked before the first token. Paths are relative to `base`.

    ConfigurationError where a file of secrets cannot be used, or a library is missing.
    """
    if oauth.token_command:
        return RememberingSource(partial(run_token_command, oauth.token_command, base))
    try:
        return _open_endpoint(oauth, user, base)
    except ImportError as error:
        raise ConfigurationError(
            f"tokens of an endpoint need {error.name}: "
            "in the checkout run pip install '.[oauth]' with the pip beside this program"
        ) from None


def _open_endpoint(oauth: OauthSettings, user: str, base: Path) -> TokenSource:
    from abuse_intake.oauth.endpoint import ClientCredentials, ServiceAccount
    from abuse_intake.oauth.keys import read_key, read_secret

    if oauth.service_account_file:
        key_file = base / oauth.service_account_file
        read_key(key_file)
        return RememberingSource(ServiceAccount(key_file, user, oauth.scope or GMAIL_SCOPE).fetch)
    assert oauth.token_url
    assert oauth.client_id
    assert oauth.client_secret_file
    secret_file = base / oauth.client_secret_file
    read_secret(secret_file)
    scope = oauth.scope or _usual_scope(oauth.token_url)
    return RememberingSource(ClientCredentials(oauth.token_url, oauth.client_id, secret_file, scope).fetch)


def _usual_scope(token_url: str) -> str | None:
    return EXCHANGE_ONLINE_SCOPE if urlsplit(token_url).hostname == EXCHANGE_ONLINE else None
