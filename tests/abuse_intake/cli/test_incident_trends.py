"""`incidents top` and `incidents counts`: what rises, who has the most, and days."""

import pytest
from command_line import CommandLine


def _objects(worked: CommandLine, command: str) -> list[dict[str, object]]:
    answer = worked("incidents", *command.split(), "--json")
    assert answer.code == 0, answer.err
    return answer.objects()


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("tenants", {"contoso", "fabrikam", None}),
        ("networks", {"192.0.2.0/24", "198.51.100.0/24"}),
        ("subjects", {"Cheap pills", "50% off_everything", "Forged"}),
    ],
)
def test_what_rises_is_told(worked: CommandLine, what: str, keys: set[str | None]) -> None:
    """All that came today rose from nothing; what belongs to nobody is among it."""
    found = _objects(worked, f"top {what} --days 2")

    assert {one["key"] for one in found} == keys
    assert sum(int(str(one["rise"])) for one in found) == 3
    assert found[0].keys() == {"key", "incidents", "reports", "incidents_before", "reports_before", "rise"}


def test_a_time_without_junk_has_nothing(worked: CommandLine) -> None:
    """Neither what rises nor the most."""
    long_ago = "--since 2020-01-01 --until 2020-01-07"

    assert _objects(worked, f"top tenants {long_ago}") == []
    assert _objects(worked, f"top tenants --most {long_ago}") == []
    assert "(nothing rises)" in worked("incidents", "top", "tenants", *long_ago.split()).out


def test_people_are_told_what_it_rests_on(worked: CommandLine) -> None:
    """A tenant at the top is not guilty for it; nobody is named in words."""
    out = worked("incidents", "top", "tenants").out

    assert "– (nobody)" in out
    assert "who is guilty" in " ".join(out.split())


def test_each_day_is_counted(worked: CommandLine) -> None:
    """Also those without; the last is today."""
    found = _objects(worked, "counts --days 30")

    assert (len(found), sum(int(str(one["reports"])) for one in found)) == (30, 3)
    assert (found[-1]["incidents"], found[-1]["reports"]) == (3, 3) or found[-2]["incidents"] == 3


@pytest.mark.parametrize(
    ("narrowed", "number"),
    [
        ("--tenant contoso", 1),
        ("--tenant nope", 0),
        ("--network 192.0.2.77", 2),
        ("--network 192.0.2.0/24", 2),
        ("--network 192.0.2.128/25", 2),
        ("--network 2001:db8::/48", 0),
    ],
)
def test_days_can_be_one_tenants_or_one_networks(worked: CommandLine, narrowed: str, number: int) -> None:
    """A network is counted as the one that it lies in."""
    assert sum(int(str(one["incidents"])) for one in _objects(worked, f"counts {narrowed}")) == number


def test_counts_by_another_kind_are_the_most(worked: CommandLine) -> None:
    """As `top --most` tells them."""
    assert _objects(worked, "counts --by network") == _objects(worked, "top networks --most")


def test_days_are_bars_on_a_terminal(worked: CommandLine) -> None:
    """The day with the most has the longest; each line fits."""
    lines = worked.on_terminal("incidents", "counts", columns=80)

    assert sum("█" * 40 in line for line in lines) == 1
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "command",
    [
        "top",
        "top people",
        "top tenants --days 0",
        "top tenants --days 3 --since 2026-01-01",
        "top tenants --since 2026-02-01 --until 2026-01-01",
        "top tenants --since 0001-01-01 --until 0001-01-02",
        "top tenants --since 2000-01-01 --until 2026-01-01",
        "top tenants --since yesterday",
        "top tenants --limit 0",
        "counts --by network --tenant contoso",
        "counts --tenant contoso --network 192.0.2.0/24",
        "counts --network nowhere",
    ],
)
def test_wrong_usage_is_told_in_a_line(worked: CommandLine, command: str) -> None:
    """Nothing is looked for."""
    answer = worked("incidents", *command.split())

    assert (answer.code, answer.out) == (2, "")
    answer.complaint()
