"""The acknowledgement that teaches: what was lost on the way, and how to send it whole with the reporter's program."""

from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from report_builders import unattributed

from abuse_intake.acknowledgement import render_acknowledgement
from abuse_intake.answering import Ourselves
from parsers import mail_programs, read_mail
from parsers.header_block import split_header
from parsers.mail_programs import MARKS, Mark, find_mail_program
from parsers.values import Report

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "tests/abuse_intake/acknowledgements"
MAILS = sorted(SAMPLES.glob("*.eml"))
GUIDES = {path.stem for path in (ROOT / "templates/acknowledgement/en/guides").glob("*.txt")}
US = Ourselves("junk@provider.example", ("junk@provider.example",), "Provider Example")
RECEIVED_AT = datetime(2026, 11, 20, 7, 11, tzinfo=UTC)


def render(raw: bytes) -> str:
    """The body of the acknowledgement of a mail."""
    read = read_mail(raw)
    attributions = [unattributed(find_address(report)) for report in read.reports]
    content = render_acknowledgement(read, attributions, US, RECEIVED_AT, RECEIVED_AT).content
    payload = message_from_bytes(content).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def find_address(report: Report) -> str | None:
    """The address that attribution shows where the directory knows none."""
    named = report.candidate_ips[:1] if report.format == "prose" else ()
    return next((str(ip) for ip in (report.origin_ip, *named) if ip), None)


def find_program(name: str, value: str) -> str | None:
    """The program that a mail with this one header field is taken for."""
    raw = f"{name}: {value}\r\n\r\n".encode()
    return find_mail_program(split_header(raw, 0, len(raw))[0])


@pytest.mark.parametrize("mail", MAILS, ids=lambda path: path.stem)
def test_the_reporter_is_told_what_came_and_how_to_send_it_whole(mail: Path) -> None:
    """The acknowledgement of a mail from each program reads as the text beside it."""
    expected = mail.with_suffix(".txt").read_text(encoding="utf-8")

    assert render(mail.read_bytes()) == expected


def test_each_program_has_a_guide_and_a_sample() -> None:
    """No program is recognised for nothing, and no guide is never shown."""
    programs = {mark.program for mark in MARKS} | {"other"}

    assert programs == GUIDES
    assert programs <= {mail.stem for mail in MAILS}


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{mark.program} {mark.text[:30]}")
def test_a_program_is_known_by_its_mark(mark: Mark, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program writes names it, by that one row of the table."""
    with_it = [find_program(name, mark.text) for name in mark.fields]

    monkeypatch.setattr(mail_programs, "MARKS", tuple(other for other in MARKS if other is not mark))

    assert with_it == [mark.program] * len(mark.fields)
    assert [find_program(name, mark.text) for name in mark.fields] == [None] * len(mark.fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Mailer", "Microsoft Outlook Express 6.00.2900.5931"),
        ("X-Mailer", "Thunderbirds are go"),
        ("X-Mailer", "Mutterings/1"),
        ("X-Mailer", "../../subject"),
        ("X-Mailer", "other"),
        ("Message-ID", "<1@mail.gmail.com.attacker.example>"),
        ("X-Mailer", "x" * 100_000),
    ],
)
def test_what_looks_like_a_program_is_none(name: str, value: str) -> None:
    """A value that no program of the table writes names none, whatever it is."""
    assert find_program(name, value) is None


def test_a_name_decides_before_what_its_server_adds() -> None:
    """Thunderbird that sends through Exchange is Thunderbird."""
    raw = b"X-MS-Has-Attach: \r\nMessage-ID: <1@mail.gmail.com>\r\nUser-Agent: Mozilla Thunderbird\r\n\r\n"

    found = find_mail_program(split_header(raw, 0, len(raw))[0])

    assert found == "thunderbird"


@pytest.mark.parametrize("guide", sorted(GUIDES))
def test_a_guide_fits_a_letter(guide: str) -> None:
    """Each guide says where to send it, in lines that every program shows unbroken."""
    text = (ROOT / f"templates/acknowledgement/en/guides/{guide}.txt").read_text(encoding="utf-8")

    assert "{{ address }}" in text
    assert max(map(len, text.splitlines())) <= 76
    assert text.isascii()


@pytest.mark.parametrize(
    ("mail", "is_taught"),
    [
        ("whole", False),
        ("no_route", True),
        ("nothing", False),
        ("forwarded", True),
        ("prose", True),
        ("prose_of_attack", False),
    ],
)
def test_a_person_is_taught_only_what_was_missing(mail: str, is_taught: bool) -> None:
    """Who sent the whole message gets no guide, nor a program that sends feedback reports, nor who has no message."""
    text = render((SAMPLES / f"{mail}.eml").read_bytes())

    assert ("junk mail whole, as an attachment" in text) is is_taught
