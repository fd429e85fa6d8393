"""`incidents reattribute`: what differs is shown, and stored only on demand."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import TENANTS, CommandLine
from report_builders import make_junk, make_mail

from abuse_intake.cli import reattribute_answer

CONTOSO, FABRIKAM = TENANTS
MOVED = (
    {**CONTOSO, "domains": [], "allocations": []},
    {**FABRIKAM, "allocations": [{"network": "192.0.2.0/27"}]},
)
"""The directory once it is known that the network of contoso was fabrikam's all the time."""


def query(cli: CommandLine, statement: str, *values: object) -> list[Any]:
    """What the database answers; changes are committed."""
    with sqlite3.connect(next(cli.folder.glob("*.db"))) as database:
        return database.execute(statement, values).fetchall()


def everything(cli: CommandLine) -> str:
    """All that the database holds, as text."""
    with sqlite3.connect(next(cli.folder.glob("*.db"))) as database:
        return "\n".join(database.iterdump())


def tenants_of(cli: CommandLine, *filters: str) -> dict[str, str | None]:
    """The incidents that are listed, and whose they are."""
    return {one["id"]: one["tenant"] for one in cli("incidents", "list", "--json", *filters).objects()}


@pytest.fixture
def moved(worked: CommandLine) -> CommandLine:
    """Mails were worked with a directory that was wrong, and is right now."""
    worked.write_tenants(*MOVED)
    return worked


def test_nothing_is_stored_unless_told_so(moved: CommandLine) -> None:
    """Without --apply the differences are shown, the summary says that nothing is stored, and nothing is."""
    before = everything(moved)

    answer = moved("incidents", "reattribute")

    assert (answer.code, answer.err) == (0, "")
    assert "contoso → fabrikam" in answer.out
    assert answer.out.splitlines()[-1] == (
        "3 reports of 3 incidents looked at: 0 unchanged, 3 changed (2 in the evidence only), 0 could not be read;"
        " nothing is stored without --apply"
    )
    assert everything(moved) == before


def test_an_innocent_tenant_is_cleared(moved: CommandLine) -> None:
    """Once the directory is mended and applied, nothing stands against the tenant that was named wrongly."""
    (incident,) = tenants_of(moved, "--tenant", "contoso")

    answer = moved("incidents", "reattribute", "--tenant", "contoso", "--apply")

    assert answer.out.endswith("1 changed, 0 could not be read; stored\n")
    assert tenants_of(moved, "--tenant", "contoso") == {}
    assert tenants_of(moved, "--tenant", "fabrikam")[incident] == "fabrikam"
    assert "(no incidents)" in moved("tenants", "show", "contoso").out


def test_the_history_keeps_both(moved: CommandLine) -> None:
    """The page of the incident tells what it was and what it is; the JSON has both for programs."""
    (incident,) = tenants_of(moved, "--tenant", "contoso")
    moved("incidents", "reattribute", "--apply")

    page = moved("incidents", "show", incident).out
    (shown,) = moved("incidents", "show", incident, "--json").objects()

    assert "contoso (corroborated, 192.0.2.5) → fabrikam (stated, 192.0.2.5)" in page
    entry = shown["history"][-1]
    assert (entry["actor"], entry["action"]) == ("reattribute", "reattributed")
    assert (entry["detail"]["before"]["tenant"], entry["detail"]["after"]["tenant"]) == (
        "contoso",
        "fabrikam",
    )


def test_a_second_time_changes_nothing(moved: CommandLine) -> None:
    """Applied once, there is nothing left to store, and nothing is."""
    moved("incidents", "reattribute", "--apply")
    before = everything(moved)

    answer = moved("incidents", "reattribute", "--apply")

    assert "3 unchanged, 0 changed, 0 could not be read; nothing to store" in answer.out
    assert everything(moved) == before


def test_what_an_analyst_decided_stays(moved: CommandLine) -> None:
    """The status that an analyst gave stays with the incident."""
    (incident,) = tenants_of(moved, "--tenant", "contoso")
    query(moved, "UPDATE incidents SET status = 'confirmed' WHERE id = ?", incident)

    moved("incidents", "reattribute", "--apply")

    (shown,) = moved("incidents", "show", incident, "--json").objects()
    assert (shown["status"], shown["tenant"], shown["report_count"]) == ("confirmed", "fabrikam", 1)


def test_nobody_is_answered_and_no_mail_is_touched(moved: CommandLine) -> None:
    """Mails, their places and acknowledgements are as before."""
    tables = ("mails", "deliveries", "acknowledgements", "mail_contents")
    before = [query(moved, f"SELECT * FROM {table}") for table in tables]

    moved("incidents", "reattribute", "--apply")

    assert [query(moved, f"SELECT * FROM {table}") for table in tables] == before


def test_programs_get_a_line_for_each_difference(moved: CommandLine) -> None:
    """--json tells incident, mail, report, both attributions and which evidence differs; the summary is no JSON."""
    answer = moved("incidents", "reattribute", "--tenant", "contoso", "--json")

    (one,) = answer.objects()
    assert one.keys() == {
        "incident", "incident_after", "mail", "report", "before", "after", "evidence_changed", "stored"
    }  # fmt: skip
    assert (one["incident"], one["report"], one["stored"]) == (one["incident_after"], 0, False)
    assert (one["before"]["tenant"], one["after"]["tenant"]) == ("contoso", "fabrikam")
    assert (one["before"]["confidence"], one["after"]["confidence"]) == ("corroborated", "stated")
    assert one["evidence_changed"] == ["~address", "~envelope"]
    assert answer.err.startswith("1 report of 1 incident looked at")


def test_a_new_incident_is_told_as_such(worked: CommandLine) -> None:
    """Where reports of one incident part, it says that some would go to a new one."""
    worked.deliver(again=make_mail(make_junk(ip="192.0.2.6"), sender="eve@reporter.example"))
    worked("run", "--once")
    (incident,) = tenants_of(worked, "--tenant", "contoso")
    worked.write_tenants(
        {**CONTOSO, "allocations": [{"network": "192.0.2.5/32"}]},
        {**FABRIKAM, "allocations": [{"network": "192.0.2.6/32"}]},
    )

    (seen,) = [
        one
        for one in worked("incidents", "reattribute", incident, "--json").objects()
        if one["after"]["tenant"] is None
    ]
    table = worked("incidents", "reattribute", incident).out

    assert (seen["incident"], seen["incident_after"], seen["after"]["reason"]) == (incident, None, "conflict")
    assert f"{incident} → new" in table


def test_ids_choose(moved: CommandLine) -> None:
    """With ids only these incidents are looked at, as often as they are named."""
    answer = moved("incidents", "reattribute", "1", "3", "1")

    assert answer.out.splitlines()[-1].startswith("2 reports of 2 incidents looked at")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        ("999", 1, "no incident '999'"),
        ("x", 1, "no incident 'x'"),
        ("1 --tenant contoso", 2, "give IDs or filters, not both"),
        ("--ip 192.0.2.1 --cidr 192.0.2.0/24", 2, "--ip and --cidr exclude each other"),
    ],
)
def test_wrong_usage_is_told(worked: CommandLine, arguments: str, code: int, complaint: str) -> None:
    """What cannot be meant is refused in one line, and nothing is looked at."""
    answer = worked("incidents", "reattribute", *arguments.split())

    assert answer.code == code
    assert complaint in answer.complaint()
    assert answer.out == ""


@pytest.mark.parametrize(
    ("filters", "incidents"),
    [
        ("--tenant contoso", 1),
        ("--tenant nobody", 0),
        ("--cidr 192.0.2.0/24", 2),
        ("--confidence unattributed", 1),
        ("--search forged --since 1h", 1),
        ("--status resolved", 0),
        ("", 3),
    ],
)
def test_the_filters_are_those_of_the_list(worked: CommandLine, filters: str, incidents: int) -> None:
    """What the filters choose for the list, they choose here."""
    listed = tenants_of(worked, *filters.split())

    answer = worked("incidents", "reattribute", *filters.split())

    word = "incident" if incidents == 1 else "incidents"
    assert len(listed) == incidents
    assert f"of {incidents} {word} looked at" in answer.out


def test_mail_that_reads_differently_is_told(moved: CommandLine) -> None:
    """A mail that reads as something else now is left as it is, with the command that stores the new reading."""
    query(moved, "UPDATE reports SET message_key = ? WHERE mail_id = 1", "0" * 64)
    before = query(moved, "SELECT * FROM reports WHERE mail_id = 1")

    answer = moved("incidents", "reattribute", "--apply")

    assert answer.code == 0
    assert answer.complaint() == (
        "abuse-intake: mail 1 reads differently now; this stores that: abuse-intake mails retry 1"
    )
    assert "1 read differently now; stored" in answer.out
    assert query(moved, "SELECT * FROM reports WHERE mail_id = 1") == before


def test_mail_that_cannot_be_read_is_told(moved: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that cannot be decided on is named, the others are stored, and the exit code tells."""
    from abuse_intake import reattributing

    key = reattributing.incident_key

    def fail_once(report: Any, attribution: Any) -> str:
        if report.message.subject == "Forged":
            raise ValueError("a fault of ours")
        return key(report, attribution)

    monkeypatch.setattr(reattributing, "incident_key", fail_once)

    table = moved("incidents", "reattribute", "--apply")
    lines = moved("incidents", "reattribute", "--json")

    assert (table.code, lines.code) == (1, 1)
    assert (
        "mail 3 cannot be attributed, by a fault of this program; its reports stay as they are" in table.err
    )
    assert "2 changed (1 in the evidence only), 1 could not be read; stored" in table.out
    assert {"mail": "3", "problem": "internal_error", "reports": 1} in lines.objects()


def test_an_emptied_incident_is_listed_on_demand_only(cli: CommandLine) -> None:
    """Its reports belong to another one now: no list has it unless asked, and its page says that it names nobody."""
    cli.write_tenants({**CONTOSO, "domains": []}, FABRIKAM)
    cli.deliver(a=make_mail(make_junk(ip="192.0.2.5")))
    cli.deliver(b=make_mail(make_junk(ip="192.0.2.20"), sender="eve@reporter.example"))
    cli("run", "--once")
    (emptied,), (guilty,) = tenants_of(cli, "--tenant", "contoso"), tenants_of(cli, "--tenant", "fabrikam")
    cli.write_tenants(*MOVED)
    cli("incidents", "reattribute", emptied, "--apply")

    page = cli("incidents", "show", emptied).out

    assert tenants_of(cli) == {guilty: "fabrikam"}
    assert tenants_of(cli, "--emptied") == {emptied: "contoso"}
    assert "none any more; before: contoso (Contoso Ltd)" in page
    assert "It speaks against nobody" in page
    assert f"→ no reports left, 1 report to incident {guilty}" in page
    assert f"1 report from incident {emptied}" in cli("incidents", "show", guilty).out


def test_tables_stay_bounded(moved: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many differences come as several tables, each difference once."""
    monkeypatch.setattr(reattribute_answer, "TABLE_ROWS", 100)
    for number in range(210):
        junk = make_junk(message_id=f"<more-{number}@contoso.example>")
        moved.deliver(**{f"m{number}": make_mail(junk, message_id=f"<r-{number}@reporter.example>")})
    moved.write_tenants(*TENANTS)
    moved("run", "--once")
    moved.write_tenants(*MOVED)

    lines = moved("incidents", "reattribute").out.splitlines()

    assert sum(line.startswith("incident ") for line in lines) == 3
    assert sum("contoso → fabrikam" in line for line in lines) == 211


def test_killed_in_the_middle_and_run_again(cli: CommandLine) -> None:
    """Batches that were stored before it was killed stay stored; run again, it brings the rest to the same end."""
    for number in range(310):
        junk = make_junk(message_id=f"<{number}@contoso.example>")
        cli.deliver(**{f"m{number}": make_mail(junk, message_id=f"<r{number}@reporter.example>")})
    assert cli("run", "--once").code == 0
    cli.write_tenants(*MOVED)

    kill_after_first_line(cli.folder)
    in_between = query(cli, "SELECT tenant, count(*) FROM incidents GROUP BY tenant ORDER BY tenant")
    answer = cli("incidents", "reattribute", "--apply")

    assert in_between == [("contoso", 110), ("fabrikam", 200)]
    assert answer.out.splitlines()[-1].startswith(
        "310 reports of 310 incidents looked at: 200 unchanged, 110 changed"
    )
    assert query(cli, "SELECT tenant, count(*) FROM incidents GROUP BY tenant") == [("fabrikam", 310)]
    assert query(cli, "SELECT count(*) FROM incident_history WHERE action = 'reattributed'") == [(310,)]


def kill_after_first_line(folder: Path) -> None:
    """Kill the command once it tells of its first batch: it waits then, as nobody reads on, and stores no more."""
    command = [
        "-m",
        "abuse_intake",
        "--config",
        "abuse-intake.toml",
        "incidents",
        "reattribute",
        "--apply",
        "--json",
    ]
    with subprocess.Popen([sys.executable, *command], cwd=folder, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert os.read(process.stdout.fileno(), 1)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def test_a_bar_shows_how_far_long_work_is(cli: CommandLine) -> None:
    """On a terminal, work of more than one batch shows a bar; what stdout gets is the same without."""
    for number in range(210):
        junk = make_junk(message_id=f"<{number}@contoso.example>")
        cli.deliver(**{f"m{number}": make_mail(junk, message_id=f"<r{number}@reporter.example>")})
    assert cli("run", "--once").code == 0

    on_terminal = cli.on_terminal("incidents", "reattribute", columns=80)
    in_pipe = cli.process("incidents", "reattribute")

    assert any(line.startswith("incidents ") and "95%" in line for line in on_terminal)
    assert on_terminal[-1] == in_pipe.stdout.decode().rstrip("\n")
    assert in_pipe.stderr == b""


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal(moved: CommandLine, columns: int) -> None:
    """No line of the table is wider than the terminal, and what changed is there at both widths."""
    lines = moved.on_terminal("incidents", "reattribute", columns=columns)

    table = [line for line in lines if "looked at" not in line]
    assert max(map(len, table)) <= columns
    assert any("contoso → fabrikam" in line and "corroborated → stated" in line for line in table)
    assert any("~address" in line for line in table)
