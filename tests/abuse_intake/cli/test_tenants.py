"""`tenants`: import with a bar, a long list, and all that is known of one customer."""

import json
from typing import Any

import pytest
from command_line import CommandLine

from abuse_intake.cli.tenant_page import MAX_NETWORKS, PAGE


def _network(number: int) -> dict[str, Any]:
    return {"network": f"10.1.{number}.0/24", "since": "2026-01-01T00:00:00Z", "until": None}


def _import_instead(cli: CommandLine) -> None:
    """Use the database's directory in place of the file."""
    path = cli.folder / "abuse-intake.toml"
    path.write_text(path.read_text().replace('[tenants]\ndirectory = "tenants.jsonl"\n', ""))
    assert cli("tenants", "import", "tenants.jsonl").code == 0


@pytest.fixture(params=["file", "database"])
def listed(request: pytest.FixtureRequest, worked: CommandLine) -> CommandLine:
    """A workplace where contoso has many networks and an incident, by a file or imported."""
    worked.write_tenants(
        {"id": "other", "name": "contoso"},
        {
            "id": "contoso", "name": "Contoso Ltd", "domains": ["contoso.example"], "external_ids": ["7c1f"],
            "abuse_contact": "abuse@contoso.example", "allocations": [_network(n) for n in range(MAX_NETWORKS + 20)],
        },
    )  # fmt: skip
    if request.param == "database":
        _import_instead(worked)
    return worked


def test_a_tenant_is_shown_with_networks_and_incidents(listed: CommandLine) -> None:
    """Who it is, the first networks with their times and how many more, the counts and the newest incidents."""
    answer = listed("tenants", "show", "contoso")

    assert (answer.code, answer.err) == (0, "")
    for text in ("Contoso Ltd", "contoso.example", "7c1f", "abuse@contoso.example", "Cheap pills"):
        assert text in answer.out
    assert answer.out.count("2026-01-01 00:00  –\n") == MAX_NETWORKS
    assert "and 20 more networks; --json gives all" in answer.out
    lines = [line.split() for line in answer.out.splitlines()]
    assert ["with", "junk", "1"] in lines
    assert ["without", "junk", "0"] in lines
    assert ["new", "corroborated", "1"] in lines or ["new", "stated", "1"] in lines


def test_a_tenant_is_shown_whole_to_programs(listed: CommandLine) -> None:
    """All networks, and the incidents by status and confidence with the newest."""
    (shown,) = listed("tenants", "show", "contoso", "--json").objects()

    found = shown["incidents"]
    assert len(shown["allocations"]) == MAX_NETWORKS + 20
    assert found["junk"]["incidents"] == found["junk"]["by_status"]["new"] == 1
    assert sum(found["junk"]["by_confidence"].values()) == 1
    assert found["without_junk"]["incidents"] == 0
    assert found["first_seen"] <= found["last_seen"]
    assert [one["tenant"] for one in found["newest"]] == ["contoso"]


def test_a_tenant_without_anything_is_shown(listed: CommandLine) -> None:
    """No networks, no incidents."""
    answer = listed("tenants", "show", "other")

    assert answer.code == 0
    assert "(no networks)" in answer.out
    assert "(no incidents)" in answer.out
    assert "more network" not in answer.out


def test_an_unknown_tenant_is_told(listed: CommandLine) -> None:
    """With what to do."""
    answer = listed("tenants", "show", "Contoso Ltd")

    assert answer.code == 1
    assert "abuse-intake tenants list" in answer.complaint()


def test_a_long_list_comes_in_parts(cli: CommandLine) -> None:
    """Each part has its header, and no tenant is left out or told twice."""
    cli.write_tenants(*({"id": f"tenant-{number:05}"} for number in range(2 * PAGE + 1)))

    out = cli("tenants", "list").out

    assert [line.split()[0] for line in out.splitlines() if line.startswith("tenant-")] == [
        f"tenant-{number:05}" for number in range(2 * PAGE + 1)
    ]
    assert out.count("networks\n") == 3


def test_an_import_shows_how_far_it_is(cli: CommandLine) -> None:
    """A terminal sees a bar for each of the two passes, which ends full."""
    path = cli.folder / "many.jsonl"
    path.write_text("".join(f"{json.dumps({'id': str(number)})}\n" for number in range(3_000)))

    lines = "\n".join(cli.on_terminal("tenants", "import", "many.jsonl", columns=100))

    for doing in ("checking", "storing"):
        (end,) = (part for part in lines.split(doing)[-1:])
        assert "100%" in end, doing
    assert "3000 tenants imported" in lines


def test_a_wrong_file_leaves_no_bar_behind(cli: CommandLine) -> None:
    """The complaint stands on a line of its own."""
    (cli.folder / "many.jsonl").write_text('{"id": "a"}\n{\n')

    lines = cli.on_terminal("tenants", "import", "many.jsonl", columns=100)

    assert any(line.startswith("abuse-intake: many.jsonl, line 2:") for line in lines)
