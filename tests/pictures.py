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
DESKTOP = {"width": 1280, "height": 760}
PHONE = {"width": 380, "height": 760}
BIGGEST = 150_000  # bytes, so that the README opens at once


async def main() -> None:
    """Make them all."""
    HERE.mkdir(exist_ok=True)
    async with browser.chromium() as chromium:
        for scene in (take, a_promise):
            with tempfile.TemporaryDirectory() as folder:
                slack = Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False)))
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
