"""`--cursor` of mails, outbox and audit: as `incidents list` has it."""

import json

import pytest
from command_line import CommandLine

LISTS = ["mails", "outbox", "audit"]


@pytest.fixture
def busy(worked: CommandLine) -> CommandLine:
    """Some mails, acknowledgements, and lines of the audit log."""
    for status in ("open", "confirmed", "resolved"):
        worked("incidents", "set", "1", "--status", status)
    return worked


def _ids(answer: str) -> list[str]:
    return [json.loads(line)["id"] for line in answer.splitlines()]


@pytest.mark.parametrize("noun", LISTS)
def test_pages_follow_each_other_to_the_end(busy: CommandLine, noun: str) -> None:
    """Each tells a program where the next begins, and the last that there is none."""
    cursor, pages = "start", []
    while cursor:
        *page, last = busy(noun, "list", "--json", "--limit", "2", "--cursor", cursor).objects()
        pages.append([one["id"] for one in page])
        cursor = last["cursor"]

    everything = _ids(busy(noun, "list", "--json").out)
    assert cursor is None
    assert len(pages) > 1
    assert [id for page in pages for id in page] == everything


@pytest.mark.parametrize("noun", LISTS)
def test_without_a_cursor_a_program_reads_rows_only(busy: CommandLine, noun: str) -> None:
    """As ever: no line tells of pages that were not asked for."""
    assert len(_ids(busy(noun, "list", "--json", "--limit", "2").out)) == 2


@pytest.mark.parametrize("noun", LISTS)
def test_a_table_tells_that_there_is_more(busy: CommandLine, noun: str) -> None:
    """With what leads there; a list that is whole says nothing."""
    cut, whole = busy(noun, "list", "--limit", "1").out, busy(noun, "list").out

    assert "There are more" not in whole
    more = cut.splitlines()[-1].split("--cursor ")[1]
    first, second = (
        _ids(busy(noun, "list", "--json", "--limit", "1", "--cursor", cursor).out.splitlines()[0])
        for cursor in ("start", more)
    )
    assert first + second == _ids(busy(noun, "list", "--json").out)[:2]


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize("options", ["--limit 0 --cursor start", "--cursor x", "--cursor "])
def test_a_cursor_that_makes_no_sense_is_refused(busy: CommandLine, noun: str, options: str) -> None:
    """With a list without end, or where it is none."""
    answer = busy(noun, "list", *options.split(" "))

    assert (answer.code, answer.out) == (2 if "start" in options else 1, "")
    answer.complaint()


OTHER_FILTERS = [
    ("mails", ["--disposition", "report"], []),
    ("outbox", ["--state", "sent"], []),
    ("audit", ["--object", "incident"], ["--object", "incident:1"]),
    ("audit", [], ["--actor", "mia"]),
]


@pytest.mark.parametrize(("noun", "first", "then"), OTHER_FILTERS)
def test_a_cursor_of_other_filters_is_refused(
    busy: CommandLine, noun: str, first: list[str], then: list[str]
) -> None:
    """Nothing is shown that does not follow on what was shown."""
    cut = busy(noun, "list", "--json", "--limit", "1", "--cursor", "start", *first).objects()[-1]["cursor"]

    answer = busy(noun, "list", "--cursor", cut, *then)

    assert (answer.code, answer.out) == (1, "")
    assert "without a cursor" in answer.complaint()
