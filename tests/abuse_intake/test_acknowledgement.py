"""Who is acknowledged and who never, and that strangers can say nothing through an acknowledgement."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from report_builders import (
    RECEIVED_AT,
    REPORTER,
    make_hop,
    make_junk,
    make_mail,
    make_read_mail,
    make_report,
    unattributed,
)

from abuse_intake.acknowledgement import (
    make_reference,
    render_acknowledgement,
    render_summary,
)
from abuse_intake.answering import Ourselves, find_reason_not_to_answer
from abuse_intake.disarm import disarm
from parsers import read_mail
from parsers.archives import ENCRYPTED, UNKNOWN
from parsers.values import ReadMail, Report
from parsers.xarf.complaints import BROKEN
from storage.held_back import HeldBack, HeldMail
from storage.values import NewAcknowledgement

US = Ourselves(
    "junk@provider.example", ("junk@provider.example", "Abuse@Provider.example"), "Provider Example"
)
ALLOWED = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "x-auto-response-suppress", "precedence", "x-loop", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip
"""As DESIGN lists them, not as the code does."""
NOW = RECEIVED_AT + timedelta(minutes=1)
REPORT = make_report(make_hop("192.0.2.5"), subject="Cheap pills", message_id="<junk@contoso.example>")


def _reason(raw_or_read: bytes | ReadMail, us: Ourselves = US, *, authenticated: bool = False) -> str | None:
    read = read_mail(raw_or_read) if isinstance(raw_or_read, bytes) else raw_or_read
    return find_reason_not_to_answer(read, us, authenticated)


def _render(read: ReadMail, us: Ourselves = US) -> NewAcknowledgement:
    attributions = [
        unattributed(str(report.origin_ip) if report.origin_ip else None) for report in read.reports
    ]
    return render_acknowledgement(read, attributions, us, RECEIVED_AT, NOW)


def _parse(content: bytes) -> Message:
    return message_from_bytes(content, policy=compat32)


def _body(content: bytes) -> str:
    payload = _parse(content).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


ANSWERED = [
    pytest.param(make_read_mail(REPORT), id="an ordinary person with a report"),
    pytest.param(make_read_mail(), id="a person without evidence"),
    pytest.param(make_read_mail(REPORT, return_path=None), id="no return path known"),
    pytest.param(make_read_mail(REPORT, reporter="ann@reporter.example.net"), id="a domain of two dots"),
    pytest.param(make_read_mail(REPORT, reporter="ann@local.example"), id="local as a lower label"),
    pytest.param(make_read_mail(REPORT, reporter="ann@xn--80ak6aa92e.example"), id="digits in a domain"),
    pytest.param(make_read_mail(REPORT, reporter="ann+junk@reporter.example"), id="a tag of somebody else"),
    pytest.param(make_read_mail(REPORT, reporter="junk@reporter.example"), id="our local part elsewhere"),
    pytest.param(
        make_read_mail(REPORT, reporter="junkmail@provider.example"), id="another mailbox beside ours"
    ),
    pytest.param(make_read_mail(REPORT, reply_to=("bob@reporter.example",)), id="Reply-To is somebody else"),
    pytest.param(make_read_mail(REPORT, auto_submitted="no"), id="Auto-Submitted no"),
    pytest.param(make_read_mail(REPORT, precedence="first-class"), id="another precedence"),
    pytest.param(make_read_mail(REPORT, x_loop=("bob@reporter.example",)), id="X-Loop of somebody else"),
    pytest.param(make_read_mail(REPORT, received_count=100), id="100 Received lines"),
    pytest.param(make_read_mail(REPORT, reporter="norah@reporter.example"), id="a name like noreply"),
    pytest.param(make_read_mail(REPORT, reporter="bouncer@reporter.example"), id="a name like bounce"),
    pytest.param(
        make_read_mail(REPORT, references=("<ack.1@provider.example>",)), id="a report that answers us"
    ),
    pytest.param(
        make_read_mail(references=("<ack.1@elsewhere.example>",)), id="answers somebody else's mail"
    ),
    pytest.param(
        make_read_mail(references=("<talk.1@provider.example>",)), id="answers another mail of ours"
    ),
]

NOT_ANSWERED = [
    ("null_return_path", {"return_path": ""}),
    ("no_reporter", {"reporter": None}),
    ("own_address", {"reporter": "junk@provider.example"}),
    ("own_address", {"reporter": "JUNK@Provider.EXAMPLE"}),
    ("own_address", {"reporter": "junk+list@provider.example"}),
    ("own_address", {"reporter": "junk@provider.example."}),
    ("own_address", {"reporter": "abuse@provider.example"}),
    ("own_address", {"reporter": "abuse+tag@PROVIDER.example"}),
    ("reply_to_us", {"reply_to": ("junk@provider.example",)}),
    ("reply_to_us", {"reply_to": ("bob@reporter.example", "Abuse+x@provider.example")}),
    ("unroutable_domain", {"reporter": "ann@localhost"}),
    ("unroutable_domain", {"reporter": "ann@mail"}),
    ("unroutable_domain", {"reporter": "ann@mail."}),
    ("unroutable_domain", {"reporter": "ann@reporter.example."}),
    ("unroutable_domain", {"reporter": "ann@mail.localhost"}),
    ("unroutable_domain", {"reporter": "ann@printer.local"}),
    ("unroutable_domain", {"reporter": "ann@printer.LOCAL."}),
    ("unroutable_domain", {"reporter": "ann@corp.internal"}),
    ("unroutable_domain", {"reporter": "ann@nowhere.invalid"}),
    ("unroutable_domain", {"reporter": "ann@[192.0.2.1]"}),
    ("unroutable_domain", {"reporter": "ann@[IPv6:2001:db8::1]"}),
    ("unroutable_domain", {"reporter": "ann@192.0.2.1"}),
    ("auto_submitted", {"auto_submitted": "auto-replied"}),
    ("auto_submitted", {"auto_submitted": "auto-generated"}),
    ("auto_submitted", {"auto_submitted": "yes"}),
    ("bulk", {"precedence": "bulk"}),
    ("bulk", {"precedence": "junk"}),
    ("bulk", {"precedence": "list"}),
    ("mailing_list", {"has_list_id": True}),
    ("asks_for_no_answer", {"has_autoreply": True}),
    ("loop", {"x_loop": ("Junk@provider.example",)}),
    ("loop", {"x_loop": ("bob@reporter.example", "abuse@provider.example")}),
    ("too_many_hops", {"received_count": 101}),
    *(
        ("robot", {"reporter": f"{local}@reporter.example"})
        for local in (
            "mailer-daemon", "MAILER-DAEMON", "postmaster", "noreply", "NoReply", "no-reply", "no_reply", "donotreply",
            "do-not-reply", "do_not_reply", "noreply-abuse", "no-reply+x", "abuse-noreply", "bounces+ann",
            "list-bounces", "list-request", "list-owner", "owner-list", "nobody", "root", "no.reply",
            "do.not.reply", "donotreply+7",
            "noreply.abuse", "noreply_abuse", "abuse_noreply", "postmaster+x", "auto-reply", "autoreply",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize("read", ANSWERED)
def test_a_person_is_answered(read: ReadMail) -> None:
    """What comes near a reason not to answer, and is none, is answered."""
    assert _reason(read) is None


@pytest.mark.parametrize(("reason", "fields"), NOT_ANSWERED)
def test_a_reason_not_to_answer_holds_alone(reason: str, fields: dict[str, Any]) -> None:
    """One sign alone is enough that a mail with a report is not answered."""
    assert _reason(make_read_mail(REPORT, **fields)) == reason


@pytest.mark.parametrize(("reason", "fields"), NOT_ANSWERED)
def test_a_mail_without_evidence_is_no_exception(reason: str, fields: dict[str, Any]) -> None:
    """Who brings no evidence is kept from an answer by the same signs."""
    assert _reason(make_read_mail(**fields)) == reason


@pytest.mark.parametrize(
    "reason",
    [
        "bounce",
        "auto_reply",
        "mailing_list",
        "dmarc_aggregate",
        "tls_report",
        "read_receipt",
        "invitation",
        "not_mail",
    ],
)
def test_what_no_person_reports_is_not_answered(reason: str) -> None:
    """Bounces, automatic replies, lists, aggregates and invitations get no answer."""
    assert _reason(make_read_mail(reason=reason)) == "no_report_of_a_person"


def test_a_quarantined_mail_is_not_answered() -> None:
    """Nobody is told about a mail that nobody has read yet."""
    assert _reason(make_read_mail(disposition="quarantined", reason="too_costly")) == "quarantined"


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_an_answer_to_our_acknowledgement_is_not_acknowledged(header: str) -> None:
    """Who only answers an acknowledgement, with nothing to report, is left alone."""
    own_id = _render(make_read_mail(REPORT)).message_id

    assert _reason(make_mail(None, headers=f"{header}: {own_id}\r\n")) == "answers_us"


def _letter_of_ours(message_id: str = "<ack.1@provider.example>", sender: str = US.address) -> Any:
    return replace(REPORT, message=replace(REPORT.message, message_id=message_id, from_address=sender))


@pytest.mark.parametrize(
    "report",
    [
        _letter_of_ours(),
        _letter_of_ours("<ACK.F00@Provider.Example>", "Abuse+x@provider.example"),
        _letter_of_ours("ack.1@provider.example"),
    ],
)
def test_a_report_about_a_letter_of_ours_is_not_acknowledged(report: Any) -> None:
    """A program that sends our acknowledgements back as junk gets no further ones, whatever else it reports."""
    assert _reason(make_read_mail(report)) == "answers_us"
    assert _reason(make_read_mail(REPORT, report)) == "answers_us"


@pytest.mark.parametrize(
    "report",
    [
        _letter_of_ours("<ack.1@elsewhere.example>"),
        _letter_of_ours("<talk.1@provider.example>"),
        _letter_of_ours(sender="sales@contoso.example"),
        replace(REPORT, message=None),
    ],
)
def test_a_report_about_something_like_a_letter_of_ours_is_acknowledged(report: Any) -> None:
    """Junk that only takes the form of our ids, or only our address, is junk."""
    assert _reason(make_read_mail(report)) is None


@pytest.mark.parametrize(("authenticated", "reason"), [(True, None), (False, "not_authenticated")])
def test_with_an_authserv_id_the_reporter_must_be_authenticated(
    authenticated: bool, reason: str | None
) -> None:
    """Once we know whom to believe about senders, only a sender that passed is answered."""
    us = replace(US, authserv_id="mx.provider.example")

    assert _reason(make_read_mail(REPORT), us, authenticated=authenticated) == reason


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("", None),
        ("Reply-To: Us <JUNK+a@provider.example>\r\n", "reply_to_us"),
        ("Auto-Submitted: no\r\n", None),
        ("Auto-Submitted: No (a person)\r\n", None),
        ("Auto-Submitted: auto-notified; owner-email=\"a@b.example\"\r\n", "auto_submitted"),
        ("Precedence: Bulk\r\n", "bulk"),
        ("X-Autoreply: yes\r\n", "asks_for_no_answer"),
        ("X-Auto-Response-Suppress: All\r\n", "asks_for_no_answer"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply\r\n", "asks_for_no_answer"),
        ("X-Auto-Response-Suppress: DR, OOF\r\n", None),
        ("X-Loop: junk@provider.example\r\n", "loop"),
        ("Received: from a by b; Mon, 16 Nov 2026 08:00:00 +0000\r\n" * 101, "too_many_hops"),
        ("From: second@reporter.example\r\n", "no_reporter"),
    ],
)  # fmt: skip
def test_real_headers_are_understood(headers: str, reason: str | None) -> None:
    """The signs are recognised as they stand in mails, in any case and with comments."""
    assert _reason(make_mail(_JUNK, headers=headers)) == reason


_JUNK = make_junk()


def test_only_allowed_headers_stand_in_an_acknowledgement() -> None:
    """No header beyond those of the contract, and none twice."""
    names = [name.lower() for name in _parse(_render(make_read_mail(REPORT)).content).keys()]  # noqa: SIM118

    assert set(names) <= ALLOWED
    assert len(names) == len(set(names))


def test_an_acknowledgement_says_that_it_is_automatic() -> None:
    """Everything that keeps well-behaved programs from answering is there."""
    message = _parse(_render(make_read_mail(REPORT)).content)

    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] == "bulk"
    assert message["X-Loop"] == "junk@provider.example"


def test_an_acknowledgement_answers_the_mail() -> None:
    """It goes to the reporter, from us, as an answer in the thread of the mail."""
    message = _parse(_render(make_read_mail(REPORT)).content)

    assert (message["From"], message["To"]) == ("junk@provider.example", REPORTER)
    assert message["In-Reply-To"] == message["References"] == "<1@reporter.example>"
    assert parsedate_to_datetime(message["Date"]) == NOW.replace(microsecond=0)


def test_each_acknowledgement_has_an_id_of_its_own() -> None:
    """Its Message-ID is new each time, at our domain, and the one that is recorded."""
    one, other = _render(make_read_mail(REPORT)), _render(make_read_mail(REPORT))

    assert one.message_id != other.message_id
    assert _parse(one.content)["Message-ID"] == one.message_id
    assert one.message_id.endswith("@provider.example>")


def test_without_a_checked_message_id_nothing_is_referred_to() -> None:
    """A Message-ID that is none stands nowhere."""
    message = _parse(_render(make_read_mail(REPORT, message_id=None)).content)

    assert "In-Reply-To" not in message
    assert "References" not in message


def test_the_body_tells_what_was_received() -> None:
    """The reference, the time, and each message with subject, id and address."""
    body = _body(_render(make_read_mail(REPORT)).content)

    for text in ("4F2A-91C0-77BE", "20 Nov 2026 12:00 UTC", "one reported message", "Cheap pills"):
        assert text in body
    assert "junk@contoso[.]example" in body
    assert "192.0.2.5" in body


@pytest.mark.parametrize(
    ("category", "kind", "shown"),
    [("connection", "port_scan", "port_scan (connection)"), ("x", "http://a.example", "other than mail")],
)
def test_a_complaint_about_no_mail_is_answered_as_such(category: str, kind: str, shown: str) -> None:
    """In words of XARF alone, with nothing about junk mail, and nothing to teach."""
    report = replace(REPORT, format="xarf", category=category, type=kind, message=None)

    body = _body(_render(make_read_mail(report)).content)

    assert "one report in your mail" in body
    assert shown in body
    for text in ("junk mail", "a.example", "Message-ID", "help us more"):
        assert text not in body


def test_spam_in_xarf_without_the_message_is_a_programs() -> None:
    """It is taught as feedback reports are."""
    report = replace(REPORT, format="xarf", category="messaging", type="spam", message=None)

    body = _body(_render(make_read_mail(report)).content)

    assert "feedback reports that enclose the whole message" in body


def test_who_brings_no_evidence_is_told_how() -> None:
    """Without a reported message the answer is help how to report."""
    body = _body(_render(make_read_mail()).content)

    assert "as an attachment" in body
    for program in ("Outlook", "Gmail", "Apple Mail"):
        assert program in body
    assert "4F2A-91C0-77BE" in body


@pytest.mark.parametrize(
    ("reports", "subject"),
    [((REPORT,), "We received your report [4F2A-91C0-77BE]"), ((), "We received your mail [4F2A-91C0-77BE]")],
)
def test_the_subject_promises_no_report_where_there_is_none(reports: tuple[Any, ...], subject: str) -> None:
    """A question is a mail, not a report."""
    assert _parse(_render(make_read_mail(*reports)).content)["Subject"] == subject


def test_the_message_id_is_listed_last() -> None:
    """What people recognise comes first: the subject, then from where."""
    body = _body(_render(make_read_mail(REPORT)).content)

    assert body.index("Subject:") < body.index("Sent from:") < body.index("Message-ID:")


def test_many_reports_are_counted_and_the_first_listed() -> None:
    """A mail with more messages than fit is answered with a list that says how many more there are."""
    body = _body(_render(make_read_mail(*[REPORT] * 25)).content)

    assert "25 reported messages" in body
    assert "10. Subject" in body
    assert "11. Subject" not in body
    assert "and 15 more" in body


def test_a_reference_is_the_start_of_the_hash() -> None:
    """Reporter and analyst can mean the same mail by twelve digits."""
    assert make_reference("4f2a91c077be" + "0" * 52) == "4F2A-91C0-77BE"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cheap pills", "Cheap pills"),
        ("http://evil.example/x", "hxxp://evil[.]example/x"),
        ("HTTPS://EVIL.EXAMPLE", "HxxPS://EVIL[.]EXAMPLE"),
        ("_http://3232235777/", "_hxxp://3232235777/"),
        ("ftp://evil.example", "ftp[:]//evil[.]example"),
        ("www.evil.example", "www[.]evil[.]example"),
        ("bob@evil.example", "bob@evil[.]example"),
        ("i\u2764.example", "i\u2764[.]example"),
        ("evil.\u00adexample", "evil. example"),
        ("evil\u3002example", "evil[.]example"),
        ("One. Two... three", "One. Two... three"),
        ("1.99 EUR customs due", "1.99 EUR customs due"),
        ("(24.11.2026) 1.000.000 for you", "(24.11.2026) 1.000.000 for you"),
        ("Only $1.99.", "Only $1.99."),
        ("1.99EUR", "1[.]99EUR"),
        ("v1.99", "v1[.]99"),
        ("192.0.2.5", "192[.]0[.]2[.]5"),
        ("1.2.3.4.5", "1[.]2[.]3[.]4[.]5"),
        ("http://192.0.2.5:80/", "hxxp://192[.]0[.]2[.]5:80/"),
        ("1.99.example", "1[.]99[.]example"),
        ("1.evil.example", "1[.]evil[.]example"),
        ("24.11.2026.evil.example", "24[.]11[.]2026[.]evil[.]example"),
        ("evil.1.99", "evil[.]1[.]99"),
        ("163.com", "163[.]com"),
        ("x-1.99", "x-1[.]99"),
        ("1.99\u3002example", "1[.]99[.]example"),
        ("1\uff0e99", "1.99"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("a\u202eb\u2066c\u200bd\x00e", "a b c d e"),
    ],
)
def test_links_and_addresses_are_disarmed(text: str, shown: str) -> None:
    """Nothing that a mail program would make a link of goes through us; plain words stay as they are."""
    assert disarm(text) == shown


def test_strangers_text_is_cut() -> None:
    """A long subject shows its first 100 characters."""
    assert disarm("x" * 101) == "x" * 100 + "…"
    assert disarm("x" * 100) == "x" * 100


@pytest.mark.parametrize(
    ("subject", "charset", "encoding"),
    [("Cheap pills", "us-ascii", None), ("Günstige Pillen 药", "utf-8", "quoted-printable")],
)
def test_text_is_ascii_or_quoted_printable(subject: str, charset: str, encoding: str | None) -> None:
    """ASCII goes as it is, anything else as quoted-printable, so that every server takes it."""
    content = _render(make_read_mail(make_report(make_hop("192.0.2.5"), subject=subject))).content

    message = _parse(content)
    assert message.get_content_charset() == charset
    assert message["Content-Transfer-Encoding"] in (encoding, "7bit" if encoding is None else encoding)
    assert content.isascii()
    assert subject in _body(content)


def _is_well_formed(content: bytes) -> bool:
    return (
        content.isascii()
        and b"\0" not in content
        and content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
        and max(map(len, content.split(b"\r\n"))) <= 998
    )


NASTY_PIECES = [
    "\r\nBcc: victim@x.example", "\nSubject: owned", "\r", "\n\n", "\r\n.\r\n", "\x00", "\x0b", "\x0c", "\x85",
    "\u2028", "\u2029", "\u202e", "\ud7ff", "\ufffd", "=?utf-8?q?=0D=0ABcc:_x?=", "{{ 7*7 }}", "{% raw %}",
    "é" * 300, "x" * 1500,
    "http://evil.example/", "<script>", "\t", "%0d%0aBcc:", "\x1b[31m", "药" * 200, "a" * 997 + "\r\n", "From ",
    ".\r\n.",
]  # fmt: skip
NASTY = st.lists(
    st.one_of(st.sampled_from(NASTY_PIECES), st.text(alphabet=st.characters(codec="utf-8"), max_size=30)),
    max_size=6,
).map("".join)


@given(subject=NASTY, message_id=NASTY, sender=NASTY)
@example(subject="\r\nBcc: x@y.example\r\n\r\nbody", message_id="<a\r\nBcc: x>", sender="a@b\r\nBcc: x")
def test_hostile_text_adds_no_header_and_no_line(subject: str, message_id: str, sender: str) -> None:
    """Whatever a reported message says, the finished bytes have the same headers and as many lines."""
    plain = make_report(make_hop("192.0.2.5"), subject="x", message_id="<x>", from_address="a@b.example")
    hostile = make_report(make_hop("192.0.2.5"), subject=subject, message_id=message_id, from_address=sender)

    content = _render(make_read_mail(hostile)).content

    expected = _render(make_read_mail(plain)).content
    assert _is_well_formed(content)
    assert _names(content) <= ALLOWED
    assert [_parse(content)[name] for name in ("To", "From", "Subject", "In-Reply-To")] == [
        _parse(expected)[name] for name in ("To", "From", "Subject", "In-Reply-To")
    ]
    assert len(_body(content).split("\n")) == len(_body(expected).split("\n"))


def _names(content: bytes) -> set[str]:
    names = [name.lower() for name, _ in _parse(content).items()]
    assert len(names) == len(set(names))
    return set(names)


@given(sender=NASTY, subject=NASTY, message_id=NASTY, headers=NASTY)
def test_hostile_mails_add_nothing_either(sender: str, subject: str, message_id: str, headers: str) -> None:
    """Read from raw bytes: if such a mail is answered at all, then to one strict address, with our headers only."""
    raw = make_mail(
        _JUNK, sender=f"{sender}ann@reporter.example", subject=subject, message_id=message_id, headers=headers
    )
    read = read_mail(raw)
    if _reason(read) is not None:
        return

    content = _render(read).content

    assert _is_well_formed(content)
    assert _names(content) <= ALLOWED
    assert _parse(content)["To"] == read.reporter
    assert str(read.reporter).isascii()
    assert _parse(content)["In-Reply-To"] == read.correspondence.message_id


@given(NASTY)
def test_disarmed_text_can_steer_nothing(text: str) -> None:
    """What disarm lets through is one line of visible characters with no live link."""
    shown = disarm(text)

    assert len(shown.splitlines()) <= 1
    assert shown.isprintable()
    assert "http://" not in shown.lower()
    assert "evil.example" not in shown


def test_a_hostile_reporter_is_refused() -> None:
    """Even if an unchecked address came this far, no bytes would leave."""
    read = make_read_mail(REPORT, reporter="ann@reporter.example\r\nBcc: victim@x.example")

    with pytest.raises(ValueError, match="no strict address"):
        _render(read)


def test_a_provider_name_in_another_script_is_fine() -> None:
    """The provider may be called what it likes."""
    content = _render(make_read_mail(REPORT), replace(US, provider="Fournisseur d’exemple")).content

    assert "Fournisseur d’exemple" in _body(content)
    assert _is_well_formed(content)


def _held(count: int, subject: str | None = "Fwd: junk") -> HeldBack:
    mails = tuple(HeldMail(str(n), f"{n:012x}" + "0" * 52, subject, RECEIVED_AT) for n in range(count))
    return HeldBack(REPORTER, mails)


def test_a_summary_names_what_was_held_back() -> None:
    """One acknowledgement for many: how many, and the reference of each that fits."""
    body = _body(render_summary(_held(25), US, NOW).content)

    assert "25 that we held back" in body
    assert "0000-0000-0009" in body
    assert "0000-0000-000A" not in body
    assert "and 15 more" in body


@given(NASTY)
def test_hostile_subjects_add_nothing_to_a_summary(subject: str) -> None:
    """A summary lists strangers' subjects, disarmed like all else."""
    content = render_summary(_held(3, subject), US, NOW).content

    assert _is_well_formed(content)
    assert _names(content) <= ALLOWED
    assert "http://" not in _body(content)


def test_a_document_that_nobody_can_use_is_told() -> None:
    """A program wrote it: how people attach junk would not help, what is wrong does."""
    faults = (
        BROKEN,
        "A XARF document lacks what its version demands: source_identifier, timestamp, category, type.",
    )

    body = _body(_render(replace(make_read_mail(), warnings=faults)).content).replace("\r\n", "\n")

    assert (
        "we could not use it:\n\n  - A XARF document is no valid JSON.\n"
        "  - A XARF document lacks what its version demands: source_identifier,\n"
        "    timestamp, category, type.\n\nWe read XARF 4"
    ) in body
    assert "junk" not in body.partition("We read")[2]


@pytest.mark.parametrize("warning", [ENCRYPTED, UNKNOWN])
@pytest.mark.parametrize("reports", [(), (REPORT,)], ids=["nothing found", "a report found"])
def test_an_archive_that_stayed_closed_is_told(warning: str, reports: tuple[Report, ...]) -> None:
    """The reporter believes to have sent the junk: what else to do stands in the answer, with or without a report."""
    read = make_read_mail(*reports)
    told = "\n\nYour mail holds an archive that we could not open: it needs a password, or\nis of"

    answers = (_render(read), _render(replace(read, warnings=(warning,))))
    before, after = (_body(answer.content).replace("\r\n", "\n") for answer in answers)

    assert told not in before
    assert told in after
    assert re.sub(r"\n\nYour mail holds.*?without a password\.", "", after, flags=re.DOTALL) == before
