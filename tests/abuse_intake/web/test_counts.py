"""Counts over the API: of all, and of one tenant or network by day."""

import pytest
from web_world import Api


def reports_counted(api: Api, query: str) -> int:
    return sum(one["reports"] for one in api.get(f"/incidents/counts?days=7&{query}").json()["items"])


@pytest.mark.parametrize(
    ("query", "reports"),
    [
        ("by=day", 3),
        ("tenant=contoso", 1),
        ("by=day&tenant=fabrikam", 1),
        ("tenant=nobody", 0),
        ("tenant=%00", 0),
        ("tenant=", 0),
        ("network=192.0.2.0/24", 2),
        ("network=192.0.2.77", 2),
        ("network=::ffff:192.0.2.1", 2),
        ("network=2001:db8::/48", 0),
    ],
)
def test_one_tenant_or_network_is_counted_by_day(api_on_either: Api, query: str, reports: int) -> None:
    """All days are there, also those without."""
    answer = api_on_either.get(f"/incidents/counts?days=7&{query}")

    assert len(answer.json()["items"]) == 7
    assert reports_counted(api_on_either, query) == reports


def test_subjects_are_counted(api: Api) -> None:
    """As on the command line."""
    assert reports_counted(api, "by=subject") == 3


@pytest.mark.parametrize(
    "query",
    [
        "tenant=a&network=192.0.2.0/24",
        "by=tenant&tenant=a",
        "by=network&network=192.0.2.0/24",
        "network=junk",
        "days=7&since=2026-11-01",
        "since=2026-11-02&until=2026-11-01",
        "since=2016-01-01&until=2026-11-01",
        "since=yesterday",
        "since=20261101",
        "since=0001-01-01",
        "until=9999-12-31",
    ],
)
def test_what_cannot_be_counted_is_refused(api: Api, query: str) -> None:
    """By day, one tenant or one network."""
    assert api.get(f"/incidents/counts?{query}").status_code == 422


@pytest.mark.parametrize("path", ["counts", "top/tenants"])
def test_days_are_counted_from_the_first_to_the_last(api: Api, path: str) -> None:
    """Both are included."""
    answer = api.get(f"/incidents/{path}?since=2026-10-30&until=2026-11-02").json()

    assert (answer["first"], answer["last"]) == ("2026-10-30", "2026-11-02")


def test_so_many_days_end_with_the_last_that_is_asked_for(api: Api) -> None:
    """Not with today."""
    answer = api.get("/incidents/counts?days=3&until=2026-11-02").json()

    assert [one["day"] for one in answer["items"]] == ["2026-10-31", "2026-11-01", "2026-11-02"]
