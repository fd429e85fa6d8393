"""Lines for machines say the same as lines for people."""

import json

from export_builders import INCIDENTS, incident
from hypothesis import given, settings

from abuse_intake.as_json import incident_as_json, json_line
from abuse_intake.exporting.compact import compact_line
from storage.values import IncidentRecord


@settings(deadline=None)
@given(INCIDENTS)
def test_a_compact_line_says_what_the_other_does(record: IncidentRecord) -> None:
    """Whatever strangers wrote, lone surrogates too; and it is one line that steers no terminal."""
    fields = incident_as_json(record)

    line = compact_line(fields)

    assert json.loads(line) == json.loads(json_line(fields)) == fields
    assert len(line.splitlines()) == 1
    assert not any(sign in line for sign in "\x7f\x9b\u202e\u200b\u2028")


def test_a_compact_line_is_in_utf_8() -> None:
    """A lone surrogate stands there as an escape."""
    line = compact_line(incident_as_json(incident(subject="a\ud800ж")))

    assert json.loads(line.encode("utf-8", "backslashreplace"))["subject"] == "a\ud800ж"
