"""One of many numbers, as one parameter: a list of any length is the same statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select


def one_of_named(on_postgresql: bool, column: Any, name: str) -> ColumnElement[bool]:
    """Whether it holds one of the numbers that `listed` makes of a parameter, for statements that are built once."""
    return _among(column, bindparam(name), on_postgresql)


def listed(on_postgresql: bool, numbers: Sequence[int]) -> Any:
    """The numbers as one parameter."""
    return list(numbers) if on_postgresql else "[" + ",".join(map(str, numbers)) + "]"


def _among(column: Any, parameter: Any, on_postgresql: bool) -> ColumnElement[bool]:
    if on_postgresql:
        among: ColumnElement[bool] = column == func.any(parameter)
        return among
    numbers = func.json_each(parameter).table_valued("value")
    return column.in_(select(numbers.c.value))  # type: ignore[no-any-return]
