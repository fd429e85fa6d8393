"""The bytes of a mail for a person's eyes: never without a line in the audit log that tells who looked."""

from datetime import UTC, datetime
from typing import Literal

from abuse_intake.cli.actor import find_actor
from storage import mails as kept
from storage.audit import note_action
from storage.database import Database
from storage.errors import DatabaseUnavailable

Look = Literal["looked at raw mail", "looked at full message"]


def look_at_mail(database: Database, mail_id: str, how: Look) -> bytes:
    """The exact bytes, once it is stored who looks at them. DatabaseUnavailable where that cannot be written."""
    try:
        with database.begin() as session:
            mail = kept.find_mail(session, mail_id)
            note_action(
                session, find_actor(), how, "mail", [mail.id], {"sha256": mail.sha256}, datetime.now(UTC)
            )
            return kept.mail_raw(session, mail.id)
    except DatabaseUnavailable as error:
        raise DatabaseUnavailable(
            f"nobody looks at a mail without a line in the audit log: {error}"
        ) from error
