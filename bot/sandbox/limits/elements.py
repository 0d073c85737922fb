"""The elements people press, choose from and type into. Each figure: slack-facts 1.6, the line it names."""

from typing import Any

from bot.sandbox.limits.parts import (
    ACTION_ID,
    action_id,
    among_options,
    confirm,
    group,
    image,
    option,
    placeholder,
    plain,
    url,
    words,
)
from bot.sandbox.limits.rich_text import rich_text
from bot.sandbox.limits.rules import Place, Rule, anything, either, flag, many, matching, number, one_of, shape, string
from bot.sandbox.limits.rules import both as all_of

BUTTON_TEXT, BUTTON_VALUE = 75, 2000  # button: "text <= 75, value <= 2000"
OPTIONS, GROUPS = 100, 100  # option: "selects <= 100 options or <= 100 groups"
TICKS = 10  # option: "checkboxes/radio <= 10"
OVERFLOW = 5  # option: "overflow 1..5"
TYPED = 3000  # confirm: "plain_text_input min/max_length <= 3000"

_MENU = {"action_id": action_id, "placeholder": placeholder, "confirm": confirm, "focus_on_load": flag}
_TYPING = {
    "action_id": action_id,
    "placeholder": placeholder,
    "focus_on_load": flag,
    "dispatch_action_config": shape(
        {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2)}, ["trigger_actions_on"]
    ),
}
_FILTER = shape(
    {
        "include": many(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)
# What the menus of people and of channels have, beyond what all have; and what they start with.
_MENUS: dict[str, tuple[str, dict[str, Rule]]] = {
    "external_select": ("initial_option", {"min_query_length": number(0, 3000)}),
    "users_select": ("initial_user", {}),
    "conversations_select": (
        "initial_conversation",
        {"default_to_current_conversation": flag, "response_url_enabled": flag, "filter": _FILTER},
    ),
    "channels_select": ("initial_channel", {"response_url_enabled": flag}),
}


def _lengths(value: Any, place: Place) -> None:
    least, most = value.get("min_length", 0), value.get("max_length", TYPED)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        (place / "min_length").wrong("must be no more than max_length")


def _static(several: bool) -> Rule:
    fields = {
        **_MENU,
        "options": many(option(), OPTIONS),
        "option_groups": many(group(OPTIONS), GROUPS),
        **(_several("initial_options", option()) if several else {"initial_option": option()}),
    }
    return all_of(shape(fields), either("options", "option_groups"), among_options)


def _several(initial: str, rule: Rule) -> dict[str, Rule]:
    return {initial: many(rule, OPTIONS, least=0), "max_selected_items": number(1, 10_000)}


def _menus() -> dict[str, Rule]:
    found = {"static_select": _static(several=False), "multi_static_select": _static(several=True)}
    for kind, (initial, more) in _MENUS.items():
        rule = option() if initial == "initial_option" else string(255)
        found[kind] = shape({**_MENU, **more, initial: rule})
        kept = {key: one for key, one in more.items() if key != "response_url_enabled"}
        found[f"multi_{kind}"] = shape({**_MENU, **kept, **_several(f"{initial}s", rule)})
    return found


def _ticks(initial: str, rule: Rule) -> Rule:
    fields = {"action_id": action_id, "confirm": confirm, "focus_on_load": flag, initial: rule}
    return all_of(shape({**fields, "options": many(option(marked=True), TICKS)}, ["options"]), among_options)


button = shape(
    {
        "text": plain(BUTTON_TEXT),
        "action_id": action_id,
        "url": url,
        "value": string(BUTTON_VALUE, least=0),
        "style": one_of("primary", "danger"),
        "confirm": confirm,
        "accessibility_label": string(75),  # button: "accessibility_label <= 75"
    },
    ["text"],
)

MENUS: dict[str, Rule] = _menus()

PRESSED: dict[str, Rule] = {
    "button": button,
    "workflow_button": shape({"text": plain(BUTTON_TEXT), "action_id": action_id, "style": anything}, open_ended=True),
    "overflow": shape(
        {"action_id": action_id, "confirm": confirm, "options": many(option(linked=True), OVERFLOW)}, ["options"]
    ),
}

CHOSEN: dict[str, Rule] = {
    **MENUS,
    "checkboxes": _ticks("initial_options", many(option(marked=True), TICKS, least=0)),
    "radio_buttons": _ticks("initial_option", option(marked=True)),
    "datepicker": shape({**_MENU, "initial_date": matching(r"\d{4}-\d\d-\d\d")}),
    "timepicker": shape({**_MENU, "initial_time": matching(r"[0-2]\d:[0-5]\d"), "timezone": string(100)}),
}

MOMENT: dict[str, Rule] = {
    "datetimepicker": shape(
        {
            "action_id": action_id,
            "confirm": confirm,
            "focus_on_load": flag,
            "initial_date_time": number(1_000_000_000, 9_999_999_999),
        }
    )
}

TYPED_INTO: dict[str, Rule] = {
    "plain_text_input": all_of(
        shape(
            {
                **_TYPING,
                "initial_value": string(TYPED, least=0),
                "multiline": flag,
                "min_length": number(0, TYPED),
                "max_length": number(1, TYPED),
            }
        ),
        _lengths,
    ),
    "email_text_input": shape({**_TYPING, "initial_value": string(TYPED, least=0)}),
    "url_text_input": shape({**_TYPING, "initial_value": string(TYPED, least=0)}),
    "number_input": shape(
        {
            **_TYPING,
            "is_decimal_allowed": flag,
            **dict.fromkeys(("initial_value", "min_value", "max_value"), matching(r"-?\d+(\.\d+)?")),
        },
        ["is_decimal_allowed"],
    ),
    "rich_text_input": shape({**_TYPING, "initial_value": rich_text}),
    "file_input": shape({"action_id": action_id, "filetypes": many(string(50), 100), "max_files": number(1, 10)}),
}

# What a section may have beside it: a datetimepicker it may not.
ACCESSORIES: dict[str, Rule] = {**PRESSED, **CHOSEN, "image": image}
IN_ACTIONS: dict[str, Rule] = {**PRESSED, **CHOSEN, **MOMENT}
IN_INPUT: dict[str, Rule] = {**CHOSEN, **MOMENT, **TYPED_INTO}
IN_CONTEXT: dict[str, Rule] = {"image": image, "mrkdwn": words(), "plain_text": words()}
IN_CONTEXT_ACTIONS: dict[str, Rule] = {
    "feedback_buttons": shape({"action_id": string(ACTION_ID)}, open_ended=True),
    "icon_button": shape({"text": plain(BUTTON_TEXT), "action_id": action_id}, ["text"], open_ended=True),
}
