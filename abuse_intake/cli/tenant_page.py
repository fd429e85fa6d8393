"""Tenants as a person reads them: one with its networks and incidents, or a list of them."""

from collections.abc import Iterator, Sequence
from itertools import islice

import click

from abuse_intake.cli.incident_table import BY_HAND
from abuse_intake.cli.output import count, print_fields, print_heading, print_table
from storage.values import Allocation, IncidentCount, Tenant, TenantIncidents

MAX_NETWORKS = 50
"""Networks of one tenant that are shown to people; `--json` gives all."""
PAGE = 1_000
"""Rows under one header: the columns of a table fit the rows that stand under it."""


def print_tenants(tenants: Iterator[Tenant]) -> None:
    """A row a tenant; a long list comes in parts, each with its header, as it is read."""
    part = list(islice(tenants, PAGE))
    _print_rows(part)
    while part := list(islice(tenants, PAGE)):
        click.echo()
        _print_rows(part)


def _print_rows(tenants: Sequence[Tenant]) -> None:
    print_table(
        ("id", "name*", "domains*", "networks"),
        ((t.id, t.name, t.domains, len(t.allocations)) for t in tenants),
        empty="no tenants: import a directory with abuse-intake tenants import FILE",
    )


def print_tenant(tenant: Tenant) -> None:
    """Who it is, and which networks it holds from when to when."""
    print_fields(
        (
            ("tenant", tenant.id),
            ("name", tenant.name),
            ("domains", tenant.domains),
            ("external ids", tenant.external_ids),
            ("abuse contact", tenant.abuse_contact),
        )
    )
    print_heading("Networks")
    print_table(
        ("network", "since (UTC)?", "until (UTC)?"),
        map(_allocation_row, tenant.allocations[:MAX_NETWORKS]),
        empty="no networks",
    )
    if (more := len(tenant.allocations) - MAX_NETWORKS) > 0:
        click.echo(f"and {count(more, 'more network')}; --json gives all")


def _allocation_row(allocation: Allocation) -> tuple[object, ...]:
    since, until = (
        f"{time:%Y-%m-%d %H:%M}" if time else None for time in (allocation.since, allocation.until)
    )
    return allocation.network, since, until


def print_summary(summary: TenantIncidents) -> None:
    """How many incidents of each kind, and from when to when; those without junk count apart."""
    print_heading("Incidents")
    junk = [one for one in summary.counts if one.has_junk]
    other = [one for one in summary.counts if not one.has_junk]
    print_fields(
        (
            ("with junk", _total(junk)),
            ("without junk", f"{_total(other)} (not-spam, opt-out, auth-failure)" if other else 0),
            ("first seen", summary.first_seen),
            ("last seen", summary.last_seen),
        )
    )
    if junk:
        print_table(
            ("status", "confidence*", "incidents with junk"),
            ((one.status, BY_HAND if one.by_hand else one.confidence, one.number) for one in junk),
        )


def _total(counts: Sequence[IncidentCount]) -> int:
    return sum(one.number for one in counts)
