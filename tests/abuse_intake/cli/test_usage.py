"""Help, exit codes, and the one line that says what is wrong."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest
from command_line import FIRST, CommandLine

from abuse_intake.cli import cli as root
from abuse_intake.cli import main


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [path]
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += _commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


COMMANDS = _commands(root)
EVERY_COMMAND_OF_THE_CONTRACT = {
    "run", "parse", "attribute", "mails list", "mails show", "mails raw", "mails retry", "incidents list",
    "incidents show", "tenants import", "tenants list", "tenants show", "outbox list", "outbox send", "stats", "check",
    "demo", "db upgrade",
}  # fmt: skip
NEED_A_DATABASE = (
    "stats",
    "mails list",
    "incidents list",
    "outbox list",
    "mails show 1",
    "incidents show 1",
    "outbox send",
)


def test_every_command_is_there() -> None:
    """What the documents promise exists."""
    assert {" ".join(command) for command in COMMANDS} >= EVERY_COMMAND_OF_THE_CONTRACT


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_explains_itself(cli: CommandLine, command: tuple[str, ...], option: str) -> None:
    """Help is on stdout, needs no configuration, and says what the command does."""
    answer = cli(*command, option, config=False)

    assert answer.code == 0
    assert answer.err == ""
    assert answer.out.startswith(f"Usage: {' '.join(('abuse-intake', *command))} ")
    assert len(answer.out.splitlines()) > 4
    assert "\\b" not in answer.out


@pytest.mark.parametrize("command", [command for command in COMMANDS if len(command) < 2], ids=" ".join)
def test_no_summary_of_a_command_is_cut(cli: CommandLine, command: tuple[str, ...]) -> None:
    """The list of commands says in whole sentences what each does."""
    assert "..." not in cli(*command, "--help", config=False).out.partition("Commands:")[2]


def test_every_option_explains_itself() -> None:
    """No option stands in a help text without a word about it."""
    silent = []
    for path in COMMANDS:
        command: click.Command | None = root
        for name in path:
            assert isinstance(command, click.Group)
            command = command.get_command(click.Context(command), name)
        assert command is not None
        silent += [
            (path, one.name) for one in command.params if isinstance(one, click.Option) and not one.help
        ]

    assert silent == []


def test_the_version_is_told(cli: CommandLine) -> None:
    """--version needs nothing."""
    answer = cli("--version", config=False)

    assert answer.code == 0
    assert answer.out.startswith("abuse-intake, version ")


@pytest.mark.parametrize("command", [(), ("mails",), ("incidents",), ("tenants",), ("outbox",), ("db",)])
def test_a_group_without_a_command_shows_what_there_is(cli: CommandLine, command: tuple[str, ...]) -> None:
    """Who asks for nothing is shown the commands, readably, and it counts as wrong usage."""
    answer = cli(*command, config=False)

    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("Usage: ")
    assert len(answer.err.splitlines()) > 5


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("nope", "No such command 'nope'. See: abuse-intake --help"),
        ("mails nope", "No such command 'nope'. See: abuse-intake mails --help"),
        ("--nope stats", "No such option '--nope'."),
        ("incidents top tenants --limit abc", "'abc' is no number; write one from 1 to 1000."),
        ("incidents list --watch contoso", "'contoso' is no number of seconds; write one from 0.1 to 86400."),
        ("incidents set 1", "give --status, --tenant, --no-tenant, --as-evidence-says or --note."),
        ("incident list", "No such command 'incident'. Did you mean 'incidents'? See: abuse-intake --help"),
        ("incidents shwo", "'shwo'. Did you mean 'show'? See: abuse-intake incidents --help"),
        ("mails lits", "'lits'. Did you mean 'list'? See: abuse-intake mails --help"),
        ("top tenant", "No such command 'top'. Did you mean 'incidents top'?"),
        ("incidents set 2 --tenant", "requires an argument. See: abuse-intake incidents set --help"),
        (
            "incidents list --config x",
            "--config stands before the command: abuse-intake --config … incidents list. See: abuse-intake inc",
        ),
        ("stats --nope", "No such option '--nope'. See: abuse-intake stats --help"),
        ("parse", "Missing argument 'FILE…'. See: abuse-intake parse --help"),
        ("attribute", "Missing argument 'FILE…'."),
        ("mails show", "Missing argument 'ID'."),
        ("mails retry", "Missing argument 'ID…'."),
        ("tenants import", "Missing argument 'FILE'."),
        ("mails list --disposition spam", "'spam' is not one of 'report', 'not_a_report', 'quarantined'."),
        ("mails list --limit -1", "-1 is not in the range x>=0."),
        ("mails list --limit many", "'many' is no number; write one from 0 on."),
        (
            "mails list --since soon",
            "'soon' is no time; write 2026-11-02, 2026-11-02T10:00:00Z, or an age such as 7d",
        ),
        ("mails list --since 99999999w", "'99999999w' is no time"),
        ("incidents list --ip 192.0.2.0/24", "is no IP address; for a network use --cidr"),
        ("incidents list --ip junk", "'junk' is no IP address"),
        ("incidents list --cidr junk", "'junk' is no network; write 192.0.2.0/24"),
        (
            "incidents list --status closed",
            "'closed' is not one of 'new', 'open', 'confirmed', 'dismissed', 'resolved'.",
        ),
        ("incidents list --ip 192.0.2.1 --cidr 192.0.2.0/24", "--ip and --cidr exclude each other."),
        ("outbox list --state lost", "'lost' is not one of"),
        ("stats extra", "Got unexpected extra argument (extra). See: abuse-intake stats --help"),
        ("demo --into abuse-intake.toml", "is a file"),
    ],
)
def test_wrong_usage_is_one_line_and_2(cli: CommandLine, arguments: str, complaint: str) -> None:
    """A mistake on the command line is named, with where to read on."""
    answer = cli(*arguments.split())

    assert answer.code == 2
    assert answer.out == ""
    assert complaint in answer.complaint()


def test_a_complaint_about_a_huge_argument_is_short(cli: CommandLine) -> None:
    """It says what is wrong, and where to read on."""
    answer = cli("incidents", "list", "--ip", "1" * 100_000)

    assert answer.code == 2
    assert len(answer.complaint()) < 3_000
    assert "is no IP address" in answer.complaint()


@pytest.mark.parametrize("noun", ["incidents", "mails", "outbox", "audit"])
def test_a_limit_that_no_database_can_count_is_none(cli: CommandLine, noun: str) -> None:
    """All is listed that there is."""
    assert cli(noun, "list", "--limit", "9" * 30).code == 0


@pytest.mark.parametrize("command", ["stats", "run --once", "check", "attribute x.eml", "tenants list"])
def test_a_configuration_that_is_not_there_is_one_line_and_2(cli: CommandLine, command: str) -> None:
    """A mistyped --config is told, whatever the command."""
    answer = cli("--config", "nope.toml", *command.split(), config=False)

    assert answer.code == 2
    assert "nope.toml is not there; name the configuration with --config FILE" in answer.complaint()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("[mailbx]", "abuse-intake.toml: mailbx: unknown key (did you mean mailbox?)"),
        ("x = ", "abuse-intake.toml cannot be read: "),
        (
            '[database]\nurl = "mysql://u:hunter2@h/d"',
            "database.url must begin with sqlite:/// or postgresql+psycopg://",
        ),
    ],
)
def test_a_wrong_configuration_is_one_line_and_2(cli: CommandLine, wrong: str, complaint: str) -> None:
    """A wrong key or value is told with the file's name, and without a password."""
    (cli.folder / "abuse-intake.toml").write_text(wrong)

    answer = cli("stats")

    assert answer.code == 2
    assert complaint in answer.complaint()
    assert "hunter2" not in answer.err


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("run --once", "mailbox.url and mailbox.address"),
        ("check", "mailbox.url and mailbox.address"),
        ("outbox send", "outbox.url"),
    ],
)
def test_missing_keys_are_named(cli: CommandLine, command: str, keys: str) -> None:
    """What a command needs and the configuration lacks is named."""
    (cli.folder / "abuse-intake.toml").write_text("")

    answer = cli(*command.split())

    assert answer.code == 2
    assert f"{keys} must be given" in answer.complaint()


def test_the_environment_names_the_configuration(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """ABUSE_INTAKE_CONFIG stands for --config."""
    monkeypatch.setenv("ABUSE_INTAKE_CONFIG", "nope.toml")

    assert "nope.toml is not there" in cli("stats", config=False).complaint()


@pytest.mark.parametrize("command", NEED_A_DATABASE)
def test_a_database_in_a_folder_that_is_not_there_is_one_line_and_1(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """The complaint says which folder to make."""
    monkeypatch.setenv("ABUSE_INTAKE_DATABASE__URL", "sqlite:///no/such/a.db")

    answer = cli(*command.split())

    assert answer.code == 1
    assert "is missing; run: mkdir -p " in answer.complaint()


@pytest.mark.parametrize("command", [*NEED_A_DATABASE, "run --once", "db upgrade", "mails retry 1"])
def test_a_database_of_a_newer_version_is_one_line_and_2(worked: CommandLine, command: str) -> None:
    """A program that is too old touches nothing, and says so."""
    with sqlite3.connect(worked.folder / "abuse-intake.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    answer = worked(*command.split())

    assert answer.code == 2
    assert "was made by a newer abuse-intake (revision 9999): upgrade the program" in answer.complaint()


def test_a_file_that_is_no_database_is_one_line_and_1(cli: CommandLine) -> None:
    """Any other file in the place of the database is left as it is."""
    (cli.folder / "abuse-intake.db").write_text("my own notes, no database at all")

    answer = cli("stats")

    assert answer.code == 1
    assert "file is not a database" in answer.complaint()


def test_a_database_url_shows_no_password(cli: CommandLine) -> None:
    """A wrong port in the URL of a database is told without the URL."""
    (cli.folder / "abuse-intake.toml").write_text('[database]\nurl = "postgresql://u:hunter2@h:x/d"')

    answer = cli("stats")

    assert answer.code == 1
    assert "the database's URL cannot be read" in answer.complaint()
    assert "hunter2" not in answer.err


@pytest.mark.parametrize(
    "command",
    [
        "mails show 99",
        "mails raw 99",
        "mails retry 99",
        "mails show deadbeef",
        "incidents show 99",
        "tenants show nope",
    ],
)
def test_an_unknown_id_is_one_line_and_1(worked: CommandLine, command: str) -> None:
    """What is not there is told with how to find what is."""
    answer = worked(*command.split())

    assert answer.code == 1
    assert answer.out == ""
    assert "list" in answer.complaint()


@pytest.mark.parametrize(
    "id", ["x", "-5", "0", "99999999999999999999999", "1; DROP TABLE mails", "\x1b[31m", "é"]
)
@pytest.mark.parametrize("command", ["mails show", "incidents show", "mails raw"])
def test_what_is_no_id_is_one_line(worked: CommandLine, command: str, id: str) -> None:
    """No text in the place of an id does harm."""
    answer = worked(*command.split(), "--", id)

    assert answer.code == 1
    assert "\x1b" not in answer.complaint()


@pytest.mark.parametrize("command", ["tenants list", "attribute mail.eml", "run --once"])
def test_an_unreadable_tenants_file_is_one_line_and_1(cli: CommandLine, command: str) -> None:
    """A directory that cannot be read is named."""
    (cli.folder / "mail.eml").write_bytes(FIRST)
    (cli.folder / "tenants.jsonl").unlink()

    answer = cli(*command.split())

    assert answer.code == 1
    assert "tenants.jsonl cannot be read" in answer.complaint()


BUFFERED = os.environ | {"PYTHONUNBUFFERED": ""}
"""Output gathers in a buffer, as it does for users, whatever the tests' own environment says."""


def _many_mails(folder: Path) -> list[str]:
    (folder / "mail.eml").write_bytes(FIRST)
    return ["mail.eml"] * 2000


def test_a_closed_pipe_ends_quietly(cli: CommandLine) -> None:
    """`abuse-intake parse … | head -1` is no fault: nothing on stderr, exit code 0."""
    command = [sys.executable, "-m", "abuse_intake", "parse", *_many_mails(cli.folder)]

    with subprocess.Popen(
        command, cwd=cli.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BUFFERED
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()

    assert (process.returncode, err) == (0, b"")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_pipe_that_was_closed_before_ends_quietly(worked: CommandLine, form: list[str]) -> None:
    """Neither a table, nor an output that fits into the buffer and fails at the very end only, is a fault."""
    command = [sys.executable, "-m", "abuse_intake", "--config", "abuse-intake.toml", "stats", *form]
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(
        command, cwd=worked.folder, stdout=writing, stderr=subprocess.PIPE, env=BUFFERED, check=False
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110 - a device
@pytest.mark.parametrize("count", [1, 2000])
def test_a_full_disk_is_one_line_and_1(cli: CommandLine, count: int) -> None:
    """Output that cannot be written is told, not lost."""
    command = [sys.executable, "-m", "abuse_intake", "parse", *_many_mails(cli.folder)[:count]]

    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, cwd=cli.folder, stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False
        )

    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "abuse-intake: the output cannot be written: no space left on device"
    ]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["stats", "stats --json", "parse mail.eml", "incidents list"])
def test_a_closed_stream_is_no_fault(worked: CommandLine, command: str, closed: str) -> None:
    """Who closes stdout or stderr wants nothing from it: no traceback, exit code 0."""
    (worked.folder / "mail.eml").write_bytes(FIRST)
    line = f"{sys.executable} -m abuse_intake --config abuse-intake.toml {command} {closed}"

    done = subprocess.run(["bash", "-c", line], cwd=worked.folder, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")


def test_the_log_never_stands_between_json_lines(worked: CommandLine) -> None:
    """A directory with a warning is told on stderr by `run` and `check`, never within the output of a list."""
    tenants = ({"id": id, "domains": ["twice.example"]} for id in ("a", "b"))
    worked.write_tenants(*tenants)

    for command in ("tenants list --json", "incidents list --json", "mails retry 1", "run --once"):
        answer = worked(*command.split())

        assert "problem=" not in answer.out, command
        assert "recorded" not in answer.out + answer.err, command
    checked = worked("check")
    assert "twice.example" in checked.out
    assert checked.err == ""


def test_too_little_memory_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the machine does not give is told without a traceback."""

    def run_out(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(root, "main", run_out)

    with pytest.raises(SystemExit) as end:
        main([])

    assert (end.value.code, capsys.readouterr().err) == (
        1,
        "abuse-intake: there is not enough memory for this\n",
    )
