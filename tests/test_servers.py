"""Each test server starts, takes a message, gives it back, and stops."""

import imaplib
import json
import smtplib
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import dns.message
import dns.query
import pytest
from servers import programs
from servers.dnsmasq import Dnsmasq
from servers.dovecot import PASSWORD, Dovecot
from servers.faulty_proxy import Fault, FaultyProxy, answer, drip, flood, reset, stall
from servers.faulty_smtp import FaultySmtp
from servers.postgresql import Postgresql
from servers.programs import HOST, ServerMissing, find_program
from servers.skipping import make_or_skip
from servers.smtp_sink import SmtpSink
from servers.token_endpoint import TokenEndpoint

RAW = b"From: a@example.org\r\nSubject: one\r\n\r\n.a line with a dot\r\nthe end\r\n"
SENDER, RECIPIENT = "a@example.org", "b@example.net"


def send(
    port: int, raw: bytes = RAW, recipients: tuple[str, ...] = (RECIPIENT,)
) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(HOST, port, timeout=10) as client:
        return client.sendmail(SENDER, recipients, raw)


@pytest.mark.dovecot
def test_dovecot_gives_back_what_was_appended(dovecot: Dovecot) -> None:
    """A mail appended to a folder comes back byte for byte, and the folder is listed."""
    dovecot.append("first", RAW)
    dovecot.append("first", RAW, folder="Ódd & more")

    assert dovecot.messages("first") == [RAW]
    assert dovecot.messages("first", "Ódd & more") == [RAW]
    assert dovecot.messages("first", "No such folder") == []
    assert dovecot.messages("nobody-else") == []
    assert dovecot.folders("first") == {"INBOX", "Ódd & more"}


@pytest.mark.dovecot
def test_dovecot_is_filled_in_order_and_counted(dovecot: Dovecot) -> None:
    """Mails that are put into its files are there, the first the oldest, also those of a second time."""
    dovecot.fill("filled", [RAW + b"1", RAW + b"2"])
    dovecot.fill("filled", [RAW + b"3"])

    assert dovecot.count("filled") == 3
    assert dovecot.messages("filled") == [RAW + b"1", RAW + b"2", RAW + b"3"]


@pytest.mark.dovecot
def test_dovecot_loses_its_numbers_when_told(dovecot: Dovecot) -> None:
    """Renumbered, a folder has another UIDVALIDITY, and the same mails."""
    dovecot.fill("renumbered", [RAW])
    before = read_validity(dovecot, "renumbered")

    dovecot.renumber("renumbered")

    assert read_validity(dovecot, "renumbered") != before
    assert dovecot.messages("renumbered") == [RAW]


@pytest.mark.dovecot
def test_dovecot_hides_capabilities_and_sets_a_prefix() -> None:
    """What is hidden is not told to clients, and folders lie below the prefix."""
    with (
        make_or_skip(lambda: Dovecot(hidden=("MOVE", "IDLE"), prefix="INBOX.")) as server,
        imaplib.IMAP4(HOST, server.port, timeout=20) as session,
    ):
        session.login("user", PASSWORD)
        told = session.capability()[1][0].split()
        namespace = session.namespace()[1][0]

    assert (b"MOVE" in told, b"IDLE" in told, b"UIDPLUS" in told) == (False, False, True)
    assert b'"INBOX." "."' in namespace


def read_validity(dovecot: Dovecot, user: str) -> object:
    with imaplib.IMAP4(HOST, dovecot.port, timeout=20) as session:
        session.login(user, PASSWORD)
        session.select("INBOX")
        return session.response("UIDVALIDITY")[1]


@pytest.mark.dovecot
def test_dovecot_keeps_mail_and_port_over_a_stop() -> None:
    """Stopped, nobody answers; started again, the port and the mail are the same."""
    with make_or_skip(Dovecot) as server:
        server.append("first", RAW)

        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, server.port), timeout=1)
        server.start()

        assert server.messages("first") == [RAW]
    assert not server.log.parent.exists()


@pytest.mark.dovecot
def test_dovecot_speaks_tls(dovecot_tls: Dovecot) -> None:
    """IMAPS and STARTTLS both work with the certificate checked."""
    context = ssl.create_default_context(cafile=dovecot_tls.cert)

    with imaplib.IMAP4_SSL(HOST, dovecot_tls.tls_port or 0, ssl_context=context) as session:
        assert session.login("first", PASSWORD)[0] == "OK"
    with imaplib.IMAP4(HOST, dovecot_tls.port) as session:
        session.starttls(context)
        assert session.login("first", PASSWORD)[0] == "OK"


@pytest.mark.postfix
@pytest.mark.parametrize("end", [b"", b"\r\n", b"\r\n\r\n"])
def test_smtp_sink_keeps_what_was_sent(smtp_sink: SmtpSink, end: bytes) -> None:
    """A message comes back with its dots and line breaks, and with its envelope."""
    smtp_sink.clear()

    send(smtp_sink.port, RAW.rstrip() + end, (RECIPIENT, "c@example.net"))

    (taken,) = smtp_sink.transactions()
    assert taken.content == (RAW.rstrip() + (end or b"\r\n")).replace(b"\r\n", b"\n")
    assert (taken.mail_from, taken.rcpt_tos) == (SENDER, (RECIPIENT, "c@example.net"))
    assert smtp_sink.messages() == [taken.content]


@pytest.mark.postfix
def test_smtp_sink_tells_of_no_message_that_it_did_not_take() -> None:
    """What a sink was being sent when it stopped, it never took."""
    with make_or_skip(SmtpSink) as sink:
        client = smtplib.SMTP(HOST, sink.port, timeout=10)
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(RECIPIENT)
        client.docmd("DATA")
        client.send(b"Subject: half\r\n\r\n" + 400 * b"a line that fills the buffer of the sink\r\n")
        time.sleep(0.3)
        sink.stop()
        client.close()

        assert sink.messages() == []


def test_faulty_smtp_accepts_when_nothing_is_wrong(faulty_smtp: FaultySmtp) -> None:
    """Without a fault it takes the message, with its envelope."""
    send(faulty_smtp.port)

    (taken,) = faulty_smtp.accepted
    assert (taken.mail_from, taken.rcpt_tos, taken.content) == (SENDER, (RECIPIENT,), RAW)


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [
        ("CONNECT", "421 4.3.2 Closing", smtplib.SMTPConnectError),
        ("MAIL", "451 4.3.0 Try later", smtplib.SMTPSenderRefused),
        ("RCPT", "450 4.2.0 Greylisted", smtplib.SMTPRecipientsRefused),
        ("DATA", "451 4.3.0 Try later", smtplib.SMTPDataError),
        ("END", "552 5.3.4 Too large", smtplib.SMTPDataError),
        ("END", "421 4.3.2 Closing", smtplib.SMTPDataError),
    ],
)
def test_faulty_smtp_fails_once_then_accepts(
    faulty_smtp: FaultySmtp, stage: str, answer: str, error: type[Exception]
) -> None:
    """A fault with `times=1` hits the first client only."""
    faulty_smtp.fail(stage, answer, times=1)  # type: ignore[arg-type]

    with pytest.raises(error):
        send(faulty_smtp.port)
    assert faulty_smtp.accepted == []
    send(faulty_smtp.port)

    assert faulty_smtp.messages() == [RAW]


def test_faulty_smtp_fails_for_one_address(faulty_smtp: FaultySmtp) -> None:
    """A fault with an address refuses that recipient alone."""
    faulty_smtp.fail("RCPT", "550 5.1.1 No such user", address="gone@example.net")

    refused = send(faulty_smtp.port, recipients=(RECIPIENT, "gone@example.net"))

    assert refused == {"gone@example.net": (550, b"5.1.1 No such user")}
    assert faulty_smtp.accepted[0].rcpt_tos == (RECIPIENT,)


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "END"])
def test_faulty_smtp_drops_the_connection(faulty_smtp: FaultySmtp, stage: str) -> None:
    """A drop shows as a lost connection at every stage; healed, it accepts again."""
    faulty_smtp.drop(stage)  # type: ignore[arg-type]

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(faulty_smtp.port)
    faulty_smtp.heal()
    send(faulty_smtp.port)

    assert faulty_smtp.messages() == [RAW]


def test_faulty_smtp_drops_after_it_took_the_message(faulty_smtp: FaultySmtp) -> None:
    """The client never hears that its message was accepted."""
    faulty_smtp.drop("END", accepting=True)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(faulty_smtp.port)

    assert faulty_smtp.messages() == [RAW]


def test_faulty_smtp_stalls(faulty_smtp: FaultySmtp) -> None:
    """A client with a timeout gives up on a silent server, and the server still stops."""
    faulty_smtp.stall("END", seconds=30)

    with (
        smtplib.SMTP(HOST, faulty_smtp.port, timeout=0.2) as client,
        pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"),
    ):
        client.sendmail(SENDER, [RECIPIENT], RAW)

    faulty_smtp.await_stage("END")
    assert faulty_smtp.accepted == []


@pytest.mark.dovecot
def test_the_proxy_passes_on_what_nobody_spoils(dovecot: Dovecot) -> None:
    """A mail goes through the proxy and comes back as it was."""
    with FaultyProxy(dovecot.port) as proxy, imaplib.IMAP4("127.0.0.1", proxy.port) as session:
        session.login("proxied", PASSWORD)
        session.append("INBOX", "", "", RAW)
        session.select()
        assert session.fetch("1", "(BODY.PEEK[])")[1][0][1] == RAW  # type: ignore[index]


@pytest.mark.dovecot
def test_the_proxy_answers_in_the_servers_place(dovecot: Dovecot) -> None:
    """A spoilt command gets the answer that was chosen, with its own tag, and the next one the server's."""
    with FaultyProxy(dovecot.port) as proxy, imaplib.IMAP4("127.0.0.1", proxy.port) as session:
        proxy.spoil(rb"SELECT", answer("{tag} NO [UNAVAILABLE] Try later"))
        session.login("proxied", PASSWORD)
        assert session.select() == ("NO", [b"[UNAVAILABLE] Try later"])
        assert session.select()[0] == "OK"


@pytest.mark.dovecot
@pytest.mark.parametrize("after_answer", [False, True])
def test_the_proxy_resets_before_or_after_the_server_acts(dovecot: Dovecot, after_answer: bool) -> None:
    """A reset comes before the server hears of a command, or after it was done."""
    folder = f"Made{after_answer}"
    with FaultyProxy(dovecot.port) as proxy:
        session = imaplib.IMAP4("127.0.0.1", proxy.port)
        session.login("proxied", PASSWORD)
        proxy.spoil(rb"CREATE", reset(after_answer=after_answer))
        with pytest.raises((OSError, imaplib.IMAP4.abort)):
            session.create(folder)
        session.shutdown()
        with imaplib.IMAP4("127.0.0.1", proxy.port) as after:
            after.login("proxied", PASSWORD)
            assert (after.select(folder)[0] == "OK") is after_answer


@pytest.mark.dovecot
@pytest.mark.parametrize("fault", [stall(), stall(after_answer=True), drip(seconds=5)])
def test_the_proxy_keeps_a_client_waiting(dovecot: Dovecot, fault: Fault) -> None:
    """Behind a stall, or bytes that drip, no answer comes in time."""
    with FaultyProxy(dovecot.port) as proxy:
        session = imaplib.IMAP4("127.0.0.1", proxy.port)
        proxy.spoil(rb"NOOP", fault)
        session.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            session.noop()
        session.shutdown()


def test_the_proxy_answers_without_end(faulty_smtp: FaultySmtp) -> None:
    """A flood goes on for as long as the client reads, and ends with it."""
    with FaultyProxy(faulty_smtp.port) as proxy:
        proxy.spoil(rb"^NOOP", flood("250-more"))
        with socket.create_connection((HOST, proxy.port), timeout=5) as client:
            client.sendall(b"NOOP\r\n")
            read = b""
            while len(read) < 1_000_000:
                read += client.recv(65536)

        assert read.count(b"250-more\r\n") > 90_000


@pytest.mark.postgresql
def test_postgresql_makes_and_drops_databases(postgresql: Postgresql) -> None:
    """A database takes a row and gives it back; dropping it twice is fine."""
    import psycopg

    url = postgresql.create_database("first").replace("+psycopg", "")

    with psycopg.connect(url) as connection:
        connection.execute("create table mails (raw bytea)")
        connection.execute("insert into mails values (%s)", [RAW])
        assert connection.execute("select raw from mails").fetchone() == (RAW,)
    postgresql.drop_database("first")
    postgresql.drop_database("first")

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.postgresql
def test_postgresql_keeps_databases_over_a_stop() -> None:
    """Stopped, nobody answers; started again, the port and the databases are the same."""
    with make_or_skip(Postgresql) as server:
        server.create_database("first")

        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, server.port), timeout=1)
        server.start()

        with pytest.raises(RuntimeError, match="already exists"):
            server.create_database("first")


def test_a_missing_server_names_its_package() -> None:
    """The error says what to install."""
    with pytest.raises(ServerMissing, match="apt-get install dovecot-imapd"):
        find_program("dovecot-that-nobody-has", "dovecot-imapd")


def test_a_server_that_ends_at_once_shows_its_log(tmp_path: Path) -> None:
    """The error holds the end of the log, so that nobody has to look for it."""
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(["/bin/sh", "-c", "echo the reason why; exit 1"], stdout=output)

    with pytest.raises(programs.ServerFailed, match="the reason why"):
        programs.await_port(programs.find_free_port(), process, log)


def ask_for_token(url: str, **form: str) -> tuple[int, dict[str, object]]:
    """What a token endpoint answers to a form."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, urllib.parse.urlencode(form).encode(), timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_the_token_endpoint_looks_closely() -> None:
    """It gives a token to the client that it knows, and says to everybody else what is wrong."""
    with TokenEndpoint() as endpoint:
        known = endpoint.registered
        form = {
            "grant_type": "client_credentials",
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "scope": known.scope or "",
        }

        complaints = {name: ask_for_token(endpoint.url, **form | {name: "other"}) for name in form}
        status, given = ask_for_token(endpoint.url, **form)

        assert {name: (code, said["error"]) for name, (code, said) in complaints.items()} == {
            "grant_type": (400, "unsupported_grant_type"),
            "client_id": (400, "invalid_client"),
            "client_secret": (400, "invalid_client"),
            "scope": (400, "invalid_scope"),
        }
        assert (status, endpoint.is_valid(str(given["access_token"]))) == (200, True)


def test_the_token_endpoint_knows_whose_a_token_is() -> None:
    """Until it is revoked."""
    with TokenEndpoint() as endpoint:
        endpoint.validate("token")
        before = endpoint.introspect("token")

        endpoint.revoke()

        assert before == {"active": "true", "username": "junk"}
        assert endpoint.introspect("token") == {"active": "false"}


@pytest.mark.dnsmasq
def test_dnsmasq_answers_what_was_published_last() -> None:
    """Texts of any length, with the signs that its configuration gives a meaning, until others take their place."""
    key, other = f"v=DKIM1; k=rsa; p={'a,b' * 200}", "v=DKIM1; p="
    with make_or_skip(lambda: Dnsmasq("contoso.example")) as server:
        server.publish({"s1._domainkey.contoso.example": (key,)})
        before = query_txt(server.port, "s1._domainkey.contoso.example")
        server.publish({"s1._domainkey.contoso.example": (other,)})
        after = query_txt(server.port, "s1._domainkey.contoso.example")

    assert (before, after) == ([key], [other])


def query_txt(port: int, name: str) -> list[str]:
    answer = dns.query.tcp(dns.message.make_query(name, "TXT"), HOST, port=port, timeout=10)
    return [b"".join(record.strings).decode() for records in answer.answer for record in records]
