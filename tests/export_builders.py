"""Incident records for the tests of exports: one as it mostly is, and any that the store could hold."""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from hypothesis import strategies as st

from storage.values import Correction, Evidence, IncidentRecord

AT = datetime(2026, 11, 2, 10, 0, 0, 123456, tzinfo=UTC)
RECEIVED = "Received: from mail.contoso.example ([192.0.2.5]) by mx.isp.example"
INCIDENT = IncidentRecord(
    id="21",
    tenant="contoso",
    attributed_tenant="contoso",
    correction=None,
    ip=ip_address("192.0.2.5"),
    confidence="corroborated",
    reason=None,
    route="ours",
    feedback_type="abuse",
    status="new",
    subject="Cheap pills",
    message_id="<1@contoso.example>",
    from_address="sales@contoso.example",
    report_count=3,
    reporter_count=2,
    authenticated_reporter_count=1,
    first_seen=AT,
    last_seen=AT,
    evidence=(
        Evidence("address", "192.0.2.5", "contoso", False, "192.0.2.5 lies in 192.0.2.0/28", (RECEIVED,)),
        Evidence("dkim", "contoso.example", "contoso", True, "signed by contoso.example"),
    ),
)

_CHARACTERS = st.one_of(
    st.sampled_from(
        "=+-@;,'\"\t\r\n\0 \x1b\u202e\u200b\ufeff\u2028\uff1d\uff0b\uff0d\uff20\u2212\ufe66\ud800|"
    ),
    st.characters(codec=None, exclude_categories=()),
)
TEXTS = st.text(_CHARACTERS, max_size=30)
_LONG = st.builds(
    lambda text, times: text * times, st.text(_CHARACTERS, min_size=1, max_size=5), st.integers(1, 150)
)
_ANY_TEXT = st.none() | TEXTS | _LONG
_TIMES = st.integers(0, 2**37).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
_COUNTS = st.integers(0, 2**63 - 1)
_EVIDENCE = st.builds(
    Evidence,
    TEXTS,
    TEXTS | _LONG,
    st.none() | TEXTS,
    st.booleans(),
    TEXTS,
    st.lists(TEXTS | _LONG, max_size=4).map(tuple),
)
_SHORT_EVIDENCE = st.builds(Evidence, TEXTS, TEXTS, st.none(), st.booleans(), TEXTS)
INCIDENTS = st.builds(
    IncidentRecord,
    id=st.integers(1, 2**63 - 1).map(str),
    tenant=_ANY_TEXT,
    attributed_tenant=_ANY_TEXT,
    correction=st.none() | st.builds(Correction, st.none() | TEXTS, TEXTS, _TIMES, _ANY_TEXT),
    ip=st.none() | st.ip_addresses(),
    confidence=st.sampled_from(("proven", "corroborated", "stated", "unattributed")),
    reason=st.none() | st.just("not_ours"),
    route=st.sampled_from(("ours", "elsewhere")),
    feedback_type=st.sampled_from(("abuse", "fraud", "not-spam", "Opt-Out-List", "virus")) | _ANY_TEXT,
    status=st.sampled_from(("new", "open", "confirmed", "dismissed", "resolved")),
    subject=_ANY_TEXT,
    message_id=_ANY_TEXT,
    from_address=_ANY_TEXT,
    report_count=_COUNTS,
    reporter_count=_COUNTS,
    authenticated_reporter_count=_COUNTS,
    first_seen=_TIMES,
    last_seen=_TIMES,
    evidence=st.lists(_EVIDENCE, max_size=3).map(tuple)
    | st.lists(_SHORT_EVIDENCE, max_size=1).map(lambda few: tuple(few * 70)),
)


def incident(**changes: Any) -> IncidentRecord:
    """The incident, but for these fields."""
    return replace(INCIDENT, **changes)
