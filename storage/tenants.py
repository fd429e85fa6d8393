"""The directory of tenants, as it was imported last."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from storage.bulk import Row, chunked, insert_rows, is_postgresql
from storage.errors import DirectoryConflict
from storage.models import Allocation as AllocationRow
from storage.models import Base, DirectoryImport, TenantDomain, TenantExternalId, table_of
from storage.models import Tenant as TenantRow
from storage.values import Allocation, Tenant

PAGE = 500
CHILDREN = (TenantDomain, TenantExternalId, AllocationRow)


def replace_directory(session: Session, tenants: Iterable[Tenant], now: datetime) -> int:
    """Make these tenants the directory, and return how many; an id given twice is a DirectoryConflict."""
    if is_postgresql(session):
        # Two imports at once would each leave a part of theirs.
        session.execute(text("LOCK TABLE tenants IN SHARE ROW EXCLUSIVE MODE"))
    for model in (*CHILDREN, TenantRow):
        session.execute(delete(table_of(model)))
    seen: set[str] = set()
    for some in chunked(tenants, PAGE):
        _refuse_repeats(some, seen)
        _insert(session, list(enumerate(some, start=len(seen) - len(some) + 1)))
    insert_rows(session, DirectoryImport, [{"imported_at": now, "tenant_count": len(seen)}])
    return len(seen)


def find_newest_import(session: Session) -> int:
    """The number of the newest import, 0 before the first: when it changes, the directory has changed."""
    return session.scalar(select(func.max(DirectoryImport.id))) or 0


def load_directory(session: Session) -> Iterator[Tenant]:
    """All tenants in the order of the import, in constant memory."""
    last = 0
    while True:
        page = select(TenantRow.number, TenantRow.id, TenantRow.name, TenantRow.abuse_contact)
        rows = session.execute(
            page.where(TenantRow.number > last).order_by(TenantRow.number).limit(PAGE)
        ).all()
        if not rows:
            return
        yield from _load(session, rows)
        last = rows[-1].number


def count_tenants(session: Session) -> int:
    """How many tenants the directory has."""
    return session.scalar(select(func.count()).select_from(TenantRow)) or 0


def _refuse_repeats(tenants: Iterable[Tenant], seen: set[str]) -> None:
    for tenant in tenants:
        if tenant.id in seen:
            raise DirectoryConflict(f"tenant {tenant.id!r} is listed twice: give each id once")
        seen.add(tenant.id)


def _insert(session: Session, numbered: Sequence[tuple[int, Tenant]]) -> None:
    insert_rows(session, TenantRow, [_tenant_row(number, tenant) for number, tenant in numbered])
    for model, rows_of in (
        (TenantDomain, lambda tenant: [{"domain": domain} for domain in tenant.domains]),
        (TenantExternalId, lambda tenant: [{"external_id": one} for one in tenant.external_ids]),
        (AllocationRow, lambda tenant: [_allocation_row(one) for one in tenant.allocations]),
    ):
        insert_rows(session, model, _child_rows(numbered, rows_of))


def _child_rows(numbered: Iterable[tuple[int, Tenant]], rows_of: Callable[[Tenant], list[Row]]) -> list[Row]:
    return [
        {"tenant_number": number, "position": position, **row}
        for number, tenant in numbered
        for position, row in enumerate(rows_of(tenant))
    ]


def _tenant_row(number: int, tenant: Tenant) -> Row:
    return {
        "number": number,
        "id": tenant.id,
        "name": tenant.name,
        "abuse_contact": tenant.abuse_contact,
    }


def _allocation_row(allocation: Allocation) -> Row:
    return {"network": str(allocation.network), "since": allocation.since, "until": allocation.until}


def _load(session: Session, rows: Sequence[Any]) -> Iterator[Tenant]:
    first, last = rows[0].number, rows[-1].number
    domains, external_ids, allocations = (_children(session, model, first, last) for model in CHILDREN)
    for row in rows:
        yield Tenant(
            id=row.id,
            name=row.name,
            abuse_contact=row.abuse_contact,
            domains=tuple(one.domain for one in domains.get(row.number, ())),
            external_ids=tuple(one.external_id for one in external_ids.get(row.number, ())),
            allocations=tuple(map(_allocation, allocations.get(row.number, ()))),
        )


def _children(session: Session, model: type[Base], first: int, last: int) -> dict[int, list[Any]]:
    table = table_of(model)
    rows = session.execute(
        select(table)
        .where(table.c.tenant_number.between(first, last))
        .order_by(table.c.tenant_number, table.c.position)
    )
    children: dict[int, list[Any]] = {}
    for row in rows:
        children.setdefault(row.tenant_number, []).append(row)
    return children


def _allocation(row: Any) -> Allocation:
    return Allocation(ip_network(row.network), row.since, row.until)
