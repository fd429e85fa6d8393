"""`incidents reattribute`: which incidents are looked at, and what is stored, only on demand."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import CommandLine
from reattributing_cli import CONTOSO, FABRIKAM, MOVED, everything, query, tenants_of
from report_builders import make_junk, make_mail


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


@pytest.mark.parametrize(("tenant", "hint"), [("contosso", True), ("fabrikam", False)])
def test_a_tenant_that_nobody_knows_is_hinted_at(cli: CommandLine, tenant: str, hint: bool) -> None:
    """Nothing to decide on for a mistyped id would look as if all were right; a known tenant may have nothing."""
    cli.deliver(a=make_mail(make_junk(ip="192.0.2.5")))
    cli("run", "--once")

    answer = cli("incidents", "reattribute", "--tenant", tenant)

    hinted = f"no tenant '{tenant}' is known; list them with: abuse-intake tenants list"
    assert answer.code == 0
    assert "0 reports of 0 incidents looked at" in answer.out
    assert (hinted in answer.err) == hint
    assert bool(answer.err) == hint
