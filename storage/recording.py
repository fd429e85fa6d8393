"""Recording what reading led to: reports, incidents, dispositions and acknowledgements, in one transaction.

Rows are locked in one order (mails by id, then incidents by key), so that workers wait for each other in
turn. An outcome may be recorded twice, or replaced by a later one: a mail's earlier reports go first.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from parsers.recipient import recipient_key
from parsers.values import Report as ReadReport
from storage.acknowledgements import insert_acknowledgements
from storage.bulk import Row, chunked, insert_rows
from storage.columns import lower_address, require_id, text_hash
from storage.incident_key import incident_key, message_key
from storage.incident_rows import INTAKE, find_or_create, history_row, note_created
from storage.leases import no_such_mail
from storage.models import Incident, IncidentHistory, IncidentTally, Mail, Report, table_of
from storage.records import attribution_columns
from storage.tallies import Tallied, count, counts_as_junk, recount
from storage.told import recipient_hash
from storage.values import Attribution, Outcome


def record_outcomes(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Store what reading these mails led to, in the caller's transaction; a mail's last outcome counts."""
    by_mail = {require_id(outcome.mail_id, no_such_mail): outcome for outcome in outcomes}
    received = _lock_mails(session, by_mail)
    replaced = _remove_reports(session, by_mail)
    reports = [
        row
        for mail_id in sorted(by_mail)
        for row in _report_rows(by_mail[mail_id], mail_id, received[mail_id])
    ]
    incidents = _find_or_create(session, reports, replaced, now)
    _insert_reports(session, reports, incidents)
    _bring_up_to_date(session, incidents, reports, replaced, now)
    _update_mails(session, by_mail, now)
    insert_acknowledgements(session, by_mail, now)


def lock_mails(session: Session, mail_ids: Iterable[str]) -> None:
    """Let nobody else record, or tell in a summary, what becomes of these mails until the transaction ends."""
    _lock_mails(session, [require_id(id, no_such_mail) for id in mail_ids])


def _lock_mails(session: Session, mail_ids: Iterable[int]) -> dict[int, datetime]:
    received: dict[int, datetime] = {}
    for some in chunked(sorted(mail_ids)):
        mails = select(Mail.id, Mail.received_at).where(Mail.id.in_(some)).order_by(Mail.id)
        received.update((row.id, row.received_at) for row in session.execute(mails.with_for_update()))
    for missing in set(mail_ids) - received.keys():
        raise no_such_mail(str(missing))
    return received


def _remove_reports(session: Session, mail_ids: Iterable[int]) -> set[int]:
    """Remove the reports that an earlier outcome left; return the incidents that they belonged to."""
    incidents: set[int] = set()
    for some in chunked(mail_ids):
        earlier = session.scalars(select(Report.incident_id).where(Report.mail_id.in_(some))).all()
        if earlier:
            incidents.update(earlier)
            session.execute(delete(table_of(Report)).where(Report.mail_id.in_(some)))
    return incidents


def _report_rows(outcome: Outcome, mail_id: int, received_at: datetime) -> list[Row]:
    pairs = zip(outcome.read.reports, outcome.attributions, strict=True)
    of_mail = {
        "mail_id": mail_id,
        "received_at": received_at,
        "reporter": outcome.read.reporter,
        "reporter_hash": text_hash(lower_address(outcome.read.reporter)),
        "reporter_authenticated": outcome.reporter_authenticated,
    }
    return [
        {**of_mail, "position": position, **_report_row(report, attribution)}
        for position, (report, attribution) in enumerate(pairs)
    ]


def _report_row(report: ReadReport, attribution: Attribution) -> Row:
    # Only a process that reads mails pays for the parsers.
    from parsers.as_json import report_as_json

    return {
        "key_sha256": incident_key(report, attribution),
        "is_junk": counts_as_junk(report.feedback_type, report.category),
        "message_key": message_key(report),
        **attribution_columns(attribution),
        "fields": report_as_json(report),
    }


def _find_or_create(
    session: Session, reports: Sequence[Row], replaced: set[int], now: datetime
) -> dict[str, Tallied]:
    """The incidents of these reports, and those whose reports were replaced: by key, and locked."""
    first: dict[str, Row] = {}
    for report in reports:
        first.setdefault(report["key_sha256"], report)
    there, created = find_or_create(session, first, replaced)
    note_created(session, [(there[key].id, first[key]) for key in created], now)
    return there


def _insert_reports(session: Session, reports: Sequence[Row], incidents: Mapping[str, Tallied]) -> None:
    for report in reports:
        report["incident_id"] = incidents[report["key_sha256"]].id
    columns = [column.name for column in table_of(Report).columns if column.name != "id"]
    insert_rows(session, Report, [{name: report[name] for name in columns} for report in reports])


def _bring_up_to_date(
    session: Session,
    incidents: Mapping[str, Tallied],
    reports: Sequence[Row],
    replaced: set[int],
    now: datetime,
) -> None:
    for report in reports:
        incident = incidents[report["key_sha256"]]
        if incident.id not in replaced:
            incident.add(report)
    count(session, [one for one in incidents.values() if one.id not in replaced])
    again = [one for one in incidents.values() if one.id in replaced]
    recount(session, again)
    _remove_empty(session, [one for one in again if one.values["report_count"] == 0], now)


def _remove_empty(session: Session, incidents: Sequence[Tallied], now: datetime) -> None:
    """Remove incidents that lost all their reports, unless an analyst has worked on them."""
    worked_on = _worked_on(session, incidents)
    kept = [one.id for one in incidents if one.id in worked_on]
    emptied = [history_row(id, INTAKE, "emptied", {}, now) for id in kept]
    insert_rows(session, IncidentHistory, emptied)
    gone = [one.id for one in incidents if one.id not in worked_on]
    for model, column in (
        (IncidentHistory, IncidentHistory.incident_id),
        (IncidentTally, IncidentTally.incident_id),
        (Incident, Incident.id),
    ):
        for some in chunked(gone):
            session.execute(delete(table_of(model)).where(column.in_(some)))


def _worked_on(session: Session, incidents: Sequence[Tallied]) -> set[int]:
    touched = {one.id for one in incidents if one.values["status"] != "new"}
    for some in chunked(one.id for one in incidents):
        by_people = or_(IncidentHistory.actor != INTAKE, IncidentHistory.action == "decided")
        theirs = select(IncidentHistory.incident_id).where(IncidentHistory.incident_id.in_(some), by_people)
        touched.update(session.scalars(theirs))
    return touched


def _update_mails(session: Session, outcomes: Mapping[int, Outcome], now: datetime) -> None:
    table = table_of(Mail)
    columns = (
        "disposition", "reason", "reporter", "reporter_sha256", "subject", "warnings", "unanswered_reason",
    )  # fmt: skip
    read = (
        update(table)
        .where(table.c.id == bindparam("mail_id"))
        .values({name: bindparam(f"new_{name}") for name in columns})
        .values(read_at=bindparam("now"), leased_by=None, leased_until=None, interrupted=False)
    )
    rows = [{"mail_id": id, "now": now, **_mail_row(outcome)} for id, outcome in sorted(outcomes.items())]
    if rows:
        session.execute(read, rows)


def _mail_row(outcome: Outcome) -> Row:
    read = outcome.read
    return {
        "new_disposition": read.disposition,
        "new_reason": read.reason,
        "new_reporter": read.reporter,
        "new_reporter_sha256": recipient_hash(recipient_key(read.reporter)) if read.reporter else None,
        "new_subject": read.correspondence.subject,
        "new_warnings": list(read.warnings),
        "new_unanswered_reason": outcome.unanswered_reason,
    }
