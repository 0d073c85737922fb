"""Forms between opening and submitting: opened at once, filled with suggestions as one types, changed by a choice."""

import logging
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.directory import UNREACHABLE, why
from bot.prefix import Names
from handlers import customer_field, listeners
from handlers.said import Reply, Said
from storage.store import Store

log = logging.getLogger(__name__)

Payload = dict[str, Any]


class OpenForms:
    """What is done with forms while people fill them in. Nothing here writes: a form is Slack's until it is sent."""

    def __init__(self, client: AsyncWebClient, store: Store, names: Names) -> None:
        self._client = client
        self._store = store
        self._names = names

    async def opened(self, said: Said, form: Payload) -> bool:
        """Open a form; False if Slack would not."""
        try:
            await self._client.views_open(trigger_id=said.trigger_id, view=self._names.shown(form))
        except UNREACHABLE as error:
            log.warning("a form could not be opened: %s", why(error))
            return False
        return True

    async def update(self, said: Said, reply: Reply) -> None:
        """Show an open form as it is now. Of two choices that overtake each other, the later one stays.

        What was typed is Slack's to keep, and it does (slack-facts.md 1.3); where Slack refuses, the form stays as it
        was, and what was chosen in it counts all the same.
        """
        shown = {"view_id": reply.updates, "view": self._names.shown(reply.form)}
        try:
            try:
                await self._client.views_update(**shown, hash=said.view.get("hash"))
            except SlackApiError as error:
                overtaken = error.response.get("error") == "hash_conflict"
                if not overtaken:
                    raise
                if await self._store.read(customer_field.is_latest, said):
                    await self._client.views_update(**shown)
        except UNREACHABLE as error:
            log.warning("a form could not be changed: %s", why(error))

    async def suggest(self, ack: AsyncAck, body: Payload) -> None:
        """What a field offers for what is typed in it so far; nothing, if that fails, and one may type on."""
        look = listeners.SUGGESTIONS.get(str(body.get("action_id")))
        offered: list[Payload] = []
        if look:
            person_id, typed = str(body["user"]["id"]), str(body.get("value") or "")
            try:
                offered = await self._store.read(look, person_id, typed)
            except Exception:  # a list that stays empty is better than Slack's own error in a form
                log.exception("nothing could be offered in a form")
        await ack(options=offered)
