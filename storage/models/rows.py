"""Records made of rows."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from storage.database import Row

T = TypeVar("T")


@cache
def _columns(model: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All columns of a record, and those that are flags."""
    named = fields(model)
    return tuple(field.name for field in named), tuple(field.name for field in named if field.type is bool)


def one(model: type[T], row: Row) -> T:
    """Make a record of a row; a column that is a flag becomes a bool, a column the model lacks is left out."""
    names, flags = _columns(model)  # type: ignore[arg-type]  # a class is hashable, whatever the checker thinks of it
    values = {name: row[name] for name in names}
    for name in flags:
        values[name] = bool(values[name])
    record = object.__new__(model)
    vars(record).update(values)  # as a frozen dataclass's own __init__ ends up, in a fifth of its time
    return record


def every(model: type[T], rows: list[Row]) -> list[T]:
    """Make a record of each row."""
    return [one(model, row) for row in rows]
