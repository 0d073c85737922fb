"""Records made of rows."""

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from storage.database import Row

T = TypeVar("T")


@cache
def _columns(model: Any) -> tuple[tuple[str, bool], ...]:
    return tuple((field.name, field.type is bool) for field in fields(model))


def one(model: type[T], row: Row) -> T:
    """Make a record of a row; a column that is a flag becomes a bool, a column the model lacks is left out."""
    columns = _columns(model)  # type: ignore[arg-type]  # a class is hashable, whatever the checker thinks of type[T]
    return model(**{name: bool(row[name]) if flag else row[name] for name, flag in columns})


def every(model: type[T], rows: list[Row]) -> list[T]:
    """Make a record of each row."""
    return [one(model, row) for row in rows]
