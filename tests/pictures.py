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
    clock = Clock(MORNING, running=False)
    with tempfile.TemporaryDirectory() as folder:
        slack = Sandbox(manifest=manifest(), workspace=sample(clock))
        async with slack, browser.chromium() as chromium:
            settings = settings_for(slack, Path(folder) / "kept.db", "socket")
            async with demo.at_work(settings, slack) as bot:
                await slack.connected()
                await take(chromium, Desk(slack, bot, "socket"))


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
