"""Tables on terminals of every width: no id and no address is cut, and nothing stands there for nothing."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import CommandLine
from rich.text import Text

from abuse_intake.cli.columns import GAP, MAX_PIPED, fit_widths, make_columns
from abuse_intake.cli.output import (
    PIPE_WIDTH,
    full_time,
    print_fields,
    print_heading,
    print_paragraph,
    print_table,
    short_time,
)

CONFIG = ("--config", "abuse-intake-demo/abuse-intake.toml")
WIDTHS = [80, 100]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A folder in which the demo has run; tests only read."""
    line = CommandLine(tmp_path_factory.mktemp("demo"), None)  # type: ignore[arg-type]
    assert line.process("demo", config=False).returncode == 0
    return line


def _records(demo: CommandLine, noun: str) -> list[dict[str, object]]:
    out = demo.process(*CONFIG, noun, "list", "--json", "--limit", "0", config=False).stdout.decode()
    return [json.loads(line) for line in out.split("\n") if line]


def _words(lines: list[str]) -> set[str]:
    return {word.strip(",") for line in lines for word in line.split()}


@pytest.mark.parametrize("columns", WIDTHS)
def test_incidents_show_every_id_and_address(demo: CommandLine, columns: int) -> None:
    """What an analyst copies into the next command is whole on a usual terminal, and each line fits."""
    lines = demo.on_terminal(*CONFIG, "incidents", "list", columns=columns, config=False)

    for incident in _records(demo, "incidents"):
        assert any(
            line.split()[0] == incident["id"] and incident["ip"] in line.split() for line in lines if line
        ), incident
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize(
    "command",
    [
        "incidents list", "incidents show 1 --full", "incidents top networks", "incidents top subjects",
        "incidents counts", "mails list", "mails show 1", "outbox list", "tenants list",
        "tenants show contoso", "audit list", "tokens list",
    ],
)  # fmt: skip
def test_every_table_fits(demo: CommandLine, command: str) -> None:
    """No table is wider than the terminal, down to 40 columns: the rule under its headings is as wide as it is."""
    lines = demo.on_terminal(*CONFIG, *command.split(), columns=40, config=False)

    tables = [line for line in lines if line.startswith("─")]
    assert tables or lines == ["(nobody did anything)"] or lines == ["(no tokens)"]
    assert all(len(table) <= 40 for table in tables)


def test_triage_keeps_its_columns(demo: CommandLine) -> None:
    """A usual terminal shows what an analyst needs first; the others are told, with how to see them."""
    lines = demo.on_terminal(*CONFIG, "incidents", "list", columns=80, config=False)

    assert lines[0].split() == ["id", "tenant", "reports", "status", "address", "seen", "(UTC)", "subject"]
    assert lines[-1] == "(hidden: confidence, type; --json shows all)"


def test_hidden_columns_are_told_on_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A file gets the table alone, on both streams."""
    print_table(("id", "gone?"), [("1", "x" * PIPE_WIDTH)])

    out, err = capsys.readouterr()
    assert "gone" not in out
    assert err == ""


def test_outbox_shows_attempts_on_a_narrow_terminal(demo: CommandLine) -> None:
    """How often was tried matters more than why it failed, which `--json` tells."""
    lines = demo.on_terminal(*CONFIG, "outbox", "list", columns=60, config=False)

    assert "attempts" in lines[0]


def test_a_long_subject_does_not_pad_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe a text is cut where a reader has long seen what it is."""
    print_table(("id", "subject*", "n"), [("1", "x" * 180, 22), ("2", "y", 33)])

    assert max(map(len, capsys.readouterr().out.splitlines())) == len("1   22") + MAX_PIPED + GAP


def test_a_column_without_room_leaves_it_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """One address of full length does not take those behind it away."""
    print_table(("id", "wide?", "narrow?"), [("1", "x" * PIPE_WIDTH, "yes")])

    assert capsys.readouterr().out.splitlines()[-1] == "1   yes"


def test_where_the_next_page_begins_has_its_own_line(demo: CommandLine) -> None:
    """A cursor is copied whole, from a line that holds nothing else."""
    out = demo.process(*CONFIG, "incidents", "list", "--limit", "1", config=False).stdout.decode()

    option, cursor = out.splitlines()[-1].split(" ")
    assert (option, bool(cursor)) == ("--cursor", True)


@pytest.mark.parametrize("columns", WIDTHS)
def test_mails_show_every_id(demo: CommandLine, columns: int) -> None:
    """The ids of mails and of their incidents are whole."""
    lines = demo.on_terminal(*CONFIG, "mails", "list", columns=columns, config=False)

    shown = {line.split()[0]: line for line in lines if line}
    for mail in _records(demo, "mails"):
        incidents = ", ".join(mail["incident_ids"]) or "–"  # type: ignore[arg-type]
        assert shown[str(mail["id"])].endswith(f" {incidents}"), mail
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_demo_shows_every_id_and_address(tmp_path: Path, demo: CommandLine, columns: int) -> None:
    """On a usual terminal the demo's own tables name each mail, each incident and each address."""
    lines = CommandLine(tmp_path, None).on_terminal("demo", columns=columns, config=False)  # type: ignore[arg-type]

    words = _words(lines)
    for incident in _records(demo, "incidents"):
        assert {incident["id"], incident["ip"]} <= words
    assert {mail["id"] for mail in _records(demo, "mails")} <= words


@pytest.mark.parametrize("command", ["incidents list", "mails list", "incidents show 1", "mails show 1"])
def test_a_piped_page_has_no_trailing_blanks(demo: CommandLine, command: str) -> None:
    """A table in a file ends each line where its text ends, and its rule is as long as its longest line or less."""
    out = demo.process(*CONFIG, *command.split(), config=False).stdout.decode()

    assert [line for line in out.splitlines() if line != line.rstrip()] == []


def test_a_rule_is_no_longer_than_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """The rule ends where the columns end."""
    print_table(("id", "name*"), [("1", "short"), ("22", "a longer name")])

    assert capsys.readouterr().out.splitlines() == [
        "id  name",
        "─" * len("22  a longer name"),
        "1   short",
        "22  a longer name",
    ]


def test_what_may_go_goes_before_the_rest_is_unreadable(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns of low priority are left out, the last first; an id that is too wide all the same stays whole."""
    long = "x" * 190

    print_table(("id", "one?", "two?"), [(long, "yes", "gone")])
    print_table(("id", "one?"), [(long * 2, "gone")])

    out = capsys.readouterr().out
    assert f"{long}  yes\n" in out
    assert f"{long * 2}\n" in out
    assert "gone" not in out


def test_times_say_that_they_are_utc() -> None:
    """Those of this year are short in lists; those of another year have it too, however near they are."""
    new_year = datetime(datetime.now(UTC).year, 1, 1, tzinfo=UTC)
    eve = new_year - timedelta(minutes=1)

    assert short_time(new_year) == "01-01 00:00"
    assert short_time(eve) == f"{eve.year}-12-31 23:59"
    assert short_time(datetime(2020, 2, 3, 4, 5, tzinfo=UTC)) == "2020-02-03 04:05"
    assert full_time(datetime(2026, 11, 24, 13, 9, tzinfo=UTC)) == "2026-11-24 13:09 UTC"


@pytest.mark.parametrize("command", ["incidents list", "mails list", "outbox list", "tenants show contoso"])
def test_headers_of_times_say_utc(demo: CommandLine, command: str) -> None:
    """Nobody has to guess in which zone a list's times are."""
    assert "(UTC)" in demo.process(*CONFIG, *command.split(), config=False).stdout.decode()


def test_fields_stand_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    """A value in a file stays on its line, however long."""
    print_fields([("a", "x" * 300), ("longer", datetime(2026, 11, 24, 13, 9, tzinfo=UTC)), ("none", None)])

    assert capsys.readouterr().out.splitlines() == [
        f"a       {'x' * 300}",
        "longer  2026-11-24 13:09 UTC",
        "none    –",
    ]


HEBREW = "\u05d0\u05d1\u05d2"
FSI, PDI = "\u2068", "\u2069"


def test_a_cell_from_right_to_left_stays_in_its_column(capsys: pytest.CaptureFixture[str]) -> None:
    """It is isolated, the marks take no room, and nothing else is touched."""
    print_table(("id", "subject", "n"), [("1", HEBREW, 22), ("2", "plain subject", 33)])

    assert capsys.readouterr().out.splitlines()[2:] == [
        f"1   {FSI}{HEBREW}{PDI}            22",
        "2   plain subject  33",
    ]


def test_a_cell_that_is_cut_is_still_isolated(capsys: pytest.CaptureFixture[str]) -> None:
    """The ellipsis stands inside, and the isolate is closed."""
    print_table(("id", "subject*", "n"), [("1", HEBREW * 100, 22)])

    line = capsys.readouterr().out.splitlines()[2]
    assert line.endswith(f"\u2026{PDI}  22")
    assert (line.count(FSI), line.count(PDI), len(line)) == (1, 1, len("1   22") + MAX_PIPED + GAP + 2)


def test_fields_headings_and_prose_are_isolated(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever shows strangers' text keeps it in its place; a name in colons is no picture."""
    print_fields([("subject", f"Re: {HEBREW} 5"), ("n", 1)])
    print_heading(f"Incidents of :bomb: [red]{HEBREW}")
    print_paragraph(f"{HEBREW} " * 60)

    out = capsys.readouterr().out
    assert f"subject  Re: {FSI}{HEBREW}{PDI} 5\n" in out
    assert f"\nIncidents of :bomb: {FSI}[red]{HEBREW}{PDI}\n" in out
    paragraph = out.splitlines()[4:]
    assert len(paragraph) > 1
    assert all((line[0], line[-1]) == (FSI, PDI) for line in paragraph)


@pytest.mark.parametrize("available", [40, 60, 80, 200])
def test_flexible_columns_share_what_others_leave(available: int) -> None:
    """They fill the room and no more; one with two stars keeps twice as much as one with one."""
    long = [Text("x" * 500)]

    widths = fit_widths(make_columns(("id", "one*", "two**"), [[Text("1"), *long, *long]]), available)

    assert sum(widths) + 2 * GAP == available
    assert widths[2] - widths[1] in ((10, 11) if available > 40 else (10, 11, 0))
