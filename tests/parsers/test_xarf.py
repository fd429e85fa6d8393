"""XARF documents alone: each version and type, each form, and whom they accuse."""

import json
from base64 import b64encode

import pytest
import xarf
from forwards import FORWARDS, Forward
from mail_builders import build_junk, build_mail, build_part
from xarf.schema_registry import schema_registry
from xarf_documents import US, V0, V4, list_warnings, read_one, write

from parsers import read_mail
from parsers.xarf import parse_xarf
from parsers.xarf.kinds import CATEGORIES, OLDER_TYPES
from parsers.xarf.sources import read_source
from parsers.xarf.v0 import DEMANDED as DEMANDED_OF_V0
from parsers.xarf.v4 import DEMANDED


@pytest.mark.parametrize(
    ("category", "kind"),
    [(category, kind) for category, kinds in CATEGORIES.items() for kind in sorted(kinds)],
)
def test_each_type_of_v4_is_read_as_it_is_stated(category: str, kind: str) -> None:
    """Also with hyphens and capitals, without a warning."""
    content = write(category=category.title(), type=kind.replace("_", "-").upper())

    report = read_one(content)

    assert (report.category, report.type) == (category, kind)
    assert list_warnings(content) == []


def test_the_types_are_those_of_the_schemas() -> None:
    """The package that others validate with knows the same."""
    assert {name: schema_registry.get_types_for_category(name) for name in CATEGORIES} == CATEGORIES
    assert schema_registry.get_categories() == CATEGORIES.keys()


@pytest.mark.parametrize("name", DEMANDED)
def test_what_v4_demands_is_missed(name: str) -> None:
    """The package calls the same document invalid; ours tells by name what is missing."""
    evidence = [{"content_type": "message/rfc822", "payload": b64encode(build_junk()).decode()}]
    values = {**V4, "evidence": evidence}
    del values[name]

    sentence = f"A XARF document lacks what its version demands: {name}."

    missed = list_warnings(json.dumps(values))
    assert sentence in missed or missed == ["A XARF document is broken: it names no type."]
    assert xarf.parse(values).errors
    assert not xarf.parse({**V4, "evidence": evidence}).errors


@pytest.mark.parametrize(("older", "kinds"), OLDER_TYPES.items())
def test_each_older_type_has_its_name_in_v4(older: str, kinds: tuple[str, str]) -> None:
    """In v3 and in X-ARF alike, whatever stands between the words."""
    v3 = {"ReporterInfo": US, "Report": {"ReportType": older.upper(), "SourceIp": "192.0.2.10"}}
    v0 = V0.replace("login-attack", f"{older[:3]}-{older[3:]}")

    read = [read_one(json.dumps(v3)), read_one(v0)]

    assert [(one.category, one.type) for one in read] == [kinds, kinds]


@pytest.mark.parametrize("name", DEMANDED_OF_V0)
def test_what_x_arf_demands_is_missed(name: str) -> None:
    """A type and a source make it a report all the same."""
    content = "".join(line for line in V0.splitlines(keepends=True) if not line.startswith(f"{name}:"))

    known = name not in ("Report-Type", "Source")
    assert len(parse_xarf(content)) == known
    assert list_warnings(content) == [f"A XARF document lacks what its version demands: {name}."] * known


@pytest.mark.parametrize("name", ["Reported-From", "Schema-URL", "Source-Type"])
def test_fields_are_x_arf_by_one_that_nothing_else_has(name: str) -> None:
    """A list with a type and a source may be anything."""
    fields = "Report-Type: spam\nSource: 192.0.2.10\n"

    assert parse_xarf(fields) == []
    assert read_one(f"{fields}{name}: x").type == "spam"


@pytest.mark.parametrize("name", ["source_identifier", "category", "type"])
def test_without_a_version_all_three_marks_are_needed(name: str) -> None:
    """Many programs write JSON with a type and a category."""
    assert read_one(write(xarf_version=None)).type == "spam"
    assert parse_xarf(write(**{"xarf_version": None, name: None})) == []


@pytest.mark.parametrize("first", ["Reported-From", "Category", "Report-Type", "Report-ID", "Schema-URL", "Source",
                                   "Source-Type", "Version", "Date", "User-Agent"])  # fmt: skip
def test_x_arf_begins_with_any_of_its_fields(first: str) -> None:
    """Words above it are not read."""
    rest = "".join(line for line in V0.splitlines(keepends=True) if not line.startswith(f"{first}:"))
    named = {"Report-Type": "spam", "Source": "192.0.2.10"}.get(first, "x")

    report = read_one(f"Dear all,\nwe saw this.\n\n{first}: {named}\n{rest}\n-- \nnone of it: x")

    assert str(report.source_ip) == "192.0.2.10"
    assert "none" not in json.dumps(dict(report.extensions))


def test_yaml_is_read_as_far_as_x_arf_needs_it() -> None:
    """Quotes, escapes, comments, lists, blocks and folds."""
    content = V0 + (
        "A: 'it''s' # so\nB: \"a \\\"b\\\"\"\nC: plain # comment\nD:\n  - one\n  - 'two'\n"
        "E: |\n  x\n  y\nF: a\n  b\n# no\n"
    )

    extensions = read_one(content).extensions

    assert {name: extensions[name] for name in "ABCDEF"} == {
        "A": ("it's",), "B": ('a "b"',), "C": ("plain",), "D": ("one", "two"), "E": ("x\ny",), "F": ("a b",),
    }  # fmt: skip


def test_each_document_of_a_text_is_one() -> None:
    """A line each, in a list, or divided by the marks of YAML."""
    lines = write() + "\n" + write(type="bulk_messaging")

    kinds = [
        [one.report.type for one in parse_xarf(text)] for text in (lines, f"[{lines.replace(chr(10), ',')}]")
    ]

    assert kinds == [["spam", "bulk_messaging"]] * 2
    assert len(parse_xarf(f"---\n{V0}---\n{V0}...\n")) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_is_read_in_each_encoding(encoding: str) -> None:
    """With and without a byte order mark."""
    assert read_one(write(description="é").encode(encoding)).extensions["description"] == ("é",)


def test_text_that_is_no_utf_8_is_read() -> None:
    """As Windows-1252."""
    raw = json.dumps(V4 | {"description": "\u00e9"}, ensure_ascii=False).encode("latin-1")

    assert read_one(raw).extensions["description"] == ("é",)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("192.0.2.10", "ip"), ("2001:db8::1", "ip"), ("mail.tenant.example", "domain"), ("a@tenant.example", "domain"),
        ("https://tenant.example/a", "uri"), ("192.0.2.0/24", None), ("192.0.2.x", None), ("somebody", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_source_is_an_address_a_domain_or_an_url(text: str, kind: str | None) -> None:
    """What masks an address is none."""
    source = read_source(text)

    assert (source is not None) == (kind is not None)
    assert source is None or kind is None or getattr(source, kind) is not None


def test_the_victim_is_no_candidate() -> None:
    """Other addresses in a document are those of who was attacked, or of other hosts."""
    report = read_one(
        write(destination_ip="192.0.2.99", c2_server="192.0.2.98", description="from 192.0.2.97")
    )

    assert list(map(str, report.candidate_ips)) == ["192.0.2.10"]


@pytest.mark.parametrize(("category", "sender"), [("messaging", "a@tenant.example"), ("connection", None)])
def test_only_mail_has_an_envelope(category: str, sender: str | None) -> None:
    """A sender that an attack names sent nothing."""
    report = read_one(write(category=category, smtp_from="<a@tenant.example>"))

    assert report.original_mail_from == sender


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("192.0.2.10", [("xarf", "192.0.2.10")]),
        ("192.0.2.11", [("arf", "192.0.2.11"), ("xarf", "192.0.2.10")]),
    ],
)
def test_arf_and_xarf_are_one_report_unless_they_name_two_addresses(
    source: str, found: list[tuple[str, str]]
) -> None:
    """Two addresses are two claims, and neither is lost."""
    feedback = f"Feedback-Type: abuse\r\nVersion: 1\r\nSource-IP: {source}\r\n".encode()
    parts = (
        build_part(feedback, "message/feedback-report"),
        build_part(write().encode(), "application/json"),
    )

    read = read_mail(build_mail(*parts, kind="multipart/report; report-type=feedback-report"))

    assert [(one.format, str(one.source_ip)) for one in read.reports] == found


def test_evidence_that_is_no_message_is_shown_not_reported() -> None:
    """The beginning of what is text; nothing of what is not."""
    evidence = [
        {"content_type": "text/plain", "payload": b64encode(b"sshd: failed").decode()},
        {"content_type": "image/png", "payload": b64encode(b"\x89PNG").decode()},
    ]

    (complaint,) = parse_xarf(write(evidence=evidence))

    assert complaint.messages == ()
    assert complaint.report.extensions["evidence.payload"] == ("sshd: failed",)


def test_xarf_that_junk_brings_accuses_nobody() -> None:
    """An attached message with a document in it is the junk, and its own route tells where it came from."""
    header = build_junk().partition(b"\r\n\r\n")[0]
    document = build_part(write(source_identifier="192.0.2.99").encode(), "application/json")
    body = build_mail(document, boundary="inner").partition(b"Content-Type: multipart")
    junk = header + b"\r\n" + b"".join(body[1:])

    read = read_mail(build_mail(build_part(junk)))

    assert [(one.format, str(one.origin_ip)) for one in read.reports] == [("attached", "192.0.2.10")]


@pytest.mark.parametrize("forward", FORWARDS, ids=lambda forward: forward.name)
def test_a_document_in_a_forward_accuses_nobody(forward: Forward) -> None:
    """In any language, below a subject of the reporter's own, and under a name as reports have it."""
    text = build_part(f"Spam!\n\n{forward.lines}\nBuy\n".encode(), "text/plain; charset=utf-8")
    named = 'Content-Disposition: attachment; filename="report.json"\r\n'
    document = build_part(write(source_identifier="192.0.2.99").encode(), "application/json", named)

    read = read_mail(build_mail(text, document, header="Subject: Spam received\r\n"))

    assert [(one.format, one.source_ip) for one in read.reports] == [("inline", None)]
