"""What strangers say about a refused token, as it may stand in a log; and what to do about it."""

import re

from abuse_intake.visible import escape

MAX_QUOTE = 300
_LIKE_A_SECRET = re.compile(r"[A-Za-z0-9._~+=-]{40,}")
"""A token in what a command says; an error's own codes and ids (36 characters) are shorter."""

ADVICE = (
    (r"AADSTS7000215", "client_secret_file must hold the secret's value, not its id"),
    (r"AADSTS7000222", "the client secret has expired: make a new one, put its value into client_secret_file"),
    (r"AADSTS700016", "check client_id, and the tenant in token_url"),
    (r"AADSTS(90002|900023)", "check the tenant in token_url"),
    (r"AADSTS(70011|1002012|500011)", "scope must be https://outlook.office365.com/.default"),
    (r"AADSTS7000112", "the app is disabled: enable its sign-in under Enterprise applications"),
    (r"AADSTS53003", "a Conditional Access policy blocks the app: leave it out of that policy"),
    (r"unauthorized_client", "allow the client, and for Gmail the scope of the service account's client id "
     "(Admin console, Security, API controls, Domain-wide delegation)"),
    (r"invalid_grant", "check the username, that the key was not deleted, and this machine's clock"),
    (r"invalid_client", "check client_id and client_secret_file"),
    (r"invalid_scope", "check scope"),
)  # fmt: skip
"""What an endpoint's error says → what to do; the first that fits."""

LOGIN_ADVICE = (
    (r"(^|\.)(office365\.com|office365\.us|outlook\.com)$", "IMAP",
     "in Exchange Online the app needs the application permission IMAP.AccessAsApp with admin consent, "
     "New-ServicePrincipal (with the enterprise application's object id) and Add-MailboxPermission for this mailbox"),
    (r"(^|\.)(office365\.com|office365\.us|outlook\.com)$", "SMTP",
     "in Exchange Online the app needs the application permission SMTP.SendAsApp with admin consent, "
     "New-ServicePrincipal, Add-MailboxPermission, and SMTP AUTH enabled for this mailbox (Set-CASMailbox)"),
    (r"(^|\.)(gmail\.com|googlemail\.com)$", "",
     "in the Admin console the service account's client id needs domain-wide delegation for the scope "
     "https://mail.google.com/, and this mailbox must exist"),
    (r"", "", "check that the token is for this user and allows {protocol} (scope, permissions)"),
)  # fmt: skip
"""Host and protocol of a server that refused a token → what to do; the first that fits."""


def quote(text: str, *secrets: str) -> str:
    """The first line of what somebody said, bounded, escaped, without secrets."""
    said = (text.strip().splitlines() or [""])[0]
    for secret in filter(None, secrets):
        said = said.replace(secret, "…")
    said = escape(_LIKE_A_SECRET.sub("…", " ".join(said.split())))
    return said if len(said) <= MAX_QUOTE else f"{said[:MAX_QUOTE]}…"


def advise(error: str) -> str:
    """What to do about an endpoint's error, with a colon before it; nothing where we do not know."""
    return next((f": {todo}" for pattern, todo in ADVICE if re.search(pattern, error)), "")


def advise_login(protocol: str, host: str) -> str:
    """What to do where that server refused a token."""
    return next(
        todo.format(protocol=protocol)
        for pattern, which, todo in LOGIN_ADVICE
        if re.search(pattern, host.lower()) and which in ("", protocol)
    )
