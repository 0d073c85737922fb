"""The newer blocks, for tables, charts and cards. Each figure: slack-facts 1.6, the line it names.

Their fields are still changing, so a field unknown here is let pass; what is counted is what is published.
"""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.limits.elements import button
from bot.sandbox.limits.parts import block_id, image, words
from bot.sandbox.limits.rich_text import rich_text
from bot.sandbox.limits.rules import Place, Rule, anything, by_type, flag, many, number, one_of, shape, string
from bot.sandbox.limits.rules import both as all_of

ROWS, CELLS = 100, 20  # table: "<= 100 rows x <= 20 cells; column_settings <= 20"
DATA_ROWS, DATA_COLUMNS, DATA_CHARACTERS = 101, 20, 10_000  # data_table: "2..101 rows, <= 20 cols, ~10,000 chars"
SERIES, POINTS, LABEL, CHART_TITLE = 6, 20, 20, 50  # data_visualization: "1..6 series, <= 20 points, labels <= 20"
SEGMENTS = 6  # data_visualization: "pie 1..6 segments"
CARD_TITLE, CARD_BODY, CARD_BUTTONS = 150, 200, 2  # card: "title,subtitle <= 150, body <= 200, buttons 1..2"
CARDS, CHILDREN = 10, 10  # card: "carousel 1..10 cards; container 1..10 children"

_cell = by_type(
    {"raw_text": shape({"text": string()}, ["text"]), "raw_number": shape({}, open_ended=True), "rich_text": rich_text}
)
_setting = shape({"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _skippable(rule: Rule) -> Rule:
    """A rule for what may also be null, as the settings of a column that has none."""
    return lambda value, place: None if value is None else rule(value, place)


def texts(value: Any) -> Iterator[str]:
    """Every text in a payload, however deep."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "text" and isinstance(one, str):
                yield one
            else:
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def _characters(value: Any, place: Place) -> None:
    if sum(map(len, texts(value))) > DATA_CHARACTERS:
        place.wrong(f"must be less than {DATA_CHARACTERS + 1} characters")


def _opened(fields: dict[str, Rule], *needed: str) -> Rule:
    return shape({"block_id": block_id, **fields}, needed, open_ended=True)


table = shape(
    {
        "block_id": block_id,
        "rows": many(many(_cell, CELLS), ROWS),
        "column_settings": many(_skippable(_setting), CELLS, least=0),
    },
    ["rows"],
)
_data_table = all_of(
    _opened(
        {"caption": string(), "rows": many(many(_cell, DATA_COLUMNS), DATA_ROWS, least=2), "page_size": number(1, 100)},
        "caption",
        "rows",
    ),
    _characters,
)
_label = string(LABEL)
_point = shape({"label": _label, "value": anything}, open_ended=True)
_series = shape({"name": _label, "data": many(_point, POINTS)}, ["data"], open_ended=True)
_lines = shape({"series": many(_series, SERIES)}, ["series"], open_ended=True)
_pie = shape({"segments": many(_point, SEGMENTS)}, ["segments"], open_ended=True)
_chart = by_type({"line": _lines, "bar": _lines, "area": _lines, "pie": _pie})

_card = _opened(
    {
        "title": words(CARD_TITLE),
        "subtitle": words(CARD_TITLE),
        "body": words(CARD_BODY),
        "actions": many(by_type({"button": button}), CARD_BUTTONS),
        "hero_image": image,
    }
)

NEWER: dict[str, Rule] = {
    "table": table,
    "data_table": _data_table,
    "data_visualization": _opened({"title": string(CHART_TITLE), "chart": _chart}, "chart"),
    "card": _card,
    "carousel": _opened({"elements": many(_card, CARDS)}, "elements"),
    "container": _opened({"elements": many(anything, CHILDREN)}),
    "alert": _opened({"level": one_of("default", "info", "warning", "error", "success")}),
    "plan": _opened({}),
    "task_card": _opened({}),
    "video": _opened({"title": words(199), "author_name": string(49)}, "title"),  # "video title <= 199, author <= 49"
}
