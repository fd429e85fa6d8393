"""Reads a mail again that was quarantined or misread, with the program and the directory of now."""

from dataclasses import dataclass
from datetime import datetime

from abuse_intake.recording import Recorder
from storage import mails
from storage.audit import note_action
from storage.database import Database
from storage.values import Actor, MailRecord


@dataclass(frozen=True, slots=True)
class Retried:
    """A mail as it was, and as it is now that it was read again."""

    before: MailRecord
    after: MailRecord


def retry_mail(database: Database, recorder: Recorder, mail_id: str, actor: Actor, now: datetime) -> Retried:
    """Put the reports of a new reading in the place of the old ones; NotFound where there is no such mail."""
    with database.begin() as session:
        before = mails.find_mail(session, mail_id)
        mail = mails.reset_for_retry(session, before.id)
        detail = {"disposition": before.disposition, "reason": before.reason}
        note_action(session, actor, "retried", "mail", [before.id], detail, now)
    recorder.read_and_record([mail])
    with database.read() as session:
        return Retried(before, mails.find_mail(session, before.id))
