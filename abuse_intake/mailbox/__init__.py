"""Where reports arrive: IMAP, a Maildir, or a folder of .eml files, behind one small protocol."""

from abuse_intake.mailbox.base import Mailbox, open_mailbox

__all__ = ["Mailbox", "open_mailbox"]
