"""XARF documents that are built to harm, or damaged, are only bad input."""

from collections.abc import Callable

import pytest
from xarf_documents import V0, read_one, write, write_more

from parsers.budget import Budget
from parsers.xarf import BrokenXarf, build_complaints, parse_xarf


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system [ls]", "*a", "&a 192.0.2.10", "{a: b}", "[a]"]
)
def test_yaml_that_could_do_anything_is_left_out(value: str) -> None:
    """Tags, anchors and aliases are not followed, and say nothing."""
    report = read_one(f"{V0}X: {value}\n")

    assert "X" not in report.extensions


HOSTILE: dict[str, tuple[str, str | None]] = {
    "deep": (write_more('"a": ' + '{"a": ' * 900 + "1" + "}" * 900), "192.0.2.10"),
    "deeper": (write_more('"a": ' + "[" * 15_000 + "]" * 15_000), None),
    "a huge exponent": (write_more('"a": 1e999999'), "192.0.2.10"),
    "many digits": (write_more(f'"a": {"9" * 100_000}'), "192.0.2.10"),
    "not a number": (write_more('"a": NaN, "b": -Infinity'), "192.0.2.10"),
    "surrogates": (write_more('"a": "\\ud800\\u0000", "\\ud800": "b"'), "192.0.2.10"),
    "a doubled source": (write_more('"source_identifier": "192.0.2.99"'), None),
    "a doubled word": (write_more('"protocol": "x"'), "192.0.2.10"),
    "cut": (write()[:-5], None),
    "other types": (write(source_identifier=["192.0.2.10"], category={}, type=[]), None),
    "evidence in base64 with a wide blank": (
        write(evidence=[{"payload": "YSBs\u2028aW5l", "content_type": "text/plain"}]),
        "192.0.2.10",
    ),
    "evidence of other types": (
        write(evidence=[1, [], {"payload": 5}, {"payload": "é", "content_type": 1}]),
        "192.0.2.10",
    ),
}
"""Documents that only bad input explains, and the source that is read of each."""


@pytest.mark.parametrize(("content", "source"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_only_bad_input(content: str, source: str | None) -> None:
    """What can be read is; else it is broken, and says so."""
    if source is None:
        with pytest.raises(BrokenXarf):
            parse_xarf(content)
        return

    assert str(read_one(content).source_ip) == source


def test_no_value_keeps_what_a_database_refuses() -> None:
    """NUL and lone surrogates are gone from values and from the names of extensions."""
    shown = repr(read_one(HOSTILE["surrogates"][0]))

    assert "\\ud800" not in shown
    assert "\\x00" not in shown


FUZZED: dict[str, Callable[[int], bytes]] = {
    "cut JSON": lambda at: write(evidence=[{"payload": "YQ=="}]).encode()[:at],
    "flipped JSON": lambda at: write().encode()[:at] + b"\xff" + write().encode()[at + 1 :],
    "cut YAML": lambda at: V0.encode()[:at],
    "flipped YAML": lambda at: V0.encode()[:at] + b"\0" + V0.encode()[at + 1 :],
}


@pytest.mark.parametrize("damage", FUZZED.values(), ids=FUZZED.keys())
def test_damage_is_only_bad_input(damage: Callable[[int], bytes]) -> None:
    """At any place: an answer, and never another address than the one that stands there."""
    reports = [one.report for at in range(600) for one in build_complaints(damage(at), Budget())]

    assert {str(one.source_ip) for one in reports} <= {"192.0.2.10", "192.0.2.1", "None"}
