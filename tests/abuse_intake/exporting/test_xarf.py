"""XARF v4: valid by the package that others read it with, and never more than we know."""

import json
from base64 import b64decode
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import xarf
from export_builders import AT, INCIDENTS, RECEIVED, incident
from hypothesis import given, settings
from mail_builders import build_mail, build_part

from abuse_intake.exporting import Contact, export_incidents
from parsers import read_mail
from storage.values import Correction, Evidence, IncidentRecord

CONTACT = Contact("Provider Example", "junk@provider.example", "provider.example")
NOT_KNOWN = {"confidence", "source_port", "smtp_to"}
"""What strict reading demands, and no incident knows."""


def export(*incidents: IncidentRecord) -> tuple[list[dict[str, Any]], Counter[str]]:
    left_out = Counter[str]()
    text = "".join(export_incidents(incidents, "xarf", CONTACT, left_out))
    return [json.loads(line) for line in text.split("\n") if line], left_out


def export_one(record: IncidentRecord) -> dict[str, Any]:
    (report,), _ = export(record)
    return report


def test_a_report_says_what_the_incident_says() -> None:
    """The address, who reports, what the message says of itself, and our own words."""
    report = export_one(incident())

    us = {"org": "Provider Example", "contact": "junk@provider.example", "domain": "provider.example"}
    assert report["reporter"] == report["sender"] == us
    assert report["source_identifier"] == "192.0.2.5"
    assert report["timestamp"] == "2026-11-02T10:00:00Z"
    assert (report["category"], report["type"]) == ("messaging", "spam")
    assert (report["subject"], report["message_id"]) == ("Cheap pills", "<1@contoso.example>")
    assert "Reports: 3, reporters: 2, authenticated: 1" in report["description"]
    assert report["_internal"] == {
        "incident": "21",
        "tenant": "contoso",
        "attributed_tenant": "contoso",
        "tenant_by_hand": False,
        "reason": None,
    }


def test_evidence_can_be_checked() -> None:
    """Each piece is what it was found in, with its hash and size, and says on whose word it rests."""
    report = export_one(incident())

    payloads = [b64decode(one["payload"], validate=True) for one in report["evidence"]]
    assert (
        payloads[0] == b"From: sales@contoso.example\nSubject: Cheap pills\nMessage-ID: <1@contoso.example>\n"
    )
    assert payloads[1:] == [f"{RECEIVED}\n".encode(), b"contoso.example\n"]
    assert [one["description"] for one in report["evidence"][1:]] == [
        "address, on the word of the reporter",
        "dkim, verified by cryptography",
    ]
    for one, payload in zip(report["evidence"], payloads, strict=True):
        assert (one["hash"], one["size"]) == (f"sha256:{sha256(payload).hexdigest()}", len(payload))


def test_nothing_is_claimed_that_is_not_known() -> None:
    """No port, no envelope, no number for how sure we are; the word stands in a tag."""
    report = export_one(incident(confidence="stated", feedback_type="fraud"))

    assert not report.keys() & {"source_port", "smtp_from", "smtp_to", "confidence", "recipient_count"}
    assert {"confidence:stated", "feedback-type:fraud", "protocol:smtp"} <= set(report["tags"])


def test_a_tenant_by_hand_is_told_as_such() -> None:
    """What somebody decided does not look like what the evidence says."""
    corrected = incident(tenant="fabrikam", correction=Correction("fabrikam", "ann", AT, "lent"))

    report = export_one(corrected)

    assert "tenant:by-hand" in report["tags"]
    assert report["_internal"]["tenant"] == "fabrikam"
    assert report["_internal"]["attributed_tenant"] == "contoso"
    assert report["_internal"]["tenant_by_hand"] is True
    assert "ann" not in json.dumps(report).split()


def test_the_same_incident_has_the_same_id() -> None:
    """So that whoever gets it twice knows; another incident, and another provider's, have others."""
    first, again, other = (export_one(incident(id=id))["report_id"] for id in ("1", "1", "2"))

    assert first == again != other


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ip": None}, "without address"),
        ({"feedback_type": "not-spam"}, "not junk"),
        ({"feedback_type": "opt-out"}, "not junk"),
        ({"feedback_type": "auth-failure"}, "not junk"),
        ({"status": "dismissed"}, "dismissed"),
    ],
)
def test_what_cannot_be_told_is_left_out_and_counted(changes: dict[str, Any], reason: str) -> None:
    """An incident without an address, or that is no abuse, makes no report."""
    reports, left_out = export(incident(), incident(**changes))

    assert len(reports) == 1
    assert left_out == {reason: 1}


@settings(max_examples=100, deadline=None)
@given(INCIDENTS)
def test_any_incident_is_valid_or_left_out(record: IncidentRecord) -> None:
    """The package finds no error and no unknown field, whatever strangers wrote."""
    reports, left_out = export(record)

    assert len(reports) + left_out.total() == 1
    for report in reports:
        result = xarf.parse(report)
        assert (result.errors, result.warnings) == ([], [])
        assert result.report is not None


def test_a_strict_reader_lacks_only_what_nobody_knows() -> None:
    """Of what is recommended, all is there that an incident with all its fields can tell."""
    result = xarf.parse(json.dumps(export_one(incident())), strict=True)

    lacking = {
        name for error in result.errors for name in NOT_KNOWN if f"'{name}' is a required" in error.message
    }
    assert len(result.errors) == len(lacking)
    assert lacking == NOT_KNOWN


@pytest.mark.parametrize(
    ("category", "reason"),
    [(None, None), ("messaging", None), ("connection", "not about mail"), ("vulnerability", "not junk")],
)
def test_what_is_about_no_mail_is_not_exported_as_spam(category: str | None, reason: str | None) -> None:
    """Of a port scan the incident does not hold what XARF demands."""
    reports, left_out = export(incident(category=category, type="x"))

    assert left_out == ({reason: 1} if reason else {})
    assert len(reports) == (reason is None)


def test_our_own_export_is_read_back() -> None:
    """Sent as a file, each line is a report about the same address, that says how we know."""
    text = "".join(export_incidents([incident(id="1"), incident(id="2")], "xarf", CONTACT, Counter[str]()))
    mail = build_mail(build_part(text.encode(), "application/json"))

    read = read_mail(mail)

    assert (read.disposition, read.warnings) == ("report", ())
    assert [(one.format, one.category, one.type, str(one.source_ip)) for one in read.reports] == [
        ("xarf", "messaging", "spam", "192.0.2.5")
    ] * 2
    assert {one.feedback_type for one in read.reports} == {"abuse"}
    assert len({one.text_sha256 for one in read.reports}) == 2
    extensions = read.reports[0].extensions
    assert extensions["subject"] == ("Cheap pills",)
    assert RECEIVED in "".join(extensions["evidence.payload"])


def test_long_fields_keep_within_the_limits() -> None:
    """A long subject is cut, half a Message-ID is none, and evidence stays below 5 MB a piece."""
    long = "ж" * 10_000
    evidence = Evidence(long, long, None, False, long, (long,) * 300)
    short = Evidence("address", "192.0.2.5", None, False, "")

    report = export_one(
        incident(subject=long, message_id=long, from_address=long, evidence=(evidence, *(short,) * 60))
    )

    result = xarf.parse(report)
    assert (result.errors, result.warnings) == ([], [])
    assert report["subject"] == "ж" * 499 + "…"
    assert "message_id" not in report
    assert len(report["evidence"]) == 50


def test_the_time_is_when_the_message_arrived() -> None:
    """Then a customer had the address, who may be another one when it is reported."""
    report = export_one(incident(arrived_at=AT - timedelta(days=7)))

    assert report["timestamp"] == "2026-10-26T10:00:00Z"
    assert "which arrived at 2026-10-26T10:00:00Z" in report["description"]


def test_a_complaint_in_words_may_be_about_anything() -> None:
    """Without a message and a type nobody knows that it is about mail."""
    words = incident(feedback_type=None, subject=None, message_id=None, from_address=None)

    assert export(words) == ([], Counter({"not about mail": 1}))
