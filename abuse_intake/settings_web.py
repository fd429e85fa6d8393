"""`[web]`: where the JSON API listens, and who may speak to it."""

from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from abuse_intake.settings_attribution import Network
from abuse_intake.settings_section import Section


class WebSettings(Section):
    """`[web]`: beyond this machine it needs tokens, and TLS or a proxy."""

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int = Field(default=8025, ge=0, le=65535)
    tls_certificate: Path | None = None
    """A PEM file with the certificate, and those that it rests on."""
    tls_key: Path | None = None
    proxies: tuple[Network, ...] = ()
    """The only ones who are served, and believed what X-Forwarded-For and X-Forwarded-Proto say."""

    @model_validator(mode="after")
    def _both_halves_of_tls(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("give tls_certificate and tls_key, both or neither")
        return self
