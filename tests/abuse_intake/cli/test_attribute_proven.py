"""`abuse-intake attribute` and `check` with keys: signed messages are proven, and where keys come from is told."""

from pathlib import Path

import pytest
from command_line import CommandLine
from reattributing_cli import query
from servers.dnsmasq import Dnsmasq
from servers.programs import HOST, find_free_port
from servers.skipping import make_or_skip
from signing import DOMAIN, MESSAGE, name_of, sign, write_archive
from signing_keys import rsa_key

ROUTE_OURS = (
    b"Received: from a.contoso.example ([192.0.2.5]) by mx.reporter.example;\r\n"
    b"\tFri, 20 Nov 2026 11:00:05 +0000\r\n"
)
ROUTE_ELSEWHERE = ROUTE_OURS.replace(b"192.0.2.5", b"198.51.100.213")


@pytest.fixture
def keyed(cli: CommandLine) -> CommandLine:
    """A configuration with an archive of keys that has the ordinary one; the DNS is not asked."""
    write_archive(cli.folder / "dkim-keys.jsonl", (DOMAIN, "s1", rsa_key().record))
    _set(cli, 'keys = "dkim-keys.jsonl"\ndns = false')
    return cli


def _set(cli: CommandLine, text: str) -> None:
    """These keys of `[dkim]` in place of those that are there."""
    file = cli.folder / "abuse-intake.toml"
    before = file.read_text()
    assert "dns = false\n" in before
    file.write_text(before.replace("dns = false\n", f"{text}\n"))


def _attribute(cli: CommandLine, message: bytes) -> dict[str, object]:
    (cli.folder / "mail.eml").write_bytes(_enclose(message))
    (mail,) = cli("attribute", "mail.eml").objects()
    (attribution,) = mail["attributions"]
    return dict(attribution)


def _enclose(message: bytes) -> bytes:
    head = (
        b"From: Ann <ann@reporter.example>\r\nTo: junk@provider.example\r\nSubject: Fwd: Great offer\r\n"
        b"Date: Fri, 20 Nov 2026 12:00:00 +0000\r\nMessage-ID: <r1@reporter.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nJunk!\r\n'
        b"--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    )
    return head + message + b"\r\n--b--\r\n"


def test_a_signed_message_is_proven(keyed: CommandLine) -> None:
    """With the evidence that it rests on, and the line that an analyst can check."""
    found = _attribute(keyed, ROUTE_OURS + sign())

    assert (found["tenant"], found["confidence"], found["route"]) == ("contoso", "proven", "ours")
    evidence = found["evidence"]
    assert isinstance(evidence, list)
    (dkim,) = [one for one in evidence if one["source"] == "dkim"]
    assert (dkim["value"], dkim["tenant"], dkim["verified"]) == (DOMAIN, "contoso", True)
    assert dkim["detail"].startswith(f"d={DOMAIN} s=s1, a domain of contoso: it verifies")
    assert dkim["lines"][0].startswith("DKIM-Signature: v=1;")


def test_a_replay_is_proven_and_shown_as_such(keyed: CommandLine) -> None:
    """The tenant wrote it, somebody else's server sent it."""
    found = _attribute(keyed, ROUTE_ELSEWHERE + sign())

    assert (found["tenant"], found["confidence"], found["route"]) == ("contoso", "proven", "elsewhere")


@pytest.mark.parametrize(
    "message",
    [
        sign().replace(b"never", b"always"),
        sign(key=rsa_key(1024, 1)),
        sign(domain="stranger.example"),
        MESSAGE,
    ],
    ids=["changed", "forged", "stranger's", "unsigned"],
)
def test_what_is_forged_through_a_stranger_names_nobody(keyed: CommandLine, message: bytes) -> None:
    """The tenant in From is its victim."""
    found = _attribute(keyed, ROUTE_ELSEWHERE + message)

    assert (found["tenant"], found["confidence"], found["reason"]) == (None, "unattributed", "not_ours")


def test_a_wrong_archive_is_told_with_its_line(keyed: CommandLine) -> None:
    """By `attribute` and by `check`; commands that need no keys do not mind."""
    with (keyed.folder / "dkim-keys.jsonl").open("a") as file:
        file.write('{"domain": "contoso.example", "selector": "s2", "record": "v=spf1 -all"}\n')
    (keyed.folder / "mail.eml").write_bytes(_enclose(MESSAGE))

    attributed, checked = keyed("attribute", "mail.eml"), keyed("check")

    assert attributed.code == checked.code == 2
    assert "dkim-keys.jsonl, line 2: field 'record' is no key record" in attributed.complaint()
    assert "keys       WRONG" in checked.out
    assert keyed("tenants", "list").code == 0


def test_check_counts_the_keys(keyed: CommandLine) -> None:
    """And says that nobody is asked for others."""
    assert "keys       ok      1 key in the archive; the DNS is not asked" in keyed("check").out


def test_check_fails_where_no_name_server_listens(cli: CommandLine) -> None:
    """The archive still counts, and the server that was chosen is named."""
    server = f"{HOST}:{find_free_port()}"
    _set(cli, f'nameservers = ["{server}"]')

    answer = cli("check")

    assert (
        f"keys       FAILED  no archive; no answer from {server}, so that no other key is found" in answer.out
    )
    assert answer.code == 1


@pytest.mark.dnsmasq
def test_a_key_is_found_in_the_dns(cli: CommandLine, tmp_path: Path) -> None:
    """Through the name servers that are configured, which `check` tries."""
    with make_or_skip(lambda: Dnsmasq(DOMAIN, "provider.example")) as dns:
        dns.publish({name_of(): (rsa_key(2048).record,)})
        _set(cli, f'nameservers = ["{dns.address}"]')

        found = _attribute(cli, ROUTE_OURS + sign(key=rsa_key(2048)))
        checked = cli("check")

    assert (found["tenant"], found["confidence"]) == ("contoso", "proven")
    assert "keys       ok      no archive; the DNS answers" in checked.out


def test_reports_less_sure_than_the_incident_are_counted(keyed: CommandLine) -> None:
    """One copy is proven, others are not, or came from elsewhere: the page says so below the reports."""
    broken = ROUTE_OURS + sign().replace(b"never", b"always")
    keyed.deliver(one=_enclose(ROUTE_OURS + sign()))
    assert keyed("run", "--once").code == 0
    others = {
        name: _enclose(broken).replace(b"<r1@", f"<{name}@".encode()).replace(b"ann@", f"{name}@".encode())
        for name in ("bob", "eve")
    }
    keyed.deliver(**others)
    assert keyed("run", "--once").code == 0

    page = keyed("incidents", "show", "1").out

    assert "3 reports by 3 reporters" in page
    assert "\n2 of 3 reports are less sure than what is shown\n" in page
    (heading,) = [line for line in page.splitlines() if line.startswith("mail ")]
    assert "route" not in heading


def test_a_copy_from_elsewhere_has_its_route_told(keyed: CommandLine) -> None:
    """Beside one that left our servers, and as sure: only the column tells them apart."""
    keyed.deliver(one=_enclose(ROUTE_OURS + sign()))
    keyed("run", "--once")
    keyed.deliver(two=_enclose(ROUTE_ELSEWHERE + sign()).replace(b"<r1@", b"<r2@"))
    keyed("run", "--once")

    pages = [
        keyed("incidents", "show", one["id"]).out for one in keyed("incidents", "list", "--json").objects()
    ]

    (page,) = [page for page in pages if "elsewhere" in page]
    (heading,) = [line for line in page.splitlines() if line.startswith("mail ")]
    assert heading.split()[-5:] == ["confidence", "route", "reference", "format", "type"]
    assert "less sure" not in page
    table = [
        line
        for line in keyed.on_terminal("incidents", "show", "1", columns=80)
        if line.startswith(("mail ", "2 "))
    ]
    assert max(map(len, table)) <= 80
    assert ["elsewhere" in line for line in table] == [False, True]


def test_what_is_kept_for_its_key_is_counted_apart(keyed: CommandLine) -> None:
    """A mail that reads as before is not said to read differently, only to have lost its key."""
    keyed.deliver(one=_enclose(ROUTE_OURS + sign()))
    keyed("run", "--once")
    (keyed.folder / "dkim-keys.jsonl").write_text("")

    answer = keyed("incidents", "reattribute")

    assert answer.out == (
        "1 report of 1 incident looked at: 0 unchanged, 0 changed, 0 could not be read, "
        "1 kept, as the key is gone; nothing to store\n"
    )
    assert "was proven by a key that is not to be had now" in answer.complaint()


def test_each_report_is_counted_for_its_own_cause(keyed: CommandLine) -> None:
    """Of one mail, a report may be kept for its key and another be read differently; both are told."""
    other = sign(MESSAGE.replace(b"<1@contoso.example>", b"<2@contoso.example>"))
    boundary = b"\r\n--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    keyed.deliver(one=_enclose(boundary.join([ROUTE_OURS + sign(), ROUTE_OURS + other])))
    keyed("run", "--once")
    query(keyed, "UPDATE reports SET message_key = ? WHERE position = 1", "0" * 64)
    (keyed.folder / "dkim-keys.jsonl").write_text("")

    answer = keyed("incidents", "reattribute")

    assert (
        "0 unchanged, 0 changed, 0 could not be read, 1 read differently now, 1 kept, as the key"
        in answer.out
    )
    assert "mail 1 reads differently now" in answer.err
    assert "mail 1 was proven by a key that is not to be had now" in answer.err


def test_the_worker_proves_what_arrives(keyed: CommandLine) -> None:
    """Also when the mail is read again later, with the keys of then."""
    keyed.deliver(one=_enclose(ROUTE_OURS + sign()))

    assert keyed("run", "--once").code == 0
    (incident,) = keyed("incidents", "list", "--json").objects()
    (mail,) = keyed("mails", "list", "--json").objects()
    (keyed.folder / "dkim-keys.jsonl").write_text("")
    keyed("mails", "retry", mail["id"])
    (without,) = keyed("incidents", "list", "--json").objects()

    assert (incident["tenant"], incident["confidence"]) == ("contoso", "proven")
    assert (without["tenant"], without["confidence"]) == ("contoso", "corroborated")
