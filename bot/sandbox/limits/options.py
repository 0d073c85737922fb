"""What an app may offer in a menu that asks it: slack-facts 1.6, the line "option"."""

from typing import Any

from bot.sandbox.limits.elements import GROUPS, OPTIONS
from bot.sandbox.limits.message import refuse
from bot.sandbox.limits.parts import group, option
from bot.sandbox.limits.rules import Place, either, many, shape
from bot.sandbox.limits.rules import both as all_of

# To offer nothing is allowed here: nothing may match what was typed.
_OFFER = all_of(
    shape(
        {"options": many(option(), OPTIONS, least=0), "option_groups": many(group(OPTIONS), GROUPS, least=0)},
        open_ended=True,
    ),
    either("options", "option_groups"),
)


def check(body: Any) -> None:
    """Refuse an answer to a block_suggestion that is none."""
    place = Place()
    _OFFER(body, place)
    refuse(place, "invalid_arguments")
