"""The promises of the intake: one disposition a mail, nothing lost, nothing twice, one bad mail costs itself only."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from arrival_builders import make_arf, make_bounce, make_forward, make_message, make_question
from intake_fakes import FakeGuard, FakeMailbox, FakeReading
from intake_world import (
    DEAD_PROCESS,
    list_acknowledgements,
    list_deliveries,
    list_files,
    list_incidents,
    list_mails,
    list_outcomes,
    make_concluder,
    make_intake,
    make_maildir,
    open_database,
    open_maildir,
    put,
    read_raw,
)
from servers.postgresql import Postgresql

from abuse_intake import intake, processes
from abuse_intake.concluding import Concluder
from abuse_intake.errors import MailboxError
from parsers.values import Correspondence, ReadMail
from storage import mails
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import Mail
from storage.values import ClaimedMail, Outcome, Place

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
REPORT = ("report", None)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with open_database(tmp_path) as opened:
        yield opened


class StumblingConcluder(Concluder):
    """A concluder with a fault of its own: mails that hold the word STUMBLE raise."""

    def conclude(self, mail: ClaimedMail, read: ReadMail) -> Outcome:
        if b"STUMBLE" in mail.raw:
            raise RuntimeError("a fault of ours")
        return super().conclude(mail, read)


class UnstorableConcluder(Concluder):
    """A concluder whose outcome for mails that hold the word UNSTORABLE no database takes."""

    def conclude(self, mail: ClaimedMail, read: ReadMail) -> Outcome:
        if b"UNSTORABLE" not in mail.raw:
            return super().conclude(mail, read)
        unstorable = Correspondence(subject="\ud800")
        return Outcome(
            mail.id, ReadMail("0" * 64, 1, "not_a_report", "no_evidence", correspondence=unstorable)
        )


class CountingConcluder(Concluder):
    """Notes how often it read."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.count = 0

    def conclude(self, mail: ClaimedMail, read: ReadMail) -> Outcome:
        self.count += 1
        return super().conclude(mail, read)


class BrokenConcluder(Concluder):
    """A concluder during whose work the database goes away."""

    def conclude(self, mail: ClaimedMail, read: ReadMail) -> Outcome:
        raise DatabaseUnavailable("the database cannot be used: gone")


class WatchingGuard(FakeGuard):
    """Notes how often each mail was tried when it was made ready, and when it reads."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self.attempts: list[int] = []

    def make_ready(self) -> None:
        self._look()

    def begin_reading(self, raws: Sequence[bytes]) -> FakeReading:
        self._look()
        return super().begin_reading(raws)

    def _look(self) -> None:
        self.attempts += [mail.attempts for mail in list_mails(self._database)]


class CountingMailbox(FakeMailbox):
    """Notes how often it was walked over, and what it was asked for."""

    def __init__(self, *raws: bytes) -> None:
        super().__init__(*raws)
        self.walks = 0
        self.asked: list[Place] = []

    def list_places(self, limit: int) -> Iterator[Sequence[Place]]:
        self.walks += 1
        return super().list_places(limit)

    def fetch(self, places: Sequence[Place]) -> Iterator[tuple[Place, bytes]]:
        self.asked += places
        return super().fetch(places)


def make_report(number: int, **options: str) -> bytes:
    return make_forward(make_message(number), number=number, **options)


def leave_as_a_dead_process(database: Database, raws: Sequence[bytes], owner: str = DEAD_PROCESS) -> None:
    """Keep mails and lease them, as a process that died while it read them."""
    mailbox = FakeMailbox(*raws)
    with pytest.raises(DatabaseUnavailable):
        make_intake(mailbox, database, make_concluder(BrokenConcluder), now=lambda: NOW).poll()
    with database.begin() as session:
        assert len(mails.claim_batch(session, owner, 100, NOW, LEASE)) == len(raws)


def die_over_an_interrupted_mail(database: Database) -> None:
    with database.begin() as session:
        mails.reclaim_interrupted(session, "nobody", processes.is_alive, NOW)
    with database.begin() as session:
        assert mails.claim_interrupted(session, DEAD_PROCESS, NOW, LEASE, 3)


def test_every_mail_gets_one_disposition_with_a_reason(database: Database) -> None:
    """A report, a bounce, a question, no mail at all: each ends in one disposition, all but reports say why."""
    mailbox = FakeMailbox(make_report(1), make_bounce(), make_question(), b"\x00\xff no mail")

    make_intake(mailbox, database).poll()

    assert list_outcomes(database) == [
        REPORT,
        ("not_a_report", "bounce"),
        ("not_a_report", "no_evidence"),
        ("not_a_report", "not_mail"),
    ]


def test_each_mail_is_filed_by_its_disposition(database: Database) -> None:
    """The inbox is empty afterwards, and each folder holds the mails of its disposition."""
    report, bounce, costly = make_report(1), make_bounce(), make_report(2, text="x" * 5000)
    mailbox = FakeMailbox(report, bounce, costly)

    make_intake(mailbox, database, make_concluder(max_bytes=4000)).poll()

    assert mailbox.waiting == {}
    assert mailbox.folders == {"Processed": [report], "Other": [bounce], "Quarantine": [costly]}


def test_the_raw_bytes_are_kept(database: Database) -> None:
    """What is kept is what arrived, byte for byte, also when it is no mail, and when it is empty."""
    raws = [make_report(1), b"\x00\xff\r\n\rno mail\n", b""]

    make_intake(FakeMailbox(*raws), database).poll()

    assert [read_raw(database, mail.id) for mail in list_mails(database)] == raws


def test_one_report_is_one_incident_and_one_acknowledgement(database: Database) -> None:
    """A forwarded message makes an incident of its tenant, and its reporter is answered."""
    mailbox = FakeMailbox(make_report(7))

    summary = make_intake(mailbox, database).poll()

    (incident,), (acknowledgement,) = list_incidents(database), list_acknowledgements(database)
    assert (incident.tenant, str(incident.ip)) == ("contoso", "192.0.2.1")
    assert (incident.subject, incident.report_count) == ("Offer number 7", 1)
    assert (acknowledgement.to, acknowledgement.state) == ("dana@woodgrove.example", "waiting")
    assert (summary.kept, summary.reports, summary.acknowledgements, summary.filed) == (1, 1, 1, 1)


def test_a_mail_in_two_places_is_one_mail(database: Database) -> None:
    """Its bytes are its identity: two deliveries of it, both filed, one report, one acknowledgement."""
    mailbox = FakeMailbox(make_report(1), make_report(1))

    make_intake(mailbox, database).poll()

    (mail,) = list_mails(database)
    deliveries = list_deliveries(database, mail.id)
    assert len(deliveries) == 2
    assert all(delivery.filed_at and delivery.folder == "Processed" for delivery in deliveries)
    assert len(mailbox.folders["Processed"]) == 2
    assert [incident.report_count for incident in list_incidents(database)] == [1]
    assert len(list_acknowledgements(database)) == 1


def test_a_mail_that_comes_again_later_is_filed_alike(database: Database) -> None:
    """A second delivery at a later poll brings no second reading, and goes into the same folder."""
    mailbox, concluder = FakeMailbox(make_report(1)), make_concluder(CountingConcluder)
    make_intake(mailbox, database, concluder).poll()

    mailbox.put(make_report(1), uid="later")
    make_intake(mailbox, database, concluder).poll()

    assert len(mailbox.folders["Processed"]) == 2
    assert len(list_acknowledgements(database)) == 1
    assert getattr(concluder, "count", None) == 1


def test_mails_of_one_message_id_are_two(database: Database) -> None:
    """A Message-ID is the sender's claim: two mails that share it are both read."""
    mailbox = FakeMailbox(make_report(1, text="one"), make_report(1, text="two"))

    make_intake(mailbox, database).poll()

    assert list_outcomes(database) == [REPORT, REPORT]


def test_one_uid_under_another_uidvalidity_is_another_mail(database: Database) -> None:
    """UIDs count within their UIDVALIDITY only."""
    mailbox = FakeMailbox()
    mailbox.put(make_report(1), uid="1", validity=1)
    make_intake(mailbox, database).poll()

    mailbox.put(make_report(2), uid="1", validity=2)
    make_intake(mailbox, database).poll()

    assert list_outcomes(database) == [REPORT, REPORT]


def test_mails_of_two_mailboxes_do_not_mix(database: Database) -> None:
    """One place in two mailboxes is two places."""
    first, second = FakeMailbox(make_report(1)), FakeMailbox(make_report(2))
    second.name = "fake://another"

    make_intake(first, database).poll()
    make_intake(second, database).poll()

    assert list_outcomes(database) == [REPORT, REPORT]


def test_a_second_poll_changes_nothing(database: Database) -> None:
    """With nothing new, nothing is fetched, read, filed or answered."""
    mailbox = FakeMailbox(make_report(1), make_bounce())
    make_intake(mailbox, database).poll()
    before = list_mails(database), list_incidents(database), list_acknowledgements(database)

    summary = make_intake(mailbox, database).poll()

    assert (summary.kept, summary.filed, summary.dispositions) == (0, 0, {})
    assert (list_mails(database), list_incidents(database), list_acknowledgements(database)) == before


def test_more_mails_than_a_batch_are_worked(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches follow each other until the mailbox is empty, in one poll."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 3)
    mailbox = FakeMailbox(*(make_report(number) for number in range(10)))

    summary = make_intake(mailbox, database).poll()

    assert (summary.kept, len(mailbox.folders["Processed"])) == (10, 10)


def test_large_mails_are_kept_in_smaller_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch holds no more bytes than it may; a mail that is larger alone is still kept."""
    monkeypatch.setattr(intake, "BATCH_BYTES", 2000)
    mailbox = FakeMailbox(*(make_report(number, text="x" * 1500 * number) for number in range(4)))

    make_intake(mailbox, database).poll()

    assert list_outcomes(database) == [REPORT] * 4


def test_the_bytes_are_kept_before_anything_is_moved(database: Database) -> None:
    """When the mailbox fails at the move, the mails are stored, and the next poll files them."""
    mailbox = FakeMailbox(make_report(1))
    mailbox.fails_to_file = True

    with pytest.raises(MailboxError):
        make_intake(mailbox, database).poll()

    assert list_outcomes(database) == [REPORT]
    mailbox.fails_to_file = False
    make_intake(mailbox, database).poll()
    assert len(mailbox.folders["Processed"]) == 1
    assert len(list_acknowledgements(database)) == 1


def test_a_mail_that_our_reader_cannot_read_costs_itself_only(database: Database) -> None:
    """A fault of ours quarantines the mail that met it; the others of its batch go on."""
    mailbox = FakeMailbox(make_report(1), make_question() + b"STUMBLE", make_report(2))

    summary = make_intake(mailbox, database, make_concluder(StumblingConcluder)).poll()

    assert list_outcomes(database) == [REPORT, ("quarantined", "internal_error"), REPORT]
    assert len(mailbox.folders["Quarantine"]) == 1
    assert summary.dispositions == {"report": 2, "quarantined": 1}
    assert len(list_acknowledgements(database)) == 2


def test_a_mail_whose_outcome_the_database_refuses_costs_itself_only(database: Database) -> None:
    """What cannot be stored of one mail quarantines that mail; the others of its batch go on."""
    mailbox = FakeMailbox(make_report(1), make_question() + b"UNSTORABLE", make_report(2))

    make_intake(mailbox, database, make_concluder(UnstorableConcluder)).poll()

    assert list_outcomes(database) == [REPORT, ("quarantined", "internal_error"), REPORT]
    assert len(list_acknowledgements(database)) == 2


def test_a_mail_that_is_too_large_is_too_costly(database: Database) -> None:
    """A mail over `max_bytes` is quarantined unread, one of just that size is read."""
    fits, costly = make_report(1), make_report(2)
    mailbox = FakeMailbox(fits, costly + b"\r\n")

    make_intake(mailbox, database, make_concluder(max_bytes=len(fits))).poll()

    assert list_outcomes(database) == [REPORT, ("quarantined", "too_costly")]


def test_nobody_is_answered_for_a_quarantined_mail(database: Database) -> None:
    """A mail that was not read brings no acknowledgement, and says why."""
    mailbox = FakeMailbox(make_report(1))

    make_intake(mailbox, database, make_concluder(max_bytes=10)).poll()

    (mail,) = list_mails(database)
    assert (mail.unanswered_reason, list_acknowledgements(database)) == ("quarantined", [])


def test_the_lease_of_a_dead_process_is_taken_over_at_once(database: Database) -> None:
    """What a killed process on this host was reading is read by the next one, without waiting for the lease."""
    leave_as_a_dead_process(database, [make_report(1), make_report(2)])

    make_intake(FakeMailbox(), database, now=lambda: NOW + timedelta(seconds=1)).poll()

    assert [(mail.disposition, mail.attempts) for mail in list_mails(database)] == [("report", 1)] * 2


def test_the_lease_of_another_host_is_waited_for(database: Database) -> None:
    """Nobody knows whether a process elsewhere lives: its mails are left to it until its lease runs out."""
    leave_as_a_dead_process(database, [make_report(1)], owner="elsewhere/1/1.00")

    make_intake(FakeMailbox(), database, now=lambda: NOW + LEASE - timedelta(seconds=1)).poll()
    before = list_outcomes(database)
    make_intake(FakeMailbox(), database, now=lambda: NOW + LEASE).poll()

    assert before == [(None, None)]
    assert list_outcomes(database) == [REPORT]


def test_the_lease_of_a_living_process_is_respected(database: Database) -> None:
    """Another worker on this host keeps what it reads."""
    leave_as_a_dead_process(database, [make_report(1)], owner=processes.describe_this_process() + ".0")

    with database.begin() as session:
        freed = mails.reclaim_interrupted(session, "somebody else", processes.is_alive, NOW)

    assert freed == 0


def test_what_a_limit_holds_back_is_counted(database: Database) -> None:
    """A poll tells how many reporters it did not answer, for they hear of it later."""
    mailbox = FakeMailbox(*map(make_report, range(5)))

    summary = make_intake(mailbox, database, make_concluder(per_reporter_hour=2)).poll()

    assert (summary.acknowledgements, summary.held_back) == (2, 3)


def test_a_mail_that_killed_three_processes_is_quarantined(database: Database) -> None:
    """After three attempts that nobody survived, the mail is kept for a person; its neighbours are read."""
    leave_as_a_dead_process(database, [make_report(1), make_report(2)])
    for _ in range(3 + 2):  # they take turns
        die_over_an_interrupted_mail(database)

    make_intake(FakeMailbox(), database, now=lambda: NOW).poll()

    assert list_outcomes(database) == [("quarantined", "kills_the_reader"), REPORT]


def test_a_mail_that_killed_two_processes_is_read(database: Database) -> None:
    """Two deaths may be chance: the third attempt counts."""
    leave_as_a_dead_process(database, [make_report(1)])
    for _ in range(2):
        die_over_an_interrupted_mail(database)

    make_intake(FakeMailbox(), database, now=lambda: NOW).poll()

    assert [(mail.disposition, mail.attempts) for mail in list_mails(database)] == [("report", 3)]


def test_an_attempt_begins_when_mails_can_be_read(database: Database) -> None:
    """A kill in the time that the readers take to start, or to read, is no attempt of an interrupted mail."""
    leave_as_a_dead_process(database, [make_report(1)])
    guard = WatchingGuard(database)

    make_intake(FakeMailbox(), database, mail_reader=guard).poll()

    assert guard.attempts == [0, 0]


def test_reading_in_a_batch_counts_no_attempt(database: Database) -> None:
    """Attempts are counted only where a mail is suspected."""
    make_intake(FakeMailbox(make_report(1)), database).poll()

    assert [mail.attempts for mail in list_mails(database)] == [0]


def test_an_error_ends_the_poll_and_frees_its_mails(database: Database) -> None:
    """When the database goes away, the mails stay kept and unread, and nobody holds them."""
    mailbox = FakeMailbox(make_report(1))

    with pytest.raises(DatabaseUnavailable):
        make_intake(mailbox, database, make_concluder(BrokenConcluder)).poll()

    with database.read() as session:
        assert session.query(Mail.leased_by, Mail.disposition, Mail.interrupted).all() == [
            (None, None, False)
        ]
    assert len(mailbox.waiting) == 1


def test_a_mail_that_was_filed_before_a_kill_is_marked(database: Database) -> None:
    """Killed between the move and its commit: the next poll sees that it has gone, and marks it as filed."""
    mailbox = FakeMailbox(make_report(1))
    mailbox.fails_to_file = True
    with pytest.raises(MailboxError):
        make_intake(mailbox, database).poll()

    mailbox.waiting.clear()
    mailbox.fails_to_file = False
    make_intake(mailbox, database, now=lambda: NOW).poll()

    (delivery,) = list_deliveries(database, "1")
    assert (delivery.filed_at, delivery.folder) == (NOW, "")


def test_a_mail_that_still_waits_is_not_marked_as_filed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before the move, a mail that lies in the mailbox stays unfiled in the database."""
    mailbox = FakeMailbox(make_report(1))
    monkeypatch.setattr(intake.Intake, "_file_away", lambda *_: set())

    make_intake(mailbox, database).poll()

    (delivery,) = list_deliveries(database, "1")
    assert delivery.filed_at is None


def test_a_problem_is_told_also_when_a_filed_mail_is_marked(database: Database) -> None:
    """Looking once more for what has gone does not forget which mails could not be fetched."""
    mailbox = FakeMailbox(make_report(1))
    mailbox.fails_to_file = True
    with pytest.raises(MailboxError):
        make_intake(mailbox, database).poll()
    mailbox.waiting.clear()
    mailbox.fails_to_file = False
    mailbox.unreadable.add(mailbox.put(make_report(2), uid="closed"))

    summary = make_intake(mailbox, database).poll()

    assert summary.problems == ["closed cannot be read and stays"]


def test_a_mail_that_is_moved_back_is_filed_again(database: Database, tmp_path: Path) -> None:
    """A person who moves a mail back into the inbox gets it filed again, and no second report."""
    maildir = make_maildir(tmp_path / "Maildir")
    put(maildir, "mail", make_report(1))
    make_intake(open_maildir(maildir), database).poll()
    (maildir / ".Processed/cur/mail:2,").rename(maildir / "cur/mail:2,")

    summary = make_intake(open_maildir(maildir), database).poll()

    assert list_files(maildir) == [".Processed/cur/mail:2,"]
    assert (summary.kept, summary.filed, len(list_acknowledgements(database))) == (0, 1, 1)


def test_another_mail_under_a_used_name_is_read(database: Database, tmp_path: Path) -> None:
    """A Maildir's name that comes again with another mail loses none of the two."""
    maildir = make_maildir(tmp_path / "Maildir")
    put(maildir, "mail", make_report(1), mtime=1)
    make_intake(open_maildir(maildir), database).poll()

    put(maildir, "mail", make_report(2), mtime=2)
    make_intake(open_maildir(maildir), database).poll()

    assert list_outcomes(database) == [REPORT, REPORT]
    assert list_files(maildir) == [".Processed/cur/mail.1:2,", ".Processed/cur/mail:2,"]


def test_a_batch_is_read_while_the_one_before_is_recorded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader processes have the next batch before the results of the last are waited for."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 2)
    guard = FakeGuard()

    make_intake(FakeMailbox(*map(make_report, range(5))), database, mail_reader=guard).poll()

    assert guard.log == ["begin 2", "begin 2", "results of 2", "begin 1", "results of 2", "results of 1"]


def test_a_batch_has_a_bounded_number_of_bytes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large mails are read few at a time, however many wait."""
    reports = [make_report(number, text="x" * 3000) for number in range(4)]
    monkeypatch.setattr(intake, "BATCH_BYTES", 2 * len(reports[0]) + 100)
    guard = FakeGuard()

    make_intake(FakeMailbox(*reports), database, mail_reader=guard).poll()

    assert [line for line in guard.log if line.startswith("begin")] == ["begin 2", "begin 2"]


def test_mails_are_filed_though_nothing_new_came_behind_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch that is still read when known mails follow is not forgotten by that pass."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 2)
    known = [make_report(8), make_report(9)]
    make_intake(FakeMailbox(*known), database).poll()
    mailbox = FakeMailbox(make_report(1), make_report(2), *known)

    make_intake(mailbox, database, should_stop=lambda: bool(mailbox.folders)).poll()

    assert mailbox.waiting == {}


def test_it_stops_between_batches(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to stop, the intake finishes the batch that is read meanwhile, and leaves the rest for the next start."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 2)
    mailbox = FakeMailbox(*(make_report(number) for number in range(6)))

    make_intake(mailbox, database, should_stop=lambda: bool(mailbox.folders)).poll()

    assert (len(mailbox.waiting), len(mailbox.folders["Processed"])) == (2, 4)
    assert list_outcomes(database) == [REPORT] * 4


def test_it_stops_between_large_mails_of_a_batch(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fetched until then is kept, the rest of a batch on a slow line waits for the next start."""
    monkeypatch.setattr(intake, "BATCH_BYTES", 1)
    mailbox = FakeMailbox(*(make_report(number) for number in range(6)))
    told: list[int] = []

    stopped = make_intake(
        mailbox,
        database,
        should_stop=lambda: len(list_mails(database)) >= 2,
        report_progress=lambda summary: told.append(summary.kept),
    ).poll()
    rest = make_intake(mailbox, database).poll()

    assert (stopped.kept, told[:2], rest.kept) == (2, [1, 2], 4)
    assert list_outcomes(database) == [REPORT] * 6


def test_what_was_stopped_is_finished_by_the_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept but unread when it stopped: the next poll reads and files it without fetching it again."""
    mailbox = FakeMailbox(make_report(1))
    make_intake(mailbox, database, should_stop=lambda: True).poll()
    before = list_outcomes(database)
    mailbox.fetched.clear()

    make_intake(mailbox, database).poll()

    assert before == [(None, None)]
    assert list_outcomes(database) == [REPORT]
    assert (mailbox.fetched, mailbox.waiting) == ([], {})


def test_a_mailbox_that_is_away_is_told(database: Database) -> None:
    """MailboxError ends the poll; the next one works again."""
    mailbox = FakeMailbox(make_report(1))
    mailbox.failing = MailboxError("fake://mailbox: Connection refused")

    with pytest.raises(MailboxError, match="Connection refused"):
        make_intake(mailbox, database).poll()

    mailbox.failing = None
    assert make_intake(mailbox, database).poll().kept == 1


def test_several_messages_in_a_mail_are_a_report_each(database: Database) -> None:
    """Two attached messages are two incidents, answered once."""
    mailbox = FakeMailbox(make_forward(make_message(1), make_message(2)))

    make_intake(mailbox, database).poll()

    assert [incident.subject for incident in list_incidents(database)] == ["Offer number 1", "Offer number 2"]
    assert len(list_acknowledgements(database)) == 1


@pytest.mark.postgresql
def test_the_whole_way_on_postgresql(postgresql: Postgresql, tmp_path: Path) -> None:
    """From a Maildir to incidents, acknowledgements and folders, and a second poll that changes nothing."""
    name = "intake_end_to_end"
    database = Database(postgresql.create_database(name))
    database.require_current()
    maildir = make_maildir(tmp_path / "Maildir")
    put(maildir, "1", make_report(1), mtime=1)
    put(maildir, "2", make_report(1), mtime=2)
    put(maildir, "3", make_arf(make_message(1)), mtime=3)
    put(maildir, "4", make_bounce(), mtime=4)
    put(maildir, "5", make_question() + b"STUMBLE", mtime=5)
    put(maildir, "6", make_question() + b"UNSTORABLE", mtime=6)

    class Stumbling(StumblingConcluder, UnstorableConcluder):
        """Both faults in one."""

    summaries = [
        make_intake(open_maildir(maildir), database, make_concluder(Stumbling)).poll() for _ in range(2)
    ]

    assert list_outcomes(database) == [
        REPORT,
        REPORT,
        ("not_a_report", "bounce"),
        ("quarantined", "internal_error"),
        ("quarantined", "internal_error"),
    ]
    assert [(one.tenant, one.report_count, one.reporter_count) for one in list_incidents(database)] == [
        ("contoso", 2, 2)
    ]
    assert [one.to for one in list_acknowledgements(database)] == [
        "dana@woodgrove.example",
        "fbl@humongous.example",
    ]
    assert read_raw(database, "1") == make_report(1)
    assert list_files(maildir) == [
        ".Other/cur/4:2,",
        ".Processed/cur/1:2,",
        ".Processed/cur/2:2,",
        ".Processed/cur/3:2,",
        ".Quarantine/cur/5:2,",
        ".Quarantine/cur/6:2,",
    ]
    assert (summaries[1].kept, summaries[1].filed, summaries[1].dispositions) == (0, 0, {})
    database.close()
    postgresql.drop_database(name)


@pytest.mark.postgresql
def test_a_dead_process_is_succeeded_on_postgresql(postgresql: Postgresql) -> None:
    """Leases, attempts and the quarantine of a mail that kills work there as on SQLite."""
    name = "intake_leases"
    database = Database(postgresql.create_database(name))
    database.require_current()
    leave_as_a_dead_process(database, [make_report(1), make_report(2)])
    for _ in range(3 + 2):  # they take turns
        die_over_an_interrupted_mail(database)

    make_intake(FakeMailbox(), database, now=lambda: NOW).poll()

    assert list_outcomes(database) == [("quarantined", "kills_the_reader"), REPORT]
    database.close()
    postgresql.drop_database(name)


def test_a_poll_ends_when_its_time_is_over(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends between two batches, says that it is not finished, and the next one goes on."""
    monkeypatch.setattr(intake, "BATCH_SIZE", 1)
    mailbox = FakeMailbox(make_report(1), make_report(2))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "POLL_SECONDS", -1.0)
        cut = make_intake(mailbox, database).poll()

    rest = make_intake(mailbox, database).poll()

    assert (cut.is_unfinished, cut.kept) == (True, 1)
    assert (rest.is_unfinished, rest.kept) == (False, 1)
    assert [mail.disposition for mail in list_mails(database)] == ["report", "report"]
    assert mailbox.waiting == {}


def test_what_was_not_given_is_not_asked_for_twice_in_a_poll(database: Database) -> None:
    """A further walk over the mailbox goes without it, and its problem is told though that walk had none."""
    mailbox = CountingMailbox(make_report(1))
    closed = mailbox.put(make_report(2), uid="closed")
    mailbox.unreadable.add(closed)

    summary = make_intake(mailbox, database).poll()

    assert mailbox.walks > 1
    assert mailbox.asked.count(closed) == 1
    assert summary.problems == ["closed cannot be read and stays"]


def test_what_has_gone_is_looked_for_in_pieces(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries that were decided and not filed are asked for a few at a time, all of them."""
    monkeypatch.setattr(intake, "UNFILED_AT_ONCE", 2)
    mailbox = FakeMailbox(*(make_report(number) for number in range(5)))
    mailbox.fails_to_file = True
    with pytest.raises(MailboxError):
        make_intake(mailbox, database).poll()
    mailbox.waiting.clear()

    make_intake(mailbox, database).poll()

    deliveries = [one for mail in list_mails(database) for one in list_deliveries(database, mail.id)]
    assert [one.folder for one in deliveries] == [""] * 5
