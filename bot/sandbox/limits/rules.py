"""The small rules that the limits are written with: a rule looks at one value and writes down what is wrong there.

Each says it in Slack's words, with the place as a JSON pointer: `must be less than 76 characters [json-pointer:…]`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Place:
    """Where in a payload a rule is looking, and the list its findings go to."""

    def __init__(self, pointer: str = "", found: list[str] | None = None) -> None:
        self.pointer = pointer
        self.found: list[str] = [] if found is None else found

    def __truediv__(self, step: str | int) -> "Place":
        return Place(f"{self.pointer}/{step}", self.found)

    def wrong(self, said: str) -> None:
        """Write down what is wrong here."""
        self.found.append(f"{said} [json-pointer:{self.pointer}]")


Rule = Callable[[Any, Place], None]


def string(most: int = 3000, least: int = 1) -> Rule:
    """Text of a length, counted in characters."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            place.wrong("must provide a string")
        elif len(value) > most:
            place.wrong(f"must be less than {most + 1} characters")
        elif len(value) < least:
            place.wrong(f"must be more than {least - 1} characters")

    return check


def matching(pattern: str) -> Rule:
    """Text of a form, such as a date's."""
    form = re.compile(pattern)

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str) or not form.fullmatch(value):
            place.wrong(f"must match the pattern {pattern}")

    return check


def one_of(*values: Any) -> Rule:
    """One of a few values."""

    def check(value: Any, place: Place) -> None:
        if value not in values:
            place.wrong("must be a valid enum value")

    return check


def flag(value: Any, place: Place) -> None:
    """True or false."""
    if not isinstance(value, bool):
        place.wrong("must provide a boolean")


def number(least: int, most: int) -> Rule:
    """A whole number between two others, both allowed."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            place.wrong("must provide a number")
        elif value > most:
            place.wrong(f"must be less than {most + 1}")
        elif value < least:
            place.wrong(f"must be more than {least - 1}")

    return check


def anything(value: Any, place: Place) -> None:
    """Whatever it is: what Slack publishes nothing about."""


def many(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of so many, each as `rule` says."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            place.wrong("must provide an array")
            return
        if len(value) > most:
            place.wrong(f"no more than {most} items allowed")
        elif len(value) < least:
            place.wrong(f"no fewer than {least} items allowed")
        for index, one in enumerate(value):
            rule(one, place / index)

    return check


def shape(fields: Mapping[str, Rule], needed: Sequence[str] = (), *, open_ended: bool = False) -> Rule:
    """An object with these fields, the `needed` ones always, and none other (unless it is `open_ended`)."""

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, dict):
            place.wrong("must provide an object")
            return
        for name in needed:
            if value.get(name) is None:
                place.wrong(f"missing required field: {name}")
        for name, one in value.items():
            if name in fields:
                if one is not None:
                    fields[name](one, place / name)
            elif name != "type" and not open_ended:
                place.wrong(f"invalid additional property: {name}")

    return check


def by_type(rules: Mapping[str, Rule]) -> Rule:
    """An object that is one of several kinds, each with a rule of its own."""

    def check(value: Any, place: Place) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(value, dict):
            place.wrong("must provide an object")
        elif kind is None:
            place.wrong("missing required field: type")
        elif not isinstance(kind, str) or kind not in rules:
            place.wrong(f"unsupported type: {kind}")
        else:
            rules[kind](value, place)

    return check


def both(*rules: Rule) -> Rule:
    """Several rules for one value."""

    def check(value: Any, place: Place) -> None:
        for rule in rules:
            rule(value, place)

    return check


def either(*names: str) -> Rule:
    """An object that must have exactly one of these fields."""

    def check(value: Any, place: Place) -> None:
        if isinstance(value, dict) and sum(value.get(name) is not None for name in names) != 1:
            place.wrong("must define either " + " or ".join(f"`{name}`" for name in names))

    return check
