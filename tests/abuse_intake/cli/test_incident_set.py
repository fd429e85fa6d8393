"""`incidents set`: what analysts decide, on one incident and on many, and how the pages tell it."""

import json
import os
import pwd

import pytest
from command_line import CommandLine
from report_builders import make_junk, make_mail

from abuse_intake.cli import incident_set

CONTOSO, FABRIKAM, STRANGER = "1", "2", "3"
WHY = ("--note", "moved in May")


@pytest.fixture(autouse=True)
def _no_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)


def _incident(worked: CommandLine, id: str = CONTOSO) -> dict[str, object]:
    (found,) = worked("incidents", "show", id, "--json").objects()
    return found


def _decided(worked: CommandLine, id: str = CONTOSO) -> list[dict[str, object]]:
    history = _incident(worked, id)["history"]
    assert isinstance(history, list)
    return [entry for entry in history if entry["action"] == "decided"]


def test_a_status_is_set(worked: CommandLine) -> None:
    """The history keeps who did it, and what it was."""
    answer = worked("incidents", "set", CONTOSO, "--status", "confirmed")

    assert (answer.code, answer.out, answer.err) == (0, "1 incident changed\n", "")
    assert _incident(worked)["status"] == "confirmed"
    (entry,) = _decided(worked)
    assert entry["actor"] == pwd.getpwuid(os.geteuid()).pw_name
    assert entry["detail"] == {"status": {"before": "new", "after": "confirmed"}}


@pytest.mark.parametrize(
    ("option", "tenant"), [(("--tenant", "fabrikam"), "fabrikam"), (("--no-tenant",), None)]
)
def test_a_tenant_is_corrected(worked: CommandLine, option: tuple[str, ...], tenant: str | None) -> None:
    """What the evidence says stands beside it."""
    assert worked("incidents", "set", CONTOSO, *option, *WHY, "--by", "mia").code == 0

    found = _incident(worked)
    assert (found["tenant"], found["attributed_tenant"], found["confidence"]) == (
        tenant, "contoso", "corroborated",
    )  # fmt: skip
    correction = found["correction"]
    assert isinstance(correction, dict)
    assert (correction["tenant"], correction["by"], correction["note"]) == (tenant, "mia", "moved in May")


def test_a_correction_is_taken_back(worked: CommandLine) -> None:
    """Then the incident is whose the evidence says."""
    worked("incidents", "set", CONTOSO, "--no-tenant", *WHY)

    assert worked("incidents", "set", CONTOSO, "--as-evidence-says").code == 0

    assert (_incident(worked)["tenant"], _incident(worked)["correction"]) == ("contoso", None)


def test_the_page_keeps_a_correction_apart_from_the_evidence(worked: CommandLine) -> None:
    """It says who corrected it and why, what the evidence says, and what was decided before, in words."""
    worked("incidents", "set", CONTOSO, "--tenant", "fabrikam", *WHY, "--by", "mia", "--status", "open")

    lines = worked("incidents", "show", CONTOSO).out.splitlines()

    shown = {line.split("  ")[0]: " ".join(line.split()) for line in lines if "  " in line}
    assert shown["tenant"] == "tenant fabrikam (Fabrikam GmbH), by hand"
    assert shown["corrected"].startswith("corrected by mia, ")
    assert shown["corrected"].endswith(" UTC: moved in May")
    assert shown["evidence says"] == "evidence says contoso, corroborated"
    assert "confidence" not in shown
    assert lines[-1].endswith("status new → open; tenant contoso → fabrikam, by hand; note: moved in May")


def test_a_list_never_shows_a_correction_as_evidence(worked: CommandLine) -> None:
    """In place of the confidence stands that it was done by hand, also where nobody is named."""
    worked("incidents", "set", CONTOSO, "--tenant", "fabrikam", *WHY)
    worked("incidents", "set", FABRIKAM, "--no-tenant", *WHY)

    out = worked("incidents", "list").out

    rows = {line.split()[0]: line for line in out.splitlines()}
    assert " fabrikam " in rows[CONTOSO]
    assert " – (nobody) " in rows[FABRIKAM]
    assert all(" by hand " in rows[id] for id in (CONTOSO, FABRIKAM))
    assert "corroborated" not in rows[CONTOSO]


def test_the_page_of_a_tenant_counts_what_was_done_by_hand_apart(worked: CommandLine) -> None:
    """It is no evidence against that tenant."""
    worked("incidents", "set", CONTOSO, "--tenant", "fabrikam", *WHY)

    (found,) = worked("tenants", "show", "fabrikam", "--json").objects()
    out = worked("tenants", "show", "fabrikam").out

    junk = found["incidents"]["junk"]
    assert (junk["incidents"], junk["by_hand"], junk["by_confidence"]["corroborated"]) == (2, 1, 0)
    assert "by hand" in out
    assert "corroborated" not in out


def test_a_correction_outlives_new_reports(worked: CommandLine) -> None:
    """A worker that records another report about it leaves the tenant as it was corrected."""
    worked("incidents", "set", CONTOSO, "--tenant", "fabrikam", *WHY)
    worked.deliver(again=make_mail(make_junk(), sender="eve@reporter.example", message_id="<r-9@x.example>"))

    assert worked("run", "--once").code == 0

    found = _incident(worked)
    assert (found["tenant"], found["report_count"]) == ("fabrikam", 2)


def test_ids_that_are_not_there_are_told_and_the_others_are_set(worked: CommandLine) -> None:
    """The exit code says that something was wrong."""
    answer = worked("incidents", "set", "99", CONTOSO, "x\x1b[31m", FABRIKAM, "--status", "open")

    assert (answer.code, answer.out) == (1, "2 incidents changed, 2 not there\n")
    assert answer.err.splitlines()[0] == "abuse-intake: no incident '99'"
    assert "\x1b" not in answer.err
    assert {_incident(worked, id)["status"] for id in (CONTOSO, FABRIKAM)} == {"open"}


def test_programs_are_told_of_each_incident(worked: CommandLine) -> None:
    """A line each on stdout, and the summary on stderr."""
    worked("incidents", "set", FABRIKAM, "--status", "open")

    answer = worked("incidents", "set", "99", CONTOSO, FABRIKAM, "--status", "open", "--json")

    assert {one["id"]: one["result"] for one in answer.objects()} == {
        CONTOSO: "changed", FABRIKAM: "unchanged", "99": "missing",
    }  # fmt: skip
    assert answer.err.splitlines()[-1] == "1 incident changed, 1 so already, 1 not there"


def test_many_ids_come_through_a_pipe(worked: CommandLine) -> None:
    """Each once; blank lines are nothing."""
    done = worked.process("incidents", "set", "-", "--status", "dismissed", stdin=b"1\n\n2\r\n1\n3\n")

    assert (done.returncode, done.stdout, done.stderr) == (0, b"3 incidents changed\n", b"")


def test_many_ids_are_set_in_batches(worked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there leaves the others of its batch alone."""
    monkeypatch.setattr(incident_set, "BATCH", 2)

    answer = worked("incidents", "set", "1", "99", "2", "3", "2", "--status", "dismissed")

    assert answer.out == "3 incidents changed, 1 not there\n"


def test_nothing_through_a_pipe_changes_nothing(worked: CommandLine) -> None:
    """A list that was empty is no mistake."""
    done = worked.process("incidents", "set", "-", "--status", "dismissed")

    assert (done.returncode, done.stdout) == (0, b"0 incidents changed\n")


REFUSED = [
    ((), "nothing to set"),
    (("--tenant", "fabrikam"), "with a --note that says why"),
    (("--no-tenant",), "with a --note that says why"),
    (("--tenant", "fabrikam", "--no-tenant", *WHY), "exclude each other"),
    (("--tenant", "fabrikan", *WHY), "did you mean 'fabrikam'?"),
    (("--tenant", "zzz", *WHY), "there are 'contoso', 'fabrikam'"),
    (("--tenant", "a\0b", *WHY), "control characters"),
    (("--status", "gone"), "'gone' is not one of"),
    (("--note", "a\x1bb"), "a note has 1 to 2000 characters"),
    (("--note", " "), "a note has 1 to 2000 characters"),
    (("--note", "x" * 2_001), "a note has 1 to 2000 characters"),
    (("--status", "open", "--by", "a\nb"), "a name has 1 to 80 characters"),
    (("--status", "open", "--by", "\udc80"), "a name has 1 to 80 characters"),
    (("--status", "open", "--by", "x" * 81), "a name has 1 to 80 characters"),
]


@pytest.mark.parametrize(("options", "why"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_what_cannot_be_decided_is_wrong_usage(
    worked: CommandLine, options: tuple[str, ...], why: str
) -> None:
    """One line says why, and nothing is changed."""
    answer = worked("incidents", "set", CONTOSO, *options)

    assert (answer.code, answer.out) == (2, "")
    assert why in answer.complaint()
    assert _decided(worked) == []


def test_without_a_directory_any_tenant_can_be_named(worked: CommandLine) -> None:
    """There is nothing to compare it with."""
    worked.write_tenants()

    assert worked("incidents", "set", CONTOSO, "--tenant", "woodgrove", *WHY).code == 0


@pytest.mark.parametrize(("sudo", "name"), [("mia", "mia"), ("a\x1b[31mb", None), ("", None)])
def test_who_decides_is_who_logged_in(
    worked: CommandLine, monkeypatch: pytest.MonkeyPatch, sudo: str, name: str | None
) -> None:
    """Behind sudo, whoever called it; a variable that holds no name is not believed."""
    monkeypatch.setenv("SUDO_USER", sudo)

    worked("incidents", "set", CONTOSO, "--status", "open")

    assert _decided(worked)[0]["actor"] == (name or pwd.getpwuid(os.geteuid()).pw_name)


def test_a_note_of_several_lines_is_shown_on_one(worked: CommandLine) -> None:
    """It is kept as it was written."""
    worked("incidents", "set", CONTOSO, "--note", "first\nsecond")

    assert _decided(worked)[0]["detail"] == {"note": "first\nsecond"}
    assert "note: first second" in worked("incidents", "show", CONTOSO).out
    assert json.dumps("first\nsecond") in worked("audit", "list", "--json").out


def test_json_in_place_of_ids_is_told(worked: CommandLine) -> None:
    """Who pipes the list as it is reads what is missing between the two commands."""
    done = worked.process(
        "incidents", "set", "-", "--status", "open", stdin=worked("incidents", "list", "--json").out.encode()
    )

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert b"put `jq -r .id` between the two commands" in done.stderr


def test_a_tenant_that_was_so_by_hand_got_the_note_only(worked: CommandLine) -> None:
    """The note is kept, and nothing is said to have changed."""
    command = ("incidents", "set", "1", "--tenant", "fabrikam", "--note", "theirs")
    worked(*command)

    assert worked(*command).out == "0 incidents changed, 1 got the note only\n"
