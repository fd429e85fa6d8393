"""Evidence as a person reads it: sentences, the header lines below them, and the caution of each confidence."""

from dataclasses import replace

import pytest
from attribution_world import STRANGER_TO_RELAY, FakeVerifier, attribute, make_verdict
from command_line import CommandLine
from report_builders import make_junk, make_mail
from storage_builders import NOW

from abuse_intake.attribution.decide import GROUPS
from abuse_intake.attribution.directory import Owner
from abuse_intake.attribution.return_paths import REWRITTEN
from abuse_intake.cli.evidence_page import (
    CAUTION,
    SOURCES,
    describe_caution,
    describe_evidence,
    print_evidence,
)
from storage.values import Attribution, Confidence, Correction, Evidence, IncidentRecord

LONG = "mail-" + "x" * 90 + ".sender.example"
WIDE = "漢字" * 50


def attributed(confidence: Confidence, route: str = "ours", *evidence: Evidence) -> Attribution:
    tenant = None if confidence == "unattributed" else "contoso"
    return Attribution(None, tenant, confidence, None if tenant else "conflict", route, evidence)  # type: ignore[arg-type]


def show_evidence(lines: list[str]) -> list[str]:
    """The lines of the evidence on a page."""
    start = lines.index("Evidence") + 1
    return lines[start : lines.index("", start)]


def deliver_long_route(cli: CommandLine) -> None:
    junk = make_junk().replace(b"mail.sender.example (mail", f"{LONG}{WIDE} (mail".encode(), 1)
    cli.deliver(a=make_mail(junk))
    assert cli("run", "--once").code == 0


@pytest.mark.parametrize("columns", [80, 120])
def test_header_lines_are_folded_and_never_cut(cli: CommandLine, columns: int) -> None:
    """A line that is wider than the terminal goes on below itself, with all that stands in it."""
    deliver_long_route(cli)

    shown = show_evidence(cli.on_terminal("incidents", "show", "1", columns=columns))

    assert max(sum(2 if one in WIDE else 1 for one in line) for line in shown) <= columns
    whole = "".join("".join(line.split()) for line in shown)
    assert f"Received:from{LONG}{WIDE}(mail.sender.example[192.0.2.5])bymx.reporter.example" in whole
    assert "…" not in whole


def test_header_lines_stand_below_their_sentence(cli: CommandLine) -> None:
    """Each piece of evidence is a sentence that tells whom it names, and the lines that it rests on are below it."""
    cli.deliver(a=make_mail(make_junk()))
    cli("run", "--once")

    shown = show_evidence(cli("incidents", "show", "1").out.splitlines())

    assert shown[1].startswith("- The address names contoso (not verified): 192.0.2.5 lies in 192.0.2.0/28")
    assert shown[2].startswith("    Received: from mail.sender.example (mail.sender.example [192.0.2.5])")
    assert shown[3].startswith("- The envelope sender names contoso (not verified): Return-Path")
    assert shown[4] == "    Return-Path: sales@contoso.example"


def test_a_mail_tells_why_too(cli: CommandLine) -> None:
    """`mails show` prints the evidence of its reports; of many it says where to find it."""
    cli.deliver(a=make_mail(make_junk()))
    many = [make_junk(message_id=f"<{number}@x.example>") for number in range(4)]
    boundary = b"\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n"
    cli.deliver(b=make_mail(boundary.join(many), message_id="<many@reporter.example>"))
    cli("run", "--once")

    one, several = cli("mails", "show", "1").out, cli("mails", "show", "2").out

    assert "- The address names contoso (not verified): 192.0.2.5 lies in" in one
    assert "- The address names" not in several
    assert "Why each is attributed so: abuse-intake incidents show" in several


def test_strangers_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Controls and marks in evidence and header lines are shown as signs that do nothing, on lines of our making."""
    nasty = "a\x1b[31mb\u202ec\nd"
    evidence = Evidence("envelope", nasty, None, False, nasty, (f"Return-Path: {nasty}",))

    print_evidence(attributed("unattributed", "ours", evidence))

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "    Return-Path: a�[31mb�c d\n" in out


def test_a_replay_is_called_one() -> None:
    """What a tenant signed but our servers did not let out is not told as sent by the tenant."""
    told = describe_caution(attributed("proven", "elsewhere"))

    assert "a signature proves that contoso sent the message, but this copy did not leave our servers" in told
    assert describe_caution(attributed("proven", "ours")) == CAUTION["proven"]


def test_what_another_tenants_server_sent_on_is_told() -> None:
    """Whoever acts against the signer knows that the copy came from another tenant's address."""
    address = Evidence("address", "192.0.2.20", "fabrikam", False, "192.0.2.20 lies in 192.0.2.16/28")
    attribution = replace(attributed("proven", "ours"), evidence=(address,))

    told = describe_caution(attribution)

    assert (
        "a signature proves that contoso sent the message, but this copy came from an address of fabrikam"
        in told
    )
    assert "who may send for contoso" in told


def test_what_another_tenant_forwarded_is_told() -> None:
    """A signed message whose envelope another tenant rewrote came by that tenant's forwarding."""
    envelope = Evidence(
        "envelope",
        "fabrikam.example",
        "fabrikam",
        False,
        f"Return-Path is at fabrikam.example, a domain of fabrikam, {REWRITTEN}",
    )
    plain = replace(envelope, detail="Return-Path is at fabrikam.example, a domain of fabrikam")
    own = replace(envelope, tenant="contoso")

    told, of_plain, of_own, unproven = (
        describe_caution(attributed(confidence, "ours", evidence))
        for confidence, evidence in (
            ("proven", envelope),
            ("proven", plain),
            ("proven", own),
            ("stated", envelope),
        )
    )

    assert told.startswith("Proven, and sent on: a signature proves that contoso sent the message")
    assert "sent on by fabrikam (SRS)" in told
    assert of_plain == of_own == CAUTION["proven"]
    assert unproven == CAUTION["stated"]


def test_a_forwarded_message_is_seen_to_be_so() -> None:
    """The evidence that attribution gathers of a rewritten envelope is what the caution goes by."""
    proof = make_verdict("contoso.example", is_ours=False, owner=Owner("contoso.example", "contoso"))

    found = attribute(
        route=STRANGER_TO_RELAY,
        return_path="bounces+SRS=44ldt=IX@fabrikam.example",
        verifier=FakeVerifier(proof),
    )

    assert "sent on by fabrikam (SRS)" in describe_caution(found)


@pytest.mark.parametrize("confidence", ["corroborated", "stated"])
def test_what_is_not_proven_says_whose_word_it_is(confidence: Confidence) -> None:
    """Whoever acts on it is told that it rests on the reporter's word, and where to look first."""
    told = describe_caution(attributed(confidence))

    assert "on the reporter's word" in told
    assert "our own logs before acting" in told


def test_verified_is_said_of_what_is() -> None:
    """A sentence tells a signature that verifies from one that does not, and who is named from nobody."""
    proof = Evidence("dkim", "contoso.example", "contoso", True, "d=contoso.example s=s1, it verifies")
    none = Evidence("dkim", "x.example", None, False, "d=x.example s=s1, of no tenant")

    assert (
        describe_evidence(proof)
        == "A DKIM signature names contoso (verified): d=contoso.example s=s1, it verifies."
    )
    assert (
        describe_evidence(none)
        == "A DKIM signature names nobody (not verified): d=x.example s=s1, of no tenant."
    )


def test_every_source_has_a_name() -> None:
    """Each source of evidence that the decision knows is called something by the page."""
    assert GROUPS.keys() <= SOURCES.keys()


def test_a_conflict_is_told_so_that_it_is_true_of_any_two_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    """Not all three kinds of traces need to speak, so the sentence does not say that they do."""
    print_evidence(attributed("unattributed"))

    told = capsys.readouterr().out

    assert "Traces of different kinds (such as address and envelope) name different tenants" in told


def test_a_correction_by_hand_changes_nothing_that_evidence_says(capsys: pytest.CaptureFixture[str]) -> None:
    """A signature of contoso proves contoso, whoever an analyst says it was."""
    incident = IncidentRecord(
        id="1",
        tenant="fabrikam",
        attributed_tenant="contoso",
        correction=Correction("fabrikam", "mia", NOW, "moved"),
        ip=None,
        confidence="proven",
        reason=None,
        route="elsewhere",
        feedback_type=None,
        status="new",
        subject=None,
        message_id=None,
        from_address=None,
        report_count=1,
        reporter_count=1,
        authenticated_reporter_count=0,
        first_seen=NOW,
        last_seen=NOW,
    )

    print_evidence(incident)

    shown = capsys.readouterr().out
    assert "proves that contoso sent the message" in shown
    assert "fabrikam" not in shown


def test_a_complaint_in_words_is_told_by_its_subject(cli: CommandLine) -> None:
    """No message was reported whose subject could tell one such incident from another."""
    header = b"From: Ann <ann@reporter.example>\r\nSubject: Attack from 192.0.2.9\r\n\r\n"
    words = header + b"Please stop this attack from 192.0.2.9.\r\n"
    cli.deliver(words=words, junk=make_mail(make_junk()))
    assert cli("run", "--once").code == 0

    (of_words, of_junk) = sorted(
        (cli("incidents", "show", id).out for id in ("1", "2")), key=lambda page: "Attack" not in page
    )

    assert "\ncomplaint      Attack from 192.0.2.9\n" in of_words
    assert "\ncomplaint " not in of_junk
