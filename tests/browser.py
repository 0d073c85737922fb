"""A real Chromium, for the tests of the page, its pictures and its measurements: found, opened, and watched."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# Nothing but the page: no calls home, no sandbox of its own where tests run as root.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",  # grey edges of letters, the same on every machine
)
PATIENCE = 10_000  # milliseconds a click or an expectation may take

WIDTHS = (380, 1280)
THEMES = ("light", "dark")


def executable() -> str | None:
    """Where a browser is on this machine; Playwright's own download is never used."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in ELSEWHERE if Path(place).exists()), None)


def is_required() -> bool:
    """Whether a missing browser is a failure, not a reason to leave the tests out."""
    return bool(os.environ.get("CI")) or os.environ.get("KEPT_BROWSER") == "required"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser, running without a window."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


async def visit(
    browser: Browser, url: str, *, width: int = 1280, height: int = 800, theme: str = "light", toured: bool = True
) -> Page:
    """The page as somebody opens it who has been there before, or, without `toured`, for the first time."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    if toured:
        await context.add_init_script("localStorage.setItem('kept-tour', 'over')")
    page = await context.new_page()
    page.trouble = watched(page)
    await page.goto(url)
    await page.locator(".composer").wait_for()
    return page


def watched(page: Page) -> list[str]:
    """What goes wrong on the page from now on: the console's complaints, and errors nobody caught."""
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    # What is under way while one leaves is given up, and no trouble.
    page.on("requestfailed", lambda one: None if "ABORTED" in str(one.failure) else trouble.append(f"{one.url} failed"))
    return trouble
