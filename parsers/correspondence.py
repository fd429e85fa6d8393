"""What the arriving mail's own header says that decides how it is answered."""

from parsers.dates import parse_date
from parsers.header_block import Header
from parsers.headers import (
    cut_subject,
    decode_text,
    parse_mailboxes,
    parse_return_path,
    raw_text,
    strict_msg_ids,
)
from parsers.mail_programs import find_mail_program
from parsers.values import Correspondence

VALUES = 50
VALUE_LENGTH = 8_000


def read_correspondence(header: Header) -> Correspondence:
    """The values of the outer header only: nothing that the mail encloses."""
    message_ids = strict_msg_ids(header.first("message-id"))
    return Correspondence(
        subject=cut_subject(decode_text(header.first("subject"))),
        message_id=message_ids[0] if len(message_ids) == 1 else None,
        date=parse_date(raw_text(header.first("date"))),
        return_path=parse_return_path(header.first("return-path")),
        reply_to=tuple(
            box.address for value in header.every("reply-to")[:5] for box in parse_mailboxes(value)
        ),
        references=_references(header),
        auto_submitted=_keyword(header.first("auto-submitted")),
        precedence=_keyword(header.first("precedence")),
        has_list_id="list-id" in header.by_name,
        has_autoreply=_has_autoreply(header),
        x_loop=_texts(header, "x-loop"),
        received_count=len(header.every("received")),
        authentication_results=_texts(header, "authentication-results"),
        mail_program=find_mail_program(header),
    )


def _references(header: Header) -> tuple[str, ...]:
    found = (strict_msg_ids(header.first(name)) for name in ("in-reply-to", "references"))
    return tuple(dict.fromkeys(msg_id for msg_ids in found for msg_id in msg_ids))


def _keyword(value: bytes | None) -> str | None:
    """The keyword of a field such as Auto-Submitted, lower case, without parameters and comments."""
    if not value:
        return None
    return raw_text(value)[:200].partition(";")[0].partition("(")[0].strip().lower() or None


def _has_autoreply(header: Header) -> bool:
    if "x-autoreply" in header.by_name:
        return True
    suppressed = raw_text(header.first("x-auto-response-suppress")).lower().replace(" ", "").split(",")
    return "autoreply" in suppressed or "all" in suppressed


def _texts(header: Header, name: str) -> tuple[str, ...]:
    return tuple(raw_text(value)[:VALUE_LENGTH] for value in header.every(name)[:VALUES])
