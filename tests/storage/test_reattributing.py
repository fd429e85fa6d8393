"""Storing what was decided again: attributions in place, the incident under its new key, its history."""

from collections import Counter

from reattribution_builders import LATER, Stored, emptied, history, set_status, shown
from sqlalchemy import text
from storage_builders import attribution, only_incident, outcome, record, report

from storage.database import Database
from storage.mails import reports_of_mail
from storage.reattributing import store_redecisions
from storage.rekeying import choose_rekeyed


def test_whole_incident_keeps_its_id(database: Database) -> None:
    """An incident whose reports all belong to another tenant now is that tenant's, under the id that it had."""
    stored = Stored(database, "contoso", "contoso")
    before = only_incident(database)
    set_status(database, before.id, "confirmed")

    stored.reattribute("fabrikam", "fabrikam")

    after = only_incident(database)
    assert (after.id, after.tenant, after.status) == (before.id, "fabrikam", "confirmed")
    assert (after.report_count, after.reporter_count) == (2, 2)
    assert emptied(database) == []


def test_rekeyed_incident_takes_the_next_report(database: Database) -> None:
    """A report that comes later joins the incident under its new key, and one of the old key makes another."""
    stored = Stored(database, "contoso")
    stored.reattribute("fabrikam")

    stored.add((report(), attribution(tenant="fabrikam")))
    stored.add((report(), attribution(tenant="contoso")))

    (first, *_), (second, *_) = shown(database)
    assert shown(database) == [(first, "fabrikam", 2), (second, "contoso", 1)]


def test_history_keeps_both(database: Database) -> None:
    """The history tells what the incident was and what it is."""
    stored = Stored(database, "contoso")
    incident = only_incident(database)

    stored.reattribute(None)

    (_, entry) = history(database, incident.id)
    assert entry == (
        "reattributed",
        {
            "before": {"tenant": "contoso", "confidence": "stated", "ip": "192.0.2.1", "reason": None},
            "after": {
                "tenant": None,
                "confidence": "stated",
                "ip": "192.0.2.1",
                "reason": "no_tenant_named",
            },
            "reports": 1,
            "from": {},
            "to": {},
        },
    )


def test_reports_keep_their_ids(database: Database) -> None:
    """A report is changed in place: id, mail and position stay, all of its attribution is the new one."""
    stored = Stored(database, "contoso")
    with database.read() as session:
        (before,) = reports_of_mail(session, stored.mails[0])
    decided = attribution("proven", tenant="fabrikam", ip="192.0.2.77")

    stored.store(stored.decide(lambda _: decided))

    with database.read() as session:
        (after,) = reports_of_mail(session, stored.mails[0])
    assert (after.id, after.position, after.fields) == (before.id, before.position, before.fields)
    assert after.attribution == decided
    incident = only_incident(database)
    assert (incident.confidence, str(incident.ip), incident.evidence) == (
        "proven",
        "192.0.2.77",
        decided.evidence,
    )


def test_incident_shows_its_best_report_anew(database: Database) -> None:
    """When the best-proven report loses its proof, the incident shows the next best."""
    stored = Stored(database)
    stored.add((report(), attribution("proven", ip="192.0.2.9")))
    stored.add((report(), attribution("corroborated")))

    stored.store(
        stored.decide(lambda one: attribution("stated" if one.mail_id == stored.mails[0] else "corroborated"))
    )

    incident = only_incident(database)
    assert (incident.confidence, str(incident.ip), incident.report_count) == ("corroborated", "192.0.2.1", 2)


def test_deciding_twice_changes_nothing(database: Database) -> None:
    """What was stored already is decided the same: nothing is changed, and no history is written."""
    stored = Stored(database, "contoso", "fabrikam", None)
    stored.reattribute("fabrikam", "fabrikam", "fabrikam")
    (incident, *_) = shown(database)[0]
    before = history(database, incident)

    again = stored.decide(lambda one: attribution(tenant="fabrikam"))
    told = stored.store(again)

    assert not any(one.is_changed for one in again)
    assert told == {}
    assert history(database, incident) == before


def test_report_that_was_read_again_meanwhile_is_left_alone(database: Database) -> None:
    """A mail that was read anew since it was decided on keeps what that reading brought."""
    stored = Stored(database, "contoso", "contoso")
    decided = stored.decide(lambda _: attribution(tenant="fabrikam"))
    record(
        database,
        [outcome(stored.mails[0], (report(), attribution(tenant="woodgrove")), reporter="r1@isp.example")],
    )

    with database.begin() as session:
        told = store_redecisions(session, decided, LATER)

    assert len(told) == 1
    assert sorted(str(tenant) for _, tenant, _ in shown(database)) == ["fabrikam", "woodgrove"]


def test_report_that_came_meanwhile_stays(database: Database) -> None:
    """An incident that another report joined since is not taken along: only what was decided on moves."""
    stored = Stored(database, "contoso")
    decided = stored.decide(lambda _: attribution(tenant="fabrikam"))
    old = only_incident(database).id
    stored.add((report(), attribution(tenant="contoso")))

    stored.store(decided)

    first, second = shown(database)
    assert first == (old, "contoso", 1)
    assert second[1:] == ("fabrikam", 1)


def test_nothing_but_reports_and_incidents_is_touched(database: Database) -> None:
    """Mails, acknowledgements and deliveries are as before."""
    stored = Stored(database, "contoso")

    def others() -> list[object]:
        with database.read() as session:
            return [
                session.execute(text(f"SELECT * FROM {table}")).all()
                for table in ("mails", "acknowledgements", "deliveries")
            ]

    before = others()
    stored.reattribute("fabrikam")

    assert others() == before


def test_only_the_reports_of_an_incident_that_leave_whole_take_its_key_along() -> None:
    """The key follows all reports only: one that stays, one that goes elsewhere, or a key in use keeps it."""
    own, both, parted = {1: "a"}, {1: Counter("bb")}, {1: Counter("bc")}

    assert choose_rekeyed(both, {1: 2}, own, {"b"}) == {1: "b"}
    assert choose_rekeyed(both, {1: 3}, own, {"b"}) == {}
    assert choose_rekeyed(parted, {1: 2}, own, {"b", "c"}) == {}
    assert choose_rekeyed(both, {1: 2}, own, set()) == {}
