"""Messages forwarded in the text: a few labels in many languages, no route, and so no origin."""

from html import escape
from textwrap import fill

import pytest
from forwards import FORWARDS, MONTHS, REPLIES, SENDER, SUBJECT, Forward

from parsers import forwarded, local_dates, read_mail
from parsers.dates import parse_date
from parsers.local_dates import normalize_date
from parsers.read import LOST_ROUTE
from parsers.values import ReadMail
from parsers.wording import forwarded as wording

IDS = [forward.name for forward in FORWARDS]
DESK = "junk@provider.example"


def _build(text: str, subject: str = "Fwd: You have won", header: str = "", kind: str = "plain") -> bytes:
    return (
        f"From: Ann <ann@reporter.example>\r\nTo: {DESK}\r\nSubject: {subject}\r\n{header}"
        f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{text}"
    ).encode()


def _read_forward(forward: Forward) -> ReadMail:
    return read_mail(_build(f"See below.\n\n{forward.lines}\n\nHello, you have won.\n"))


def _is_read(forward: Forward) -> bool:
    """Whether all that the lines say is read."""
    read = _read_forward(forward)
    message = read.reports[0].message if read.reports else None
    if message is None or b"\r\nTo: " not in b"\r\n" + message.raw:
        return False
    date = message.date.isoformat() if message.date else None
    return (message.from_address, message.subject, date) == (SENDER, SUBJECT, forward.date)


@pytest.mark.parametrize("forward", FORWARDS, ids=IDS)
def test_a_forward_in_the_text_is_a_report(forward: Forward) -> None:
    """Sender, subject and date are read, in the language of the program."""
    read = _read_forward(forward)

    (report,) = read.reports
    message = report.message
    assert message is not None
    assert (report.format, message.from_address, message.from_name) == ("inline", SENDER, "Win Big")
    assert message.subject == SUBJECT
    assert (message.date.isoformat() if message.date else None) == forward.date


@pytest.mark.parametrize("forward", FORWARDS, ids=IDS)
def test_a_forward_in_the_text_has_no_origin(forward: Forward) -> None:
    """Its route is lost, which a warning says; so it can blame nobody."""
    read = _read_forward(forward)

    assert [(report.origin_ip, report.source_ip, report.candidate_ips) for report in read.reports] == [
        (None, None, ())
    ]
    assert read.warnings == (LOST_ROUTE,)


@pytest.mark.parametrize("forward", FORWARDS, ids=IDS)
def test_a_forward_in_a_page_is_a_report(forward: Forward) -> None:
    """Programs write labels in bold, below a rule."""
    lines = "<br>".join(f"<b>{escape(line)}</b>" for line in forward.lines.replace("*", "").splitlines())
    page = f"<html><p>See below.</p><hr><div>{lines}</div><p>Hello</p></html>"

    read = read_mail(_build(page, kind="html"))

    assert [report.message and report.message.from_address for report in read.reports] == [SENDER]


def test_outlook_heads_a_page_by_a_line_above() -> None:
    """As it stands in its pages, without any empty line behind."""
    page = (
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>Von:</b> Win Big "
        f"&lt;{SENDER}&gt;<br><b>Gesendet:</b> Montag, 2. November 2026 10:00<br><b>An:</b> Ann<br>"
        f"<b>Betreff:</b> {SUBJECT}</p></div><p class=MsoNormal>Hallo</p>"
    )

    read = read_mail(_build(page, kind="html"))

    assert [report.message and report.message.subject for report in read.reports] == [SUBJECT]


def test_thunderbird_heads_a_page_by_a_table() -> None:
    """A label stands in a cell, and its value in the next."""
    rows = {
        "Betreff": SUBJECT,
        "Datum": "Mon, 2 Nov 2026 10:00:00 +0100",
        "Von": f"Win &lt;{SENDER}&gt;",
        "An": "ann@x.example",
    }
    cells = "".join(
        f"<tr><th align=RIGHT>{label}: </th><td>{value}</td></tr>" for label, value in rows.items()
    )

    read = read_mail(
        _build(f"<p>-------- Weitergeleitete Nachricht --------</p><table>{cells}</table>", kind="html")
    )

    assert [report.message and report.message.subject for report in read.reports] == [SUBJECT]


@pytest.mark.parametrize("text", REPLIES)
def test_what_is_no_forward_is_no_report(text: str) -> None:
    """A quoted answer, and words that happen to stand before a colon."""
    read = read_mail(_build(text, subject="Hello"))

    assert (read.disposition, read.reason) == ("not_a_report", "no_evidence")


def test_an_answer_that_quotes_the_desk_is_no_forward() -> None:
    """Outlook quotes with the labels of a forward."""
    quoted = (
        f"Von: Desk <{DESK}>\nGesendet: 2. November 2026 10:00\nAn: Ann\nBetreff: Your report\n\nThanks.\n"
    )

    read = read_mail(
        _build(f"Danke!\n\n{quoted}", "AW: Your report", "In-Reply-To: <ack.1@provider.example>\r\n")
    )

    assert (read.disposition, read.reason) == ("not_a_report", "no_evidence")


def test_an_automatic_answer_that_quotes_is_no_forward() -> None:
    """What it quotes is what it answers."""
    quoted = "Von: Bob <bob@x.example>\nGesendet: 2. November 2026 10:00\nAn: Ann\nBetreff: Hello\n\nHi\n"

    read = read_mail(_build(f"Ich bin im Urlaub.\n\n{quoted}", "Abwesenheitsnotiz: Hello"))

    assert (read.disposition, read.reason) == ("not_a_report", "auto_reply")


def test_below_a_mark_no_date_is_needed() -> None:
    """Some programs leave it out."""
    read = read_mail(
        _build(f"-------- Weitergeleitete Nachricht --------\n\nVon: {SENDER}\nBetreff: {SUBJECT}\n\nHi\n")
    )

    assert [report.message and report.message.subject for report in read.reports] == [SUBJECT]


def test_a_wrapped_subject_is_read_whole() -> None:
    """Programs wrap lines of some seventy characters."""
    subject = "This is a subject that is so very long that a program wraps it somewhere near its end"

    read = read_mail(
        _build(f"Von: {SENDER}\nDatum: 2.11.2026 10:00\nAn: Ann\nBetreff: {fill(subject, 72)}\n\nHi\n")
    )

    assert [report.message and report.message.subject for report in read.reports] == [subject]


LABELS = [(field, label) for field, labels in wording.LABELS.items() for label in labels]


@pytest.mark.parametrize(("field", "label"), LABELS)
def test_each_label_is_needed(field: str, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it some program's forward is not read whole."""
    rest = {name: other for name, other in forwarded._FIELDS.items() if name != label}
    monkeypatch.setattr(forwarded, "_FIELDS", rest)

    assert not all(map(_is_read, FORWARDS))


@pytest.mark.parametrize(
    ("number", "name"), [(number, name) for number, row in enumerate(MONTHS, 1) for name in row]
)
def test_a_month_is_known_by_its_name(number: int, name: str) -> None:
    """In the languages of the programs."""
    found = parse_date(normalize_date(f"2. {name} 2026 10:00"))

    assert found is not None
    assert (found.month, found.day) == (number, 2)


@pytest.mark.parametrize("beginning", local_dates._NUMBERS)
def test_each_beginning_of_a_month_is_needed(beginning: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a name is not known, or is taken for another month."""
    monkeypatch.delitem(local_dates._NUMBERS, beginning)

    found = [local_dates._find_month(name) == number for number, row in enumerate(MONTHS, 1) for name in row]

    assert not all(found)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2. Juli 2026 um 10:00 MESZ", 8),
        ("2. November 2026 um 10:00 MEZ", 9),
        ("2 juillet 2026 à 10:00 UTC+2", 8),
    ],
)
def test_the_zone_of_a_time_is_read(text: str, hour: int) -> None:
    """Also by its German name."""
    found = parse_date(normalize_date(text))

    assert found is not None
    assert found.hour == hour


@pytest.mark.parametrize(
    "text",
    [
        "02/11/2026 10:00",
        "11/02/2026 10:00",
        "Monday",
        "2. Foo 2026 10:00",
        "31.02.2026 10:00",
        "2.11.26 10:00",
        "٣.١١.٢٠٢٦",
    ],
)
def test_a_doubtful_date_is_none(text: str) -> None:
    """Whether the day or the month comes first is never guessed."""
    assert parse_date(normalize_date(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "From: Ann\nSubject: Question\nDate: 2026-11-02\n\nHow do I get an address?",
        "Date: Monday, 2 November 2026\nSubject: Weekly\nFrom: 10:00\nTo: 11:00\n\nAgenda",
    ],
)
def test_a_form_or_an_invitation_is_no_forward(text: str) -> None:
    """It has the labels of one in English, but nobody's address, and no route."""
    read = read_mail(_build(text, subject="Hello"))

    assert (read.disposition, read.reason) == ("not_a_report", "no_evidence")
