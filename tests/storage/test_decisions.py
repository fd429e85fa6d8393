"""What analysts decide: what it changes, what the history and the audit log tell, and what it outlives."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from reattribution_builders import Stored, emptied, history
from storage_builders import (
    NOW,
    arrival,
    attribution,
    incidents,
    keep,
    keep_all,
    message,
    only_incident,
    outcome,
    record,
    report,
)

from storage.audit import list_audit
from storage.database import Database
from storage.decisions import Decided, Decision, decide, decide_each
from storage.errors import NotFound
from storage.incidents import find_incident, list_incidents
from storage.tenant_incidents import summarise_incidents
from storage.values import Actor, Correction, IncidentCount, IncidentFilter, IncidentRecord

MIA = Actor("mia", "terminal")
LATER = NOW + timedelta(hours=1)


def _decide(
    database: Database, ids: Collection[str], *, by: Actor = MIA, at: Any = LATER, **decision: Any
) -> tuple[str, ...]:
    with database.begin() as session:
        return decide(session, ids, Decision(**decision), by, at)


def _find(database: Database, id: str = "1") -> IncidentRecord:
    with database.read() as session:
        return find_incident(session, id)


def _decisions(database: Database, id: str = "1") -> list[Any]:
    return [detail for action, detail in history(database, id) if action == "decided"]


def _three_incidents(database: Database) -> None:
    for number, mail in enumerate(keep(database, 3)):
        record(database, [outcome(mail, report(message(message_id=f"<{number}@x>")))])


def test_a_status_is_set_with_its_history_and_audit(database: Database) -> None:
    """All say who, when, what it was and what it is."""
    Stored(database, "contoso")

    changed = _decide(database, ["1"], status="dismissed", note="a test mail")

    detail = {"status": {"before": "new", "after": "dismissed"}, "note": "a test mail"}
    with database.read() as session:
        (line,) = list_audit(session)
    assert (changed, _find(database).status, _decisions(database)) == (("1",), "dismissed", [detail])
    assert (line.actor, line.action, line.object_kind, line.object_id) == ("mia", "decided", "incident", "1")
    assert (line.at, line.detail) == (LATER, detail)


def test_what_is_so_already_changes_nothing(database: Database) -> None:
    """Neither the history nor the audit log gets a line."""
    Stored(database, "contoso")
    _decide(database, ["1"], status="open", tenant="fabrikam")

    changed = _decide(database, ["1"], status="open", tenant="fabrikam")

    assert (changed, len(_decisions(database))) == ((), 1)


def test_a_note_alone_is_a_comment(database: Database) -> None:
    """It is kept each time, and changes nothing else."""
    Stored(database, "contoso")
    before = only_incident(database)

    for _ in range(2):
        _decide(database, ["1"], note="asked the customer")

    assert _decisions(database) == [{"note": "asked the customer"}] * 2
    assert only_incident(database) == before


@pytest.mark.parametrize(
    ("decision", "tenant"), [({"tenant": "fabrikam"}, "fabrikam"), ({"clears_tenant": True}, None)]
)
def test_a_correction_keeps_what_the_evidence_says(
    database: Database, decision: dict[str, Any], tenant: str | None
) -> None:
    """Who corrected it, when and why stand beside it."""
    Stored(database, "contoso")
    _decide(database, ["1"], **decision, note="moved in May")

    found = _find(database)

    assert (found.tenant, found.attributed_tenant, found.confidence) == (tenant, "contoso", "stated")
    assert found.correction == Correction(tenant, "mia", LATER, "moved in May")


def test_a_correction_can_be_withdrawn(database: Database) -> None:
    """The incident is again whose the evidence says."""
    Stored(database, "contoso")
    _decide(database, ["1"], tenant="fabrikam")

    _decide(database, ["1"], withdraws_correction=True)

    found = _find(database)
    assert (found.tenant, found.correction) == ("contoso", None)
    assert _decisions(database)[-1] == {
        "tenant": {"before": "fabrikam", "after": "contoso"},
        "by_hand": False,
    }


def test_all_or_none_is_decided(database: Database) -> None:
    """One id that is not there leaves all as they were."""
    _three_incidents(database)

    with pytest.raises(NotFound, match="no incident '9'"):
        _decide(database, ["1", "9", "2"], status="open")

    assert {one.status for one in incidents(database)} == {"new"}


def test_what_got_the_note_only_is_told_apart(database: Database) -> None:
    """One that is so already keeps the note; the other changes."""
    _three_incidents(database)
    _decide(database, ["2"], status="open")

    with database.begin() as session:
        decided = decide_each(session, ["1", "2"], Decision(status="open", note="why"), MIA, LATER)

    assert decided == Decided(decided.changed, ("2",), (), ())
    assert sorted(decided.changed) == ["1", "2"]


def test_those_that_are_there_can_be_decided_on_alone(database: Database) -> None:
    """What was so already, and what is not there, are told apart."""
    _three_incidents(database)
    _decide(database, ["2"], status="open")

    with database.begin() as session:
        decided = decide_each(
            session, ["3", "2", "9", "x", "\0", "9" * 100, "1"], Decision(status="open"), MIA, LATER
        )

    assert decided == Decided(decided.changed, (), ("2",), ("9", "x", "\0", "9" * 100))
    assert sorted(decided.changed) == ["1", "3"]


def test_more_incidents_than_fit_one_statement_are_decided_on(database: Database) -> None:
    """A thousand, in one transaction."""
    ids = keep(database, 1)
    about = [(report(message(message_id=f"<{number}@x>")), attribution()) for number in range(1_001)]
    record(database, [outcome(ids[0], *about)])

    changed = _decide(database, [str(number) for number in range(1, 1_002)], status="resolved")

    with database.read() as session:
        statuses = [one.status for one in list_incidents(session, IncidentFilter(), 0)]
    assert (len(changed), statuses) == (1_001, ["resolved"] * 1_001)


@pytest.mark.parametrize("confidence", ["stated", "proven"])
def test_a_correction_outlives_new_reports(database: Database, confidence: Any) -> None:
    """Also those that prove more than what is shown; what the evidence says follows them."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], status="confirmed", tenant="fabrikam")

    stored.add((report(), attribution(confidence)), at=LATER)

    found = only_incident(database)
    assert (found.tenant, found.status, found.report_count) == ("fabrikam", "confirmed", 2)
    assert (found.attributed_tenant, found.confidence) == ("contoso", confidence)


def test_a_correction_outlives_another_attribution(database: Database) -> None:
    """`incidents reattribute` changes what the evidence says, not what an analyst said."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], tenant="fabrikam", note="moved")

    stored.reattribute("woodgrove")

    found = only_incident(database)
    assert (found.id, found.tenant, found.attributed_tenant) == ("1", "fabrikam", "woodgrove")
    assert found.correction == Correction("fabrikam", "mia", LATER, "moved")


def test_a_withdrawn_correction_gives_what_the_evidence_says_now(database: Database) -> None:
    """Not what it said when it was corrected."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], tenant="fabrikam")
    stored.reattribute("woodgrove")

    _decide(database, ["1"], withdraws_correction=True)

    assert only_incident(database).tenant == "woodgrove"


def test_a_correction_outlives_reading_the_mails_again(database: Database) -> None:
    """`mails retry` counts the incident anew."""
    stored = Stored(database, "contoso", "contoso")
    _decide(database, ["1"], tenant="fabrikam")

    record(database, [outcome(stored.mails[0], (report(), attribution("proven")), reporter="r1@isp.example")])

    found = only_incident(database)
    assert (found.tenant, found.report_count, found.confidence) == ("fabrikam", 2, "proven")


@pytest.mark.parametrize("actor", ["mia", "intake"])
@pytest.mark.parametrize("decision", [{"tenant": "fabrikam"}, {"status": "open"}, {"note": "seen"}])
def test_what_was_decided_is_kept_when_all_reports_go(
    database: Database, decision: dict[str, Any], actor: str
) -> None:
    """An incident that somebody worked on is emptied, not removed: also where a person has the program's name."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], **decision, by=Actor(actor, "terminal"))
    if "status" in decision:
        _decide(database, ["1"], status="new")

    record(database, [outcome(stored.mails[0], disposition="not_a_report", reason="bounce")])

    (kept,) = emptied(database)
    assert (kept.tenant, len(_decisions(database))) == (
        decision.get("tenant", "contoso"),
        1 + ("status" in decision),
    )


def test_an_emptied_incident_that_gets_reports_again_is_still_corrected(database: Database) -> None:
    """What the new reports say is what the evidence says."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], tenant="fabrikam")
    record(database, [outcome(stored.mails[0], disposition="not_a_report", reason="bounce")])

    stored.add((report(), attribution("proven")), at=LATER)

    found = only_incident(database)
    assert (found.tenant, found.attributed_tenant, found.report_count) == ("fabrikam", "contoso", 1)


def test_a_corrected_incident_counts_for_the_other_tenant_by_hand(database: Database) -> None:
    """A tenant is not counted as proven guilty by evidence that names another one."""
    (mail,) = keep_all(database, [arrival(1)])
    record(database, [outcome(mail, (report(), attribution("proven")))])
    _decide(database, ["1"], tenant="fabrikam")

    with database.read() as session:
        was, now = (summarise_incidents(session, tenant) for tenant in ("contoso", "fabrikam"))

    assert was.counts == ()
    assert now.counts == (IncidentCount(True, "new", "proven", 1, by_hand=True),)


def test_an_emptied_incident_counts_for_nobody(database: Database) -> None:
    """Nothing speaks for it any more."""
    stored = Stored(database, "contoso")
    _decide(database, ["1"], status="open")
    record(database, [outcome(stored.mails[0], disposition="not_a_report", reason="bounce")])

    with database.read() as session:
        assert summarise_incidents(session, "contoso").counts == ()
