"""Where one text stands in another, literally: PostgreSQL and SQLite name the function differently."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class Position(GenericFunction[int]):
    """The place of the second text in the first, from 1; 0 = nowhere."""

    type = Integer()
    inherit_cache = True
    name = "position_of"


@compiles(Position, "sqlite")
def _on_sqlite(element: Position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(Position, "postgresql")
def _on_postgresql(element: Position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"
