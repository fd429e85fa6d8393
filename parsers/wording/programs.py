"""What programs that report about deliveries write, and people do not."""

from parsers.wording import Wording

PROGRAM_TEXTS = Wording(
    (r"created automatically by", "This message was created automatically by mail delivery software."),
    (r"automatically generated", "This is an automatically generated Delivery Status Notification."),
    (r"the following recipient\(s\)", "did not reach the following recipient(s):"),
    (r"a transcript of", "A transcript of the attempts to send the message follows."),
    (r"-{3} failure reasons", "------- Failure Reasons --------"),
    (r"for this MM", "Error: No valid recipients for this MM"),
)
"""What people do not write of their own, even when they write that something was not delivered."""

SERVER_REPLIES = Wording(
    (r"\b[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}\b", "It responded as follows: [550 5.1.1 User unknown]"),
    (r"[<>]{3} ?(?:RCPT|DATA|[45]\d\d)", ">>> RCPT TO:<bob@isp.example>", ">>> DATA", "<<< 550 unknown"),
)
"""What another server answered: its words may sound like a complaint."""

DELIVERY_FIELDS = Wording(
    (r"final-recipient", "Final-Recipient: rfc822; bob@isp.example"),
    (r"original-recipient", "Original-Recipient: rfc822;bob@isp.example"),
    (r"diagnostic-code", "Diagnostic-Code: smtp; 550 5.1.1 User unknown"),
    (r"remote-mta", "Remote-MTA: dns; mx.isp.example"),
    (r"last-attempt-date", "Last-Attempt-Date: Mon, 2 Nov 2026 10:00:00 +0000"),
    (r"action", "Action: failed", "Action: delayed"),
    (r"status", "Status: 5.1.1"),
    start=r"^[> \t]{0,20}",
    end=r"[ \t]{0,5}:[ \t]{0,5}(?:rfc822|smtp|dns|failed|delayed|[245]\.\d|\w{3},)",
)
"""Fields of a delivery status (RFC 3464) that stand in the text."""
