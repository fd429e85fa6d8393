"""The analyst's full view of a reported message: rich, and never an exception."""

from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from report_builders import make_junk

from abuse_intake.full_view import MAX_TEXT, read_full_view

KEYS_OF_EVERY_VIEW = {"attachments", "hops", "text", "html"}


def _message() -> bytes:
    message = EmailMessage()
    message["From"] = "Sales <sales@contoso.example>"
    message["To"] = "ann@reporter.example, Bob <bob@reporter.example>"
    message["Reply-To"] = "drop@elsewhere.example"
    message["Subject"] = "Günstig"
    message["Date"] = "Mon, 16 Nov 2026 08:00:00 +0000"
    message["Received"] = "from a.example by b.example; Mon, 16 Nov 2026 08:00:01 +0000"
    message.set_content("Plain words")
    message.add_alternative("<b>Bold words</b>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf")
    return message.as_bytes()


def test_the_whole_message_is_seen() -> None:
    """Addresses, texts, attachments and hops stand where an analyst looks for them."""
    view = read_full_view(_message())

    assert view["from"] == ["Sales <sales@contoso.example>"]
    assert view["to"] == ["ann@reporter.example", "Bob <bob@reporter.example>"]
    assert view["reply_to"] == ["drop@elsewhere.example"]
    assert view["subject"] == "Günstig"
    assert [text.strip() for text in view["text"]] == ["Plain words"]
    assert [text.strip() for text in view["html"]] == ["<b>Bold words</b>"]
    assert [(one["name"], one["type"]) for one in view["attachments"]] == [("bill.pdf", "application/pdf")]
    assert len(view["hops"]) == 1
    assert "error" not in view


def test_the_size_of_an_attachment_is_that_of_its_bytes() -> None:
    """An analyst sees how large the attached file is, not how large its transfer encoding."""
    (attachment,) = read_full_view(_message())["attachments"]

    assert attachment["size"] == len(b"%PDF-1.4")


def test_a_long_text_is_cut() -> None:
    """A page shows no more of a text than a person would read."""
    view = read_full_view(make_junk(body="x" * (MAX_TEXT + 1000)))

    assert len(view["text"][0]) == MAX_TEXT


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Date: never\r\nReceived: \r\nFrom: <<>>\r\n\r\n",
        b"From: =?utf-8?b?////?=\r\n\r\n",
        b"Content-Disposition: attachment; filename*=x''%ff\r\n\r\n",
        make_junk()[:120],
    ],
    ids=range(10),
)
def test_damaged_messages_are_answered(raw: bytes) -> None:
    """Whatever mail-parser makes of it, the view has its parts, or says what failed."""
    assert read_full_view(raw).keys() >= KEYS_OF_EVERY_VIEW


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_changed_bytes_raise_nothing(data: st.DataObject) -> None:
    """A message with any stretch of it replaced by noise never raises."""
    raw = _message()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 200)))
    noise = data.draw(st.binary(max_size=60))

    assert read_full_view(raw[:start] + noise + raw[end:]).keys() >= KEYS_OF_EVERY_VIEW
