"""The demo: each shipped mail becomes what expected.jsonl says, and a new user can follow what it prints."""

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer, CommandLine

from abuse_intake.cli import COMMANDS

DEMO = Path(__file__).parent.parent.parent / "abuse_intake" / "demo"
EXPECTED: list[dict[str, Any]] = [
    json.loads(line) for line in (DEMO / "expected.jsonl").read_text(encoding="utf-8").splitlines()
]
CONFIG = ["--config", "abuse-intake-demo/abuse-intake.toml"]


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    folder = tmp_path_factory.mktemp("demo")
    done = CommandLine(folder, None).process("demo", config=False)
    return folder, Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def demo(
    demonstrated: tuple[Path, Answer], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """A folder in which the demo has run; tests only read."""
    monkeypatch.chdir(demonstrated[0])
    return CommandLine(demonstrated[0], capsys)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path, capsys)


def _digest(file: str) -> str:
    return hashlib.sha256((DEMO / "mails" / file).read_bytes()).hexdigest()


def _show(demo: CommandLine, file: str) -> dict[str, Any]:
    (shown,) = demo(*CONFIG, "mails", "show", _digest(file), "--json", config=False).objects()
    return shown


def test_every_shipped_mail_has_its_line() -> None:
    """What is shipped is expected, and the other way round."""
    shipped = sorted(path.name for path in (DEMO / "mails").iterdir())

    assert [line["file"] for line in EXPECTED] == shipped


def test_the_demo_ends_well(demonstrated: tuple[Path, Answer]) -> None:
    """Nothing goes wrong, and nothing is said on stderr."""
    _, answer = demonstrated

    assert (answer.code, answer.err) == (0, "")
    assert f"holds {len(EXPECTED)} mails" in answer.out


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda line: line["file"])
def test_each_mail_becomes_what_is_expected(demo: CommandLine, expected: dict[str, Any]) -> None:
    """Disposition, reason, and for each report the tenant, confidence, address and reason."""
    mail = _show(demo, expected["file"])

    attributions = [report["attribution"] for report in mail["reports"]]
    assert (mail["disposition"], mail["reason"]) == (expected["disposition"], expected["reason"])
    assert {
        "tenants": [one["tenant"] for one in attributions],
        "confidences": [one["confidence"] for one in attributions],
        "ips": [one["ip"] for one in attributions],
        "attribution_reasons": [one["reason"] for one in attributions],
    } == {key: expected[key] for key in ("tenants", "confidences", "ips", "attribution_reasons")}


@pytest.mark.parametrize(
    "expected", [line for line in EXPECTED if "joins" in line], ids=lambda line: line["file"]
)
def test_reports_of_one_message_join(demo: CommandLine, expected: dict[str, Any]) -> None:
    """Another mail about the same message belongs to the same incident."""
    assert _show(demo, expected["file"])["incident_ids"] == _show(demo, expected["joins"])["incident_ids"]


@pytest.mark.parametrize(
    "expected", [line for line in EXPECTED if "same_as" in line], ids=lambda line: line["file"]
)
def test_the_same_mail_again_is_one_mail(demo: CommandLine, expected: dict[str, Any]) -> None:
    """Two deliveries of the same bytes are one mail that lay in two places."""
    mail = _show(demo, expected["file"])

    assert mail["id"] == _show(demo, expected["same_as"])["id"]
    assert len(mail["deliveries"]) == 2


def test_nobody_else_joins(demo: CommandLine) -> None:
    """Reports that expected.jsonl does not join are incidents of their own."""
    own = [line for line in EXPECTED if "joins" not in line and "same_as" not in line]

    incidents = demo(*CONFIG, "incidents", "list", "--json", "--limit", "0", config=False).objects()

    assert len(incidents) == sum(len(line["tenants"]) for line in own)


def test_every_mail_was_filed_away(demo: CommandLine) -> None:
    """The mailbox is empty; each mail lies in the folder of its disposition."""
    maildir = demo.folder / "abuse-intake-demo" / "Maildir"

    assert not list((maildir / "new").iterdir())
    filed = {folder: len(list((maildir / folder / "cur").iterdir())) for folder in (".Processed", ".Other")}
    assert filed == {
        ".Processed": sum(line["disposition"] == "report" for line in EXPECTED),
        ".Other": sum(line["disposition"] == "not_a_report" for line in EXPECTED),
    }


def test_one_acknowledgement_is_shown_in_full(demonstrated: tuple[Path, Answer]) -> None:
    """Header and body, as its recipient gets them."""
    out = demonstrated[1].out

    for text in ("    From: junk@provider.example", "    Auto-Submitted: auto-replied", "    Reference:  "):
        assert text in out


def test_who_asked_how_to_report_is_taught(demonstrated: tuple[Path, Answer]) -> None:
    """The answer to a question from Gmail says how Gmail attaches a mail."""
    out = demonstrated[1].out.partition("And to one who asked")[2]

    assert "In Gmail, in a browser on a computer:" in out


def _suggested(out: str) -> list[list[str]]:
    """The words of each suggested command; the first line names the configuration."""
    block = out.partition("  export ABUSE_INTAKE_CONFIG=")[2].splitlines()[1:]
    return [shlex.split(line) for line in block if line.startswith("  ")]


def test_every_suggested_command_works(
    demonstrated: tuple[Path, Answer], demo: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever copies what the demo suggests gets an answer; the configuration is named once."""
    suggested = _suggested(demonstrated[1].out)
    monkeypatch.setenv("ABUSE_INTAKE_CONFIG", "abuse-intake-demo/abuse-intake.toml")

    for words in suggested:
        at = next(at for at, word in enumerate(words) if word in COMMANDS)
        expanded = [
            path
            for word in words[at:]
            for path in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        answer = demo(*expanded, config=False)
        assert (answer.code, answer.err) == (0, ""), words
        assert answer.out

    assert len(suggested) == 9
    assert demonstrated[1].out.count("ABUSE_INTAKE_CONFIG") == 1


def test_it_explains_why_there_are_fewer_mails(demonstrated: tuple[Path, Answer]) -> None:
    """One mail lay there twice; nobody has to wonder where the thirtieth is."""
    assert "Mail 3 lay in the mailbox twice" in demonstrated[1].out
    assert "So 30 mails are 29 here." in demonstrated[1].out


def test_a_result_stands_first(demonstrated: tuple[Path, Answer]) -> None:
    """Whom a report names is told at once, the count only where it is above one, a source only once."""
    lines = [line.rpartition("  ")[2] for line in demonstrated[1].out.splitlines()]

    assert "contoso, corroborated" in lines
    assert "2 reports: fabrikam, corroborated; contoso, corroborated" in lines
    assert "nobody: not_ours" in lines
    assert "envelope + envelope" not in demonstrated[1].out


def test_only_folders_that_are_there_are_named(demonstrated: tuple[Path, Answer]) -> None:
    """Nothing was quarantined, so there is no such folder to look into."""
    assert "Maildir: .Processed, .Other." in demonstrated[1].out.replace("\n", " ")
    assert ".Quarantine" not in demonstrated[1].out


def test_nothing_hostile_reaches_the_terminal(demonstrated: tuple[Path, Answer]) -> None:
    """Mails full of control and bidi characters are shown harmlessly."""
    assert not {*demonstrated[1].out} & set("\x1b\x00\x07\u202e\u2066\u200b\x9b")


def _counts(answer: Answer) -> str:
    return next(line for line in answer.out.splitlines() if "arrived" in line).partition("(")[0]


def test_the_demo_runs_twice_in_one_folder(empty: CommandLine) -> None:
    """The second run makes the folder anew, says so, and shows the same counts."""
    first, second = empty("demo", config=False), empty("demo", config=False)

    assert (first.code, second.code) == (0, 0)
    assert _counts(first) == _counts(second)
    assert second.out.startswith("abuse-intake-demo was made by an earlier demo; it is made anew.\n")
    assert "earlier demo" not in first.out
    assert [path.name for path in empty.folder.iterdir()] == ["abuse-intake-demo"]
    (counts,) = empty(*CONFIG, "stats", "--json", config=False).objects()
    assert sum(counts["mails"].values()) == len({_digest(line["file"]) for line in EXPECTED})


@pytest.mark.parametrize(
    "name",
    [
        "abuse-intake.toml",
        "tenants.jsonl",
        "dkim-keys.jsonl",
        "notes.txt",
        "Maildir/note",
        "Maildir/new/mine",
        "mine/deep/er",
    ],
)
def test_what_a_user_did_is_kept(empty: CommandLine, name: str) -> None:
    """A file that was added or edited is not deleted: the folder is kept under another name, and that is said."""
    empty("demo", config=False)
    changed = empty.folder / "abuse-intake-demo" / name
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("mine")

    once, twice = empty("demo", config=False), empty("demo", config=False)

    assert (once.code, twice.code) == (0, 0)
    told = " ".join(once.out.split())
    assert f"holds changes of yours ({name}): it is kept as abuse-intake-demo.old-1, and" in told
    assert (empty.folder / "abuse-intake-demo.old-1" / name).read_text() == "mine"
    assert (empty.folder / "abuse-intake-demo.old-1" / "abuse-intake.db").exists()
    assert not (empty.folder / "abuse-intake-demo.old-2").exists()
    assert _counts(once) == _counts(twice)


@pytest.mark.parametrize("command", ["incidents set {id} --status open", "tokens add soc --role analyst"])
def test_what_a_user_decided_is_kept(
    empty: CommandLine, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """It stands in the database of the demo only."""
    empty("demo", config=False)
    demo = CommandLine(empty.folder / "abuse-intake-demo", capsys)
    (line,) = demo("incidents", "list", "--json", "--limit", "1").out.splitlines()
    assert demo(*command.format(id=json.loads(line)["id"]).split()).code == 0

    again = empty("demo", config=False)

    assert "holds changes of yours (abuse-intake.db)" in " ".join(again.out.split())
    assert (empty.folder / "abuse-intake-demo.old-1" / "abuse-intake.db").exists()


def test_each_kept_folder_has_a_name_of_its_own(empty: CommandLine) -> None:
    """Nothing that was kept is overwritten."""
    for number in (1, 2):
        empty("demo", config=False)
        (empty.folder / "abuse-intake-demo" / "note").write_text(str(number))
    empty("demo", config=False)

    kept = [(empty.folder / f"abuse-intake-demo.old-{number}" / "note").read_text() for number in (1, 2)]
    assert kept == ["1", "2"]


def test_a_foreign_folder_is_left_alone(empty: CommandLine) -> None:
    """A folder that no demo made is not touched."""
    (empty.folder / "abuse-intake-demo").mkdir()
    (empty.folder / "abuse-intake-demo" / "letter.txt").write_text("dear")

    answer = empty("demo", config=False)

    assert answer.code == 2
    assert "name another folder with --into" in answer.complaint()
    assert [path.name for path in (empty.folder / "abuse-intake-demo").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["my demo", "deep/er", "ünï"])
def test_the_demo_goes_where_it_is_told(empty: CommandLine, name: str) -> None:
    """--into takes any folder, an empty one that is there too."""
    (empty.folder / name).mkdir(parents=True)

    answer = empty("demo", "--into", name, config=False)

    assert answer.code == 0
    assert (empty.folder / name / "abuse-intake.db").exists()
    assert f"export ABUSE_INTAKE_CONFIG={shlex.quote(name + '/abuse-intake.toml')}\n" in answer.out


def test_the_demo_leaves_the_real_mailbox_alone(empty: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of a real installation do not lead the demo to its mailbox or database."""
    real = empty.folder / "real"
    for box in ("new", "cur", "tmp"):
        (real / box).mkdir(parents=True)
    (real / "new" / "mail").write_bytes(b"From: a@b.example\r\n\r\nHello")
    monkeypatch.setenv("ABUSE_INTAKE_MAILBOX__URL", f"maildir://{real}")
    monkeypatch.setenv("ABUSE_INTAKE_DATABASE__URL", f"sqlite:///{empty.folder}/real.db")

    answer = empty("demo", config=False)

    assert answer.code == 0
    assert (real / "new" / "mail").exists()
    assert not (empty.folder / "real.db").exists()
