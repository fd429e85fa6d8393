"""Storing what was decided again: attributions in place, incidents under their new keys, the history of both."""

from collections import Counter

import pytest
from reattribution_builders import LATER, Stored, history
from sqlalchemy import text
from storage_builders import NOW, attribution, incidents, message, only_incident, outcome, record, report

from storage.database import Database
from storage.errors import NotFound
from storage.incidents import count_junk_by_tenant, find_incident, incident_reports, list_incidents
from storage.mails import reports_of_mail
from storage.reattributing import store_redecisions
from storage.redecisions import batch_incidents, find_incident_ids, load_mails, require_incident_ids
from storage.rekeying import choose_rekeyed
from storage.statistics import gather_statistics
from storage.values import IncidentFilter, IncidentRecord


def emptied(database: Database) -> list[IncidentRecord]:
    with database.read() as session:
        return list(list_incidents(session, IncidentFilter(emptied=True)))


def shown(database: Database) -> list[tuple[str, str | None, int]]:
    """Id, tenant and count of each incident that lists show, by id."""
    found = [(one.id, one.tenant, one.report_count) for one in incidents(database)]
    return sorted(found, key=lambda one: int(one[0]))


def set_status(database: Database, incident_id: str, status: str) -> None:
    with database.begin() as session:
        session.execute(
            text("UPDATE incidents SET status = :status WHERE id = :id"),
            {"status": status, "id": int(incident_id)},
        )


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


def test_reports_move_to_the_incident_of_their_key(database: Database) -> None:
    """Where an incident of the new key is there, reports move to it, and both histories tell of it."""
    stored = Stored(database, "contoso", "fabrikam")
    innocent, guilty = (one for one, *_ in shown(database))

    stored.reattribute("fabrikam", "fabrikam")

    assert shown(database) == [(guilty, "fabrikam", 2)]
    action, detail = history(database, innocent)[-1]
    assert (action, detail["after"], detail["to"]) == ("reattributed", None, {guilty: 1})
    action, detail = history(database, guilty)[-1]
    assert (action, detail["from"], detail["after"]["tenant"]) == ("reattributed", {innocent: 1}, "fabrikam")


def test_emptied_incident_speaks_against_nobody(database: Database) -> None:
    """An incident that lost its reports stays with its status and history, and no list, count or figure has it."""
    stored = Stored(database, "contoso", "fabrikam")
    innocent, guilty = (one for one, *_ in shown(database))
    set_status(database, innocent, "confirmed")

    stored.reattribute("fabrikam", "fabrikam")

    (left,) = emptied(database)
    assert (left.id, left.status, left.report_count, left.reporter_count) == (innocent, "confirmed", 0, 0)
    with database.read() as session:
        assert list(list_incidents(session, IncidentFilter(tenant="contoso"))) == []
        assert count_junk_by_tenant(session) == (("fabrikam", 1, 2),)
        assert gather_statistics(session, LATER).incidents["confirmed"] == 0
        assert incident_reports(session, innocent) == ()
        assert find_incident(session, guilty).report_count == 2


def test_emptied_incident_takes_its_reports_back(database: Database) -> None:
    """When the earlier decision turns out to have been right, the incident has its reports again."""
    stored = Stored(database, "contoso", "fabrikam")
    before = shown(database)
    stored.reattribute("fabrikam", "fabrikam")

    stored.reattribute("contoso", "fabrikam")

    assert shown(database) == before
    assert emptied(database) == []
    innocent = before[0][0]
    assert [action for action, _ in history(database, innocent)] == [
        "created",
        "reattributed",
        "reattributed",
    ]


def test_reports_part(database: Database) -> None:
    """Where only some reports differ now, those move to an incident of their own."""
    stored = Stored(database, "contoso", "contoso", "contoso")
    old = only_incident(database).id

    stored.reattribute("contoso", "fabrikam", "contoso")

    (first, second) = shown(database)
    assert first == (old, "contoso", 2)
    assert second[1:] == ("fabrikam", 1)
    assert [action for action, _ in history(database, second[0])] == ["created", "reattributed"]
    assert history(database, second[0])[-1][1]["before"] is None
    assert history(database, old)[-1][1]["to"] == {second[0]: 1}


def test_all_reports_part(database: Database) -> None:
    """Where the reports of an incident go to different keys, it is emptied."""
    stored = Stored(database, "contoso", "contoso")
    old = only_incident(database).id

    stored.reattribute("fabrikam", "woodgrove")

    assert sorted((tenant, count) for _, tenant, count in shown(database)) == [
        ("fabrikam", 1),
        ("woodgrove", 1),
    ]
    assert [one.id for one in emptied(database)] == [old]


def test_two_incidents_change_places(database: Database) -> None:
    """Reports of two tenants that were taken for each other change places; nothing is lost."""
    stored = Stored(database, "contoso", "fabrikam", "fabrikam")
    (contoso, _, _), (fabrikam, _, _) = shown(database)

    stored.reattribute("fabrikam", "contoso", "contoso")

    assert shown(database) == [(contoso, "contoso", 2), (fabrikam, "fabrikam", 1)]


def test_key_that_others_want_is_left_to_them(database: Database) -> None:
    """An incident whose key another's reports come to keeps it, and its own reports move on."""
    stored = Stored(database, "contoso", "fabrikam")
    (contoso, _, _), (fabrikam, _, _) = shown(database)

    stored.reattribute("fabrikam", "woodgrove")

    (first, second) = shown(database)
    assert first == (fabrikam, "fabrikam", 1)
    assert second[1:] == ("woodgrove", 1)
    assert [one.id for one in emptied(database)] == [contoso]


def test_two_incidents_become_one(database: Database) -> None:
    """Where two incidents get one new key, the older one has it and the reports of both."""
    stored = Stored(database, "contoso", "fabrikam")
    (older, _, _), (newer, _, _) = shown(database)

    stored.reattribute("woodgrove", "woodgrove")

    assert shown(database) == [(older, "woodgrove", 2)]
    assert [one.id for one in emptied(database)] == [newer]
    assert history(database, older)[-1][1]["from"] == {newer: 1}


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


def test_message_counts_once_in_the_incident_that_it_moves_to(database: Database) -> None:
    """The same reporter with the same message counts once, also when it comes from two incidents."""
    stored = Stored(database)
    first = stored.add((report(), attribution(tenant="contoso")), (report(), attribution(tenant="fabrikam")))

    stored.store(stored.decide(lambda _: attribution(tenant="fabrikam")))

    incident = only_incident(database)
    assert (incident.report_count, incident.reporter_count) == (1, 1)
    with database.read() as session:
        assert {one.incident_id for one in reports_of_mail(session, first)} == {incident.id}


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


def test_batches_hold_whole_incidents(database: Database) -> None:
    """An incident is never parted, however many mails report it, and what exceeds a batch begins the next."""
    stored = Stored(database)
    for number in range(1, 7):
        stored.add((report(message(message_id=f"<{number // 3}@junk.example>")), attribution()))
    with database.read() as session:
        ids = find_incident_ids(session, IncidentFilter())

        batches = list(batch_incidents(session, ids, most_mails=2))

    assert [(len(one.incident_ids), len(one.mail_ids)) for one in batches] == [(1, 2), (1, 3), (1, 1)]
    assert sorted(id for one in batches for id in one.mail_ids) == sorted(stored.mails)


def test_mails_come_within_a_bound(database: Database) -> None:
    """So many mails come at once as fit, but one always does."""
    stored = Stored(database, "contoso", "contoso", "contoso")

    with database.read() as session:
        both = load_mails(session, stored.mails, most_bytes=60)
        one = load_mails(session, stored.mails, most_bytes=1)

    assert [mail.id for mail in both] == stored.mails[:2]
    assert [mail.id for mail in one] == stored.mails[:1]
    assert both[0].raw == b"Subject: mail 1\r\n\r\nHello\r\n"


@pytest.mark.parametrize("id", ["999", "x", ""])
def test_an_id_that_is_none_is_refused(database: Database, id: str) -> None:
    """An id that no incident has is told."""
    Stored(database, "contoso")

    with database.read() as session, pytest.raises(NotFound, match="no incident"):
        require_incident_ids(session, ["1", id])


def test_received_times_follow_the_reports(database: Database) -> None:
    """An incident was first and last seen when the reports came that it has now."""
    stored = Stored(database, "contoso")
    stored.add((report(), attribution()), at=LATER)
    old = only_incident(database).id

    stored.reattribute("fabrikam", "contoso")

    with database.read() as session:
        left = find_incident(session, old)
    assert (left.first_seen, left.last_seen) == (LATER, LATER)
    (new,) = [one for one in incidents(database) if one.id != old]
    assert (new.first_seen, new.last_seen) == (NOW, NOW)
