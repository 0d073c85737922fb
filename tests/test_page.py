"""The page, as a person meets it: in a real Chromium, with the real bot behind it."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from bot import demo
from bot.manifest import manifest
from bot.sandbox import Sandbox, control, sample
from tests import browser
from tests.conftest import Desk, settings_for

expect.set_options(timeout=browser.PATIENCE)
SIZES = [(width, theme) for width in browser.WIDTHS for theme in browser.THEMES]
in_all_sizes = pytest.mark.parametrize(("width", "theme"), SIZES, ids=[f"{w}-{t}" for w, t in SIZES])
HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=alert(1)> &lt;b&gt;",
    "<!channel> @here <!everyone> <http://evil.example|https://bank.example>",
    "\u202eback to front\u202c مرحبا بالعالم and on in English",
    "W" * 4000,
    "🚨👩‍👩‍👧‍👦🏳️‍🌈" * 200,
    "Z" + "\u0351\u036b\u0343\u036a\u0302" * 60,
)

STICKING_OUT = """[...document.querySelectorAll(".message, .message-main, .words, .blocks, .message .button")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if not browser.executable():
        why = "no Chromium on this machine: install Debian's chromium, or Google Chrome, to run the tests of the page"
        pytest.fail(why) if browser.is_required() else pytest.skip(why)
    async with browser.chromium() as running:
        yield running


@pytest.fixture
async def town(slack, tmp_path) -> AsyncIterator[Desk]:
    """The workspace with Kept at work in it, as in the demo, on a clock that stands until it is moved."""
    async with demo.at_work(settings_for(slack, tmp_path / "kept.db", "socket"), slack) as bot:
        await slack.connected()
        yield Desk(slack, bot, "socket")


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


async def write(page: Page, line: str) -> None:
    await page.locator("#write").fill(line)
    await page.keyboard.press("Enter")


async def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side."""
    return await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# The tour


@pytest.mark.browser
@in_all_sizes
async def test_a_newcomer_sees_it_all_in_five_steps_and_types_nothing_the_page_did_not_write(
    town, chromium, width, theme
):
    page = await browser.visit(chromium, town.slack.url, width=width, theme=theme, toured=False)
    tour, lit = page.locator(".tour"), page.locator(".message.marked")

    async def send_what_is_suggested(result):
        suggested = await tour.locator("code").inner_text()
        await button(page, "Write it for me").click()
        await expect(page.locator("#write")).to_have_value(suggested)
        await page.keyboard.press("Enter")
        await expect(tour).to_contain_text("✓")
        await expect(lit).to_contain_text(result)
        await expect(lit).to_be_in_viewport()

    await expect(tour).to_contain_text("1 of 5")
    await send_what_is_suggested("charged twice for March (#1)")
    await button(page, "Next").click()

    await expect(tour).to_contain_text("2 of 5")
    await send_what_is_suggested("Promised: Acme Freight · call about the refund (#2)")
    await button(page, "Next").click()

    await expect(tour).to_contain_text("3 of 5")
    await button(page, "Go to the next thing due").click()
    await button(page, "Show me").click()
    await expect(lit).to_contain_text("call about the refund is due now")
    await expect(page.locator(".clock-face")).to_contain_text("10:20")
    await button(page, "Next").click()

    await expect(tour).to_contain_text("4 of 5")
    await button(page, "Put 🚨 on the card").click()
    await expect(tour).to_contain_text("✓")
    await expect(lit).to_contain_text("Acme Freight")
    await button(page, "Next").click()

    await expect(tour).to_contain_text("5 of 5")
    await send_what_is_suggested("Acme Freight")
    await button(page, "Finish").click()
    await expect(tour).to_have_count(0)

    await page.reload()
    await page.locator(".composer").wait_for()
    await expect(tour).to_have_count(0)
    assert await fits(page)
    assert page.trouble == []


@pytest.mark.browser
async def test_the_tour_can_be_left_at_any_step_goes_on_after_a_reload_and_waits_in_the_menu(town, chromium):
    page = await browser.visit(chromium, town.slack.url, toured=False)
    tour = page.locator(".tour")

    await button(page, "Skip this").click()
    await expect(tour).to_contain_text("2 of 5")
    await page.reload()
    await expect(tour).to_contain_text("2 of 5")
    await button(page, "End the tour").click()
    await expect(tour).to_have_count(0)
    await button(page, "Workspace menu").click()
    await page.get_by_role("menuitem", name="Take the tour").click()
    await expect(tour).to_contain_text("1 of 5")
    assert page.trouble == []


@pytest.mark.browser
async def test_who_may_not_log_anything_takes_the_tour_as_somebody_who_may(town, chromium):
    page = await browser.visit(chromium, f"{town.slack.url}/?as=vera", toured=False)

    await expect(page.locator("#who")).to_have_value("U0DANA")
    await expect(page.locator("h1")).to_have_text("#support")


# The clock


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-24T10:47:00-05:00", "2026-11-24T10:47:00-05:00"),  # at work
        ("2026-11-24T03:10:00-05:00", "2026-11-24T10:00:00-05:00"),  # before it
        ("2026-11-24T16:00:00-05:00", "2026-11-25T10:00:00-05:00"),  # too late for a promise of today
        ("2026-11-20T18:30:00-05:00", "2026-11-23T10:00:00-05:00"),  # Friday evening
        ("2026-03-07T12:00:00-05:00", "2026-03-09T10:00:00-04:00"),  # the weekend in which the clocks change
    ],
)
def test_the_demo_opens_while_its_people_are_at_work(now, opens):
    assert demo._opening(datetime.fromisoformat(now).timestamp()) == datetime.fromisoformat(opens).timestamp()


@pytest.mark.browser
async def test_the_clock_goes_to_the_next_thing_due_and_says_when_that_is(town, chromium):
    page = await browser.visit(chromium, town.slack.url)
    await write(page, "/callback Globex in 2 hours about the late delivery")

    await page.get_by_role("button", name="Next due 11:45 AM").click()

    await expect(page.locator(".clock-face")).to_contain_text("11:45 AM")
    await expect(page.locator(".place.unread", has_text="Kept")).to_be_visible()
    await expect(page.get_by_role("button", name="Next due 12:00 PM")).to_be_visible()
    assert page.trouble == []


async def test_with_nothing_due_the_clock_says_what_to_do_and_stands(town):
    before = town.slack.clock.now()
    async with aiohttp.ClientSession(town.slack.url) as web:
        answer = await web.post("/sandbox/clock", json={"to": "next"})

        assert answer.status == 400
        assert await answer.json() == {"error": "Nothing is due yet. Promise something first."}
    assert town.slack.clock.now() == before


# Trouble


@pytest.mark.browser
async def test_slack_is_taken_away_and_given_back_with_one_switch_and_no_reminder_is_lost(town, chromium):
    page = await browser.visit(chromium, town.slack.url)
    await write(page, "/callback Globex in 20 minutes about the late delivery")
    await button(page, "Workspace menu").click()
    await page.get_by_role("menuitem", name="Behind the scenes").click()
    switch = page.get_by_role("switch")

    await switch.click()
    await expect(page.locator(".top")).to_contain_text("Slack is down")
    await town.slack.clock.advance(1200)
    await expect(page.locator(".traffic")).to_contain_text("service_unavailable")
    assert town.dms("dana") == []
    await switch.click()
    await town.slack.connected()
    await town.slack.clock.advance(900)

    await expect(page.locator(".top")).not_to_contain_text("Slack is down")
    assert len(town.dms("dana")) == 1
    assert "late delivery" in town.dms("dana")[0]


@pytest.mark.browser
async def test_the_last_calls_and_deliveries_unfold_to_what_was_sent_and_answered(town, chromium):
    page = await browser.visit(chromium, town.slack.url)
    await write(page, "/issue Globex: <b>late</b> again")
    await button(page, "Workspace menu").click()
    await page.get_by_role("menuitem", name="Behind the scenes").click()

    entry = page.locator(".traffic details", has_text="/issue")
    await entry.locator("summary").click()

    await expect(entry.locator("pre").first).to_contain_text("Globex: &lt;b&gt;late&lt;/b&gt; again")
    assert page.trouble == []


async def test_calls_and_deliveries_are_told_newest_first_and_page_by_page(town):
    for number in range(40):
        await town.type("dana", f"/issue Globex: crate {number} is late")
        await town.slack.clock.advance(1)
    async with aiohttp.ClientSession(town.slack.url) as web:
        first = await (await web.get("/sandbox/traffic")).json()
        second = await (await web.get("/sandbox/traffic", params={"before": first["next"]})).json()

    numbers = [one["number"] for one in first["entries"] + second["entries"]]
    assert numbers == list(range(numbers[0], numbers[0] - 60, -1))
    assert {"call", "delivery"} == {one["way"] for one in first["entries"]}
    assert all(one["ok"] for one in first["entries"])


# For everybody


@pytest.mark.browser
@in_all_sizes
async def test_axe_finds_nothing_serious_wherever_one_goes(town, chromium, width, theme):
    for handle in ("dana", "bob"):
        await town.type(handle, "/issue Acme Freight: charged twice !blocked #billing callback tomorrow 3pm")
    card = town.cards()[0]
    await town.slack.say("priya", "#support", "Who calls them?", card.ts)
    await town.slack.react("tom", card, "eyes")
    page = await browser.visit(chromium, town.slack.url, width=width, theme=theme, toured=False)

    found = [(where, trouble) async for where in everywhere(page, town) for trouble in await barriers(page)]

    assert found == []
    assert page.trouble == []


async def barriers(page: Page) -> list[str]:
    """What axe finds serious or critical, and whether something sticks out."""
    axe = (await Axe().run(page)).response["violations"]
    serious = [one for one in axe if one["impact"] in ("serious", "critical")]
    out = [] if await fits(page) else ["something sticks out at the side"]
    return out + [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in serious]


async def everywhere(page: Page, town: Desk) -> AsyncIterator[str]:
    """Go from one part of the page to the next, by keyboard where that is quicker."""
    yield "the tour"
    await button(page, "End the tour").click()
    await page.locator(".replies").click()
    await page.locator("#write-thread").wait_for()
    yield "a thread"
    await page.keyboard.press("Escape")
    await page.locator(".clock-face").click()
    await page.locator(".clock-panel").wait_for()
    yield "the clock"
    await page.keyboard.press("Escape")
    await page.locator("#write").fill("/")
    await page.locator(".composer-offers").wait_for()
    yield "commands to choose from"
    await write(page, "/issue ")
    await page.locator("dialog .primary").click()
    await page.locator("dialog .error").first.wait_for()
    yield "a form with errors"
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog")).to_have_count(0)
    await page.locator(".message").first.focus()
    await page.keyboard.press("e")
    await page.locator(".emoji-picker").wait_for()
    yield "emoji to choose from"
    await page.keyboard.press("Escape")
    async for where in behind(page, town):
        yield where


async def behind(page: Page, town: Desk) -> AsyncIterator[str]:
    """The parts of the page that a menu or an address leads to."""
    await button(page, "Workspace menu").click()
    await page.locator("[role=menu]").wait_for()
    yield "the menu"
    await page.get_by_role("menuitem", name="Behind the scenes").click()
    await page.locator(".traffic summary").first.click()
    await page.locator(".traffic pre").first.wait_for()
    yield "behind the scenes"
    await page.goto(f"{town.slack.url}/archives/D0DANA?as=dana&tab=home")
    await page.locator(".home").wait_for()
    yield "the Home"
    if await button(page, "Channels and people").is_visible():
        await button(page, "Channels and people").click()
        yield "the list"


@pytest.mark.browser
@in_all_sizes
async def test_hostile_words_stay_words_and_break_nothing(town, chromium, width, theme):
    for words in HOSTILE:
        await town.slack.say("bob", "#support", words)
    await town.type("dana", f"/issue Acme Freight: {HOSTILE[0]} {HOSTILE[2]}")
    page = await browser.visit(chromium, f"{town.slack.url}/archives/C0SUPPORT?as=dana", width=width, theme=theme)

    messages = page.locator(".messages")
    await expect(messages).to_contain_text("<script>document.title = 'owned'</script><img src=x onerror=alert(1)>")
    await expect(messages).to_contain_text("back to front")
    await expect(messages).to_contain_text("W" * 4000)
    assert await page.locator(".messages script, .messages img").count() == 0
    assert "owned" not in await page.title()
    assert await fits(page)
    assert await page.evaluate(STICKING_OUT) == []
    assert page.trouble == []


@pytest.mark.browser
async def test_the_page_outlives_a_restart_and_loses_nothing_of_what_is_being_written(clock, chromium):
    first = Sandbox(manifest=manifest(), workspace=sample(clock))
    await first.start()
    page = await browser.visit(chromium, f"{first.url}/archives/C0GENERAL?as=bob")
    await page.locator("#write").fill("half a sent")
    await first.stop()
    await expect(page.locator(".top")).to_contain_text("Reconnecting")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("The bot is not running")
    await expect(page.locator("#write")).to_have_value("half a sent")

    async with Sandbox(manifest=manifest(), workspace=sample(clock), port=first.port) as second:
        await expect(page.locator(".top")).not_to_contain_text("Reconnecting")
        await second.say("maya", "general", "Back again")
        await expect(page.locator(".messages")).to_contain_text("Back again")
        await expect(page.locator("#write")).to_have_value("half a sent")
        await expect(page.locator("h1")).to_have_text("#general")
    await page.close()


def test_the_policy_of_the_page_allows_its_import_map_and_no_other_script():
    page = Path(control.PAGE / "index.html").read_text(encoding="utf-8")
    inside = re.findall(r"<script[^>]*>([^<]+)</script>", page)
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in inside]

    assert re.search(r"script-src ([^;]*);", page).group(1).split() == [
        "'self'",
        *(f"'sha256-{one}'" for one in hashes),
    ]


@pytest.mark.browser
@in_all_sizes
async def test_a_customer_is_found_as_one_types_and_what_was_typed_before_stays(town, chromium, width, theme):
    await town.type("bob", "/issue Hooli: the portal is slow since Monday")
    page = await browser.visit(chromium, f"{town.slack.url}/archives/C0SUPPORT?as=dana", width=width, theme=theme)
    await write(page, "/issue ")
    customer, offers, form = page.get_by_label("Customer"), page.locator(".offers"), page.locator(".form-body")
    await expect(customer).to_be_focused()
    await expect(offers).to_be_hidden()

    await page.get_by_label("What happened").fill("charged twice for March")
    await customer.click()
    await expect(offers).to_contain_text("Hooli")
    await customer.fill("hoo")
    await expect(offers.locator("li").last).to_have_text("New customer: hoo")
    await page.keyboard.press("Enter")

    await expect(customer).to_have_value("Hooli")
    await expect(form).to_contain_text("the portal is slow since Monday (#1)")
    await expect(page.get_by_label("What happened")).to_have_value("charged twice for March")
    assert await fits(page)
    await button(page, "Log it").click()
    await expect(page.locator("dialog.form")).to_have_count(0)
    logged = page.locator(".message", has_text="Hooli · charged twice for March (#2)")
    await expect(logged.last).to_be_visible()
    assert page.trouble == []
