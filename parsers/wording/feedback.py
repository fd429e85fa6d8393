"""What stands in the text above a machine-readable part: the words of a feedback report, or of a forward."""

from parsers.wording import Wording

OPENINGS = Wording(
    (
        r"this is an? .{1,80}\breport for an? (?:e-?mail )?message",
        "This is an email abuse report for an email message received from IP 192.0.2.1",
    ),
    start=r"\A\W{0,20}",
)
"""The example of RFC 5965 begins so, and most follow it; whoever forwards junk writes no such thing above it."""

_LABEL = r"\*?[^\W\d_]{1,20}(?: [^\W\d_]{1,20})?\xa0? ?[:：]\*? ?"
FORWARD_LABELS = Wording(
    (
        rf"{_LABEL}[^\n@]{{0,200}}@[^\n]{{0,200}}\n(?:{_LABEL}[^\n]{{0,500}}\n){{2}}",  # Outlook, without a mark
        "Von: Win <win@tenant.example>\nGesendet: Montag, 2. November 2026 10:00\nAn: ann@reporter.example\n",
        "*De:* Win <win@tenant.example>\n*Enviado el:* lunes, 2 de noviembre de 2026\n*A:* ann@reporter.example\n",
    ),
    start=r"^[> \t]{0,10}",
)
"""What stands above junk that somebody forwarded in the text, in any language, where no mark does."""
