"""Blocks, one by one and together. Each figure: slack-facts 1.5 or 1.6, the line it names."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.elements import Json
from bot.sandbox.limits.elements import ACCESSORIES, IN_ACTIONS, IN_CONTEXT, IN_CONTEXT_ACTIONS, IN_INPUT
from bot.sandbox.limits.newer import NEWER
from bot.sandbox.limits.parts import block_id, plain, url, words
from bot.sandbox.limits.rich_text import rich_text
from bot.sandbox.limits.rules import Place, Rule, anything, by_type, either, flag, many, number, shape, string
from bot.sandbox.limits.rules import both as all_of

MOST = {"message": 50, "modal": 100, "home": 100}  # 1.5 blocks: "50 per message, 100 per modal/home"
FIELDS, FIELD = 10, 2000  # section: "fields <= 10, each <= 2000"
HEADER = 150  # header: "plain_text <= 150; optional level 1..4"
CONTEXT, CONTEXT_ACTIONS = 10, 5  # context: "1..10 elements · context_actions 1..5"
ACTIONS = 25  # actions: "1..25 elements"
LABEL = 2000  # input: "label, hint <= 2000"
IMAGE_WORDS = 2000  # image: "alt <= 2000, title <= 2000"
MARKDOWN = 12_000  # markdown: "<= 12,000 cumulative per payload; messages only"
CHARTS = 2  # data_visualization: "max 2 per message"


def _text_or_fields(value: Any, place: Place) -> None:
    if value.get("text") is None and value.get("fields") is None:
        place.wrong("missing required field: text or fields")


COMMON: dict[str, Rule] = {
    "section": all_of(
        shape(
            {
                "block_id": block_id,
                "text": words(),
                "fields": many(words(FIELD), FIELDS),
                "accessory": by_type(ACCESSORIES),
                "expand": flag,
            }
        ),
        _text_or_fields,
    ),
    "header": shape({"block_id": block_id, "text": plain(HEADER), "level": number(1, 4)}, ["text"]),
    "divider": shape({"block_id": block_id}),
    "context": shape({"block_id": block_id, "elements": many(by_type(IN_CONTEXT), CONTEXT)}, ["elements"]),
    "actions": shape({"block_id": block_id, "elements": many(by_type(IN_ACTIONS), ACTIONS)}, ["elements"]),
    "input": shape(
        {
            "block_id": block_id,
            "label": plain(LABEL),
            "hint": plain(LABEL),
            "element": by_type(IN_INPUT),
            "optional": flag,
            "dispatch_action": flag,
        },
        ["label", "element"],
    ),
    "image": all_of(
        shape(
            {
                "block_id": block_id,
                "image_url": url,
                "slack_file": anything,
                "alt_text": string(IMAGE_WORDS, least=0),
                "title": plain(IMAGE_WORDS),
            },
            ["alt_text"],
        ),
        either("image_url", "slack_file"),
    ),
    "rich_text": rich_text,
    "video": NEWER["video"],
    "container": NEWER["container"],
}
_CARDS = {name: NEWER[name] for name in ("card", "carousel")}
_CHARTS = {"data_visualization": NEWER["data_visualization"]}  # "messages + home"
IN_MESSAGES: dict[str, Rule] = {
    **COMMON,
    **NEWER,
    "context_actions": shape(
        {"block_id": block_id, "elements": many(by_type(IN_CONTEXT_ACTIONS), CONTEXT_ACTIONS)}, ["elements"]
    ),
    "markdown": shape({"block_id": block_id, "text": string(MARKDOWN)}, ["text"]),
}
BY_SURFACE: dict[str, dict[str, Rule]] = {
    "message": IN_MESSAGES,
    "modal": {**COMMON, "alert": NEWER["alert"]},
    "home": {**COMMON, **_CARDS, **_CHARTS},
}


def check(blocks: Any, surface: str, place: Place) -> None:
    """Everything about the blocks of a `message`, a `modal` or a `home`."""
    many(by_type(BY_SURFACE[surface]), MOST[surface], least=0)(blocks, place)
    if isinstance(blocks, list):
        known = [(one, place / index) for index, one in enumerate(blocks) if isinstance(one, dict)]
        _unique_blocks(known)
        for block, where in known:
            _unique_actions(block, where)
        _together([block for block, _ in known], place)


def _unique_blocks(blocks: list[tuple[Json, Place]]) -> None:
    seen: set[str] = set()
    for block, where in blocks:
        own = block.get("block_id")
        if not isinstance(own, str):
            continue
        if own in seen:
            (where / "block_id").wrong(f"`block_id` already exists: {own}")
        seen.add(own)


def _elements(block: Json) -> Iterator[tuple[Json, tuple[str | int, ...]]]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], (name,)
    elements = block.get("elements")
    for index, one in enumerate(elements if isinstance(elements, list) else []):
        if isinstance(one, dict):
            yield one, ("elements", index)


def _unique_actions(block: Json, place: Place) -> None:
    seen: set[str] = set()
    for element, steps in _elements(block):
        own = element.get("action_id")
        if not isinstance(own, str):
            continue
        if own in seen:
            where = place
            for step in (*steps, "action_id"):
                where = where / step
            where.wrong(f"`action_id` already exists: {own}")
        seen.add(own)


def _together(blocks: list[Json], place: Place) -> None:
    """What only the whole can break: one table, two charts, so much markdown, the cursor in one field."""
    kinds = [block.get("type") for block in blocks]
    if sum(kind in ("table", "data_table") for kind in kinds) > 1:
        place.wrong("only one table allowed")
    if kinds.count("data_visualization") > CHARTS:
        place.wrong(f"no more than {CHARTS} data_visualization blocks allowed")
    written = sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
    if kinds.count("markdown") > 1 and written > MARKDOWN:
        place.wrong(f"markdown must be less than {MARKDOWN + 1} characters in all")
    focused = [one for block in blocks for one, _ in _elements(block) if one.get("focus_on_load") is True]
    if len(focused) > 1:
        place.wrong("only one element may have focus_on_load")
