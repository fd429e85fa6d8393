"""Bounces by how they travel, whatever their language: a mail system sends a message back to who sent it."""

from parsers.header_block import Header
from parsers.headers import first_address, parse_return_path
from parsers.outside import Outside, local_part
from parsers.recipient import recipient_key
from parsers.recipients import find_addressed, find_noted
from parsers.wording.programs import SERVER_REPLIES
from parsers.wording.recipients import ABUSE_DESKS


def is_returned(mail: Outside) -> bool:
    """Whether a mail system sent back what is in it; a feed may write without a return path too, and complains."""
    if not _is_of_mail_system(mail) or _complains(mail):
        return False
    if mail.enclosed and not mail.local_parts and mail.return_path == "":
        return True
    headers = [one.root.header for one in mail.enclosed] or ([mail.pasted] if mail.pasted else [])
    recipients = _find_recipients(mail)
    return bool(recipients and headers) and all(recipients <= _find_senders(header) for header in headers)


def _is_of_mail_system(mail: Outside) -> bool:
    """Bounces have a null return path, or none was noted; a robot with one of its own may complain to a sender."""
    return mail.return_path == "" or not mail.local_parts or (mail.return_path is None and mail.is_robot)


def _complains(mail: Outside) -> bool:
    return mail.sounds_like_report and not SERVER_REPLIES.is_in(mail.own_words)


def _find_recipients(mail: Outside) -> set[str]:
    """All that it is addressed to, or else delivered to; none where it went to its own sender."""
    addresses = find_addressed(mail.root) or find_noted(mail.root)
    keys = {recipient_key(address) for address in addresses}
    return keys - {recipient_key(first_address(mail.root.header.first("from")) or "")}


def _find_senders(header: Header) -> set[str]:
    """Its envelope sender, and From; junk may forge an abuse desk there, to which it is then reported."""
    path = parse_return_path(header.first("return-path"))
    sender = first_address(header.first("from")) or ""
    is_forgeable = path and ABUSE_DESKS.is_in(local_part(sender))
    return {recipient_key(address) for address in (path, "" if is_forgeable else sender) if address}
