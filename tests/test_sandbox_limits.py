"""What Slack refuses or cuts, the sandbox does: as much as a published limit says passes, one more does not.

The figures here are written down a second time, from slack-facts.md, with the words that stand there.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox import Clock, Sandbox, limits
from bot.sandbox.calls import RefusalError

NOON = 1_764_590_400.0  # Monday, 1 December 2025, 12:00 UTC
POST, UPDATE, EPHEMERAL = "chat.postMessage", "chat.update", "chat.postEphemeral"
MODAL, HOME = "views.open", "views.publish"


def plain(text):
    return {"type": "plain_text", "text": text}


def marked(text):
    return {"type": "mrkdwn", "text": text}


def section(**more):
    return {"type": "section", "text": marked("words"), **more}


def button(n=0, **more):
    return {"type": "button", "action_id": f"b{n}", "text": plain("Press"), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def option(n=0, **more):
    return {"text": plain(f"option {n}"), "value": f"{n}", **more}


def options(count):
    return [option(n) for n in range(count)]


def select(**more):
    return {"type": "static_select", "action_id": "s", "options": options(1), **more}


def groups(count):
    return [{"label": plain("group"), "options": options(1)} for _ in range(count)]


def confirm(**more):
    words = {"title": plain("Sure?"), "text": marked("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return button(confirm={**words, **more})


def typing(**more):
    return {"type": "plain_text_input", "action_id": "typed", **more}


def asks(element=None, **more):
    return {"type": "input", "block_id": "asked", "label": plain("What"), "element": element or typing(), **more}


def image(**more):
    return {"type": "image", "image_url": "https://example.com/i.png", "alt_text": "a picture", **more}


def cell(text="x"):
    return {"type": "raw_text", "text": text}


def table(rows, cells=1, **more):
    return {"type": "table", "rows": [[cell()] * cells for _ in range(rows)], **more}


def data_table(rows, cells=1, **more):
    return {**table(rows, cells), "type": "data_table", "caption": "numbers", **more}


def chart(**more):
    points = [{"label": "May", "value": 1}]
    return {"type": "data_visualization", "chart": {"type": "bar", "series": [{"name": "a", "data": points}], **more}}


def card(**more):
    return {"type": "card", "title": plain("card"), **more}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("Title"), "submit": plain("Send"), "blocks": list(blocks), **more}


def heavy(size):
    """A view of exactly so many bytes, every text in it no longer than it may be."""
    view = modal(*[section(text=marked("x")) for _ in range(90)])
    missing = size - len(json.dumps(view, separators=(",", ":")))
    for block in view["blocks"]:
        more = min(2_999, missing)
        block["text"]["text"] += "x" * more
        missing -= more
    return view


def posts(make):
    return lambda n: {"text": "words", "blocks": [make(n)]}


def opens(make):
    return lambda n: {"view": make(n)}


def several(make):
    return lambda n: [make(k) for k in range(n)]


@dataclass(frozen=True)
class Limit:
    what: str
    source: str
    most: int
    make: Any
    at: str = ""
    error: str = "invalid_blocks"
    method: str = POST


def form(what, source, most, make, at):
    return Limit(what, source, most, opens(make), at, "invalid_arguments", MODAL)


TABLE = (
    # slack-facts 1.5
    Limit("text of an update", "chat.update text: > 4,000 -> msg_too_long", 4_000,
          lambda n: {"text": "x" * n}, error="msg_too_long", method=UPDATE),
    Limit("text only one sees", "chat.postEphemeral text: no larger than 4,000 bytes", 2_000,
          lambda n: {"text": "é" * n}, error="msg_too_long", method=EPHEMERAL),
    Limit("markdown_text", "markdown_text: 12,000", 12_000,
          lambda n: {"markdown_text": "x" * n}, error="msg_too_long"),
    Limit("attachments", "attachments: 100 (too_many_attachments)", 100,
          lambda n: {"text": "x", "attachments": [{"text": "a"}] * n}, error="too_many_attachments"),
    Limit("blocks of an attachment", "blocks: 50 per message", 50,
          lambda n: {"text": "x", "attachments": [{"blocks": [{"type": "divider"}] * n}]},
          "/attachments/0/blocks", "invalid_attachments"),
    Limit("blocks of a message", "blocks: 50 per message", 50,
          lambda n: {"text": "x", "blocks": [{"type": "divider"}] * n}, "/blocks"),
    form("blocks of a form", "blocks: 100 per modal/home", 100,
         lambda n: modal(*[{"type": "divider"}] * n), "/view/blocks"),
    Limit("blocks of a Home", "blocks: 100 per modal/home", 100,
          opens(lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}),
          "/view/blocks", "invalid_arguments", HOME),
    # slack-facts 1.6
    Limit("block_id", "any: block_id <= 255", 255, posts(lambda n: section(block_id="x" * n)), "/blocks/0/block_id"),
    Limit("action_id", "any: action_id <= 255", 255,
          posts(lambda n: actions(button(action_id="x" * n))), "/blocks/0/elements/0/action_id"),
    Limit("text of a section", "section: text <= 3000", 3_000,
          posts(lambda n: section(text=marked("x" * n))), "/blocks/0/text/text"),
    Limit("fields of a section", "section: fields <= 10", 10,
          posts(lambda n: section(fields=[plain("f")] * n)), "/blocks/0/fields"),
    Limit("a field", "section: fields each <= 2000", 2_000,
          posts(lambda n: section(fields=[marked("x" * n)])), "/blocks/0/fields/0/text"),
    Limit("header", "header: plain_text <= 150", 150,
          posts(lambda n: {"type": "header", "text": plain("x" * n)}), "/blocks/0/text/text"),
    Limit("level of a header", "header: optional level 1..4", 4,
          posts(lambda n: {"type": "header", "text": plain("x"), "level": n}), "/blocks/0/level"),
    Limit("elements of a context", "context: 1..10 elements", 10,
          posts(lambda n: {"type": "context", "elements": [plain("x")] * n}), "/blocks/0/elements"),
    Limit("text in a context", "any: text objects 1..3000", 3_000,
          posts(lambda n: {"type": "context", "elements": [marked("x" * n)]}), "/blocks/0/elements/0/text"),
    Limit("elements of context_actions", "context_actions 1..5", 5,
          posts(lambda n: {"type": "context_actions", "elements": [
              {"type": "icon_button", "icon": "trash", "action_id": f"i{k}", "text": plain("x")} for k in range(n)]}),
          "/blocks/0/elements"),
    Limit("elements of actions", "actions: 1..25 elements", 25,
          posts(lambda n: actions(*several(button)(n))), "/blocks/0/elements"),
    form("label of an input", "input: label <= 2000", 2_000,
         lambda n: modal(asks(label=plain("x" * n))), "/view/blocks/0/label/text"),
    form("hint of an input", "input: hint <= 2000", 2_000,
         lambda n: modal(asks(hint=plain("x" * n))), "/view/blocks/0/hint/text"),
    Limit("address of an image", "image: url <= 3000", 3_000,
          posts(lambda n: image(image_url="x" * n)), "/blocks/0/image_url"),
    Limit("words for an image", "image: alt <= 2000", 2_000,
          posts(lambda n: image(alt_text="x" * n)), "/blocks/0/alt_text"),
    Limit("title of an image", "image: title <= 2000", 2_000,
          posts(lambda n: image(title=plain("x" * n))), "/blocks/0/title/text"),
    Limit("markdown", "markdown: <= 12,000", 12_000,
          posts(lambda n: {"type": "markdown", "text": "x" * n}), "/blocks/0/text"),
    Limit("markdown in all", "markdown: <= 12,000 cumulative per payload", 12_000,
          lambda n: {"text": "x", "blocks": [{"type": "markdown", "text": "x" * half} for half in (6_000, n - 6_000)]},
          "/blocks"),
    Limit("tables", "table: one per message", 1,
          lambda n: {"text": "x", "blocks": [table(1)] * n}, "/blocks"),
    Limit("rows of a table", "table: <= 100 rows", 100, posts(table), "/blocks/0/rows"),
    Limit("cells of a row", "table: x <= 20 cells", 20, posts(lambda n: table(1, n)), "/blocks/0/rows/0"),
    Limit("settings of columns", "table: column_settings <= 20", 20,
          posts(lambda n: table(1, column_settings=[{"align": "left"}] * n)), "/blocks/0/column_settings"),
    Limit("rows of data", "data_table: 2..101 rows", 101, posts(data_table), "/blocks/0/rows"),
    Limit("columns of data", "data_table: <= 20 cols", 20, posts(lambda n: data_table(2, n)), "/blocks/0/rows/0"),
    Limit("a page of data", "data_table: page_size 1..100", 100,
          posts(lambda n: data_table(2, page_size=n)), "/blocks/0/page_size"),
    Limit("characters of data", "data_table: ~10,000 chars total", 10_000,
          posts(lambda n: {"type": "data_table", "caption": "c",
                           "rows": [[cell("x" * 2_500)] * 2, [cell("x" * 2_500), cell("x" * (n - 7_500))]]}),
          "/blocks/0"),
    Limit("charts", "data_visualization: max 2 per message", 2,
          lambda n: {"text": "x", "blocks": [chart()] * n}, "/blocks"),
    Limit("series of a chart", "data_visualization: 1..6 series", 6,
          posts(lambda n: chart(series=[{"name": f"{k}", "data": [{"label": "May", "value": 1}]} for k in range(n)])),
          "/blocks/0/chart/series"),
    Limit("points of a series", "data_visualization: <= 20 points", 20,
          posts(lambda n: chart(series=[{"name": "a", "data": [{"label": f"{k}", "value": k} for k in range(n)]}])),
          "/blocks/0/chart/series/0/data"),
    Limit("label of a point", "data_visualization: labels <= 20 chars", 20,
          posts(lambda n: chart(series=[{"name": "a", "data": [{"label": "x" * n, "value": 1}]}])),
          "/blocks/0/chart/series/0/data/0/label"),
    Limit("title of a chart", "data_visualization: title <= 50", 50,
          posts(lambda n: {**chart(), "title": "x" * n}), "/blocks/0/title"),
    Limit("segments of a pie", "data_visualization: pie 1..6 segments", 6,
          posts(lambda n: chart(type="pie", segments=[{"label": "x", "value": 1}] * n)), "/blocks/0/chart/segments"),
    Limit("title of a card", "card: title <= 150", 150,
          posts(lambda n: card(title=plain("x" * n))), "/blocks/0/title/text"),
    Limit("subtitle of a card", "card: subtitle <= 150", 150,
          posts(lambda n: card(subtitle=plain("x" * n))), "/blocks/0/subtitle/text"),
    Limit("body of a card", "card body <= 200", 200,
          posts(lambda n: card(body=marked("x" * n))), "/blocks/0/body/text"),
    Limit("buttons of a card", "card: buttons 1..2", 2,
          posts(lambda n: card(actions=several(button)(n))), "/blocks/0/actions"),
    Limit("cards of a carousel", "carousel 1..10 cards", 10,
          posts(lambda n: {"type": "carousel", "elements": [card()] * n}), "/blocks/0/elements"),
    Limit("children of a container", "container 1..10 children", 10,
          posts(lambda n: {"type": "container", "elements": [section()] * n}), "/blocks/0/elements"),
    Limit("title of a video", "video title <= 199", 199,
          posts(lambda n: {"type": "video", "title": plain("x" * n)}), "/blocks/0/title/text"),
    Limit("author of a video", "video author <= 49", 49,
          posts(lambda n: {"type": "video", "title": plain("x"), "author_name": "x" * n}), "/blocks/0/author_name"),
    Limit("text of a button", "button: text <= 75", 75,
          posts(lambda n: actions(button(text=plain("x" * n)))), "/blocks/0/elements/0/text/text"),
    Limit("value of a button", "button: value <= 2000", 2_000,
          posts(lambda n: actions(button(value="x" * n))), "/blocks/0/elements/0/value"),
    Limit("address of a button", "button: url <= 3000", 3_000,
          posts(lambda n: section(accessory=button(url="x" * n))), "/blocks/0/accessory/url"),
    Limit("label of a button", "button: accessibility_label <= 75", 75,
          posts(lambda n: actions(button(accessibility_label="x" * n))), "/blocks/0/elements/0/accessibility_label"),
    Limit("text of an option", "option: text <= 75", 75,
          posts(lambda n: actions(select(options=[option(text=plain("x" * n))]))),
          "/blocks/0/elements/0/options/0/text/text"),
    Limit("description of an option", "option: description <= 75", 75,
          posts(lambda n: actions(select(options=[option(description=plain("x" * n))]))),
          "/blocks/0/elements/0/options/0/description/text"),
    Limit("value of an option", "option: value <= 150", 150,
          posts(lambda n: actions(select(options=[option(value="x" * n)]))),
          "/blocks/0/elements/0/options/0/value"),
    Limit("options of a menu", "option: selects <= 100 options", 100,
          posts(lambda n: section(accessory=select(options=options(n)))), "/blocks/0/accessory/options"),
    Limit("options of a menu for several", "option: selects <= 100 options", 100,
          posts(lambda n: section(accessory=select(type="multi_static_select", options=options(n)))),
          "/blocks/0/accessory/options"),
    Limit("groups of a menu", "option: selects <= 100 groups", 100,
          posts(lambda n: section(accessory=select(options=None, option_groups=groups(n)))),
          "/blocks/0/accessory/option_groups"),
    Limit("ticks", "option: checkboxes/radio <= 10", 10,
          posts(lambda n: actions({"type": "checkboxes", "options": options(n)})), "/blocks/0/elements/0/options"),
    Limit("radio buttons", "option: checkboxes/radio <= 10", 10,
          posts(lambda n: actions({"type": "radio_buttons", "options": options(n)})), "/blocks/0/elements/0/options"),
    Limit("overflow", "option: overflow 1..5", 5,
          posts(lambda n: actions({"type": "overflow", "options": options(n)})), "/blocks/0/elements/0/options"),
    Limit("title of a confirmation", "confirm: title 100", 100,
          posts(lambda n: actions(confirm(title=plain("x" * n)))), "/blocks/0/elements/0/confirm/title/text"),
    Limit("text of a confirmation", "confirm: text 300", 300,
          posts(lambda n: actions(confirm(text=marked("x" * n)))), "/blocks/0/elements/0/confirm/text/text"),
    Limit("yes of a confirmation", "confirm: confirm/deny 30", 30,
          posts(lambda n: actions(confirm(confirm=plain("x" * n)))), "/blocks/0/elements/0/confirm/confirm/text"),
    Limit("no of a confirmation", "confirm: confirm/deny 30", 30,
          posts(lambda n: actions(confirm(deny=plain("x" * n)))), "/blocks/0/elements/0/confirm/deny/text"),
    Limit("placeholder", "confirm: placeholder 150", 150,
          posts(lambda n: actions(select(placeholder=plain("x" * n)))), "/blocks/0/elements/0/placeholder/text"),
    form("min_length", "plain_text_input min_length <= 3000", 3_000,
         lambda n: modal(asks(typing(min_length=n))), "/view/blocks/0/element/min_length"),
    form("max_length", "plain_text_input max_length <= 3000", 3_000,
         lambda n: modal(asks(typing(max_length=n))), "/view/blocks/0/element/max_length"),
    # slack-facts 1.3, the line "modal"
    form("title of a form", "modal: title <= 24", 24, lambda n: modal(title=plain("x" * n)), "/view/title/text"),
    form("submit of a form", "modal: submit <= 24", 24, lambda n: modal(submit=plain("x" * n)), "/view/submit/text"),
    form("close of a form", "modal: close <= 24", 24, lambda n: modal(close=plain("x" * n)), "/view/close/text"),
    form("private_metadata", "modal: private_metadata <= 3000", 3_000,
         lambda n: modal(private_metadata="x" * n), "/view/private_metadata"),
    form("callback_id", "modal: callback_id <= 255", 255, lambda n: modal(callback_id="x" * n), "/view/callback_id"),
    form("external_id", "modal: external_id <= 255", 255, lambda n: modal(external_id="x" * n), "/view/external_id"),
    Limit("bytes of a view", "modal: view > 250 kB -> view_too_large", 250_000,
          opens(heavy), error="view_too_large", method=MODAL),
)  # fmt: skip


@pytest.fixture
async def slack():
    async with Sandbox(Clock(NOON, running=False)) as sandbox:
        yield sandbox


@pytest.fixture
def client(slack):
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def sent(slack, client, method, arguments):
    """A call with what its method needs besides."""
    dana = slack.person("dana").id
    there = {"channel": slack.channel("support").id}
    if method == UPDATE:
        there["ts"] = (await client.chat_postMessage(**there, text="before"))["ts"]
    around = {
        POST: there,
        UPDATE: there,
        EPHEMERAL: {**there, "user": dana},
        MODAL: {"trigger_id": slack.triggers.new(dana)},
        HOME: {"user_id": dana},
    }
    return await client.api_call(method, json={**around[method], **arguments})


async def refused(slack, client, method, arguments):
    with pytest.raises(SlackApiError) as caught:
        await sent(slack, client, method, arguments)
    answer = caught.value.response
    return answer["error"], (answer.get("response_metadata") or {}).get("messages") or []


@pytest.mark.parametrize("limit", TABLE, ids=lambda limit: limit.what)
async def test_exactly_so_much_is_taken_and_one_more_is_refused_at_its_place(slack, client, limit):
    assert (await sent(slack, client, limit.method, limit.make(limit.most)))["ok"]
    slack.nothing_refused()
    error, messages = await refused(slack, client, limit.method, limit.make(limit.most + 1))
    assert error == limit.error, limit.source
    assert not limit.at or any(f"[json-pointer:{limit.at}]" in said for said in messages), messages
    assert [one.error for one in slack.refused] == [limit.error]
    with pytest.raises(AssertionError, match=limit.error):
        slack.nothing_refused()


async def test_a_text_beyond_forty_thousand_characters_is_cut_with_a_warning(slack, client):
    # slack-facts 1.5, chat.postMessage text: "> 40,000 truncated (not an error)"
    whole = await client.api_call(POST, json={"channel": "#support", "text": "x" * 40_000})
    assert "warning" not in whole
    slack.nothing_refused()
    cut = await client.api_call(POST, json={"channel": "#support", "text": "x" * 40_001})
    assert (cut["warning"], len(cut["message"]["text"])) == ("message_truncated", 40_000)
    assert [one.error for one in slack.refused] == ["message_truncated"]


async def test_blocks_with_too_much_text_in_all_are_too_long(slack, client):
    # slack-facts 1.5, blocks: "too big -> msg_blocks_too_long"; the size is observed, not published
    def blocks(count, size):
        return {"text": "x", "blocks": [section(text=marked("x" * size)) for _ in range(count)]}

    assert (await sent(slack, client, POST, blocks(4, 3_000)))["ok"]
    assert await refused(slack, client, POST, blocks(5, 3_000)) == ("msg_blocks_too_long", [])


# slack-facts 1.6: what there must be at least, and what does not go together; `at` is where Slack points.
WRONG = (
    ("an empty text object", section(text=marked("")), "/blocks/0/text/text"),
    ("a section of nothing", {"type": "section"}, "/blocks/0"),
    ("an empty context", {"type": "context", "elements": []}, "/blocks/0/elements"),
    ("no buttons", actions(), "/blocks/0/elements"),
    ("a menu of nothing", actions(select(options=[])), "/blocks/0/elements/0/options"),
    ("options and groups", actions(select(option_groups=groups(1))), "/blocks/0/elements/0"),
    ("a choice not offered", actions(select(initial_option=option(7))), "/blocks/0/elements/0/initial_option"),
    ("an overflow of nothing", actions({"type": "overflow", "options": []}), "/blocks/0/elements/0/options"),
    ("a datetimepicker beside text", section(accessory={"type": "datetimepicker"}), "/blocks/0/accessory"),
    ("an input among buttons", actions(typing()), "/blocks/0/elements/0"),
    ("a button to fill in", asks(button()), "/blocks/0/element"),
    ("marked words in a header", {"type": "header", "text": marked("x")}, "/blocks/0/text"),
    ("a style nobody knows", actions(button(style="loud")), "/blocks/0/elements/0/style"),
    ("a property nobody knows", section(colour="red"), "/blocks/0"),
    ("a block nobody knows", {"type": "marquee"}, "/blocks/0"),
    ("a block without a type", {"text": plain("x")}, "/blocks/0"),
    ("no block at all", "divider", "/blocks/0"),
    ("a date that is none", asks({"type": "datepicker", "initial_date": "tomorrow"}), "/blocks/0/element/initial_date"),
    ("one row of data", data_table(1), "/blocks/0/rows"),
    ("two of one action_id", actions(button(1), button(1)), "/blocks/0/elements/1/action_id"),
)


@pytest.mark.parametrize(("block", "at"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
async def test_a_block_put_together_wrongly_is_refused_at_its_place(slack, client, block, at):
    error, messages = await refused(slack, client, POST, {"text": "x", "blocks": [block]})
    assert error == "invalid_blocks"
    assert [said.split("json-pointer:")[1].rstrip("]") for said in messages] == [at]


async def test_a_block_id_is_there_once_in_a_message(slack, client):
    blocks = [section(block_id="a"), section(block_id="b"), section(block_id="a")]
    error, messages = await refused(slack, client, POST, {"text": "x", "blocks": blocks})
    assert error == "invalid_blocks"
    assert messages == ["[ERROR] `block_id` already exists: a [json-pointer:/blocks/2/block_id]"]
    assert (await sent(slack, client, POST, {"text": "x", "blocks": blocks[:2]}))["ok"]


def rich(*leaves, **more):
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves), **more}]}


GOOD_LEAVES = (
    {"type": "text", "text": "<!channel> *hi*", "style": {"bold": True, "code": True}},
    {"type": "link", "url": "https://example.com", "text": "there"},
    {"type": "user", "user_id": "U1", "style": {"highlight": True}},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "broadcast", "range": "here"},
    {"type": "emoji", "name": "wave", "skin_tone": 3},
    {"type": "date", "timestamp": 1_764_590_400, "format": "{date_short} {time}", "fallback": "noon"},
)
BAD_LEAVES = (
    ({"type": "text", "text": ""}, "/text"),
    ({"type": "text"}, ""),
    ({"type": "text", "text": "x", "style": {"loud": True}}, "/style"),
    ({"type": "text", "text": "x", "style": {"bold": "yes"}}, "/style/bold"),
    ({"type": "date", "timestamp": "noon", "format": "{time}"}, "/timestamp"),
    ({"type": "date", "timestamp": 1}, ""),
    ({"type": "broadcast", "range": "all"}, "/range"),
    ({"type": "link", "text": "nowhere"}, ""),
    ({"type": "blink", "text": "x"}, ""),
)


async def test_rich_text_is_taken_with_every_kind_of_leaf_list_and_quote(slack, client):
    a_section = {"type": "rich_text_section", "elements": [GOOD_LEAVES[0]]}
    more = [
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [a_section]},
        {"type": "rich_text_quote", "elements": [GOOD_LEAVES[0]]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
    ]
    block = rich(*GOOD_LEAVES)
    block["elements"] += more
    assert (await sent(slack, client, POST, {"text": "x", "blocks": [block]}))["ok"]


@pytest.mark.parametrize(("leaf", "at"), BAD_LEAVES)
async def test_rich_text_with_a_leaf_that_is_none_is_refused(slack, client, leaf, at):
    error, messages = await refused(slack, client, POST, {"text": "x", "blocks": [rich(leaf)]})
    assert error == "invalid_blocks"
    assert messages[0].endswith(f"[json-pointer:/blocks/0/elements/0/elements/0{at}]")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"blocks": "[not json"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"markdown_text": "x", "text": "x"}, "markdown_text_conflict"),
        ({"text": "x", "attachments": "many"}, "invalid_attachments"),
        ({"text": ""}, "no_text"),
        ({"text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "", "event_payload": {}}}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "a", "event_payload": {"k": "x" * 9_000}}}, "metadata_too_large"),
    ],
)
async def test_a_message_put_together_wrongly_is_refused(slack, client, arguments, error):
    assert (await refused(slack, client, POST, arguments))[0] == error


# Forms and the Home


@pytest.mark.parametrize(
    ("view", "at"),
    [
        ({"type": "modal", "title": plain("T"), "blocks": [asks()]}, "/view/submit"),
        ({"type": "modal", "blocks": []}, "/view"),
        ({"type": "home", "blocks": []}, "/view/type"),
        (modal({"type": "markdown", "text": "x"}), "/view/blocks/0"),
        (modal(asks(typing(min_length=9, max_length=3))), "/view/blocks/0/element/min_length"),
        (modal(asks(typing(focus_on_load=True)), asks(typing(focus_on_load=True), block_id="b")), "/view/blocks"),
        (modal(colour="red"), "/view"),
        ({"type": "form"}, "/view"),
    ],
)
async def test_a_form_put_together_wrongly_is_refused_at_its_place(slack, client, view, at):
    error, messages = await refused(slack, client, MODAL, {"view": view})
    assert error == "invalid_arguments"
    assert any(said.endswith(f"[json-pointer:{at}]") for said in messages), messages


async def test_a_fourth_form_does_not_go_on_top(slack, client):
    # slack-facts 1.3, modal: "view stack max 3"
    dana = slack.person("dana").id
    await client.views_open(trigger_id=slack.triggers.new(dana), view=modal())
    for _ in range(2):
        await client.views_push(trigger_id=slack.triggers.new(dana), view=modal())
    with pytest.raises(SlackApiError) as caught:
        await client.views_push(trigger_id=slack.triggers.new(dana), view=modal())
    assert caught.value.response["error"] == "push_limit_reached"


async def test_an_external_id_is_there_once_in_the_workspace(slack, client):
    # slack-facts 1.3, modal: "external_id unique per team"
    await sent(slack, client, MODAL, {"view": modal(external_id="one")})
    bob = slack.triggers.new(slack.person("bob").id)
    with pytest.raises(SlackApiError) as caught:
        await client.views_open(trigger_id=bob, view=modal(external_id="one"))
    assert caught.value.response["error"] == "duplicate_external_id"


# Answers


class Front:
    """An app that answers every request with `answer`, and keeps what it was sent."""

    def __init__(self, slack):
        self.slack, self.answer, self.came = slack, None, []

    async def __aenter__(self):
        application = web.Application()
        application.router.add_post("/", self.receive)
        self.runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.slack.request_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/"
        return self

    async def __aexit__(self, *_):
        await self.runner.cleanup()

    async def receive(self, request):
        self.came.append(dict(await request.post()))
        return web.Response() if self.answer is None else web.json_response(self.answer)


@pytest.fixture
async def front(slack):
    async with Front(slack) as running:
        yield running


TOO_LONG = {"text": "x", "blocks": [section(text=marked("x" * 3_001))]}


async def test_a_commands_answer_slack_does_not_take_is_shown_as_a_failure_and_kept(slack, front):
    front.answer = TOO_LONG
    answer = await slack.command("dana", "support", "/issue x")
    assert (answer.ok, answer.text) == (False, '/issue failed with the error "invalid_command_response"')
    assert slack.messages("support", "dana")[-1] is answer.message
    assert [(one.where, one.error) for one in slack.refused] == [("/issue", "invalid_blocks")]


async def test_a_commands_answer_that_is_far_too_long_is_cut(slack, front):
    front.answer = {"text": "x" * 40_001}
    answer = await slack.command("dana", "support", "/issue x")
    assert (answer.ok, len(answer.text)) == (True, 40_000)
    assert [one.error for one in slack.refused] == ["message_truncated"]


async def test_a_response_url_refuses_what_a_message_may_not_be(slack, front):
    await slack.command("dana", "support", "/issue x")
    hook = AsyncWebhookClient(front.came[0]["response_url"])
    answer = await hook.send_dict(TOO_LONG)
    assert (answer.status_code, "invalid_blocks" in answer.body) == (400, True)
    assert [(one.where, one.error) for one in slack.refused] == [("response_url", "invalid_blocks")]
    assert (await hook.send(text="fine")).status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"typed": "by its action_id"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"asked": ""}},
        {"response_action": "update", "view": modal(title=plain("x" * 25))},
        {"response_action": "push"},
        {"response_action": "explode"},
    ],
)
async def test_an_answer_to_a_form_that_slack_does_not_take_is_shown_as_trouble(slack, client, front, answer):
    await sent(slack, client, MODAL, {"view": modal(asks())})
    front.answer = answer
    result = await slack.submit("dana", {"What": "late"})
    assert (result.ok, slack.view("dana").notice) == (False, "We had some trouble connecting. Try again?")
    assert [one.error for one in slack.refused] == ["invalid_arguments"]


async def test_errors_at_the_block_ids_of_a_form_are_taken(slack, client, front):
    await sent(slack, client, MODAL, {"view": modal(asks())})
    front.answer = {"response_action": "errors", "errors": {"asked": "Say more."}}
    assert (await slack.submit("dana", {"What": "late"})).errors == {"asked": "Say more."}
    slack.nothing_refused()


async def test_a_hundred_options_are_offered_and_more_are_not(slack, client, front):
    menu = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    await sent(slack, client, POST, {"text": "x", "blocks": [actions(menu)]})
    card = slack.messages("support")[-1]
    front.answer = {"options": options(100)}
    assert len(await slack.suggest("dana", card, "who", "a")) == 100
    front.answer = {"options": options(101)}
    assert await slack.suggest("dana", card, "who", "a") == []
    assert [one.where for one in slack.refused] == ["options of who"]


# Who may


async def test_guests_of_one_channel_have_no_commands_and_others_where_the_workspace_lets_them(slack, front):
    assert (await slack.command("tom", "support", "/issue x")).ok
    slack.workspace.guests_may_command = False
    with pytest.raises(ValueError, match="guest"):
        await slack.command("tom", "support", "/issue x")
    with pytest.raises(ValueError, match="guest"):
        await slack.shortcut("tom", "log")
    slack.workspace.guests_may_command = True
    slack.person("tom").is_ultra_restricted = True
    with pytest.raises(ValueError, match="guest"):
        await slack.command("tom", "support", "/issue x")


async def test_nobody_commands_in_an_archived_channel(slack, front):
    await slack.archive("maya", "support")
    with pytest.raises(ValueError, match="archived"):
        await slack.command("dana", "support", "/issue x")


async def test_guests_come_into_a_channel_by_invitation_only(slack, front):
    with pytest.raises(ValueError, match="invited"):
        await slack.join("escalations", "tom")
    with pytest.raises(ValueError, match="invited"):
        await slack.join("leads", "dana")
    await slack.invite("escalations", "tom", by="maya")
    assert slack.person("tom").id in slack.channel("escalations").members


async def test_an_event_without_its_scope_is_not_told():
    manifest = {
        "oauth_config": {"scopes": {"bot": ["channels:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["reaction_added", "message.channels", "message.groups"]}},
    }
    async with Sandbox(Clock(NOON, running=False), manifest=manifest) as slack, Front(slack):
        message = await slack.say("dana", "support", "hello")
        await slack.react("bob", message, "eyes")
        await slack.say("maya", "leads", "hello")
        assert [delivered.payload["event"]["type"] for delivered in slack.deliveries] == ["message"]


# Whatever is sent, Slack answers

KEYS = (
    *("type", "text", "elements", "element", "accessory", "options", "option_groups", "initial_options", "fields"),
    *("block_id", "rows", "chart", "series", "min_length", "label", "blocks", "confirm", "value", "errors"),
)
KINDS = ("section", "actions", "input", "static_select", "plain_text_input", "checkboxes", "rich_text", "table")
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner | st.sampled_from(KINDS), max_size=6)
    ),
    max_leaves=30,
)


@given(ANY)
def test_nonsense_is_refused_and_never_breaks_the_checks(nonsense):
    attempts = (
        lambda: limits.message.posted({"text": "x", "blocks": nonsense}),
        lambda: limits.message.check({"text": "x", "attachments": nonsense}),
        lambda: limits.message.metadata(nonsense),
        lambda: limits.views.check(nonsense, "modal"),
        lambda: limits.views.check({"type": "modal", "title": plain("T"), "blocks": nonsense}, "modal"),
        lambda: limits.views.errors(nonsense, modal(asks())),
        lambda: limits.options.check(nonsense),
    )
    for attempt in attempts:
        with suppress(RefusalError):
            attempt()
