"""OAuth 2.0: access tokens in the place of a password, from a command or from a token endpoint."""

from abuse_intake.oauth.opening import open_token_source
from abuse_intake.oauth.source import TokenSource

__all__ = ["TokenSource", "open_token_source"]
