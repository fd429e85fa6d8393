"""The demo: each shipped mail becomes what expected.jsonl says, and a new user can follow what it prints."""

import hashlib
import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer, CommandLine

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


def _suggested(out: str) -> list[list[str]]:
    lines = [line for line in out.splitlines() if line.startswith("  ") and "abuse-intake-demo/" in line]
    commands = [shlex.split(line) for line in lines]
    return [
        words[next(at for at, word in enumerate(words) if word in ("--config", "parse")) :]
        for words in commands
    ]


def test_every_suggested_command_works(demonstrated: tuple[Path, Answer], demo: CommandLine) -> None:
    """Whoever copies what the demo suggests gets an answer."""
    suggested = _suggested(demonstrated[1].out)

    for words in suggested:
        expanded = [
            path
            for word in words
            for path in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
        ]
        answer = demo(*expanded, config=False)
        assert (answer.code, answer.err) == (0, ""), words
        assert answer.out

    assert len(suggested) == 7


def test_nothing_hostile_reaches_the_terminal(demonstrated: tuple[Path, Answer]) -> None:
    """Mails full of control and bidi characters are shown harmlessly."""
    assert not {*demonstrated[1].out} & set("\x1b\x00\x07\u202e\u2066\u200b\x9b")


def test_the_demo_runs_twice_in_one_folder(empty: CommandLine) -> None:
    """The second run makes the folder anew, and shows the same counts."""
    first, second = empty("demo", config=False), empty("demo", config=False)

    assert (first.code, second.code) == (0, 0)
    assert first.out.splitlines()[2].partition("(")[0] == second.out.splitlines()[2].partition("(")[0]
    (counts,) = empty(*CONFIG, "stats", "--json", config=False).objects()
    assert sum(counts["mails"].values()) == len({_digest(line["file"]) for line in EXPECTED})


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
    assert f"--config {shlex.quote(name + '/abuse-intake.toml')}" in answer.out


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
