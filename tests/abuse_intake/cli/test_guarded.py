"""Mails that a reader process dies over, on the command line: a clear outcome each, and the others as ever."""

from hashlib import sha256

import pytest
from command_line import FIRST, QUESTION, CommandLine
from hostile_readers import HOSTILE_READER, make_word
from intake_world import open_database, read_raw
from report_builders import make_junk, make_mail

from abuse_intake.cli import inputs
from abuse_intake.guard import limits, process

SEMICOLONS = b'Content-Type: text/plain; a="' + b";" * 80_000 + b"\n"
"""They cost mail-parser more than ten seconds, and our own reader nothing."""


@pytest.fixture
def _hostile_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reader processes obey the words of mails, with short limits."""
    monkeypatch.setattr(process, "CHILD_CODE", HOSTILE_READER)
    monkeypatch.setattr(limits, "CPU_SECONDS", 0.3)
    monkeypatch.setattr(limits, "WALL_SECONDS", 1.0)


def _write(cli: CommandLine, *raws: bytes) -> list[str]:
    names = [f"{number}.eml" for number in range(len(raws))]
    for name, raw in zip(names, raws, strict=True):
        (cli.folder / name).write_bytes(raw)
    return names


@pytest.mark.usefixtures("_hostile_reader")
def test_parse_tells_of_a_mail_that_costs_too_much(cli: CommandLine) -> None:
    """A line for it like for any other, in its place; it is no wrong input."""
    names = _write(cli, FIRST, make_word("LOOPS"), make_word("CRASHES"), QUESTION)

    answer = cli("parse", *names, config=False)

    told = [(mail["input"], mail["disposition"], mail["reason"]) for mail in answer.objects()]
    assert told == [
        ("0.eml", "report", None),
        ("1.eml", "quarantined", "too_costly"),
        ("2.eml", "quarantined", "kills_the_reader"),
        ("3.eml", "not_a_report", "no_evidence"),
    ]
    assert (answer.code, answer.err) == (0, "")


@pytest.mark.usefixtures("_hostile_reader")
def test_parse_tells_of_a_fault_of_ours(cli: CommandLine) -> None:
    """One line on stderr says what and where, without a traceback or a control character; the mail has its line."""
    names = _write(cli, make_word("FAILS"), FIRST)

    answer = cli("parse", *names, config=False)

    assert [mail["reason"] for mail in answer.objects()] == ["internal_error", None]
    assert answer.code == 1
    assert "0.eml could not be read, by a fault of this program: ValueError" in answer.complaint()
    assert "\x1b" not in answer.err


def test_parse_reads_no_file_that_is_too_large(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its line in its place, with its size and hash, as the others have theirs."""
    monkeypatch.setattr(inputs, "MAX_BYTES", len(FIRST))
    large = FIRST + b"x" * 3_000_000
    names = _write(cli, large, FIRST, large, QUESTION, large)

    mails = cli("parse", *names, config=False).objects()

    assert [mail["input"] for mail in mails] == names
    assert [mail["reason"] for mail in mails] == [
        "too_costly",
        None,
        "too_costly",
        "no_evidence",
        "too_costly",
    ]
    assert (mails[0]["size"], mails[0]["sha256"]) == (len(large), sha256(large).hexdigest())


@pytest.mark.usefixtures("_hostile_reader")
def test_attribute_names_nobody_for_a_mail_that_costs_too_much(cli: CommandLine) -> None:
    """It has no reports to attribute; the others are attributed."""
    names = _write(cli, make_word("EATS"), FIRST)

    answer = cli("attribute", *names)

    assert [len(mail["attributions"]) for mail in answer.objects()] == [0, 1]
    assert answer.code == 0


@pytest.mark.usefixtures("_hostile_reader")
def test_a_run_quarantines_them_and_goes_on(cli: CommandLine) -> None:
    """Each hostile mail ends in quarantine with its reason, its bytes kept; the good ones are reported."""
    words = {word: make_word(word) for word in ("LOOPS", "EATS", "CRASHES", "FAILS")}
    cli.deliver(**words, first=FIRST, question=QUESTION)

    answer = cli("run", "--once")

    mails = cli("mails", "list", "--json").objects()
    reasons = {mail["reason"] for mail in mails if mail["disposition"] == "quarantined"}
    with open_database(cli.folder) as database:
        kept = {read_raw(database, mail["id"]) for mail in mails}
    assert (answer.code, "Traceback" in answer.err) == (0, False)
    assert reasons == {"too_costly", "kills_the_reader", "internal_error"}
    assert "1 with 1 report, 1 no report, 4 quarantined" in answer.out
    assert all(mail["warnings"] for mail in mails if mail["disposition"] == "quarantined")
    assert kept == {*words.values(), FIRST, QUESTION}


def test_a_run_that_can_read_nothing_says_so(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """No mail is blamed for it: it is kept, unread, and stays where it lies."""
    monkeypatch.setattr(process, "CHILD_CODE", "raise SystemExit(3)")
    cli.deliver(first=FIRST)

    answer = cli("run", "--once")

    (mail,) = cli("mails", "list", "--json").objects()
    assert answer.code == 1
    assert "ended at its start" in answer.complaint()
    assert mail["disposition"] is None
    assert (cli.folder / "Maildir" / "new" / "first").exists()


def test_a_mail_that_cost_too_much_can_be_retried(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later version of the program may read it: then it takes its true disposition."""
    cli.deliver(costly=b"X-Word: EATS\r\n" + FIRST)
    with monkeypatch.context() as hostile:
        hostile.setattr(process, "CHILD_CODE", HOSTILE_READER)
        cli("run", "--once")

    answer = cli("mails", "retry", "1")

    assert "quarantined (too_costly) → report" in answer.out


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_full_view_that_costs_too_much_says_so(cli: CommandLine, arguments: list[str]) -> None:
    """The incident is shown with all that the intake read, and why there is no more."""
    cli.deliver(costly=make_mail(SEMICOLONS + make_junk()))
    cli("run", "--once")

    answer = cli("incidents", "show", "1", "--full", *arguments)

    assert answer.code == 0
    assert "mail-parser takes too much time or memory for it" in answer.out


def test_a_mail_that_is_too_large_says_so(cli: CommandLine) -> None:
    """In the log and beside the mail: it is another thing than one that takes too long."""
    config = cli.folder / "abuse-intake.toml"
    config.write_text(config.read_text().replace("[outbox]", "max_bytes = 1000\n[outbox]"))
    cli.deliver(large=FIRST + b"x" * 1000)

    answer = cli("run", "--once")

    assert "mail=1 reason=too_costly bytes=" in answer.err
    assert "larger than a mail may be" in cli("mails", "show", "1").out
