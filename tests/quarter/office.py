"""The bot at work in our own Slack, on a clock the quarter moves; what people type goes straight to the bot's desk.

Commands pass the very desk the wire ends at, in process, for thousands of requests would only be slower; the worker,
the outbox and all that is sent to Slack are real, and so is what Slack tells by itself: emoji, archived channels.
"""

import itertools
import re
from collections.abc import Callable  # noqa: TC003 - as in every other file here
from functools import partial
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from bot.config import Settings
from bot.manifest import manifest
from bot.run import Bot
from bot.sandbox import Clock, Sandbox
from bot.sandbox.workspace import Workspace
from bot.sandbox.world import Message
from bot.sandbox.written import as_command
from handlers import listeners
from handlers.said import Said
from storage import clocks, facts, outbox
from storage.database import Engine, SQLite
from storage.models import Person
from storage.store import Store
from tests.quarter.short import AtOnce, Wireless
from tests.quarter.world import MINUTE, SUNDAY, TEAMS, Company

NUMBER = re.compile(r"\(#(\d+)\)")
EXTRA = ("delivery-watch", "night-watch", "sydney-nights", "old-desk", "left-desk")


def workspace(company: Company) -> Workspace:
    """The company's Slack, into which the bot has just been installed."""
    place = Workspace(Clock(SUNDAY, running=False), "The Quarter")
    leads = [those[0] for those in company.people]
    for team, those in zip(TEAMS, company.people, strict=True):
        for name in those:
            special = {"is_admin": True, "is_owner": True, "is_primary_owner": True} if name == leads[0] else {}
            place.add_person(name.lower(), name, tz=team.zone, locale="en-GB", display_name=name, **special)
    everybody = [name.lower() for name in itertools.chain(*company.people)]
    for team, those in zip(TEAMS, company.people, strict=True):
        there = [*(name.lower() for name in those), place.bot.id]
        place.add_channel(f"{team.name}-desk", there)
        place.add_channel(f"{team.name}-urgent", there)
    place.add_channel("leads", [*(name.lower() for name in leads), place.bot.id], is_private=True)
    for name in EXTRA:
        place.add_channel(name, [*everybody, place.bot.id])
    return place


class Office:
    """One bot in one workspace, restarted now and then."""

    def __init__(self, company: Company, folder: Path, *, wire: bool = False) -> None:
        self.wire = wire
        allowed = manifest()
        if not wire:  # the bot passes over what it wrote itself
            told = allowed["settings"]["event_subscriptions"]
            told["bot_events"] = [one for one in told["bot_events"] if not one.startswith("message.")]
        self.slack = Sandbox(manifest=allowed, workspace=workspace(company))
        self.database = folder / "kept.db" if wire else Path(":memory:")
        self.kept: list[Engine] = []
        self.inputs = 0
        self.deeds = 0
        self.heard: Callable[[], None] | None = None
        self._seen: dict[str, int] = {}

    @property
    def now(self) -> int:
        return int(self.slack.clock.now())

    async def __aenter__(self) -> Self:
        await self.slack.__aenter__()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self.slack.__aexit__(None, None, None)

    async def start(self) -> None:
        settings = Settings(
            bot_token=self.slack.bot_token, app_token="", signing_secret=self.slack.signing_secret,
            api_url=self.slack.api_url, port=0, database=self.database,
        )  # fmt: skip
        with patch("bot.run.Store", Store if self.wire else partial(AtOnce, self.kept)):
            self.bot = Bot(settings, self.slack.clock.now, working=False)
            await self.bot.start()
        if not self.wire:
            self.bot._client.session = Wireless(self.slack)
        self.slack.request_url = f"http://127.0.0.1:{self.bot.port}/slack/events"
        store = self.bot.store  # the eye looks for what is due, without a thread in between
        self.eye = store.engine if isinstance(store, AtOnce) else SQLite(self.database)

    async def stop(self) -> None:
        if self.wire:
            self.eye.close()
        await self.bot.stop()

    # What people do

    async def type(self, person: str, channel: str, typed: str) -> str:
        """What somebody reads who typed this there."""
        text = as_command(self.slack.workspace, typed.partition(" ")[2], should_escape=True)
        handler, name, words = listeners.command(typed.partition(" ")[0][1:], text)
        assert handler, typed
        said = self._said(person, channel, surface="command", words=words, command=f"/{name}")
        self.deeds += 1
        return (await self.bot._desk.answer(handler, said)).text

    async def number(self, person: str, channel: str, typed: str) -> int:
        """The number of what was made by typing this."""
        told = await self.type(person, channel, typed)
        found = NUMBER.search(told)
        assert found, f"{typed}: {told}"
        return int(found[1])

    async def press(self, person: str, channel: str, action: str, value: str) -> None:
        """Press a button there."""
        said = self._said(person, channel, surface="button", value=value)
        self.deeds += 1
        await self.bot._desk.answer(listeners.action(action), said)

    async def reply(self, person: str, card: Message, words: str) -> None:
        """Write into a card's thread."""
        here = self.slack.workspace
        written = here.post(here.channels[card.channel], here.person(person.lower()).id, words, thread_ts=card.ts)
        said = self._said(person, card.channel, surface="message", words=words, message_ts=written.ts,
                          thread_ts=card.ts)  # fmt: skip
        self.deeds += 1
        await self.bot._desk.answer(listeners.EVENTS["message"], said)

    def _said(self, person: str, channel: str, **values: Any) -> Said:
        self.inputs += 1
        who = self.slack.person(person.lower())
        place = self.slack.channel(channel).id
        nobody = Person(id=who.id, handle="", name="you")
        return Said(key=f"quarter:{self.inputs}", now=self.now, person=nobody, channel_id=place, **values)

    # What the bot does

    def wanted_at(self) -> int | None:
        """When the bot wants to be looked at next."""
        wanted = (clocks.soonest(self.eye), outbox.next_due(self.eye))
        return min((at for at in wanted if at is not None), default=None)

    async def at(self, moment: int) -> None:
        """The clock shows this time."""
        self.slack.clock._jump(moment)

    async def work(self, *, slept: bool = False, judged: bool = True) -> None:
        """Everything that is due is done, and has arrived; then whoever judges it looks.

        Not ``judged`` is what comes in the middle of a deed, which is not written down yet. Unless the machine slept,
        the worker is told that it looked all the time: it would have found nothing due.
        """
        if not slept:
            await self.bot.store.run(facts.remember, "ticked at", str(self.now))
        while (wanted := self.wanted_at()) is not None and wanted <= self.now:
            await self.bot.worker.work(self.now)
        if self.heard and judged:
            self.heard()

    async def walk(self, until: int) -> None:
        """Look at every minute before ``until`` at which anything is due."""
        while (wanted := self.wanted_at()) is not None:
            minute = max(self.now, -(-wanted // MINUTE) * MINUTE)
            if minute >= until:
                return
            await self.at(minute)
            await self.work()

    def any_fresh(self, channel: str) -> bool:
        place = self.slack.channel(channel).id
        return len(self.slack.workspace.messages[place]) > self._seen.get(place, 0)

    def fresh(self, channel: str) -> list[Message]:
        """The messages in a channel, but for replies, that came since the last time this was asked."""
        place = self.slack.channel(channel).id
        there = self.slack.workspace.messages[place]
        since = self._seen.get(place, 0)
        self._seen[place] = len(there)
        return [one for one in itertools.islice(there.values(), since, None) if not one.is_reply]
