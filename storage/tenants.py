"""The directory of tenants, as it was imported last: each tenant as its line of JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from storage.bulk import chunked, insert_rows, is_postgresql
from storage.errors import DirectoryConflict
from storage.models import DirectoryImport, table_of
from storage.models import Tenant as TenantRow
from storage.tenant_lines import read_tenant
from storage.values import Tenant

PAGE = 500
FETCHED = 50
"""Lines that are fetched at once: one may list thousands of networks."""


def replace_lines(session: Session, lines: Iterable[tuple[str, str]], now: datetime) -> int:
    """Make these tenants the directory, each its id and line; how many. An id listed twice is a DirectoryConflict."""
    if is_postgresql(session):
        # Two imports at once would each leave a part of theirs.
        session.execute(text("LOCK TABLE tenants IN SHARE ROW EXCLUSIVE MODE"))
    session.execute(delete(table_of(TenantRow)))
    seen: set[str] = set()
    for some in chunked(lines, PAGE):
        first = len(seen) + 1
        _refuse_repeats((id for id, _ in some), seen)
        insert_rows(
            session,
            TenantRow,
            [{"number": n, "id": id, "document": line} for n, (id, line) in enumerate(some, start=first)],
        )
    insert_rows(session, DirectoryImport, [{"imported_at": now, "tenant_count": len(seen)}])
    return len(seen)


def find_newest_import(session: Session) -> int:
    """The number of the newest import, 0 before the first: when it changes, the directory has changed."""
    return session.scalar(select(func.max(DirectoryImport.id))) or 0


def load_directory(session: Session) -> Iterator[Tenant]:
    """All tenants in the order of the import, in constant memory."""
    return map(read_tenant, load_lines(session))


def load_lines(session: Session) -> Iterator[str]:
    """The same as lines, for who needs less of each."""
    lines = select(TenantRow.document).order_by(TenantRow.number)
    yield from session.scalars(lines, execution_options={"yield_per": FETCHED})


def load_ids(session: Session) -> Iterator[str]:
    """The ids alone, in the same order."""
    yield from session.scalars(
        select(TenantRow.id).order_by(TenantRow.number).execution_options(yield_per=PAGE)
    )


def find_tenant(session: Session, id: str) -> Tenant | None:
    """The tenant of that id, None where the directory has none."""
    if not id.isprintable():
        return None  # none has such an id, and PostgreSQL refuses to look for one
    line = session.scalar(select(TenantRow.document).where(TenantRow.id == id))
    return None if line is None else read_tenant(line)


def _refuse_repeats(ids: Iterable[str], seen: set[str]) -> None:
    for id in ids:
        if id in seen:
            raise DirectoryConflict(f"tenant {id!r} is listed twice: give each id once")
        seen.add(id)
