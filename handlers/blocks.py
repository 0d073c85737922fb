"""The few shapes our messages are made of.

A message is written once, as lines; its blocks and its plain ``text`` both come from them, so that a screen reader, a
notification and the screen say the same. Words of people are rich-text leaves, which Slack never parses: they can
neither ping, nor link, nor format (slack-facts.md 1.7).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from handlers import text

LONGEST_TEXT = 3900  # characters; chat.update refuses more than 4,000 (slack-facts.md 1.5)
LONGEST_LEAF = 2900  # characters; Slack takes 3,000 in a text object


@dataclass(frozen=True, slots=True)
class Bold:
    """Words in bold."""

    words: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address of ours (never one that a person typed)."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time each reader sees in their own zone; ``words`` say it with its zone where Slack cannot."""

    at: int
    words: str
    form: str = "{date_short_pretty} at {time}"


Json = dict[str, Any]
Part = str | Bold | Link | Moment
Line = str | Sequence[Part]


@dataclass(frozen=True, slots=True)
class Button:
    """A button: its words, the action it stands for and the value that action gets."""

    words: str
    action: str
    value: str
    style: str | None = None


@dataclass(frozen=True, slots=True, init=False)
class Row:
    """Buttons side by side, at most 25."""

    buttons: tuple[Button, ...]

    def __init__(self, *buttons: Button) -> None:
        object.__setattr__(self, "buttons", buttons)


Item = Line | Row


def message(items: Iterable[Item]) -> Json:
    """A message's ``text`` and ``blocks`` from its lines and rows of buttons, in their order.

    Written as Slack reads them: the SDK's block models took a quarter of the time of logging an issue.
    """
    items = list(items)
    blocks: list[Json] = []
    for _, run in groupby(items, lambda item: isinstance(item, Row)):
        together = list(run)
        rows = [_actions(row) for row in together if isinstance(row, Row)]
        blocks += rows or [_paragraph(together)]
    return {"text": plain(items), "blocks": blocks}


def plain(items: Iterable[Item]) -> str:
    """The lines as one plain text, escaped; buttons say nothing in it. Beyond what an edit may carry, the blocks do."""
    lines = [item for item in items if not isinstance(item, Row)]
    whole = "\n".join("".join(_words(part) for part in _parts(line)) for line in lines)
    shown = text.escape(whole)
    while len(shown) > LONGEST_TEXT:  # cut before escaping, so that no entity is torn
        whole = whole[: len(whole) - max(1, (len(shown) - LONGEST_TEXT) // 5)]
        shown = text.escape(f"{whole}…")
    return shown


def _parts(line: Line) -> Sequence[Part]:
    return [line] if isinstance(line, str) else line


def _words(part: Part) -> str:
    return part if isinstance(part, str) else part.words


def _paragraph(lines: Sequence[Any]) -> Json:
    leaves: list[Json] = []
    for number, line in enumerate(lines):
        if number:
            leaves.append({"type": "text", "text": "\n"})
        leaves += [leaf for part in _parts(line) for leaf in _leaves(part)]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": leaves}]}


def _leaves(part: Part) -> list[Json]:
    if isinstance(part, Moment):
        return [{"type": "date", "timestamp": part.at, "format": part.form, "fallback": part.words}]
    if isinstance(part, Link):
        return [{"type": "link", "url": part.url, "text": part.words}]
    words, style = _words(part), {"style": {"bold": True}} if isinstance(part, Bold) else {}
    cuts = range(0, len(words), LONGEST_LEAF)
    return [{"type": "text", "text": words[cut : cut + LONGEST_LEAF], **style} for cut in cuts]


def _actions(row: Row) -> Json:
    return {"type": "actions", "elements": [_button(button) for button in row.buttons]}


def _button(button: Button) -> Json:
    words = {"type": "plain_text", "text": text.clip(button.words, 75), "emoji": True}
    more = {name: said for name, said in (("value", button.value), ("style", button.style)) if said}
    return {"type": "button", "text": words, "action_id": button.action, **more}
