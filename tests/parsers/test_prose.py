"""Complaints in prose: what was abused, which addresses are named, and what is no complaint."""

import re
from base64 import b64encode
from collections.abc import Callable
from ipaddress import ip_address

import pytest
from complaints import COMPLAINTS as NEARER
from complaints import OFFENDER, OWN, Complaint
from complaints_abroad import COMPLAINTS_ABROAD
from plain_letters import LETTERS
from plain_mails import Plain, fill_addresses, make_plain_mails
from spreadsheet_builders import build_ods, build_xlsx

from parsers import prose, read_mail
from parsers.budget import NAMED, PROSE_CHARACTERS
from parsers.named import find_named
from parsers.values import ReadMail

COMPLAINTS = (*NEARER, *COMPLAINTS_ABROAD)
PLAIN_MAILS = [*make_plain_mails(), *fill_addresses(LETTERS)]
WRITER = "198.51.100.77"


def _read(
    text: str, subject: str = "Spam", header: str = "", kind: str = "text/plain; charset=utf-8"
) -> ReadMail:
    start = (
        f"Received: from mail.reporter.example (mail.reporter.example [{WRITER}]) by mx.provider.example (Postfix)"
        " with ESMTPS id 4; Mon, 2 Nov 2026 10:05:00 +0000\r\nFrom: Ann <ann@reporter.example>\r\n"
        f"To: junk@provider.example\r\nSubject: {subject}\r\n{header}Content-Type: {kind}\r\n\r\n"
    )
    return read_mail(f"{start}{text}".encode())


def _read_parts(text: str, file: str, header: str) -> ReadMail:
    body = f"--q\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--q\r\n{header}\r\n\r\n{file}\r\n--q--\r\n"
    return _read(body, kind="multipart/mixed; boundary=q")


def _named(read: ReadMail) -> list[str]:
    return [str(ip) for report in read.reports for ip in report.candidate_ips]


def _is_read(complaint: Complaint) -> bool:
    return _named(_read(complaint.text, complaint.subject)) == list(complaint.addresses)


@pytest.mark.parametrize("complaint", COMPLAINTS, ids=lambda one: f"{one.subject}: {one.text[:40]}")
def test_a_complaint_in_prose_is_a_report(complaint: Complaint) -> None:
    """It says what was abused, and names an address, in some language and form."""
    read = _read(complaint.text, complaint.subject)

    (report,) = read.reports
    assert (report.format, report.feedback_type, report.message) == ("prose", complaint.kind, None)
    assert _named(read) == list(complaint.addresses)


@pytest.mark.parametrize("complaint", COMPLAINTS, ids=lambda one: f"{one.subject}: {one.text[:40]}")
def test_a_complaint_in_prose_concludes_nothing(complaint: Complaint) -> None:
    """There is no route and no field: all its addresses are only candidates."""
    (report,) = _read(complaint.text, complaint.subject).reports

    assert (report.origin_ip, report.source_ip, report.origin_hop) == (None, None, None)


@pytest.mark.parametrize("plain", PLAIN_MAILS, ids=lambda one: f"{one.subject}: {one.text[:40]}")
def test_a_plain_mail_is_no_report(plain: Plain) -> None:
    """A question, a request, an invoice, the news, a program's word about its own host."""
    read = _read(plain.text, plain.subject, plain.header)

    assert (read.disposition, read.reports) == ("not_a_report", ())


def test_there_are_enough_plain_mails() -> None:
    """The loop above shows something only if there are many, all different."""
    assert len(set(PLAIN_MAILS)) > 200


def test_there_are_enough_complaints() -> None:
    """Of many languages and forms."""
    assert len(set(COMPLAINTS)) >= 60


@pytest.mark.parametrize("sign", range(len(prose.SIGNS)), ids=[has.__name__ for _, has in prose.SIGNS])
def test_each_sign_is_needed(sign: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a complaint is missed, or a plain mail taken for one."""
    monkeypatch.setattr(prose, "SIGNS", prose.SIGNS[:sign] + prose.SIGNS[sign + 1 :])
    weak = (*COMPLAINTS, *WEAK)

    is_any_missed = not all(map(_is_read, weak))
    is_any_taken = any(_read(plain.text, plain.subject, plain.header).reports for plain in PLAIN_MAILS)

    assert is_any_missed or is_any_taken


WEAK = (
    Complaint("Hello", "We get attacks from 192.0.2.7."),
    Complaint("Hello", "An attack. It was sent from your network. The address is 192.0.2.7."),
    Complaint("Hello", "An attack was seen.\n\n10:00:00 192.0.2.7\n\nPlease stop it."),
)
"""Complaints with no sign too many."""


@pytest.mark.parametrize("complaint", WEAK, ids=lambda one: one.text)
def test_a_few_signs_are_enough(complaint: Complaint) -> None:
    """Each says little, and all together enough."""
    assert _is_read(complaint)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.7", "(192.0.2.7)", "[192.0.2.7]", "192.0.2.7:80", "192.0.2.7.", "192.0.2.7,",
        "ip=192.0.2.7", "192.0.2.7/32", "http://192.0.2.7/x", "hxxp://192.0.2.7", "192[.]0[.]2[.]7",
        "192(.)0(.)2(.)7", "192.0.2[.]7", "192[dot]0[dot]2[dot]7", "192{dot}0{dot}2{dot}7",
        "192 [.] 0 [.] 2 [.] 7", "192\\.0\\.2\\.7", "<192.0.2.7>", "'192.0.2.7'", "192.0.2.7: foo",
    ],
)  # fmt: skip
def test_an_address_is_read_as_people_write_it(text: str) -> None:
    """With a port, in brackets, or disarmed."""
    found = find_named(f"It came from {text} today")

    assert [one.ip for one in found] == [ip_address(OFFENDER)]


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::7",
        "[2001:db8::7]:25",
        "2001[:]db8[:][:]7",
        "2001:DB8:0:0:0:0:0:7",
        "2001:db8::7.",
        "2001:db8::7/128",
    ],
)
def test_an_address_of_ipv6_is_read(text: str) -> None:
    """Also in brackets, with a port, or disarmed."""
    found = find_named(f"It came from {text} today")

    assert [str(one.ip) for one in found] == ["2001:db8::7"]


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "224.0.0.1", "255.255.255.0",
        "0.0.0.0", "fe80::1", "::1", "1.2.3.4.5", "a1.2.3.4", "1.2.3.4-beta", "foo-192.0.2.7.rev.example",
        "192.0.2.7.rev.example", "me@192.0.2.7", "192.0.2.0/24", "192.0.2.1-192.0.2.9", "192.0.2.x",
        "192.0.2.256", "192.000.002.007", "10:00:00", "00:11:22:33:44:55", "abc::def", "std::map",
        "version 1.2.3.4", "v 192.0.2.7", "v192.0.2.7", "section 3.1.4.2", "Abschnitt 3.1.4.2",
        "updated to 192.0.2.7", "foo/192.0.2.7", "2001:db8::/32", "1.2.3.4",
    ],
)  # fmt: skip
def test_what_is_no_public_address_is_not_read(text: str) -> None:
    """Private and reserved ones, networks, versions, names, times, sections."""
    assert find_named(f"See {text} today") == []


@pytest.mark.parametrize(
    "text",
    [
        "My IP is {}", "our mail server {}", "our server at {}", "{} is our server", "{} (our server)",
        "destination: {}", "DST={}", "an attack on {}", "192.0.2.7 attacked {}", "192.0.2.7 -> {}",
        "from 192.0.2.7 to {}", "against {}", "target {}", "victim: {}", "unser Server {}",
        "notre serveur {}", "nuestro servidor {}", "onze server {}", "nasz serwer {}", "наш сервер {}",
        "当社サーバー {}", "received by {}",
    ],
)  # fmt: skip
def test_the_writers_own_address_is_known(text: str) -> None:
    """By a word before it or behind it, or since something was aimed at it."""
    found = find_named(text.format("198.51.100.9"))

    assert [one.is_own for one in found if str(one.ip) == OWN] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "attack from {} to our server",
        "spam from {}, our logs follow",
        "your server {}",
        "SRC={} DST=198.51.100.9",
        "attacker: {}",
        "our server was attacked from {}",
        "attacking IP {}",
    ],
)
def test_an_offender_is_not_the_writers_own(text: str) -> None:
    """Though words of the writer stand near."""
    found = find_named(text.format(OFFENDER))

    assert [one.is_own for one in found if str(one.ip) == OFFENDER] == [False]


def test_addresses_of_logs_come_first_and_the_writers_own_last() -> None:
    """Within each, as they stand in the text."""
    text = (
        f"My IP is {OWN}. Spam came from 192.0.2.20, 192.0.2.10 and {WRITER}. Please stop it.\n"
        "10:00:00 192.0.2.9 spam\n10:00:01 192.0.2.8 spam\n"
    )

    read = _read(text)

    assert _named(read) == ["192.0.2.9", "192.0.2.8", "192.0.2.20", "192.0.2.10", OWN, WRITER]
    assert [str(ip) for ip in read.reports[0].own_ips] == [OWN, WRITER]


def test_where_nobody_but_the_writer_is_named_there_is_no_report() -> None:
    """The address that the mail came from is the writer's own."""
    read = _read(f"Attack at {WRITER}, please investigate the attack.", "Attack")

    assert read.reason == "no_evidence"


def test_the_writers_address_is_also_that_of_its_program() -> None:
    """Webmail notes it in a field."""
    read = _read(
        f"An attack on {OFFENDER}, please stop it: from {OWN}", "Attack", f"X-Originating-IP: [{OWN}]\r\n"
    )

    assert read.reason == "no_evidence"


FILES = [
    'Content-Type: text/csv; name="a.csv"',
    'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="a.csv"',
    "Content-Type: text/csv",
    "Content-Type: text/tab-separated-values",
    'Content-Type: application/vnd.ms-excel; name="a.tsv"',
]


@pytest.mark.parametrize("header", FILES)
def test_the_addresses_of_a_table_are_read(header: str) -> None:
    """A file beside the text holds them; the column of those attacked is theirs."""
    table = "time;source;destination\r\n10:00;192.0.2.7;198.51.100.9\r\n10:01;192.0.2.8;198.51.100.9"

    read = _read_parts("These attack us, please stop them. Worst is 192.0.2.44.", table, header)

    assert _named(read) == [OFFENDER, "192.0.2.8", "192.0.2.44", OWN]


@pytest.mark.parametrize(
    ("name", "kind", "build"),
    [
        ("a.xlsx", "application/octet-stream", build_xlsx),
        ("a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", build_xlsx),
        ("a.ods", "application/vnd.oasis.opendocument.spreadsheet", build_ods),
    ],
)
def test_the_addresses_of_a_spreadsheet_are_read(name: str, kind: str, build: Callable[..., bytes]) -> None:
    """As those of a table of text."""
    table = build([["time", "source", "destination"], ["10:00", "192.0.2.7", "198.51.100.9"]])
    header = f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64'

    read = _read_parts("These attack us, please stop them.", b64encode(table).decode(), header)

    assert _named(read) == [OFFENDER, OWN]


@pytest.mark.parametrize("name", ["a.log", "a.txt"])
def test_the_addresses_of_a_log_are_read(name: str) -> None:
    """Whatever type the file has."""
    header = f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"'

    read = _read_parts(
        "These attack us, please stop them.", "10:00:00 192.0.2.7 sshd: Failed password", header
    )

    assert _named(read) == [OFFENDER]


def test_a_page_is_read_where_there_is_no_plain_text() -> None:
    """Its addresses stand in cells."""
    read = _read(
        "<p>Please stop this spam:</p><table><tr><td>192.0.2.7</td><td>25</td></tr></table>", kind="text/html"
    )

    assert _named(read) == [OFFENDER]


def test_what_is_quoted_is_not_read() -> None:
    """It is what the writer was told, or said before."""
    read = _read("Thank you.\r\n> Spam came from 192.0.2.7. Please stop it.", "Re: Spam")

    assert read.reason == "no_evidence"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Return-Path: <>\r\n",
        "List-Id: <x.example>\r\n",
        "List-Unsubscribe: <https://x.example>\r\n",
    ],
)
def test_what_no_person_wrote_to_a_desk_is_no_complaint(header: str) -> None:
    """An automatic answer, a bounce, what a list sends around."""
    read = _read("Spam came from 192.0.2.7. Please stop it.", "Spam", header)

    assert read.disposition == "not_a_report"


def test_a_program_may_complain() -> None:
    """Where it says what happened and what shall be done."""
    read = _read(
        "Attack by 192.0.2.7 on our host. Please investigate.", "Abuse", "Auto-Submitted: auto-generated\r\n"
    )

    assert _named(read) == [OFFENDER]


def test_two_kinds_are_none() -> None:
    """The words are not clear."""
    (report,) = _read("Malware and phishing on 192.0.2.7, please remove it.", "Abuse").reports

    assert report.feedback_type is None


def test_two_complaints_are_told_apart() -> None:
    """By a hash of what they say, for neither brings a message."""
    one, other = (
        _read(f"Spam came from 192.0.2.7 on {day}. Please stop it.") for day in ("Monday", "Tuesday")
    )

    assert one.reports[0].text_sha256 != other.reports[0].text_sha256


def test_the_same_complaint_is_one() -> None:
    """White space and the subject aside."""
    one, other = (_read(f"Spam came from{blank}192.0.2.7. Please stop it.") for blank in (" ", "\r\n"))

    assert one.reports[0].text_sha256 == other.reports[0].text_sha256


def test_many_addresses_are_cut() -> None:
    """With a warning; the first ones stand."""
    listed = "\r\n".join(f"192.0.2.{number}" for number in range(1, 60))

    read = _read(f"Attacks, please stop them:\r\n{listed}")

    assert _named(read) == [f"192.0.2.{number}" for number in range(1, NAMED.of_all + 1)]
    assert NAMED.sentence in read.warnings


def test_a_long_text_is_cut() -> None:
    """With a warning; what stands in its beginning is read."""
    read = _read(f"Spam came from 192.0.2.7. Please stop it.\r\n{'x' * PROSE_CHARACTERS.of_one}\r\n192.0.2.8")

    assert _named(read) == [OFFENDER]
    assert PROSE_CHARACTERS.sentence in read.warnings


@pytest.mark.parametrize(
    "text",
    [
        "\0",
        "\ue000",
        "\ud800",
        "%s%n",
        "192.0.2.7\ue0001",
        "[.]" * 9000,
        "1." * 9000,
        "::" * 9000,
        "\x1b[31m",
        "=cmd()",
    ],
)
def test_hostile_text_is_read_to_the_end(text: str) -> None:
    """What it says beside that is read."""
    raw = f"Spam came from 192.0.2.7. Please stop it.\r\n{text}"

    read = _read(raw.encode("utf-8", "replace").decode())

    assert _named(read) == [OFFENDER]


def test_the_page_on_prose_knows_the_languages() -> None:
    """A complaint of each script is in the table."""
    texts = "".join(complaint.text for complaint in COMPLAINTS)

    assert all(
        re.search(script, texts) for script in ("[а-я]", "[ぁ-ん]", "[一-鿿]", "[가-힣]", "ß|ü|ä", "ł|ę")
    )


@pytest.mark.parametrize(
    "table",
    [
        "src_ip,dst_ip,port\n192.0.2.7,198.51.100.9,22",
        "| attacker | destination |\n| 192.0.2.7 | 198.51.100.9 |",
        "Date Proto Src IP Addr:Port Dst IP Addr:Port\n10:00:01 UDP 192.0.2.7:53 198.51.100.9:80",
        "source  target\n\n192.0.2.8  198.51.100.9\n192.0.2.7  198.51.100.9",
    ],
)
def test_the_head_of_a_table_in_the_text_says_whom_an_attack_was_aimed_at(table: str) -> None:
    """The second address of each line below it is the writer's own."""
    read = _read(f"DDoS attack from your network, please stop it:\n{table}\n")

    assert [str(ip) for ip in read.reports[0].own_ips] == ["198.51.100.9"]


def test_a_head_that_names_no_target_says_nothing() -> None:
    """Both may be offenders."""
    read = _read("Attacks from your network, please stop them:\nfirst ip, next ip\n192.0.2.7, 192.0.2.8\n")

    assert read.reports[0].own_ips == ()
