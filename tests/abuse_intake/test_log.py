"""The log: one record a line; strangers can neither add a line nor steer a terminal."""

import errno
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from abuse_intake.log import MAX_LINE, LogFormat, configure_log, render_record


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def _log(
    event: str,
    *,
    verbose: bool = False,
    level: str = "info",
    log_format: LogFormat = "logfmt",
    **fields: object,
) -> str:
    stream = io.StringIO()
    configure_log(verbose=verbose, stream=stream, log_format=log_format)
    getattr(structlog.get_logger(), level)(event, **fields)
    return stream.getvalue()


def test_a_record_is_a_line_of_names_and_values() -> None:
    """Time, level and event come first."""
    line = _log("mail quarantined", mail="7", level="error")

    assert line.startswith("timestamp=")
    assert line.endswith('level=error event="mail quarantined" mail=7\n')


@pytest.mark.parametrize(("verbose", "is_told"), [(True, True), (False, False)])
def test_details_are_told_on_demand(verbose: bool, is_told: bool) -> None:
    """Batches are told with --verbose only."""
    assert bool(_log("recorded", verbose=verbose, level="debug")) is is_told


def test_a_traceback_stays_within_its_line() -> None:
    """A fault of ours is told whole, and still as one record."""
    try:
        raise ValueError("first\nsecond \x1b[31m")
    except ValueError as error:
        line = _log("fault", exc_info=error)

    assert line.count("\n") == 1
    assert "ValueError: first" in line
    assert "\x1b" not in line


@given(st.text(alphabet=st.characters(codec=None)), st.text(alphabet=st.characters(codec=None)))
def test_no_text_adds_a_line_or_steers_a_terminal(event: str, value: str) -> None:
    """Whatever stands in a subject or a server's answer, a record is one printable line."""
    line = _log(event, subject=value)

    assert line.endswith("\n")
    assert line[:-1].isprintable()


@pytest.mark.parametrize(("level", "is_told"), [("info", False), ("warning", False), ("error", True)])
def test_commands_that_answer_by_themselves_log_errors_only(level: str, is_told: bool) -> None:
    """What a command prints is not logged a second time."""
    stream = io.StringIO()
    configure_log(only_errors=True, stream=stream)

    getattr(structlog.get_logger(), level)("directory")

    assert bool(stream.getvalue()) is is_told


@pytest.mark.parametrize("text", ["\u05d0\u05d1 7", "\u0661\u0662", "a\u0301\u0301\u0301", "a\u3164b"])
def test_no_text_reorders_a_record(text: str) -> None:
    """What runs from right to left, piles up or looks like a blank is escaped."""
    assert _log("event", subject=text)[:-1].isascii()


def test_a_record_is_of_bounded_length() -> None:
    """A long value is cut, a traceback keeps its end, and the level stands before both."""
    try:
        raise ValueError("x" * 50_000 + "the end")
    except ValueError as error:
        line = _log("\u05d0" * 50_000, level="error", exc_info=error, value="y" * 50_000)

    assert len(line) < 17_000
    assert "level=error" in line[:100]
    assert "the end" in _log("fault", exc_info=ValueError("x" * 50_000 + "the end"))


def test_what_a_library_logs_is_a_record_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Its text, which may hold strangers' words, is one escaped line; what it whispers is not told."""
    stream = io.StringIO()
    configure_log(stream=stream)
    configure_log(stream=stream)

    logging.getLogger("some.library").warning("bad header %s", "a\r\nb\x1b[31m")
    logging.getLogger("some.library").info("quiet")

    assert stream.getvalue().count("\n") == 1
    assert 'event="bad header a\\r\\nb\\x1b[31m" library=some.library' in stream.getvalue()
    assert capsys.readouterr().err == ""


class FullDisk(io.StringIO):
    """A stream on a disk that is full until `has_room`."""

    has_room = False

    def flush(self) -> None:
        if not self.has_room:
            raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical", "exception"])
def test_a_full_disk_ends_no_work(level: str) -> None:
    """The record may be lost; who told of something goes on, and is heard when there is room."""
    stream = FullDisk()
    configure_log(verbose=True, stream=stream)

    getattr(structlog.get_logger(), level)("lost")
    logging.getLogger("some.library").warning("lost too")
    stream.has_room = True
    structlog.get_logger().info("heard")

    assert "event=heard" in stream.getvalue()


def test_a_closed_stream_ends_no_work() -> None:
    """Nobody is there to be told."""
    stream = io.StringIO()
    configure_log(stream=stream)
    stream.close()

    structlog.get_logger().warning("lost")


# JSON


@given(st.text(alphabet=st.characters(codec=None)), st.text(alphabet=st.characters(codec=None)))
def test_a_json_record_is_one_object_that_nobody_steers(event: str, value: str) -> None:
    """Whatever strangers wrote, it is one printable line, and a program reads what was logged."""
    line = _log(event, log_format="json", subject=value)

    assert line.endswith("\n")
    assert line[:-1].isprintable()
    assert line.isascii()
    assert json.loads(line)["subject"] == value


def test_a_json_record_has_time_level_and_event_first() -> None:
    """Numbers and truth values stay what they are; what is None is left out."""
    line = _log("polled", log_format="json", filed=3, seconds=0.25, ready=True, why=None)

    record = json.loads(line)
    assert list(record)[:3] == ["timestamp", "level", "event"]
    assert {name: record[name] for name in ("filed", "seconds", "ready")} == {
        "filed": 3,
        "seconds": 0.25,
        "ready": True,
    }
    assert "why" not in record


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**30])
def test_a_number_that_json_cannot_hold_is_text(value: float) -> None:
    """Every reader of JSON takes the line."""
    record = json.loads(_log("polled", log_format="json", seconds=value))

    assert record["seconds"] == str(value)


def test_a_long_json_record_stays_an_object() -> None:
    """Its values are cut, however many and long they are; a traceback keeps its end."""
    fields = {f"field{number}": "\u05d0\x1b" * 5_000 for number in range(20)}
    line = _log("\u05d0" * 50_000, log_format="json", level="error", **fields)

    assert len(line) <= MAX_LINE + 1
    assert json.loads(line)["level"] == "error"
    exception = json.loads(_log("fault", log_format="json", exc_info=ValueError("x" * 50_000 + "the end")))
    assert exception["exception"].endswith("the end")


@pytest.mark.parametrize("log_format", ["logfmt", "json"])
def test_a_record_can_be_had_without_the_log(log_format: LogFormat) -> None:
    """For who must not wait for a lock; it looks like all the others."""
    configure_log(stream=io.StringIO(), log_format=log_format)

    record = render_record("error", "stopped\nat once", signal="SIGTERM")

    assert record.isprintable()
    assert ('"event":"stopped\\nat once"' if log_format == "json" else 'event="stopped\\nat once"') in record
