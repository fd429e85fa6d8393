"""What `incidents reattribute` tells: differences, troubles, how far it is."""

from typing import Any

import pytest
from command_line import TENANTS, CommandLine
from reattributing_cli import CONTOSO, FABRIKAM, MOVED, query, tenants_of
from report_builders import make_junk, make_mail

from abuse_intake.cli import reattribute_answer


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
