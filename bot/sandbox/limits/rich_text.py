"""Rich text: its sections, lists, quotes and leaves (slack-facts 1.6, "rich_text").

Slack publishes no lengths here; what it refuses is a structure it does not know, and an empty text leaf.
"""

from typing import Any

from bot.sandbox.limits.rules import Place, Rule, anything, by_type, flag, many, number, one_of, shape, string

MOST = 10_000  # of anything: none is published, so no message is refused for this alone

_STYLE = shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))
_NAMED_STYLE = shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag)
)
_BORDER = one_of(0, 1)


def _timestamp(value: Any, place: Place) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        place.wrong("must provide a timestamp in whole seconds")


def _named(field: str) -> Rule:
    return shape({field: string(255), "style": _NAMED_STYLE}, [field])


_TEXT = shape({"text": string(MOST * 10), "style": _STYLE}, ["text"])
_LINK = shape({"url": string(3000), "text": string(MOST), "unsafe": flag, "style": _STYLE}, ["url"])
_LEAVES: dict[str, Rule] = {
    "text": _TEXT,
    "link": _LINK,
    "user": _named("user_id"),
    "usergroup": _named("usergroup_id"),
    "channel": _named("channel_id"),
    "team": _named("team_id"),
    "broadcast": shape({"range": one_of("here", "channel", "everyone"), "style": _NAMED_STYLE}, ["range"]),
    "emoji": shape(
        {"name": string(255), "unicode": string(255), "skin_tone": number(1, 6), "style": _STYLE, "url": string(3000)},
        ["name"],
    ),
    "color": shape({"value": string(20), "style": _STYLE}, ["value"]),
    "date": shape(
        {
            "timestamp": _timestamp,
            "format": string(MOST),
            "url": string(3000),
            "fallback": string(MOST),
            "style": _STYLE,
        },
        ["timestamp", "format"],
    ),
}

_leaves = many(by_type(_LEAVES), MOST, least=0)
section = shape({"elements": _leaves}, ["elements"])
_preformatted = shape(
    {
        "elements": many(by_type({"text": _TEXT, "link": _LINK}), MOST, least=0),
        "border": _BORDER,
        "language": string(100),
    },
    ["elements"],
)
_list = shape(
    {
        "elements": many(by_type({"rich_text_section": section}), MOST, least=0),
        "style": one_of("bullet", "ordered"),
        "indent": number(0, 8),
        "offset": number(0, MOST),
        "border": _BORDER,
    },
    ["elements", "style"],
)

rich_text = shape(
    {
        "block_id": string(255),
        "elements": many(
            by_type(
                {
                    "rich_text_section": section,
                    "rich_text_list": _list,
                    "rich_text_preformatted": _preformatted,
                    "rich_text_quote": shape({"elements": _leaves, "border": _BORDER}, ["elements"]),
                }
            ),
            MOST,
            least=0,
        ),
        "expand": anything,
    },
    ["elements"],
)
