"""Dates as mail programs write them."""

import pytest

from parsers.dates import parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 2 Nov 2026 10:00:00 +0100", "2026-11-02T09:00:00+00:00"),
        ("2 Nov 26 10:00 EST (comment)", "2026-11-02T15:00:00+00:00"),
        ("Mon Nov  2 10:00:00 2026", "2026-11-02T10:00:00+00:00"),
        ("2026-11-02T10:00:00.5Z", "2026-11-02T10:00:00+00:00"),
        ("Monday, 02-Nov-26 23:59:60 -0000", "2026-11-02T23:59:59+00:00"),
        ("Mon, 2 Nov 2026 10:0:0 +0000", "2026-11-02T10:00:00+00:00"),
        ("Mon, 2 Nov 2026 10.00.00", "2026-11-02T10:00:00+00:00"),
        ("2026/11/02 10:00:00 CET", "2026-11-02T09:00:00+00:00"),
        ("Mon Nov  2 10:00:00 CET 2026", "2026-11-02T09:00:00+00:00"),
        ("Monday, November 2, 2026 10:00:00 PM", "2026-11-02T22:00:00+00:00"),
        ("Monday, November 2, 2026 at 12:00:00 AM", "2026-11-02T00:00:00+00:00"),
        ("Mon Nov 02 2026 10:00:00 GMT+0100 (CET)", "2026-11-02T09:00:00+00:00"),
    ],
)
def test_a_date_is_a_time_in_utc(text: str, expected: str) -> None:
    """The forms of RFC 5322, ISO 8601, asctime, Americans and JavaScript."""
    time = parse_date(text)

    assert time is not None
    assert time.isoformat() == expected


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("EST", 15), ("EDT", 14), ("CST", 16), ("CDT", 15), ("MST", 17), ("MDT", 16), ("PST", 18), ("PDT", 17),
        ("CET", 9), ("CEST", 8), ("MET", 9), ("MEST", 8), ("BST", 9), ("EET", 8), ("EEST", 7), ("MSK", 7),
        ("JST", 1), ("KST", 1), ("cest", 8), ("GMT", 10), ("XYZ", 10),
    ],
)  # fmt: skip
def test_a_zone_is_known_by_its_name(zone: str, hour: int) -> None:
    """One that mail hardly uses is UTC."""
    time = parse_date(f"Mon, 2 Nov 2026 10:00:00 {zone}")

    assert time is not None
    assert time.hour == hour


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "31 Feb 2026 10:00:00 +0000",
        "Mon, 32 Nov 2026 10:00:00 +0000",
        "1 Jan 0000 00:00:00 +0000",
        "1 Xyz 2026 10:00:00",
        "1 Jan 0001 00:00 +2359",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    """Impossible days and times outside of the calendar are not guessed at."""
    assert parse_date(text) is None
