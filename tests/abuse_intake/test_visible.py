"""What strangers wrote, as people see it: on one line, with nothing hidden, and in its place."""

import json
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from abuse_intake.cli.output import one_line
from abuse_intake.visible import MAX_MARKS, clean, escape, escape_json, isolate

FSI, PDI = "\u2068", "\u2069"
HEBREW, ARABIC = "\u05d0\u05d1", "\u0645\u0631"
ANY_TEXT = st.text(
    st.one_of(
        st.characters(codec=None),
        st.sampled_from(
            f"{HEBREW}{ARABIC}\u0661 12a.\u0301\u202e\u2066\u2067\u2068\u2069\u200f\n\r\x85\u2028\x1b"
        ),
    )
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cheap pills", "Cheap pills"),
        ("Günstig, 药 ❤", "Günstig, 药 ❤"),
        ("a\nb\r\nc\td\x85e\u2028f", "a b  c d e f"),
        ("\x1b[31mred\x07", "�[31mred�"),
        ("pay\u202egnp.exe", "pay�gnp.exe"),
        ("a\u200b\u200c\u200d\ufeff\xadb", "a�b"),
        ("a\U000e0041\U000e0042b", "a�b"),
        ("a\ue000\ud800b", "a�b"),
        ("a\u3164\u115fb\u2800", "a�b�"),
        ("a\u2003\u3000b\xa0c", "a  b c"),
        ("Cafe\u0301", "Cafe\u0301"),
        ("a" + "\u0301" * 50 + "b", "a" + "\u0301" * MAX_MARKS + "b"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"),
        ("\u1112" + "\u1161" * 50, "\u1112" + "\u1161" * MAX_MARKS),
        ("a" + "\U000e0101" * 50, "a" + "\U000e0101" * MAX_MARKS),
    ],
)  # fmt: skip
def test_text_is_shown_on_one_line_with_nothing_hidden(text: str, shown: str) -> None:
    """Real text stays as it is; what steers or cannot be seen leaves one mark; marks do not pile up."""
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 12", "plain 12"),
        (HEBREW, f"{FSI}{HEBREW}{PDI}"),
        (f"{HEBREW} Windows 11", f"{FSI}{HEBREW} Windows 11{PDI}"),
        (f"no tenant '{HEBREW}' 5 there", f"no tenant {FSI}'{HEBREW}'{PDI} 5 there"),
        (f"Re: {HEBREW} 11 {ARABIC}, yes", f"Re: {FSI}{HEBREW} 11 {ARABIC},{PDI} yes"),
        (f"Re: {HEBREW} or {ARABIC}", f"Re: {FSI}{HEBREW}{PDI} or {FSI}{ARABIC}{PDI}"),
        ("no \u0661\u0662 3", f"no {FSI}\u0661\u0662{PDI} 3"),
    ],
)
def test_what_runs_from_right_to_left_is_isolated(text: str, shown: str) -> None:
    """Its neighbours stay where they are; anything else is not touched, so that it can be copied."""
    assert isolate(text) == shown


@given(ANY_TEXT)
@example(f"a {HEBREW}\u2069\u202eb")
def test_any_text_is_one_line_of_balanced_isolates(text: str) -> None:
    """No line end, no control, no other format character, and each isolate is closed."""
    shown = one_line(text)

    assert len(shown.splitlines()) <= 1
    assert {unicodedata.category(one) for one in shown} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert {one for one in shown if unicodedata.category(one) == "Cf"} <= {FSI, PDI}
    assert [one for one in shown if one in FSI + PDI] == [FSI, PDI] * shown.count(FSI)
    outside = "".join(part.partition(PDI)[2] for part in f"{PDI}{shown}".split(FSI))
    assert not {unicodedata.bidirectional(one) for one in outside} & {"R", "AL", "AN"}


@given(ANY_TEXT)
def test_shown_text_without_isolates_is_the_clean_text(text: str) -> None:
    """Isolating adds its two marks and nothing else, and takes nothing."""
    assert isolate(clean(text)).replace(FSI, "").replace(PDI, "") == clean(text)


@given(ANY_TEXT)
def test_escaped_text_is_printable_from_left_to_right(text: str) -> None:
    """A line of the log holds nothing that a terminal obeys, hides or reorders."""
    shown = escape(text)

    assert shown.isprintable()
    assert not {unicodedata.bidirectional(one) for one in shown} & {"R", "AL", "AN"}


def test_json_lines_hold_nothing_that_steers() -> None:
    """Each control, format character and separator of Unicode is an escape, and still the same to a program."""
    steering = "".join(
        one
        for one in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")
    )

    line = escape_json(json.dumps({"text": f"é药{HEBREW}{steering}"}, ensure_ascii=False))

    assert line.isprintable()
    assert f"é药{HEBREW}" in line
    assert json.loads(line)["text"] == f"é药{HEBREW}{steering}"
