"""Which emoji stands for which deed. Pure, and one table, so that a team's own list can take its place."""

import re
from collections.abc import Iterable, Mapping

ESCALATE, LOG, PROMISE, OWN, RESOLVE = "escalate", "log", "promise", "own", "resolve"

# By deed, the names Slack uses; then the names other systems give the same picture, and the picture itself.
DEEDS: Mapping[str, tuple[str, ...]] = {
    ESCALATE: ("rotating_light", "police_car_light", "🚨"),
    LOG: ("ticket", "🎫"),
    PROMISE: ("telephone_receiver", "📞"),
    OWN: ("eyes", "👀"),
    RESOLVE: ("white_check_mark", "check_mark_button", "✅"),
}

MARK = "mega"  # what Kept itself puts on an escalated message: it stands for no deed, so it can never begin one


class OverlapError(ValueError):
    """One emoji would stand for two deeds; the message names it and them."""


def by_name(deeds: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The deed of each name; a deed with no names is switched off. Raises OverlapError."""
    found: dict[str, str] = {}
    for deed, listed in deeds.items():
        for name in {plain(one) for one in listed}:
            if name in found:
                raise OverlapError(
                    f":{name}: stands for both {found[name]} and {deed}. Choose another for one of them."
                )
            found[name] = deed
    return found


def plain(name: str) -> str:
    """An emoji's name without colons, skin tone and the invisible sign that asks for colour."""
    return re.sub(r"::?skin-tone-\d.*$", "", name.strip().strip(":")).replace("\ufe0f", "").lower()


_DEED_OF = by_name(DEEDS)


def deed(name: str) -> str | None:
    """What an emoji stands for, or None."""
    return _DEED_OF.get(plain(name))
