"""Forms: the few fields they are made of, and what comes back when they are submitted.

A field's block id is its name, so that an error can be shown at it and a typed text survives an update.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from slack_sdk.models.blocks import (
    CheckboxesElement,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from handlers import text
from handlers.blocks import Item, message
from handlers.said import Reply, Said

# What Slack needs of an open form to show it anew; all else about it is Slack's own.
OURS = ("type", "callback_id", "title", "submit", "close", "private_metadata", "blocks")


def form(
    callback_id: str, title: str, submit: str, fields: list[dict[str, Any]], meta: dict[str, Any]
) -> dict[str, Any]:
    """A modal; ``meta`` comes back with it on submit."""
    view = View(
        type="modal",
        callback_id=callback_id,
        title={"type": "plain_text", "text": text.clip(title, 24)},
        submit={"type": "plain_text", "text": submit},
        close={"type": "plain_text", "text": "Cancel"},
        private_metadata=json.dumps(meta),
        blocks=fields,
    )
    made: dict[str, Any] = view.to_dict()
    return made


def heard(said: Said) -> dict[str, Any]:
    """Where a form was asked for, so that its answer can be given there.

    What a message shortcut begins belongs to that message's thread, also where the thread only begins with it; an
    answer that one person sees cannot begin one (slack-facts.md 1.5).
    """
    begins = said.message_ts if said.surface == "shortcut" else None
    in_home = {"answer_to": said.person.id} if said.surface == "home" else {}  # whatever channel it is about
    return in_home | {
        "channel": said.channel_id,
        "thread_ts": said.thread_ts or begins,
        "answer_in": said.replied_in,
        "response_url": said.response_url,
    }


def text_field(
    name: str, label: str, *, initial: str = "", hint: str | None = None, lines: bool = False, optional: bool = False
) -> dict[str, Any]:
    """A field for words; ``lines`` makes it tall."""
    element = PlainTextInputElement(action_id=name, initial_value=initial[:3000] or None, multiline=lines)
    return _input(name, label, element, hint, optional=optional)


def choices(name: str, label: str, options: list[tuple[str, str]], *, initial: str | None) -> dict[str, Any]:
    """A field to choose one of a few values from, each with its words; none may be chosen."""
    offered = [Option(value=value, label=words) for value, words in options]
    chosen = next((option for option in offered if option.value == initial), None)
    element = StaticSelectElement(action_id=name, options=offered, initial_option=chosen, placeholder="Choose")
    return _input(name, label, element, None, optional=True)


def ticks(name: str, label: str, options: list[tuple[str, str]], *, initial: set[str]) -> dict[str, Any]:
    """A field to tick some of at most ten values, each with its words; at least one is wanted."""
    offered = [Option(value=value, label=words) for value, words in options]
    chosen = [option for option in offered if option.value in initial]
    element = CheckboxesElement(action_id=name, options=offered, initial_options=chosen or None)
    return _input(name, label, element, None, optional=False)


def user_field(name: str, label: str, *, initial: str | None) -> dict[str, Any]:
    """A field to choose a person from."""
    element = UserSelectElement(action_id=name, initial_user=initial, placeholder="Choose")
    return _input(name, label, element, None, optional=True)


def lookup(name: str, label: str, *, initial: dict[str, Any] | None, placeholder: str) -> dict[str, Any]:
    """A field in which what matches is looked up as one types; the form hears at once what was chosen."""
    element = ExternalDataSelectElement(action_id=name, min_query_length=0, placeholder=placeholder)
    field = _input(name, label, element, None, optional=False)
    chosen = {"initial_option": initial} if initial else {}
    return field | {"dispatch_action": True, "element": field["element"] | chosen}


def option(words: str, value: str) -> dict[str, Any]:
    """Something to choose: its words as they are, nothing in them drawn as an emoji."""
    return {"text": {"type": "plain_text", "text": text.clip(words, 75), "emoji": False}, "value": value}


def lines(name: str, *items: Item) -> list[dict[str, Any]]:
    """Lines to read between the fields; nothing where there are none."""
    blocks: list[dict[str, Any]] = message(items)["blocks"]
    return [block | {"block_id": f"{name}.{number}"} for number, block in enumerate(blocks)]


def changed(view: dict[str, Any], name: str, instead: list[dict[str, Any]], *, behind: str) -> dict[str, Any]:
    """An open form with other lines of this name behind a field; every field stays, and what was typed with it."""
    blocks = [block for block in view["blocks"] if not str(block["block_id"]).startswith(f"{name}.")]
    at = next(number for number, block in enumerate(blocks, start=1) if block["block_id"] == behind)
    return {key: view[key] for key in OURS if view.get(key)} | {"blocks": [*blocks[:at], *instead, *blocks[at:]]}


def _input(name: str, label: str, element: Any, hint: str | None, *, optional: bool) -> dict[str, Any]:
    block = InputBlock(block_id=name, label=label, element=element, hint=hint, optional=optional)
    made: dict[str, Any] = block.to_dict()
    return made


def meta(said: Said) -> dict[str, Any]:
    """What a form was opened with, as it comes back on submit."""
    kept: dict[str, Any] = json.loads(said.meta or "{}")
    return kept


def filled_in(state: dict[str, Any]) -> dict[str, str]:
    """The values of a submitted form by field name, several with spaces between; an empty field is left out."""
    filled = {}
    for name, elements in state.get("values", {}).items():
        for element in elements.values():
            option = element.get("selected_option") or {}
            value = element.get("value") or option.get("value") or element.get("selected_user")
            value = value or element.get("selected_conversation") or element.get("selected_channel")
            value = value or " ".join(element.get("selected_conversations") or [])
            value = value or " ".join(option["value"] for option in element.get("selected_options") or [])
            if value:
                filled[name] = value
    return filled


def begun_with(view: dict[str, Any]) -> dict[str, str]:
    """The values a form was opened with, by field name, as ``filled_in`` gives those it came back with."""
    begun = {}
    for name, element in _fields(view):
        chosen = element.get("initial_option") or {}
        value = element.get("initial_value") or chosen.get("value") or element.get("initial_user")
        value = value or " ".join(element.get("initial_conversations") or [])
        if value:
            begun[name] = str(value)
    return begun


def typed(said: Said) -> list[Item]:
    """What stands in a form, field by field in words, to give it back where it could not be saved."""
    values = (said.view.get("state") or {}).get("values") or {}
    told: list[Item] = []
    for block in said.view.get("blocks") or []:
        for element in (values.get(block.get("block_id")) or {}).values():
            words = element.get("value") or ((element.get("selected_option") or {}).get("text") or {}).get("text")
            if words:
                told.append(f"{block['label']['text']}: {words}")
    return ["You had typed:", *told] if told else []


def given_back(said: Said, reply: Reply) -> Reply:
    """An answer that saved nothing of a form, with what stood in it."""
    back = message(typed(said))
    if said.surface != "form" or not back["text"]:
        return reply
    return replace(reply, text=f"{reply.text}\n{back['text']}", blocks=[*(reply.blocks or []), *back["blocks"]])


def _fields(view: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((block["block_id"], block["element"]) for block in view.get("blocks") or [] if block.get("element"))
