"""`incidents export`: what goes out, where to, and what is told beside it."""

import csv
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
import xarf
from command_line import CommandLine

from storage.database import Database
from storage.decisions import Decision, decide
from storage.incidents import list_incidents
from storage.values import Actor, IncidentFilter

FORMATS = ("csv", "jsonl", "xarf")


def ids(text: str) -> list[str]:
    return [row["id"] for row in csv.DictReader(StringIO(text, newline=""))]


def test_json_lines_are_those_of_the_list(worked: CommandLine) -> None:
    """The same objects, in the same order."""
    exported = worked("incidents", "export", "--format", "jsonl")

    assert (exported.code, exported.err) == (0, "")
    assert len(exported.objects()) == 3
    assert exported.objects() == worked("incidents", "list", "--json", "--limit", "0").objects()


def test_csv_has_the_same_incidents(worked: CommandLine) -> None:
    """A row each, with lines as RFC 4180 has them also on stdout."""
    exported = worked.process("incidents", "export", "--format", "csv")

    assert (exported.returncode, exported.stderr) == (0, b"")
    assert exported.stdout.count(b"\r\n") == 4
    listed = worked("incidents", "list", "--json").objects()
    assert ids(exported.stdout.decode()) == [one["id"] for one in listed]


def test_xarf_is_read_by_its_readers(worked: CommandLine) -> None:
    """Each line is a valid report, from the provider of the configuration."""
    exported = worked("incidents", "export", "--format", "xarf")

    assert exported.code == 0
    results = [xarf.parse(line) for line in exported.out.splitlines()]
    assert results
    assert all(one.report is not None and (one.errors, one.warnings) == ([], []) for one in results)
    assert {one.report.reporter.org for one in results if one.report} == {"Provider Example"}


def test_a_provider_without_a_name_is_known_by_its_domain(worked: CommandLine) -> None:
    """Others are told no `this mail provider`."""
    file = worked.folder / "abuse-intake.toml"
    file.write_text(file.read_text().replace('name = "Provider Example"\n', ""))

    exported = worked("incidents", "export", "--format", "xarf")

    assert {one["reporter"]["org"] for one in exported.objects()} == {"provider.example"}


def test_what_xarf_leaves_out_is_counted(worked: CommandLine) -> None:
    """On stderr, and the exit code stays 0."""
    _dismiss_all(worked.folder)

    exported = worked("incidents", "export", "--format", "xarf")

    assert (exported.code, exported.out) == (0, "")
    assert exported.complaint() == "abuse-intake: 3 incidents left out: 3 dismissed"


def _dismiss_all(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/abuse-intake.db")
    with database.begin() as session:
        found = [one.id for one in list_incidents(session, IncidentFilter())]
        decide(session, found, Decision(status="dismissed"), Actor("ann", "terminal"), datetime.now(UTC))
    database.close()


def test_filters_choose(worked: CommandLine) -> None:
    """All filters of the list hold for the export too."""
    wanted = ("--tenant", "contoso", "--status", "new")

    exported = worked("incidents", "export", "--format", "jsonl", *wanted).objects()

    assert exported
    assert exported == worked("incidents", "list", "--json", *wanted).objects()


@pytest.mark.parametrize(
    ("sort", "field"),
    [("newest", "last_seen"), ("most-reported", "report_count"), ("first-seen", "first_seen")],
)
def test_rows_come_in_the_order_that_was_asked_for(worked: CommandLine, sort: str, field: str) -> None:
    """Falling."""
    exported = worked("incidents", "export", "--format", "jsonl", "--sort", sort).objects()

    assert [one[field] for one in exported] == sorted((one[field] for one in exported), reverse=True)


def test_a_mistyped_tenant_is_told(worked: CommandLine) -> None:
    """An empty file looks like a good customer."""
    exported = worked("incidents", "export", "--format", "jsonl", "--tenant", "contos")

    assert (exported.code, exported.out) == (0, "")
    assert "no tenant 'contos'" in exported.complaint()


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_what_stdout_would(worked: CommandLine, form: str) -> None:
    """Byte for byte, for its owner only; nothing else is left beside it."""
    file = worked.folder / "out"
    there = set(worked.folder.iterdir())

    written = worked.process("incidents", "export", "--format", form, "--output", str(file))

    assert (written.returncode, written.stdout) == (0, b"")
    assert file.read_bytes() == worked.process("incidents", "export", "--format", form).stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(worked.folder.iterdir()) - there <= {
        file,
        worked.folder / "abuse-intake.db-wal",
        worked.folder / "abuse-intake.db-shm",
    }


def test_a_file_that_fails_leaves_the_old_one(worked: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new file is there whole or not at all."""
    file = worked.folder / "out"
    file.write_text("the old one")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    answer = worked("incidents", "export", "--format", "csv", "--output", str(file))

    assert answer.code == 1
    assert "no space left on device" in answer.complaint()
    assert file.read_text() == "the old one"
    assert not list(worked.folder.glob(".abuse-intake-*"))


def test_an_export_that_is_ended_leaves_no_half_of_a_file(
    worked: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGTERM comes before all is written."""
    monkeypatch.setattr(os, "fsync", lambda _: os.kill(os.getpid(), signal.SIGTERM))
    answer = worked("incidents", "export", "--format", "csv", "--output", str(worked.folder / "out"))

    assert answer.code == 128 + signal.SIGTERM
    assert not [*worked.folder.glob("out"), *worked.folder.glob(".abuse-intake-*")]


def test_a_link_leads_to_the_file_that_is_replaced(worked: CommandLine) -> None:
    """The link stays."""
    link, file = worked.folder / "link", worked.folder / "out"
    file.write_text("the old one")
    link.symlink_to(file)

    worked("incidents", "export", "--format", "csv", "--output", str(link))

    assert link.is_symlink()
    assert file.read_text().startswith("id,")


def test_a_link_that_leads_to_itself_is_replaced(worked: CommandLine) -> None:
    """It leads to no file that could be."""
    link = worked.folder / "link"
    link.symlink_to(link)

    assert worked("incidents", "export", "--format", "csv", "--output", str(link)).code == 0
    assert link.read_text().startswith("id,")


def test_what_is_no_file_is_written_into(worked: CommandLine) -> None:
    """A pipe stays a pipe, and /dev/null stays where it is."""
    pipe = worked.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        answer = worked("incidents", "export", "--format", "csv", "--output", str(pipe))
        read, _ = reader.communicate()

    assert answer.code == 0
    assert len(ids(read.decode())) == 3
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(("place", "code"), [("nowhere/out", 1), (".", 2)])
def test_a_place_that_takes_no_file_is_told(worked: CommandLine, place: str, code: int) -> None:
    """By its name."""
    answer = worked("incidents", "export", "--format", "csv", "--output", place)

    assert answer.code == code
    assert place in answer.complaint()


def test_a_reader_that_leaves_ends_it_quietly(worked: CommandLine) -> None:
    """`| head` is no error."""
    command = f"{sys.executable} -m abuse_intake incidents export --format csv | head -c 10; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", command], cwd=worked.folder, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("id,tenant,0\n", "")


def test_without_a_format_it_asks_for_one(worked: CommandLine) -> None:
    """Wrong usage, exit code 2."""
    answer = worked("incidents", "export")

    assert answer.code == 2
    assert "--format" in answer.complaint()


def test_without_a_database_there_is_nothing(cli: CommandLine) -> None:
    """A header for people; that there is no database yet is told."""
    answer = cli("incidents", "export", "--format", "csv")

    assert answer.code == 0
    assert ids(answer.out) == []
    assert "is not there yet" in answer.complaint()
    assert not (cli.folder / "abuse-intake.db").exists()


def test_a_bar_shows_where_it_is_not_in_the_way(worked: CommandLine) -> None:
    """While a file is written, not between lines that are seen themselves."""
    command = ("incidents", "export", "--format", "csv")

    into_file = worked.on_terminal(*command, "--output", "out", columns=80)
    to_terminal = worked.on_terminal(*command, columns=80)

    assert any(line.startswith("exporting ") for line in into_file)
    assert not any("exporting " in line for line in to_terminal)


def test_a_file_is_told_with_what_is_in_it(worked: CommandLine) -> None:
    """Who looks on reads how many incidents it holds; a script, for which all went well, reads nothing."""
    command = ("incidents", "export", "--format", "csv", "--output", "out.csv")

    assert worked.on_terminal(*command, columns=80)[-1] == "abuse-intake: 3 incidents written to out.csv"
    assert worked(*command).err == ""
