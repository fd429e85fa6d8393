"""Reports that were decided again move between incidents: counts, histories, and what an emptied one shows."""

from datetime import date

from reattribution_builders import LATER, Stored, emptied, history, set_status, shown
from storage_builders import NOW, attribution, incidents, only_incident, report

from storage.database import Database
from storage.incidents import find_incident, incident_reports, list_incidents
from storage.mails import reports_of_mail
from storage.statistics import gather_statistics
from storage.trends import count_junk
from storage.values import IncidentFilter


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
        (counted,) = count_junk(session, "tenant", date.min, date.max)
        assert (counted.key, counted.incidents, counted.reports) == ("fabrikam", 1, 2)
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


def test_message_counts_once_in_the_incident_that_it_moves_to(database: Database) -> None:
    """The same reporter with the same message counts once, also when it comes from two incidents."""
    stored = Stored(database)
    first = stored.add((report(), attribution(tenant="contoso")), (report(), attribution(tenant="fabrikam")))

    stored.store(stored.decide(lambda _: attribution(tenant="fabrikam")))

    incident = only_incident(database)
    assert (incident.report_count, incident.reporter_count) == (1, 1)
    with database.read() as session:
        assert {one.incident_id for one in reports_of_mail(session, first)} == {incident.id}


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
