"""Every call that the documentation shows is one that the API's document knows."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from web_world import PREFIX, one_application

from abuse_intake.web.openapi import document

DOCS = Path(__file__).parents[3] / "docs"
CODE_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REQUEST = re.compile(
    rf"(?P<method>[A-Z]+) {PREFIX}(?P<target>/\S*)\n(?P<fields>(?:[\w-]+: .*\n)*)\n?(?P<body>.*)", re.DOTALL
)
WITH_VALUE = ("-H", "-X", "-d", "-o", "--data-urlencode", "--data-binary")


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the documentation shows it."""

    method: str
    path: str
    names: tuple[str, ...]
    """Of its query."""
    content_type: str | None
    body: str | None


def make_call(method: str, target: str, fields: list[str], body: str | None, more: str = "") -> Call:
    url = urlsplit(target)
    names = tuple(name for name, _ in parse_qsl(url.query) + parse_qsl(more))
    types = [one.partition(":")[2].strip() for one in fields if one.lower().startswith("content-type:")]
    return Call(method, url.path, names, types[0] if types else None, body)


def read_curl(line: str) -> Call:
    """The call that this command makes."""
    given: dict[str, list[str]] = {option: [] for option in WITH_VALUE}
    words, plain = iter(shlex.split(line)[1:]), list[str]()
    for word in words:
        if word in given:
            given[word].append(next(words))
        else:
            plain.append(word)
    (target,) = (word.removeprefix("$API") for word in plain if word.startswith("$API"))
    bodies = given["-d"] + given["--data-binary"]
    (method,) = given["-X"] or ["POST" if bodies else "GET"]
    body = bodies[0] if bodies else None
    return make_call(method, target, given["-H"], body, "&".join(given["--data-urlencode"]))


def find_calls() -> Iterator[tuple[str, Call]]:
    """The calls of all pages: of curl, and as HTTP says them."""
    for page in sorted(DOCS.rglob("*.md")):
        for block in CODE_BLOCK.findall(page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("curl ") and "$API" in line:
                    yield f"{page.name}: {line}", read_curl(line)
            if request := REQUEST.fullmatch(block):
                fields, body = request["fields"].splitlines(), request["body"].strip() or None
                yield f"{page.name}: {block}", make_call(request["method"], request["target"], fields, body)


CALLS = dict(find_calls())


def find_operation(call: Call) -> dict[str, Any]:
    """What the document says of it: of the template that fits the path best."""
    paths = document(one_application())["paths"]
    path = PREFIX + call.path
    fitting = [one for one in paths if re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", one), path)]
    assert fitting, f"no route {path}"
    operations = paths[min(fitting, key=lambda one: one.count("{"))]
    assert call.method.lower() in operations
    found: dict[str, Any] = operations[call.method.lower()]
    return found


def test_there_are_calls() -> None:
    """Both kinds are found."""
    assert {call.method for call in CALLS.values()} >= {"GET", "POST", "PATCH", "PUT"}
    assert len(CALLS) >= 15


@pytest.mark.parametrize("shown", CALLS)
def test_a_call_that_is_shown_exists(shown: str) -> None:
    """Its method and path are a route, and its query has names that the route knows."""
    call = CALLS[shown]

    known = {one["name"] for one in find_operation(call).get("parameters", ()) if one["in"] == "query"}

    assert set(call.names) <= known


@pytest.mark.parametrize("shown", [shown for shown, call in CALLS.items() if call.body])
def test_a_body_that_is_shown_is_understood(shown: str) -> None:
    """It has the type that the route takes, and JSON has only names that it knows."""
    call = CALLS[shown]

    taken = find_operation(call)["requestBody"]["content"]

    assert call.content_type in taken
    if call.content_type == "application/json":
        name = taken["application/json"]["schema"]["$ref"].rpartition("/")[2]
        known = document(one_application())["components"]["schemas"][name]["properties"]
        assert json.loads(call.body or "").keys() <= known.keys()
