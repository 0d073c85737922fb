"""The worst Monday of the simulated quarter, as its managers saw it: ``python -m tests.bad_monday`` makes its pictures.

The portal goes down at eight in New York, an hour before the digest; a tenth of the quarter, seed 1.
"""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests import browser
from tests.pictures import keep
from tests.quarter.plan import stamp
from tests.quarter.quarter import Quarter

FIVE_PAST_NINE = stamp("03-23", 13) + 300
TALL = {"width": 380, "height": 1120}


async def main() -> None:
    """Live until then, and look."""
    async with browser.chromium() as chromium:
        with tempfile.TemporaryDirectory() as folder:
            quarter = Quarter(1, Path(folder), until=FIVE_PAST_NINE)
            quarter.then = lambda lived: look(chromium, lived)
            await quarter.live()


async def look(chromium: Browser, lived: Quarter) -> None:
    """At the alert in the team's channel, the digest in the managers', and the report with its pictures."""
    office, lead = lived.office, lived.company.people[0][0]
    office.bot._client.session = office.bot._session  # pictures travel over a wire
    here = office.slack.url
    page = await browser.visit(chromium, f"{here}/archives/C0YORKDESK?as={lead.lower()}", **TALL)
    await page.locator(".message", has_text="Outage is rising").last.scroll_into_view_if_needed()
    await keep(page, "bad-monday-alert")
    page = await browser.visit(chromium, f"{here}/archives/C0LEADS?as={lead.lower()}", **TALL)
    await page.locator(".message", has_text="Mon 23 Mar").last.wait_for()
    await keep(page, "bad-monday")
    await office.type(lead, "#leads", "/kept report week")
    await office.work()
    page = await browser.visit(chromium, f"{here}/archives/D0{lead.upper()}?as={lead.lower()}", **TALL)
    await page.locator(".message", has_text="Times in working hours").last.wait_for()
    await page.locator(".replies").last.click()
    await page.locator(".thread img").last.wait_for()
    await keep(page, "bad-monday-report")


if __name__ == "__main__":
    asyncio.run(main())
