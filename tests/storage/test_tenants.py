"""The directory is what was imported last, whole and in its order."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
from storage_builders import NOW, replace_directory

from storage.database import Database
from storage.errors import DirectoryConflict
from storage.tenants import (
    find_tenant,
    load_directory,
    load_lines,
    replace_lines,
)
from storage.values import Allocation, Tenant

CONTOSO = Tenant(
    id="contoso",
    name="Contoso Ltd",
    domains=("z.example", "a.example"),
    external_ids=("<GUID>",),
    abuse_contact="abuse@contoso.example",
    allocations=(
        Allocation(ip_network("192.0.2.0/28"), NOW, NOW + timedelta(days=1)),
        Allocation(ip_network("2001:db8::/48")),
    ),
)
FABRIKAM = Tenant(id="fabrikam", name="Fabrikam")


def load(database: Database) -> list[Tenant]:
    with database.read() as session:
        return list(load_directory(session))


def test_directory_comes_back_as_given(database: Database) -> None:
    """Tenants come back in their order, with all that they were given with in its order."""
    count = replace_directory(database, FABRIKAM, CONTOSO)

    assert count == 2
    assert load(database) == [FABRIKAM, CONTOSO]


def test_import_replaces_the_whole_directory(database: Database) -> None:
    """Who is no longer listed is gone; who still is has only what the new list says."""
    replace_directory(database, CONTOSO, FABRIKAM)
    renamed = Tenant(id="contoso", name="Contoso", domains=("a.example",))

    replace_directory(database, renamed)

    assert load(database) == [renamed]


def test_tenants_may_share_a_domain(database: Database) -> None:
    """Whether a domain of two tenants is right is not for the store to judge."""
    shared = [Tenant(id=id, name=id, domains=("shared.example",)) for id in ("one", "two")]

    replace_directory(database, *shared)

    assert load(database) == shared


def test_tenant_listed_twice_is_refused(database: Database) -> None:
    """An id that is listed twice is refused by name, and the directory stays as it was."""
    replace_directory(database, FABRIKAM)

    with pytest.raises(DirectoryConflict, match="'contoso' is listed twice"):
        replace_directory(
            database, CONTOSO, *(Tenant(id=str(number), name="") for number in range(600)), CONTOSO
        )

    assert load(database) == [FABRIKAM]


def test_large_directory_streams(database: Database) -> None:
    """A directory of many pages comes back whole and in order."""
    tenants = [
        Tenant(id=f"t{number}", name=str(number), domains=(f"{number}.example",)) for number in range(1_234)
    ]

    count = replace_directory(database, *tenants)

    assert count == 1_234
    assert load(database) == tenants


def test_empty_directory(database: Database) -> None:
    """A directory may be empty, at first and again."""
    replace_directory(database, CONTOSO)

    count = replace_directory(database)

    assert (count, load(database)) == (0, [])


def test_a_tenant_is_found_by_its_id(database: Database) -> None:
    """With all that it was given with; an id that nobody has, or can have, finds none."""
    replace_directory(database, FABRIKAM, CONTOSO)

    with database.read() as session:
        found = [find_tenant(session, id) for id in ("contoso", "Contoso", "", "con\x00toso", "con\ud800")]

    assert found == [CONTOSO, None, None, None, None]


def test_lines_are_stored_as_they_are(database: Database) -> None:
    """Who imports lines gets these lines back, in their order."""
    lines = [("z", '{"id":"z"}'), ("a", '{"id":"a","name":"Ä"}')]

    with database.begin() as session:
        count = replace_lines(session, iter(lines), NOW)

    with database.read() as session:
        assert (count, list(load_lines(session))) == (2, [line for _, line in lines])


def test_an_import_that_fails_midway_leaves_the_directory_before(database: Database) -> None:
    """One transaction: whatever ends it before its end, nothing of it is seen."""
    replace_directory(database, CONTOSO)

    def fail() -> Iterator[tuple[str, str]]:
        yield from ((str(number), f'{{"id":"{number}"}}') for number in range(1_200))
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError), database.begin() as session:
        replace_lines(session, fail(), NOW)

    assert load(database) == [CONTOSO]
