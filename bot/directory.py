"""Keeps people and channels in the store, so that no answer has to ask Slack first.

Filled at the start, kept true by Slack's events. Whatever Slack leaves out (a method, a field) is done without.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from storage import channels, facts, people, teams
from storage.database import Database
from storage.models import Channel, Person
from storage.store import Store

log = logging.getLogger(__name__)

ASK_FOR = 1.0  # seconds an answer may wait for Slack to say who somebody new is
UNREACHABLE = (SlackApiError, aiohttp.ClientError, TimeoutError)


def person_from(user: dict[str, Any], home_team: str | None = None) -> Person:
    """A person from Slack's user object; every field but the id may be missing (slack-facts.md 1.9)."""
    profile = user.get("profile") or {}
    handle = str(user.get("name") or "").lower()
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or handle or "somebody"
    team = user.get("team_id")
    guest = any(user.get(mark) for mark in ("is_restricted", "is_ultra_restricted", "is_stranger"))
    return Person(
        id=user["id"],
        handle=handle,
        name=name,
        zone=user.get("tz") or None,
        locale=user.get("locale") or None,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        is_outsider=guest or bool(team and home_team and team != home_team),
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_deactivated=bool(user.get("deleted")),
        status_emoji=profile.get("status_emoji") or None,
    )


def channel_from(channel: dict[str, Any]) -> Channel:
    """A channel from Slack's conversation object; ``is_member`` there is about Kept."""
    return Channel(
        id=channel["id"],
        name=channel.get("name") or "",
        has_kept=bool(channel.get("is_member")),
        is_private=bool(channel.get("is_private")),
        is_shared=bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
    )


class Directory:
    """Who is who and where Kept is, in the store and, for the ids, in memory."""

    def __init__(self, client: AsyncWebClient, store: Store) -> None:
        self._client = client
        self._store = store
        self._known: set[str] = set()
        self.bot_user_id = ""
        self.home_team: str | None = None

    async def fill(self) -> None:
        """Read everybody and every channel Kept is in; a method Slack lacks is logged and done without."""
        self._known = await self._store.read(people.known_ids)
        try:
            async for user in self._pages("users.list", "members", include_locale=True):
                await self._keep_person(user)
        except UNREACHABLE as error:
            log.warning("could not list people, so each is looked up when first met: %s", why(error))
        await self._fill_channels()
        for team in await self._store.read(teams.every_team):
            for channel_id in (team.channel_id, team.manager_channel_id):
                if channel_id:
                    await self.fill_members(channel_id)

    async def _fill_channels(self) -> None:
        """Every channel Kept can see; failing that, those it is in; failing that, posting is simply tried."""
        for method in ("conversations.list", "users.conversations"):
            try:
                seen = [found async for found in self._pages(method, "channels", types=KINDS, exclude_archived=True)]
            except UNREACHABLE as error:
                log.warning("could not list channels by %s: %s", method, why(error))
            else:
                all_mine = method == "users.conversations"
                await self._store.run(_keep_channels, [c | ({"is_member": True} if all_mine else {}) for c in seen])
                return

    async def fill_members(self, channel_id: str) -> None:
        """Read who is in a team or manager channel, for roles are read from there."""
        try:
            found = [member async for member in self._pages("conversations.members", "members", channel=channel_id)]
        except UNREACHABLE as error:
            log.warning("could not list the members of %s: %s", channel_id, why(error))
        else:
            await self._store.run(teams.members_are, channel_id, found)

    async def meet(self, person_id: str) -> None:
        """Look somebody up who is not yet known, for a second at most; failing that, they stay unknown."""
        if person_id in self._known:
            return
        ask = self._client.users_info(user=person_id, include_locale=True)
        try:
            answer = await asyncio.wait_for(ask, ASK_FOR)
        except UNREACHABLE as error:
            log.warning("could not look a new person up: %s", why(error))
        else:
            await self._keep_person(answer["user"])

    async def _keep_person(self, user: dict[str, Any]) -> None:
        await self._store.run(_keep_person, user, self.home_team)
        self._known.add(user["id"])

    async def _pages(self, method: str, items: str, **arguments: Any) -> AsyncIterator[Any]:
        cursor = ""
        while True:
            answer = await self._client.api_call(
                method, http_verb="GET", params={"limit": 200, "cursor": cursor, **arguments}
            )
            for item in answer.get(items) or []:
                yield item
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def heard(self, event: dict[str, Any]) -> None:
        """Keep an event about people or channels."""
        kind = event.get("type")
        if kind in ("user_change", "team_join") and isinstance(event.get("user"), dict):
            await self._keep_person(event["user"])
        elif kind in ("member_joined_channel", "member_left_channel"):
            came = kind == "member_joined_channel"
            await self._store.run(teams.joined if came else teams.left, event["channel"], event["user"])
            if event["user"] == self.bot_user_id:
                await self._moved(event["channel"], has_kept=came)
        elif kind in ("channel_created", "channel_rename", "group_rename", "channel_shared", "channel_unshared"):
            named = event["channel"]
            await self._read_channel(named["id"] if isinstance(named, dict) else named)
        elif kind in ("channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted"):
            await self._moved(event["channel"], has_kept=False)

    async def _moved(self, channel_id: str, *, has_kept: bool) -> None:
        await self._store.run(channels.joined, channel_id, has_kept=has_kept)
        if has_kept:
            await self._read_channel(channel_id)

    async def _read_channel(self, channel_id: str) -> None:
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except UNREACHABLE as error:
            log.warning("could not read about a channel: %s", why(error))
        else:
            await self._store.run(channels.keep, channel_from(answer["channel"]))


KINDS = "public_channel,private_channel"


def _keep_person(db: Database, user: dict[str, Any], home_team: str | None) -> None:
    people.keep(db, person_from(user, home_team))
    if user.get("is_primary_owner"):
        facts.remember(db, people.PRIMARY_OWNER, user["id"])


def _keep_channels(db: Database, seen: list[dict[str, Any]]) -> None:
    channels.left_all(db)
    for channel in seen:
        channels.keep(db, channel_from(channel))


def why(error: BaseException) -> str:
    """An error in a word, without what was sent."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
