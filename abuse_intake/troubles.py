"""What to do about a connection that failed, in a line: for IMAP and SMTP alike."""

import socket
import ssl

EXPIRED, NOT_YET_VALID = 10, 9
SELF_SIGNED = frozenset({18, 19})
UNKNOWN_ISSUER = frozenset({2, 20, 21})
WRONG_NAME = frozenset({62, 64})
"""Codes of X509_verify_cert, as OpenSSL lists them."""

NO_TLS_SPOKEN = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "UNKNOWN_PROTOCOL",
        "HTTP_REQUEST",
        "PACKET_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
    }
)
TRUST_IT = "have the server send its whole chain, or add its authority's certificate to those that this system trusts"
TRY_ANOTHER_PORT = (
    "the server speaks no TLS on this port: correct the port, or write imap:// or smtp:// in the place of imaps:// or"
    " smtps://, to begin with STARTTLS"
)


def advise(error: BaseException | None) -> str | None:
    """What to do about an error of ours that a failed connection led to; None where we know nothing."""
    while error is not None:
        if (advice := _advise(error)) is not None:
            return advice
        error = error.__cause__ or error.__context__
    return None


def _advise(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _advise_on_certificate(getattr(error, "verify_code", 0))
    if isinstance(error, ssl.SSLError):
        return TRY_ANOTHER_PORT if getattr(error, "reason", None) in NO_TLS_SPOKEN else None
    by_kind = next((text for kind, text in ADVICE if isinstance(error, kind)), None)
    return by_kind or next((text for words, text in WORDS if str(error).startswith(words)), None)


BROKEN_OFF = "the server broke off the connection, its log may say why; it is tried again"
ADVICE: tuple[tuple[type[OSError], str], ...] = (
    (socket.gaierror, "correct the host in the URL, or this machine's resolver"),
    (ConnectionRefusedError, "start the server, or correct the port in the URL"),
    (ConnectionResetError, BROKEN_OFF),
    (BrokenPipeError, BROKEN_OFF),
    (
        TimeoutError,
        "see whether the server is well, whether a firewall lets us through, and whether this port begins with TLS"
        " (imaps://, smtps://)",
    ),
)
WORDS: tuple[tuple[str, str], ...] = (
    ("select failed: ", "correct the folder at the end of mailbox.url, or create it"),
    ("unexpected response: ", "no IMAP server answers on this port: correct it in the URL"),
)
"""How errors of imapclient and imaplib begin that have no class of their own."""


def _advise_on_certificate(code: int) -> str:
    if code == EXPIRED:
        return "renew the server's certificate (and look at this machine's clock)"
    if code == NOT_YET_VALID:
        return "look at this machine's clock"
    if code in SELF_SIGNED or code in UNKNOWN_ISSUER:
        return f"nobody whom this system knows vouches for the certificate: {TRUST_IT}"
    if code in WRONG_NAME:
        return "the certificate is for another name: write one that stands in it as the host of the URL"
    return "have the server's certificate corrected"
