"""A call of the Web API: its arguments, its refusal, its record, and the table of the methods that answer."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.sandbox.elements import Json

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

Item = TypeVar("Item")


class RefusalError(Exception):
    """The call is answered `{"ok": false, "error": …}`, with `details` beside it."""

    def __init__(self, error: str, **details: Any) -> None:
        super().__init__(error)
        self.error = error
        self.details = details


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was made and answered."""

    at: float
    method: str
    arguments: Json
    answer: Json


class Arguments:
    """The arguments of a call, which come as JSON, as a form or in the address."""

    def __init__(self, given: Json) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        found = self.given.get(name)
        return default if found is None else str(found)

    def needed(self, name: str, error: str = "invalid_arguments") -> str:
        """An argument that must be there, or the call is refused with `error`."""
        found = self.text(name)
        if not found:
            raise RefusalError(error)
        return found

    def flag(self, name: str) -> bool:
        """An argument that is true or false."""
        return self.text(name).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """An argument that is a number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise RefusalError("invalid_arguments") from None

    def parsed(self, name: str, error: str = "invalid_arguments") -> Any:
        """An argument that is JSON: in a JSON body it comes as it is, in a form as text. Else refused with `error`."""
        found = self.given.get(name)
        if not isinstance(found, str):
            return found
        try:
            return json.loads(found) if found else None
        except ValueError:
            raise RefusalError(error) from None

    def page(self, items: Sequence[Item], default: int) -> tuple[list[Item], Json]:
        """The page of `items` that `cursor` and `limit` ask for, and its `response_metadata`."""
        limit = self.number("limit", default) or default
        try:
            start = int(base64.b64decode(self.text("cursor"), validate=True) or b"0")
        except ValueError:
            raise RefusalError("invalid_cursor") from None
        end = start + limit
        following = base64.b64encode(str(end).encode()).decode() if end < len(items) else ""
        return list(items[start:end]), {"next_cursor": following}


Method = Callable[["Slack", Arguments], Json]
METHODS: dict[str, Method] = {}


def answers(name: str, scope: str = "") -> Callable[[Method], Method]:
    """Enter a function into the table as the answer to a method, which needs `scope`."""

    def enter(function: Method) -> Method:
        def answer(slack: "Slack", arguments: Arguments) -> Json:
            slack.manifest.need(scope)
            return function(slack, arguments)

        METHODS[name] = answer
        return function

    return enter
