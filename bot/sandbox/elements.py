"""The interactive parts of blocks: finding them, reading their state, answering them. Pure functions of JSON."""

import copy
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

# The key under which each kind of element keeps its value, in `actions` and in `state.values` alike.
VALUE_KEY = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
STATELESS = ("button", "overflow", "workflow_button", "icon_button")
INTERACTIVE = (*VALUE_KEY, *STATELESS)


def with_ids(blocks: Iterable[Json]) -> list[Json]:
    """A copy of `blocks` in which every block and every interactive element has an id, as Slack gives them."""
    own = copy.deepcopy(list(blocks))
    for block in own:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in _of_block(block):
            element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return own


def interactive(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, element) a person can press, choose or type in, from the top."""
    for block in blocks:
        for element in _of_block(block):
            yield block, element


def _of_block(block: Json) -> Iterator[Json]:
    candidates = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return (c for c in candidates if isinstance(c, dict) and c.get("type") in INTERACTIVE)


def caption(block: Json, element: Json) -> str:
    """The words a person sees on or beside an element: its text, its label or its placeholder."""
    for thing in (element.get("text"), block.get("label"), element.get("placeholder")):
        if isinstance(thing, dict) and thing.get("text"):
            return str(thing["text"])
    return ""


def names(block: Json, element: Json) -> tuple[str, ...]:
    """All that an element may be called by: what a person sees, its placeholder, its ids, and both of these."""
    placeholder = (element.get("placeholder") or {}).get("text", "")
    action_id, block_id = element["action_id"], block["block_id"]
    return (caption(block, element), placeholder, action_id, block_id, f"{block_id}/{action_id}")


def find(blocks: Iterable[Json], wanted: str, types: Iterable[str] = INTERACTIVE) -> tuple[Json, Json]:
    """The element called `wanted` (see `names`); a LookupError says what there is instead."""
    allowed = tuple(types)
    found = [pair for pair in interactive(blocks) if pair[1]["type"] in allowed]
    for block, element in sorted(found, key=lambda pair: _rank(pair, wanted)):
        if wanted in names(block, element):
            return block, element
    there = ", ".join(repr(caption(b, e) or e["action_id"]) for b, e in found) or "nothing"
    raise LookupError(f"There is no {wanted!r} here; there is {there}.")


def _rank(pair: tuple[Json, Json], wanted: str) -> int:
    called = names(*pair)
    return called.index(wanted) if wanted in called else len(called)


def buttons(blocks: Iterable[Json]) -> list[str]:
    """The visible words of every button, in order."""
    return [caption(b, e) for b, e in interactive(blocks) if e["type"] == "button"]


def options(element: Json) -> list[Json]:
    """The options of an element, whether grouped or not."""
    grouped = [option for group in element.get("option_groups") or [] for option in group.get("options") or []]
    return [*(element.get("options") or []), *grouped]


def option(element: Json, wanted: Any) -> Json:
    """The option a person means by its text or its value; an option already is itself."""
    if isinstance(wanted, dict):
        return wanted
    there = options(element)
    for candidate in there:
        if wanted in (candidate["text"]["text"], candidate.get("value")):
            return candidate
    texts = ", ".join(repr(o["text"]["text"]) for o in there) or "none"
    raise LookupError(f"There is no option {wanted!r}; the options are {texts}.")


def initial_state(element: Json) -> Json:
    """What an element holds before anybody touched it."""
    key = VALUE_KEY[element["type"]]
    first = element.get("initial_value" if key.endswith("value") else key.replace("selected_", "initial_"))
    return {"type": element["type"], key: first if first is not None else empty(element)}


def empty(element: Json) -> Any:
    """The value of an element that holds nothing: a list where several may be chosen, else null."""
    return [] if VALUE_KEY[element["type"]].endswith("s") else None


def state_of(element: Json, value: Any) -> Json:
    """An element's state once a person put `value` there; options are meant by their text or value."""
    key = VALUE_KEY[element["type"]]
    if value is None or value == "":
        return {"type": element["type"], key: empty(element)}
    if key == "selected_option":
        value = option(element, value)
    elif key == "selected_options":
        value = [option(element, one) for one in value]
    elif key.endswith("s"):
        value = list(value)
    elif key == "value":
        value = str(value)
    return {"type": element["type"], key: value}


def values(blocks: Iterable[Json], typed: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """The `state.values` of blocks: what was typed, else what each element started with."""
    state: dict[str, dict[str, Json]] = {}
    for block, element in interactive(blocks):
        if element["type"] in STATELESS:
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        held = typed.get(block_id, {}).get(action_id)
        state.setdefault(block_id, {})[action_id] = held or initial_state(element)
    return state


def complaints(blocks: Iterable[Json], state: dict[str, dict[str, Json]]) -> dict[str, str]:
    """What Slack's own client refuses to submit, by block id: required inputs left empty, text too short or long."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block.get("type") != "input":
            continue
        value = state[block["block_id"]][element["action_id"]].get(VALUE_KEY[element["type"]])
        if not value:
            if not block.get("optional"):
                found[block["block_id"]] = "Please complete this required field."
        elif isinstance(value, str) and len(value) < element.get("min_length", 0):
            found[block["block_id"]] = f"Must be at least {element['min_length']} characters."
        elif isinstance(value, str) and len(value) > element.get("max_length", 3000):
            found[block["block_id"]] = f"Must be at most {element.get('max_length', 3000)} characters."
    return found
