"""Forms: the few fields they are made of, and what comes back when they are submitted.

A field's block id is its name, so that an error can be shown at it and a typed text survives an update.
"""

import json
from typing import Any

from slack_sdk.models.blocks import InputBlock, Option, PlainTextInputElement, StaticSelectElement, UserSelectElement
from slack_sdk.models.views import View

from handlers import text
from handlers.said import Said


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
    return {
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


def user_field(name: str, label: str, *, initial: str | None) -> dict[str, Any]:
    """A field to choose a person from."""
    element = UserSelectElement(action_id=name, initial_user=initial, placeholder="Choose")
    return _input(name, label, element, None, optional=True)


def _input(name: str, label: str, element: Any, hint: str | None, *, optional: bool) -> dict[str, Any]:
    block = InputBlock(block_id=name, label=label, element=element, hint=hint, optional=optional)
    made: dict[str, Any] = block.to_dict()
    return made


def meta(said: Said) -> dict[str, Any]:
    """What a form was opened with, as it comes back on submit."""
    kept: dict[str, Any] = json.loads(said.meta or "{}")
    return kept


def filled_in(state: dict[str, Any]) -> dict[str, str]:
    """The values of a submitted form by field name; an empty field is left out."""
    filled = {}
    for name, elements in state.get("values", {}).items():
        for element in elements.values():
            option = element.get("selected_option") or {}
            value = element.get("value") or option.get("value") or element.get("selected_user")
            value = value or element.get("selected_conversation") or element.get("selected_channel")
            if value:
                filled[name] = value
    return filled
