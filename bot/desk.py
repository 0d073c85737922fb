"""The desk: what each kind of payload says, handed to its handler; committed before it is answered."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot import apologies
from bot.directory import Directory
from bot.open_forms import OpenForms
from bot.prefix import Names
from handlers import forms, listeners, text
from handlers.answer import answer, send_back
from handlers.said import NOTHING, ConflictError, Handler, Reply, Said, tell
from storage.database import UnknownCommitError
from storage.inbox import RepeatedInputError
from storage.models import Person
from storage.store import Store

log = logging.getLogger(__name__)

Payload = dict[str, Any]
TRIES = 4  # how often a change is tried when another replica got in between


class Desk:
    """Where inputs arrive: each is answered once, and the worker is woken for the messages it caused."""

    def __init__(
        self,
        client: AsyncWebClient,
        store: Store,
        directory: Directory,
        clock: Callable[[], float],
        wake: Callable[[], None],
        names: Names,
    ) -> None:
        self._names = names
        self.answered = 0  # inputs, since the start
        self._client = client
        self._store = store
        self._directory = directory
        self._clock = clock
        self._wake = wake
        self._forms = OpenForms(client, store, names)
        self.suggest = self._forms.suggest
        self._under_way: set[asyncio.Task[Any]] = set()

    async def quiet(self, seconds: float) -> None:
        """Wait, so many seconds at most, until every input that has arrived is answered."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    async def answer(self, handler: Handler, said: Said) -> Reply:
        """Run a handler in one transaction; a form it asks for is opened at once."""
        if task := asyncio.current_task():
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        await self._directory.meet(said.person.id)
        reply = await self._committed(handler, said)
        if reply.updates:
            await self._forms.update(said, reply)
        elif reply.form and not await self._forms.opened(said, reply.form):
            reply = apologies.not_opened(said)
            if said.surface != "command":
                await self._store.run(send_back, said, reply)
        self.answered += 1
        self._wake()
        return reply

    async def answer_or_own_up(self, handler: Handler, said: Said) -> Reply:
        """Answer; where the handler fails, the person is told so, the way every answer goes.

        If not even that can be written down, the error goes on, and Slack itself tells them the app did not respond.
        """
        try:
            return await self.answer(handler, said)
        except Exception as error:  # whatever it was, nobody is left without an answer
            log.exception("a %s failed", said.surface)
            await self._own_up(said, tell(apologies.failed(error)))
            return NOTHING

    async def _own_up(self, said: Said, reply: Reply) -> None:
        """Send an answer of the desk's own; under another key, so that a later attempt may still answer."""
        await self._store.run(send_back, replace(said, key=f"desk:{said.key}"), reply)
        self._wake()

    async def _committed(self, handler: Handler, said: Said) -> Reply:
        unknown: UnknownCommitError | None = None
        for tries_left in reversed(range(TRIES)):
            try:
                return await self._store.run(answer, handler, said)
            except UnknownCommitError as error:  # at the next try the input's key says what became of it
                unknown = error
            except (ConflictError, RepeatedInputError):
                if not tries_left:
                    raise
            except Exception as error:
                if unknown:
                    raise unknown from error
                raise
        raise unknown or ConflictError

    def said(self, body: Payload, surface: str, **values: Any) -> Said:
        """An input from Slack's payload; who acts is read from there and from nowhere else."""
        return Said(
            key=_key(body),
            now=int(self._clock()),
            person=Person(id=body.get("user_id") or (body.get("user") or {}).get("id") or "", handle="", name="you"),
            surface=surface,
            trigger_id=body.get("trigger_id") or "",
            response_url=body.get("response_url") or "",
            **values,
        )

    async def command(self, ack: AsyncAck, body: Payload) -> None:
        """A slash command: the answer is the body of the same request."""
        handler, name, words = listeners.command(self._names.ours(body["command"]), body.get("text") or "")
        said = self.said(body, "command", channel_id=body.get("channel_id") or "", words=words, command=f"/{name}")
        if handler is None:
            known = text.listed([f"/{command}" for command in listeners.COMMANDS], "or")
            unknown = Reply(text=f"I don't know /{text.escape(name)}. I know {known}; add help for examples.")
            await ack(**self._names.shown(unknown.body()))
            return
        try:
            reply = await self.answer(handler, said)
        except Exception as error:  # a person with a customer on the line never goes without an answer
            log.exception("a command failed: /%s", name)
            typed = text.escape(text.unescape(words))
            reply = Reply(text=f"{apologies.failed(error)} You typed: /{name} {typed}")
        await (ack(**self._names.shown(reply.body())) if reply.is_message else ack())

    async def action(self, ack: AsyncAck, body: Payload) -> None:
        """A pressed button, or a choice in an open form; its answer goes through the outbox."""
        pressed = body["actions"][0]
        view = body.get("view") or {}
        if view.get("type") == "modal":
            said = self._filled_in(body, view, value=_chosen(pressed))
            said = replace(said, key=f"form:{view.get('id')}:{pressed.get('action_ts')}")
        else:
            said = self._pressed(body, pressed)
        handler = listeners.action(str(pressed.get("action_id")))
        if handler is None:
            log.warning("no such button: %s", pressed.get("action_id"))
            await self._own_up(said, apologies.OUTDATED)
        else:
            await self.answer_or_own_up(handler, said)
        await ack()

    def _pressed(self, body: Payload, pressed: Payload) -> Said:
        container = body.get("container") or {}
        message = body.get("message") or {}
        return self.said(
            body,
            "home" if (body.get("view") or {}).get("type") == "home" else "button",
            channel_id=(body.get("channel") or {}).get("id") or container.get("channel_id") or "",
            value=_chosen(pressed),
            message_ts=container.get("message_ts") or message.get("ts"),
            thread_ts=container.get("thread_ts") or message.get("thread_ts"),
        )

    async def submission(self, ack: AsyncAck, body: Payload) -> None:
        """A form, filled in: errors are shown at their fields, else the answer goes through the outbox."""
        view = body["view"]
        handler = listeners.VIEWS.get(str(view.get("callback_id")))
        if handler is None:
            log.warning("no such form: %s", view.get("callback_id"))
            await ack(**apologies.kept_open(view, apologies.OUTDATED.text))
            return
        try:
            reply = await self.answer(handler, self._filled_in(body, view))
        except Exception as error:  # the form stays open, with what was typed in it
            log.exception("a form failed: %s", view.get("callback_id"))
            await ack(**apologies.kept_open(view, apologies.failed(error, "submit it again")))
            return
        errors = {field: self._names.shown(error) for field, error in (reply.errors or {}).items()}
        await (ack(response_action="errors", errors=errors) if errors else ack())

    def _filled_in(self, body: Payload, view: Payload, **values: Any) -> Said:
        meta = view.get("private_metadata") or "{}"
        asked_in = json.loads(meta) if meta.startswith("{") else {}
        return self.said(
            body,
            "form",
            channel_id=asked_in.get("channel") or "",
            thread_ts=asked_in.get("thread_ts"),
            fields=forms.filled_in(view.get("state") or {}),
            meta=meta,
            view=view,
            **values,
        )

    async def shortcut(self, ack: AsyncAck, body: Payload) -> None:
        """A shortcut from a message's menu; its answer goes through the outbox."""
        message = body.get("message") or {}
        said = self.said(
            body,
            "shortcut",
            channel_id=(body.get("channel") or {}).get("id") or "",
            words=message.get("text") or "",
            message_ts=message.get("ts"),
            thread_ts=message.get("thread_ts"),
        )
        handler = listeners.SHORTCUTS.get(str(body.get("callback_id")))
        if handler:
            await self.answer_or_own_up(handler, said)
        else:
            await self._own_up(said, apologies.OUTDATED)
        await ack()

    async def event(self, ack: AsyncAck, body: Payload) -> None:
        """Something that happened in Slack; what bots and Slack itself say is passed over."""
        event = body["event"]
        await self._directory.heard(event)
        handler = listeners.EVENTS.get(str(event.get("type")))
        is_persons = isinstance(event.get("user"), str) and not event.get("bot_id")
        if handler and is_persons and listeners.is_heard(said := self._happened(body, event)):
            try:
                await self.answer(handler, said)
            except Exception:  # Slack delivers it again; who spoke to Kept hears, once, that it may take a while
                if said.surface == "app_mention" or event.get("channel_type") == "im":
                    await self._own_up(said, apologies.LATER)
                raise
        await ack()

    def _happened(self, body: Payload, event: Payload) -> Said:
        item = event.get("item") or {}
        return Said(
            key=f"event:{body.get('event_id') or _key(body)}",
            now=int(self._clock()),
            person=Person(id=event["user"], handle="", name="somebody"),
            surface=event["type"],
            channel_id=event.get("channel") or item.get("channel") or "",
            words=event.get("text") or "",
            value=event.get("reaction") or event.get("subtype") or event.get("tab") or "",
            message_ts=event.get("ts") or item.get("ts"),
            thread_ts=event.get("thread_ts"),
            view=event.get("view") or {},
            fields={"event_ts": str(event.get("event_ts") or "")}
            | ({"shared": "yes"} if body.get("is_ext_shared_channel") else {}),
        )


def _chosen(pressed: Payload) -> str:
    return str(pressed.get("value") or (pressed.get("selected_option") or {}).get("value") or "")


def _key(body: Payload) -> str:
    """Slack's own name for an input, the same when it is delivered again: the trigger_id, else the whole payload."""
    if body.get("trigger_id"):
        return f"trigger:{body['trigger_id']}"
    return "payload:" + hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
