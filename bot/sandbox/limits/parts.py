"""What blocks are put together from: text, options, confirmations. Each figure: slack-facts 1.6, the line it names."""

from typing import Any

from bot.sandbox.limits.rules import Place, Rule, anything, by_type, either, flag, many, one_of, shape, string
from bot.sandbox.limits.rules import both as all_of

TEXT = 3000  # any: "text objects 1..3000, empty text invalid"
BLOCK_ID = 255  # any: "block_id <= 255"
ACTION_ID = 255  # any: "action_id <= 255"
URL = 3000  # image, button: "url <= 3000"
OPTION_TEXT = 75  # option: "text, description <= 75"
OPTION_VALUE = 150  # option: "value <= 150"
PLACEHOLDER = 150  # confirm: "placeholder 150"
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_WORD = 100, 300, 30  # confirm: "title 100, text 300, confirm/deny 30"


def plain(most: int = TEXT) -> Rule:
    """A plain_text object."""
    return by_type({"plain_text": _plain(most)})


def words(most: int = TEXT) -> Rule:
    """A text object of either kind."""
    return by_type({"plain_text": _plain(most), "mrkdwn": _marked(most)})


def _plain(most: int) -> Rule:
    return shape({"text": string(most), "emoji": flag}, ["text"])


def _marked(most: int) -> Rule:
    return shape({"text": string(most), "verbatim": flag}, ["text"])


action_id = string(ACTION_ID)
block_id = string(BLOCK_ID)
placeholder = plain(PLACEHOLDER)
url = string(URL)

confirm = shape(
    {
        "title": plain(CONFIRM_TITLE),
        "text": words(CONFIRM_TEXT),
        "confirm": plain(CONFIRM_WORD),
        "deny": plain(CONFIRM_WORD),
        "style": one_of("primary", "danger"),
    },
    ["title", "text", "confirm", "deny"],
)

image = all_of(
    shape({"image_url": url, "slack_file": anything, "alt_text": string(2000, least=0)}, ["alt_text"]),
    either("image_url", "slack_file"),
)


def option(*, marked: bool = False, linked: bool = False) -> Rule:
    """An option; `marked` where its text may be mrkdwn (ticks and radio buttons), `linked` in an overflow menu."""
    said = words(OPTION_TEXT) if marked else plain(OPTION_TEXT)
    fields = {"text": said, "value": string(OPTION_VALUE), "description": said}
    return shape(fields | ({"url": url} if linked else {}), ["text"] if linked else ["text", "value"])


def group(most: int) -> Rule:
    """Options under a heading."""
    fields = {"label": plain(OPTION_TEXT), "options": many(option(), most)}
    return shape(fields, ["label", "options"])


def among_options(value: Any, place: Place) -> None:
    """What is chosen at first must be one of the options."""
    if not isinstance(value, dict):
        return
    groups = [one for one in _list(value.get("option_groups")) if isinstance(one, dict)]
    offered = [*_list(value.get("options")), *(one for each in groups for one in _list(each.get("options")))]
    chosen = value.get("initial_option")
    if chosen is not None and chosen not in offered:
        (place / "initial_option").wrong("must be one of the provided options")
    if any(one not in offered for one in _list(value.get("initial_options"))):
        (place / "initial_options").wrong("must be among the provided options")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
