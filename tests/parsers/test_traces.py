"""The trace fields of a message: which are kept, in what order, and how much of them."""

import pytest
from arrival_builders import make_forward
from mail_builders import build_mail, build_part

from abuse_intake.guard.failure import Failure
from abuse_intake.guard.pool import Guard
from parsers import read_mail
from parsers.header_block import split_header
from parsers.traces import OF_ONE_NAME, VALUE_BYTES, read_traces
from parsers.values import Trace

RECEIVED = "Received: from a.example (a.example [192.0.2.5]) by mx.example; Mon, 16 Nov 2026 08:00:00 +0000"
REST = (
    "From: a@b.example\nTo: c@d.example\nSubject: x\nDate: Mon, 16 Nov 2026 08:00:00 +0000\nMessage-ID: <1@x>"
)


def _read(text: str | bytes, limit: int = 1000) -> tuple[Trace, ...]:
    block = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
    header, _ = split_header(block + b"\n\nBody\n", 0, len(block) + 7, limit)
    return read_traces(header)


PROVIDERS_NAMES = """
cfbl-feedback-id feedback-id x-authenticated-sender x-get-message-sender-via x-mailgun-sid x-mandrill-user
x-ms-exchange-crosstenant-fromentityheader x-ms-exchange-crosstenant-id x-originatororg
""".split()
OTHER_NAMES = """
arc-authentication-results arc-message-signature arc-seal dkim-signature from received return-path
""".split()


@pytest.mark.parametrize("name", [*PROVIDERS_NAMES, *OTHER_NAMES])
def test_each_trace_field_is_kept_as_written(name: str) -> None:
    """In any case, with its name as it stands."""
    assert _read(f"{name.upper()}: value") == (Trace(name.upper(), "value"),)


def test_other_fields_are_no_traces() -> None:
    """What attribution does not rest on is not carried along."""
    assert _read("Subject: x\nTo: a@b.example\nX-EOPTenantAttributedMessage: 1\nX-Received: by a") == ()


def test_the_order_and_the_place_are_kept() -> None:
    """Topmost first; of each field, how many Received lines stand above it, of a Received line its index."""
    traces = _read(f"Return-Path: <>\n{RECEIVED}\nFeedback-ID: 1\n{RECEIVED}\n{RECEIVED}\nFrom: a@b.example")

    assert [(trace.name, trace.below) for trace in traces] == [
        ("Return-Path", 0),
        ("Received", 0),
        ("Feedback-ID", 1),
        ("Received", 1),
        ("Received", 2),
        ("From", 3),
    ]


def test_received_lines_have_the_index_of_their_hop() -> None:
    """Evidence shows the line that gave an address by this number."""
    lines = [RECEIVED.replace("192.0.2.5", f"192.0.2.{number}") for number in (5, 6, 7)]
    raw = "\n".join([*lines, REST, "", "Buy now.", ""]).encode()

    (report,) = read_mail(make_forward(raw)).reports

    assert report.message
    received = [trace for trace in report.message.traces if trace.name == "Received"]
    assert [trace.below for trace in received] == [0, 1, 2]
    for trace in received:
        assert f"[{report.message.hops[trace.below].from_ip}]" in trace.value


def test_values_are_unfolded_and_trimmed() -> None:
    """A fold is no part of the value; white space within stays."""
    assert _read("Feedback-ID:  a:\n\tb  c \r\n d:Fastmail ") == (
        Trace("Feedback-ID", "a:\tb  c  d:Fastmail"),
    )


def test_of_one_name_the_topmost_are_kept() -> None:
    """The newest stand on top; the others of other names are not pushed out."""
    many = "\n".join(f"Feedback-ID: {number}" for number in range(OF_ONE_NAME + 20))

    traces = _read(f"{many}\nX-Mandrill-User: md_1")

    assert [trace.value for trace in traces] == [*map(str, range(OF_ONE_NAME)), "md_1"]


def test_received_lines_beyond_the_limit_are_counted() -> None:
    """What stands below them is still known to stand below all of them."""
    traces = _read("\n".join([RECEIVED] * (OF_ONE_NAME + 20)) + "\nFeedback-ID: 1")

    assert traces[-1].below == OF_ONE_NAME + 20


def test_long_values_are_cut() -> None:
    """A field of a megabyte costs no more than a long signature."""
    (trace,) = _read("DKIM-Signature: " + "x" * 50_000)

    assert len(trace.value) == VALUE_BYTES


def test_a_header_that_was_not_read_to_its_end_gives_no_providers_fields() -> None:
    """The last of them may be missing, which the server wrote below what the sender wrote."""
    fields = "\n".join(f"{name}: 1" for name in (*PROVIDERS_NAMES, *OTHER_NAMES))
    whole = {trace.name for trace in _read(fields)}
    cut = {trace.name for trace in _read(fields + "\nX-Pad: 1" * 50, limit=30)}

    assert whole == {*PROVIDERS_NAMES, *OTHER_NAMES}
    assert cut == set(OTHER_NAMES)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a\0b", "ab"),
        (b"\xff\xfe", "ÿþ"),
        (b"\xed\xa0\x80", None),
        ("Grüße".encode(), "Grüße"),
        (b"", ""),
        (b"=?utf-8?Q?a?=", "=?utf-8?Q?a?="),
        ("\u202ea".encode(), "\u202ea"),
    ],
)
def test_hostile_values_are_text(value: bytes, expected: str | None) -> None:
    """No NUL and no lone surrogate is left in it; nothing else is decoded or taken away."""
    (trace,) = _read(b"Feedback-ID: " + value)

    assert trace.value == (trace.value if expected is None else expected)
    assert "\0" not in trace.value
    assert trace.value.encode("utf-8").decode("utf-8") == trace.value


HOSTILE = (
    b"a\0b",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"x" * 10_000,
    b"\xf0\x9f\x98\x80",
    b"\x1b[2J",
    b"\xe2\x80\xa8",
)


def test_traces_survive_the_guard() -> None:
    """The reader's process gives them back as they are read without it."""
    mails = [
        build_mail(build_part(f"{RECEIVED}\nFeedback-ID: ".encode() + value + f"\n{REST}\n\nBuy.\n".encode()))
        for value in HOSTILE
    ]

    with Guard(most=1) as guard:
        guarded = guard.begin_reading(mails).results()

    for mail, read in zip(mails, guarded, strict=True):
        assert not isinstance(read, Failure)
        message = read.reports[0].message
        assert message
        assert message.traces == read_mail(mail).reports[0].message.traces  # type: ignore[union-attr]
        assert [trace.name for trace in message.traces] == ["Received", "Feedback-ID", "From"]
