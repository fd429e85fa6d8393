"""Which reports are about one incident."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from storage_builders import NOW, attribution, message, report

from parsers.values import Report
from storage.incidents import incident_key


def bare(**changes: Any) -> Report:
    return Report(format="arf", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": " Cheap \t pills "},
        {"message_id": "1@junk.example"},
        {"headers_only": True},
        {"sha256": "b" * 64},
        {"text_sha256": "c" * 64},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_makes_no_difference(changes: dict[str, Any]) -> None:
    """White space, brackets of the id, and the body of a message with an id don't tell incidents apart."""
    same = incident_key(report(message(**changes)), attribution())

    assert same == incident_key(report(), attribution())


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Cheap Pills"},
        {"message_id": "<2@junk.example>"},
        {"message_id": None},
        {"from_address": "other@contoso.example"},
        {"date": NOW + timedelta(seconds=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_makes_another_incident(changes: dict[str, Any]) -> None:
    """Another Message-ID, From, Date or Subject is another incident, so that nobody can poison it."""
    other = incident_key(report(message(**changes)), attribution())

    assert other != incident_key(report(), attribution())


def test_tenant_counts_before_the_address() -> None:
    """Reports of one tenant join whatever the address and confidence; another tenant is another incident."""
    one = incident_key(report(), attribution("stated", ip="192.0.2.1"))

    assert incident_key(report(), attribution("proven", ip="192.0.2.2")) == one
    assert incident_key(report(), attribution(tenant="fabrikam")) != one


def test_unattributed_reports_join_by_address() -> None:
    """Without a tenant the address stands in its place, and can't be mistaken for a tenant's name."""
    one = incident_key(report(), attribution("unattributed", tenant=None, ip="192.0.2.1"))

    assert incident_key(report(), attribution("unattributed", tenant=None, ip="192.0.2.2")) != one
    assert incident_key(report(), attribution(tenant="192.0.2.1")) != one
    assert incident_key(report(), attribution("unattributed", tenant=None, ip=None)) == one


def test_text_tells_messages_without_an_id_apart() -> None:
    """Only without a Message-ID does the text count."""
    texts = [message(message_id=id, text_sha256=text) for id in (None, "<>") for text in ("a", "b")]

    keys = [incident_key(report(one), attribution()) for one in texts]

    assert keys[0] == keys[2] != keys[1] == keys[3]


def test_reports_without_a_message_join_by_their_text() -> None:
    """A report that brings no message is known by its own text, or else by what it states."""
    keys = [
        incident_key(one, attribution())
        for one in (
            bare(text_sha256="a"),
            bare(text_sha256="a", user_agent="other"),
            bare(text_sha256="b"),
            bare(source_ip=ip_address("192.0.2.1")),
            bare(source_ip=ip_address("192.0.2.2")),
        )
    ]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_parts_cannot_run_into_each_other() -> None:
    """The end of one part moved to the start of the next is another incident."""
    first = message(subject="a", from_address='b", "c')
    other = message(subject='a", "b', from_address="c")

    assert incident_key(report(first), attribution()) != incident_key(report(other), attribution())
