"""What an SMTP server offers us, in words, for `abuse-intake check`. Nothing is sent."""

import smtplib
import ssl


def describe_server(client: smtplib.SMTP, username: str | None) -> str:
    """Whether the connection is encrypted, who is logged in, and how much a mail may hold."""
    is_encrypted = isinstance(client.sock, ssl.SSLSocket)
    login = f"logged in as {username}" if username else "no login"
    return f"answers; {'TLS' if is_encrypted else 'no TLS'}; {login}; {_describe_size(client)}"


def _describe_size(client: smtplib.SMTP) -> str:
    size = client.esmtp_features.get("size", "")
    return f"takes {size} bytes" if size.isdigit() and int(size) else "takes any size"
