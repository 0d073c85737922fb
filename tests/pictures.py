"""The README's pictures, made from the real page with the real bot behind it: ``make pictures``."""

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, Page

from bot import demo
from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from tests import browser
from tests.conftest import Desk, settings_for
from tests.png import repacked

HERE = Path(__file__).parent.parent / "pictures"
MORNING = datetime.fromisoformat("2026-11-24T10:04:00-05:00").timestamp()
FRIDAY = datetime.fromisoformat("2026-11-13T10:04:00-05:00").timestamp()
BACK = datetime.fromisoformat("2026-11-23T09:00:00-05:00").timestamp()
DESKTOP = {"width": 1280, "height": 760}
PHONE = {"width": 380, "height": 760}
BIGGEST = 150_000  # bytes, so that the README opens at once


async def main() -> None:
    """Make them all."""
    HERE.mkdir(exist_ok=True)
    async with browser.chromium() as chromium:
        for scene, begins in ((take, MORNING), (a_promise, MORNING), (back_after_a_week, FRIDAY)):
            with tempfile.TemporaryDirectory() as folder:
                slack = Sandbox(manifest=manifest(), workspace=sample(Clock(begins, running=False)))
                async with slack, demo.at_work(settings_for(slack, Path(folder) / "kept.db", "socket"), slack) as bot:
                    await slack.connected()
                    await scene(chromium, Desk(slack, bot, "socket"))


async def take(chromium: Browser, desk: Desk) -> None:
    """The morning of a support desk, and four looks at it."""
    here = desk.slack.url
    await desk.type("bob", "/issue Globex: the delivery is late again !annoyed #delivery")
    await desk.slack.clock.advance(120)
    await desk.type("dana", "/issue Acme Freight: charged twice for March !blocked #billing @dana")
    card = desk.cards()[-1]
    await desk.slack.say("priya", "#support", "Billing see it too. The refund goes out today.", card.ts)
    await desk.slack.say("dana", "#support", "Thanks! I’ll tell them.", card.ts)
    await desk.slack.react("priya", card, "+1")
    await desk.slack.clock.advance(60)
    await desk.type("dana", "/callback Acme Freight in 25 minutes about the refund")
    await desk.type("bob", "/callback Globex tomorrow 3pm about the new delivery date")

    page = await browser.visit(chromium, f"{here}/archives/C0SUPPORT?as=dana", **DESKTOP)
    await page.locator(".replies").last.click()
    await page.locator("#write-thread").hover()
    await keep(page, "desktop-light")

    page = await browser.visit(chromium, f"{here}/archives/C0SUPPORT?as=dana", **PHONE, theme="dark")
    await page.locator("#write").fill("/issue ")
    await page.keyboard.press("Enter")
    await page.get_by_label("Customer").fill("Umbrella Labs")
    await page.locator(".offers li", has_text="Umbrella Labs").last.click()
    await page.get_by_label("What happened").fill("The portal is down since this morning, for all of them.")
    await keep(page, "phone-dark")
    await desk.slack.close("dana")

    await desk.wait(minutes=25)
    page = await browser.visit(chromium, f"{here}/archives/D0DANA?as=dana", **PHONE)
    await page.locator(".message", has_text="due now").last.wait_for()
    await keep(page, "phone-light")

    await desk.slack.react("bob", card, "rotating_light")
    await desk.wait(minutes=45)
    page = await browser.visit(chromium, f"{here}/archives/C0SUPPORT?as=maya", **DESKTOP, theme="dark")
    await page.locator("#write").fill("/digest ")
    await page.keyboard.press("Enter")
    await page.locator(".message.ephemeral").last.wait_for()
    await keep(page, "desktop-dark")


async def a_promise(chromium: Browser, desk: Desk) -> None:
    """What its owner reads of one promise, from the echo to the last reminder, with nobody acting."""
    here = desk.slack.url
    line = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob hours 9:00-17:00"
    await desk.type("maya", line)
    await desk.type("dana", "/customer Umbrella Labs contact Ada Byron, operations, +1 555 0123")
    await desk.type("dana", "/customer Umbrella Labs depends on the portal, day and night")
    page = await browser.visit(chromium, f"{here}/archives/C0SUPPORT?as=dana", **PHONE)
    await page.locator("#write").fill("/callback Umbrella Labs in 40 minutes about the outage")
    await page.keyboard.press("Enter")
    await page.locator(".message.ephemeral", has_text="Promised").last.wait_for()
    await keep(page, "promise-echo")
    await desk.type("dana", "/issue Umbrella Labs: the portal is down for all of them !losing-money #outage")
    await desk.type("dana", "/feedback Umbrella Labs unhappy nobody told them")
    page = await browser.visit(chromium, f"{here}/archives/C0SUPPORT?as=dana", **PHONE)
    await page.locator("#write").fill("/customer Umbrella Labs")
    await page.keyboard.press("Enter")
    await page.locator(".message.ephemeral", has_text="History").last.wait_for()
    await keep(page, "customer-card")
    await desk.wait(minutes=25)
    await desk.wait(minutes=15)
    await _direct(chromium, here, "due now", "promise-due")
    for minutes in (31, 30, 60 * 22):
        await desk.wait(minutes=minutes)
    await _direct(chromium, here, "Overdue", "promise-overdue")


SET_UP = "/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob"
BEFORE = (
    "/issue Acme Freight: charged twice for March !losing-money #billing @dana callback Tuesday 17 November 3pm",
    "/callback Globex Thursday 19 November 10am about the late delivery",
    "/callback Initech Friday 20 November 4pm send the corrected invoice",
    "/callback Umbrella Labs Monday 23 November 11am about the outage report",
    "/callback Hooli Monday 23 November 3pm send the price list",
    "/callback Soylent Monday 23 November 10:30am about the trial",
    "/callback Stark Industries Monday 16 November 11am about the new contract",
    "/callback Wayne Foods Monday 16 November 2pm send the delivery dates",
    "/callback Vandelay Tuesday 24 November 9am about the import papers",
    "/callback Globex Wednesday 25 November 2pm about the new carrier",
    "/issue Hooli: the export of June is empty !annoyed #product @dana",
)


async def a_week_passes(desk: Desk) -> None:
    """Dana promises a good deal, is away from Friday evening until Monday in a week, and others see to some of it."""
    desk.slack.clock.STEP = 600.0  # a week in the tenth of the steps
    await desk.type("maya", f"{SET_UP} hours 9:00-17:00 zone America/New_York")
    await desk.wait(minutes=3)
    await desk.type("maya", "/callback 1 kept")
    await desk.type("maya", "/digest at 9:00 weekdays", channel="#leads")
    for line in BEFORE:
        await desk.type("dana", line)
    await desk.wait(hours=7)
    await desk.type("dana", "/kept away until Monday 23 November 8:30am")
    await desk.wait(hours=60)
    for _ in range(2):
        asked = next(m for m in desk.slack.dm("bob") if "Dana is away" in m.text and "I take it" in m.buttons)
        await desk.press("bob", asked, "I take it")
    await desk.wait(hours=24 * 4)
    await desk.type("bob", "/callback 10 kept")
    await desk.type("bob", "/callback Umbrella Labs Monday 23 November 12pm EST about the invoice of May")
    await desk.type("priya", "/callback Wayne Foods Monday 23 November 4pm EST about the refund")
    await desk.type("maya", "/customer Wayne Foods backup @dana")
    await desk.type("bob", "/callback Acme Freight Monday 23 November 4pm EST about the new tariff")
    await desk.wait(minutes=(BACK - desk.slack.clock.now()) / 60 - 20)
    await desk.type("priya", "/kept away until Wednesday")
    await desk.wait(minutes=20)


async def back_after_a_week(chromium: Browser, desk: Desk) -> None:
    """Monday at nine: what Dana reads first."""
    await a_week_passes(desk)
    await desk.slack.open_home("dana")
    await desk.settle()
    page = await browser.visit(chromium, f"{desk.slack.url}/archives/D0DANA?as=dana", **PHONE)
    await page.goto(f"{page.url}&tab=home")
    await page.get_by_role("button", name="I take it").wait_for()
    await keep(page, "home-after-a-week")


async def _direct(chromium: Browser, here: str, words: str, name: str) -> None:
    page = await browser.visit(chromium, f"{here}/archives/D0DANA?as=dana", **PHONE)
    await page.locator(".message", has_text=words).last.wait_for()
    await keep(page, name)


async def keep(page: Page, name: str) -> None:
    """Put what is seen into a file; an AssertionError if it is too big, or if the page had any trouble."""
    path = HERE / f"{name}.png"
    await page.evaluate("document.fonts.ready")
    path.write_bytes(repacked(await page.screenshot(animations="disabled", caret="hide")))
    assert path.stat().st_size < BIGGEST, f"{path.name} has {path.stat().st_size} bytes"
    assert page.trouble == [], page.trouble
    await page.context.close()


if __name__ == "__main__":
    asyncio.run(main())
