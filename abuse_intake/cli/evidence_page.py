"""Why somebody is named: the caution that a confidence calls for, and the evidence as sentences to be checked.

Below each sentence stand the header lines that it rests on. They were written by strangers: they are shown in full,
folded to the terminal, and made harmless.
"""

import sys
from dataclasses import replace

import click

from abuse_intake.attribution.return_paths import REWRITTEN
from abuse_intake.cli.explanations import UNATTRIBUTED
from abuse_intake.cli.output import make_console, print_heading
from abuse_intake.visible import clean, isolate
from storage.values import Attribution, Confidence, Evidence, IncidentRecord

CAUTION: dict[Confidence, str] = {
    "proven": "Proven: a signature covers the whole message. Nobody but the holder of its key can have made it.",
    "corroborated": (
        "Corroborated: two kinds of traces agree. They rest on the reporter's word. Who made up the report could have "
        "made up both: find the message in our own logs before acting."
    ),
    "stated": (
        "Stated: one trace only, or hearsay. It rests on the reporter's word. Find the message in our own logs before "
        "acting."
    ),
    "unattributed": "Unattributed: nobody is named.",
}
"""What a person must know before acting on a confidence."""
REPLAYED = (
    "Proven, and replayed: a signature proves that {tenant} sent the message, but this copy did not leave our servers. "
    "Whoever has a signed message can send it on to anybody: that somebody reports it does not show that {tenant} sent "
    "it to them."
)
PASSED_ON = (
    "Proven, and sent on: a signature proves that {tenant} sent the message, but this copy came from an address of "
    "{others}, who may send for {tenant}, or send on what they received: find the message in our own logs before "
    "acting."
)
FORWARDED = (
    "Proven, and sent on: a signature proves that {tenant} sent the message, but by its envelope this copy was sent on "
    "by {others} (SRS), to whoever reports it: find the message in our own logs before acting."
)
EMPTIED = (
    "Emptied: all its reports belong to other incidents now, or to none. It speaks against nobody; what it showed "
    "before is kept above and in its history."
)
SOURCES = {
    "dkim": "A DKIM signature",
    "arc": "An ARC set",
    "address": "The address",
    "provider_header": "A header of the provider",
    "envelope": "The envelope sender",
    "from": "From",
    "hearsay": "Hearsay",
}
"""Source → what it is called; one that is missing here goes by its own name."""
SENTENCE_INDENT, LINE_INDENT, FOLD_INDENT = 2, 4, 8
MIN_ROOM = 20
"""Columns that text keeps, however narrow the terminal."""


def print_evidence(attribution: Attribution | IncidentRecord, heading: str = "Evidence") -> None:
    """The caution, why nobody is named where that is so, and each piece of evidence."""
    print_heading(heading)
    attribution = _as_evidence_says(attribution)
    _print_folded(describe_caution(attribution), 0)
    if isinstance(attribution, IncidentRecord) and attribution.report_count == 0:
        return
    if attribution.reason in UNATTRIBUTED:
        _print_folded(UNATTRIBUTED[attribution.reason], 0)
    for evidence in attribution.evidence:
        _print_folded(f"- {describe_evidence(evidence)}", 0, SENTENCE_INDENT)
        for line in evidence.lines:
            _print_folded(line, LINE_INDENT, FOLD_INDENT)


def _as_evidence_says(attribution: Attribution | IncidentRecord) -> Attribution | IncidentRecord:
    """A tenant that was corrected by hand is not what the evidence names."""
    if isinstance(attribution, IncidentRecord):
        return replace(attribution, tenant=attribution.attributed_tenant)
    return attribution


def describe_caution(attribution: Attribution | IncidentRecord) -> str:
    """What a person must know before acting; a replay is called one, and an emptied incident nobody's."""
    if isinstance(attribution, IncidentRecord) and attribution.report_count == 0:
        return EMPTIED
    if attribution.confidence == "proven" and attribution.route == "elsewhere":
        return REPLAYED.format(tenant=attribution.tenant)
    for find_others, text in ((find_other_holders, PASSED_ON), (find_forwarders, FORWARDED)):
        others = find_others(attribution)
        if attribution.confidence == "proven" and others:
            return text.format(tenant=attribution.tenant, others=", ".join(others))
    return CAUTION[attribution.confidence]


def find_other_holders(attribution: Attribution | IncidentRecord) -> list[str]:
    """The tenants from whose addresses a message came that another tenant is named for."""
    holders = {one.tenant for one in attribution.evidence if one.source == "address" and one.tenant}
    return sorted(holders - {attribution.tenant})


def find_forwarders(attribution: Attribution | IncidentRecord) -> list[str]:
    """The tenants that, by a rewritten envelope (SRS), forwarded a message that another tenant is named for."""
    envelopes = [one for one in attribution.evidence if one.source == "envelope" and REWRITTEN in one.detail]
    return sorted({one.tenant for one in envelopes if one.tenant} - {attribution.tenant})


def describe_evidence(evidence: Evidence) -> str:
    """Whom a piece of evidence names, whether cryptography covers it, and what was seen: a sentence."""
    whom = f"names {evidence.tenant}" if evidence.tenant else "names nobody"
    mark = "verified" if evidence.verified else "not verified"
    return f"{SOURCES.get(evidence.source, evidence.source)} {whom} ({mark}): {evidence.detail}."


def _print_folded(text: str, indent: int, further: int | None = None) -> None:
    """A stranger's text in full: on a terminal folded, and indented by `further` from its second line on."""
    from rich.text import Text

    console = make_console()
    further = indent if further is None else further
    room = max(console.width - max(indent, further), MIN_ROOM)
    shown = Text(clean(text))
    lines = shown.wrap(console, room, overflow="fold") if sys.stdout.isatty() else [shown]
    for number, line in enumerate(lines):
        margin = " " * (further if number else indent)
        click.echo(f"{margin}{isolate(line.plain.rstrip())}")
