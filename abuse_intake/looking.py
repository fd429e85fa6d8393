"""The bytes of a mail for a person's eyes: never without a line in the audit log that tells who looked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage import mails
from storage.audit import note_action
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.values import Actor, MailRecord

Look = Literal["viewed raw", "viewed full"]
"""The bytes themselves, or the reported message in them, taken apart."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A mail, and the exact bytes of it."""

    mail: MailRecord
    raw: bytes


def look_at_mail(database: Database, mail_id: str, how: Look, actor: Actor, now: datetime) -> Looked:
    """The exact bytes, once it is stored who looks at them. DatabaseUnavailable where that cannot be written."""
    try:
        with database.begin() as session:
            mail = mails.find_mail(session, mail_id)
            note_action(session, actor, how, "mail", [mail.id], {"sha256": mail.sha256}, now)
            return Looked(mail, mails.mail_raw(session, mail.id))
    except DatabaseUnavailable as error:
        raise DatabaseUnavailable(
            f"nobody looks at a mail without a line in the audit log: {error}"
        ) from error
