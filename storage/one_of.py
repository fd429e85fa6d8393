"""One of many numbers, as one parameter: a list of any length is the same statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from storage.bulk import is_postgresql


def one_of(session: Session, column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Whether the column holds one of the numbers."""
    if is_postgresql(session):
        among: ColumnElement[bool] = column == func.any(list(numbers))
        return among
    listed = func.json_each("[" + ",".join(map(str, numbers)) + "]").table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]
