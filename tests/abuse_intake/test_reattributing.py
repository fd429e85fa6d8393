"""Deciding again: what is read, what is paired with what, and what a mail costs the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from report_builders import make_read_mail
from storage_builders import NOW, arrival, attribution, keep_all, message, open_empty, outcome, record, report

from abuse_intake.attribution.dkim.problems import Problem
from abuse_intake.guard.failure import Failure
from abuse_intake.reattributing import DecidedBatch, Redecider, Trouble, has_lost_its_key, pair_reports
from parsers.values import ReadMail, Report
from storage.database import Database
from storage.redecisions import BATCH_MAILS, Redecision, StoredReport, find_incident_ids
from storage.values import Attribution, Evidence, IncidentFilter


@dataclass(slots=True)
class FakeReading:
    """Mails under way; the reader counts how many are at once."""

    reader: "FakeReader"
    raws: Sequence[bytes]

    def results(self) -> list[ReadMail | Failure]:
        self.reader.at_once -= len(self.raws)
        return [self.reader.answers.get(raw, self.reader.usual) for raw in self.raws]


@dataclass(slots=True)
class FakeReader:
    """Reads each mail as told, and notes how many it had at once."""

    usual: ReadMail
    answers: dict[bytes, ReadMail | Failure] = field(default_factory=dict)
    at_once: int = 0
    most: int = 0
    seen: list[bytes] = field(default_factory=list)

    def make_ready(self) -> None:
        """It is."""

    def begin_reading(self, raws: Sequence[bytes]) -> FakeReading:
        self.seen += raws
        self.at_once += len(raws)
        self.most = max(self.most, self.at_once)
        return FakeReading(self, raws)


@dataclass(slots=True)
class FakeAttributor:
    """Says of every message that it is of one tenant; one message it fails over."""

    tenant: str = "fabrikam"
    fails_over: str | None = None
    prepared: list[int] = field(default_factory=list)
    arrivals: set[datetime] = field(default_factory=set)

    def prepare(self, reports: Iterable[Report]) -> None:
        self.prepared.append(len(list(reports)))

    def attribute(self, report: Report, received_at: datetime) -> Attribution:
        assert report.message is not None
        if self.fails_over == report.message.message_id:
            raise ValueError("a fault of ours")
        self.arrivals.add(received_at)
        return attribution(tenant=self.tenant)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty one, in a file."""
    with open_empty(tmp_path) as opened:
        yield opened


def store_mails(database: Database, count: int, *reports: Report) -> list[bytes]:
    """Mails that all bring these reports, attributed to contoso; their bytes."""
    arrivals = [arrival(number) for number in range(count)]
    ids = keep_all(database, arrivals)
    record(database, [outcome(id, *reports, reporter=f"r{id}@isp.example") for id in ids])
    return [one.raw for one in arrivals]


def decide_all(database: Database, reader: FakeReader, attributor: FakeAttributor) -> list[DecidedBatch]:
    with database.read() as session:
        ids = find_incident_ids(session, IncidentFilter())
    return list(Redecider(database, reader, attributor).decide(ids))


def about(id: str) -> Report:
    return report(message(message_id=f"<{id}@junk.example>", sha256=id * 64))


def test_all_reports_are_decided_on_as_of_their_arrival(database: Database) -> None:
    """Each report of a mail is decided on once, as of when the mail was received."""
    store_mails(database, 3, about("a"), about("b"))
    attributor = FakeAttributor()

    (batch,) = decide_all(database, FakeReader(make_read_mail(about("a"), about("b"))), attributor)

    assert (batch.incidents, batch.decided, len(batch.changed), batch.troubles) == (2, 6, 6, ())
    assert {one.attribution.tenant for one in batch.changed} == {"fabrikam"}
    assert attributor.arrivals == {NOW}


def test_what_is_decided_as_before_is_only_counted(database: Database) -> None:
    """A decision that changes nothing is not kept."""
    store_mails(database, 3, about("a"))

    (batch,) = decide_all(database, FakeReader(make_read_mail(about("a"))), FakeAttributor(tenant="contoso"))

    assert (batch.decided, list(batch.changed)) == (3, [])


def test_keys_are_asked_for_once_a_piece(database: Database) -> None:
    """What attributing needs from elsewhere is looked up for all reports of a batch together."""
    store_mails(database, 5, about("a"), about("b"))
    attributor = FakeAttributor()

    decide_all(database, FakeReader(make_read_mail(about("a"), about("b"))), attributor)

    assert attributor.prepared == [10]


def test_many_mails_come_in_bounded_pieces(database: Database) -> None:
    """Of however many mails, two pieces at most are in memory, and each mail is read once."""
    raws = store_mails(database, 3 * BATCH_MAILS - 50, about("a"))
    reader = FakeReader(make_read_mail(about("a")))

    batches = decide_all(database, reader, FakeAttributor())

    assert reader.most <= 2 * BATCH_MAILS
    assert sorted(reader.seen) == sorted(raws)
    assert [one.decided for one in batches] == [len(raws)]


def test_incidents_come_in_batches(database: Database) -> None:
    """Many incidents are not decided on all at once: what the first batch led to is told before the last is read."""
    ids = keep_all(database, [arrival(number) for number in range(BATCH_MAILS + 100)])
    outcomes = [outcome(id, report(message(message_id=f"<{id}@junk.example>"))) for id in ids]
    record(database, outcomes)

    batches = decide_all(database, FakeReader(make_read_mail(report())), FakeAttributor())

    assert [one.incidents for one in batches] == [BATCH_MAILS, 100]
    assert sum(one.decided for one in batches) == BATCH_MAILS + 100


def test_mail_that_cannot_be_read_costs_itself_only(database: Database) -> None:
    """The reports of a mail that cannot be read stay as they are; the others are decided on."""
    first, *_ = store_mails(database, 3, about("a"), about("b"))
    reader = FakeReader(make_read_mail(about("a"), about("b")), {first: Failure("too_costly")})

    (batch,) = decide_all(database, reader, FakeAttributor())

    assert batch.troubles == (Trouble("1", "too_costly", 2),)
    assert batch.decided == 4


def test_fault_over_one_mail_costs_itself_only(database: Database) -> None:
    """Where attributing fails by a fault of ours, that mail stays as it is, and the work goes on."""
    first, *_ = store_mails(database, 3, about("a"))
    reader = FakeReader(make_read_mail(about("a")), {first: make_read_mail(about("a"))})
    reader.answers[first] = make_read_mail(replace(about("a"), message=message(sha256="a" * 64)))

    (batch,) = decide_all(database, reader, FakeAttributor(fails_over="<1@junk.example>"))

    assert batch.troubles == (Trouble("1", "internal_error", 1),)
    assert batch.decided == 2


@pytest.mark.parametrize(
    ("now", "decided"),
    [((), 0), (("b", "a"), 2), (("a",), 1), (("a", "b", "c"), 2), (("c", "b"), 1), (("a", "a"), 1)],
)
def test_mail_that_reads_differently(database: Database, now: tuple[str, ...], decided: int) -> None:
    """Only reports of messages that are stored already are decided on; that the rest differs is told."""
    store_mails(database, 1, about("a"), about("b"))

    (batch,) = decide_all(database, FakeReader(make_read_mail(*map(about, now))), FakeAttributor())

    pairs = [(one.report.position, one.key_sha256) for one in batch.changed]
    assert batch.decided == decided
    assert len(set(pairs)) == decided
    differs = set(now) != {"a", "b"}
    assert batch.troubles == ((Trouble("1", "reads_differently", 2 - decided),) if differs else ())


def test_only_reports_of_the_incidents_that_were_asked_for(database: Database) -> None:
    """Of a mail that reports several messages, reports of other incidents are neither decided on nor counted."""
    store_mails(database, 2, about("a"), about("b"))
    redecider = Redecider(database, FakeReader(make_read_mail(about("b"))), FakeAttributor())

    (first,), (second,) = redecider.decide([1]), redecider.decide([2])

    assert (first.decided, [one.reports for one in first.troubles]) == (0, [1, 1])
    assert {one.report.incident_id for one in second.changed} == {"2"}
    assert (second.decided, [one.reports for one in second.troubles]) == (2, [0, 0])


def stored(position: int, key: str) -> StoredReport:
    return StoredReport("7", "1", position, "1", "k", key, attribution())


def test_pairs_are_of_the_same_message() -> None:
    """A stored report is paired with the one of the same hash, wherever it stands now."""
    pairs = pair_reports([stored(0, "a" * 64), stored(1, "b" * 64)], [about("b"), about("c"), about("a")])

    assert [(one.position, found.message and found.message.sha256) for one, found in pairs] == [
        (0, "a" * 64),
        (1, "b" * 64),
    ]


def test_the_same_message_twice_is_paired_in_order() -> None:
    """Of two reports of one message each has its own."""
    pairs = pair_reports([stored(0, "a" * 64), stored(1, "a" * 64)], [about("a"), about("a"), about("b")])

    assert [one.position for one, _ in pairs] == [0, 1]


def test_report_without_a_message_is_known_by_its_place_only() -> None:
    """Where the mail reads differently, nothing says which of the reports without a message is which."""
    bare = Report(format="arf")

    alike = pair_reports([stored(0, ""), stored(1, "")], [bare, bare])
    different = pair_reports([stored(0, ""), stored(1, "")], [bare])

    assert [one.position for one, _ in alike] == [0, 1]
    assert different == []


PROOF = Evidence("dkim", "contoso.example", "contoso", True, "d=contoso.example s=s1, it verifies")


@pytest.mark.parametrize(
    ("problem", "is_kept"),
    [
        (Problem.NO_KEY, True),
        (Problem.NO_KEY_IN_ARCHIVE, True),
        (Problem.UNREACHABLE, True),
        (Problem.REVOKED, True),
        (Problem.MALFORMED_KEY, True),
        (Problem.OTHER_KEY, True),
        (Problem.TESTING, True),
        (Problem.WEAK_KEY, True),
        (Problem.IDENTITY, True),
        (Problem.HEADER_CHANGED, True),
        (Problem.CHAIN_BROKEN, True),
        (Problem.BODY_CHANGED, False),
        (Problem.SHARED, False),
    ],
)
def test_a_proof_outlives_its_key(problem: Problem, is_kept: bool) -> None:
    """What a key proved stays proven when the key is changed, not when the signature is judged otherwise."""
    proven = replace(attribution("proven"), evidence=(PROOF,))
    failed = replace(PROOF, verified=False, detail=f"d=contoso.example s=s1, a domain of contoso: {problem}")
    now = replace(attribution("unattributed", tenant=None), evidence=(failed,))
    stored = StoredReport("1", "1", 0, "1", "key", "message", proven)

    assert has_lost_its_key(Redecision(stored, now, "other")) is is_kept


def test_a_proof_by_another_signature_needs_no_key() -> None:
    """Only a signature that had proven something is missed, and only by what was proven."""
    missing = replace(PROOF, verified=False, detail=f"x: {Problem.NO_KEY}")
    now = replace(attribution("unattributed", tenant=None), evidence=(missing,))
    by_another = replace(PROOF, value="b.example")
    before = replace(attribution("proven"), evidence=(by_another,))
    stated = replace(attribution("stated"), evidence=(PROOF,))

    for earlier in (before, stated):
        stored = StoredReport("1", "1", 0, "1", "key", "message", earlier)
        assert not has_lost_its_key(Redecision(stored, now, "other"))


def test_fault_while_keys_are_looked_up_costs_nothing(database: Database) -> None:
    """Each mail is then judged alone."""

    class Faulty(FakeAttributor):
        def prepare(self, reports: Iterable[Report]) -> None:
            raise ValueError("a fault of ours")

    store_mails(database, 3, about("a"))

    (batch,) = decide_all(database, FakeReader(make_read_mail(about("a"))), Faulty())

    assert (batch.decided, batch.troubles) == (3, ())


def test_words_of_a_selector_are_no_reason() -> None:
    """Only what stands at the end says why: a selector is whatever its signer wrote."""
    proven = replace(attribution("proven"), evidence=(PROOF,))
    detail = f"d=contoso.example s={Problem.REVOKED}, a domain of contoso: {Problem.BODY_CHANGED}"
    now = replace(
        attribution("unattributed", tenant=None), evidence=(replace(PROOF, verified=False, detail=detail),)
    )
    stored = StoredReport("1", "1", 0, "1", "key", "message", proven)

    assert not has_lost_its_key(Redecision(stored, now, "other"))
