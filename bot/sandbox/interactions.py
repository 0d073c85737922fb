"""What people do with the app: commands, buttons, menus, shortcuts."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import events, limits, payloads, replies, written
from bot.sandbox.calls import RefusalError
from bot.sandbox.delivery import Ack
from bot.sandbox.elements import STATELESS, Json, find, state_of
from bot.sandbox.people import People
from bot.sandbox.world import Channel, Message, Person, View


@dataclass(slots=True)
class Answer:
    """What came back: `status` is the HTTP status, `acked`, `timeout` or `connection_failed`.

    `done` needed nothing of the app; `incomplete` is a form Slack itself would not send; `refused` is an answer of the
    app that Slack did not take.
    """

    status: int | str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    message: Message | None = None
    seconds: float = 0.0
    body: Any = None
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it went well."""
        return self.status == "done" or Ack(self.status).ok


class Interactions(People):
    """Commands, buttons, menus and shortcuts. Each returns when the app has acknowledged, or after three seconds."""

    async def command(self, person: Person | str, channel: Channel | str, typed: str, times: int = 1) -> Answer:
        """Type a slash command. `times` > 1: the very same request comes again, unseen by the person."""
        who = self.person(person)
        place = self._joined(who, channel)
        name, _, text = typed.strip().partition(" ")
        if name == "/invite":
            return await self._invite(who, place, text)
        self._may(who, "commands")
        if place.is_archived:
            raise ValueError(f"#{place.name} is archived.")
        known = self.manifest.command(name)
        text = written.as_command(self.workspace, text, should_escape=known.should_escape)
        secret = self.reply_addresses.new(who.id, place.id)
        payload = payloads.command(self, who, place, name, text) | {"response_url": self.response_url(secret)}
        ack = await self.deliver("slash_commands", payload, times)
        if not ack.ok:
            return self._trouble(who, place.id, f"{name} failed with the error", ack)
        try:
            content = replies.taken(self, name, replies.as_content(ack.body))
        except RefusalError:
            refused = Ack("refused", ack.body, ack.seconds)
            return self._trouble(who, place.id, f"{name} failed with the error", refused)
        if content.get("response_type") == "in_channel":
            self.workspace.post(place, who.id, written.escaped(typed), subtype="slash_command")
        return self._answer(secret, ack, content)

    async def press(self, person: Person | str, place: Message | View, button: str, times: int = 1) -> Answer:
        """Press a button, called by its words or its action_id."""
        return await self._act(self.person(person), place, find(place.blocks, button, STATELESS), None, times)

    async def choose(
        self, person: Person | str, place: Message | View, menu: str, option: Any, times: int = 1
    ) -> Answer:
        """Choose in a menu (or tick, or pick a date), called by its action_id, placeholder or label."""
        who = self.person(person)
        block, element = find(place.blocks, menu)
        option = await self._meant(who, place, element, option)
        if element["type"] not in STATELESS:
            held = place.typed.setdefault(block["block_id"], {})
            held[element["action_id"]] = state_of(element, option)
            self.workspace.touch()
        if block.get("type") == "input" and not block.get("dispatch_action"):
            return Answer("done")  # an input tells the app nothing before its form is submitted
        return await self._act(who, place, (block, element), option, times)

    async def suggest(self, person: Person | str, place: Message | View, menu: str, typed: str) -> list[Json]:
        """Type into a menu that asks the app for its options; returns what it offers."""
        block, element = find(place.blocks, menu, ("external_select", "multi_external_select"))
        who = self.person(person)
        payload = payloads.interaction(self, "block_suggestion", who) | payloads.where(self, place)
        payload |= {"action_id": element["action_id"], "block_id": block["block_id"], "value": typed}
        payload.pop("state", None)
        ack = await self.deliver("interactive", payload)
        body = self._offered(menu, ack)
        groups = [one for group in body.get("option_groups") or [] for one in group.get("options") or []]
        found: list[Json] = [*(body.get("options") or []), *groups]
        return found

    async def shortcut(
        self, person: Person | str, wanted: str, message: Message | None = None, times: int = 1
    ) -> Answer:
        """Use a shortcut, called by its name or callback_id: on a message, or from anywhere."""
        who = self.person(person)
        self._may(who, "shortcuts")
        known = self.manifest.shortcut(wanted, "message" if message else "global")
        payload = payloads.interaction(self, "message_action" if message else "shortcut", who)
        payload |= {"callback_id": known.callback_id, "trigger_id": self.triggers.new(who.id)}
        payload["action_ts"] = self.workspace.next_ts()
        if message:
            if not message.seen_by(None):
                raise ValueError("A message that is gone, or that one person alone sees, has no shortcuts.")
            self._member(who, self.workspace.channels[message.channel])
            secret = self.reply_addresses.new(who.id, message.channel)
            payload |= payloads.message_shortcut(self, message) | {"response_url": self.response_url(secret)}
        ack = await self.deliver("interactive", payload, times)
        if not ack.ok and message:
            return self._trouble(who, message.channel, f"{known.name} failed with the error", ack)
        return Answer(ack.status, seconds=ack.seconds, body=ack.body)

    async def open_home(self, person: Person | str, tab: str = "home", times: int = 1) -> View | None:
        """Open the bot's Home; returns what is published there once the app has heard of it."""
        who = self.person(person)
        await self.emit(*events.home_opened(self.workspace, who, tab), times=times)
        return self.home(who)

    def home(self, person: Person | str) -> View | None:
        """What the bot published for that person's Home."""
        return self.workspace.homes.get(self.person(person).id)

    async def _act(
        self, who: Person, place: Message | View, target: tuple[Json, Json], chosen: Any, times: int
    ) -> Answer:
        self._sees(who, place)
        payload = payloads.interaction(self, "block_actions", who) | payloads.where(self, place)
        payload["trigger_id"] = self.triggers.new(who.id)
        payload["actions"] = [payloads.action(*target, chosen, self.workspace.next_ts())]
        if isinstance(place, Message):
            secret = self.reply_addresses.new(who.id, place.channel, place)
            payload["response_url"] = self.response_url(secret)
        else:
            payload["hash"] = place.hash
        ack = await self.deliver("interactive", payload, times)
        if isinstance(place, Message):
            if not ack.ok:
                return self._trouble(who, place.channel, "This app did not respond:", ack, place.thread_ts)
        elif not ack.ok:
            place.notice = "We had some trouble connecting. Try again?"
            self.workspace.touch()
        return Answer(ack.status, seconds=ack.seconds, body=ack.body)

    async def _meant(self, who: Person, place: Message | View, element: Json, wanted: Any) -> Any:
        """Names and typed words turned into what the element holds: ids, or an option the app suggests."""
        kind = element["type"].removeprefix("multi_")
        if isinstance(wanted, list):
            return [await self._meant(who, place, element, one) for one in wanted]
        if not isinstance(wanted, str) or not wanted:
            return wanted
        if kind == "users_select":
            return self.person(wanted).id
        if kind in ("channels_select", "conversations_select"):
            return self.channel(wanted, who).id
        if kind != "external_select":
            return wanted
        offered = await self.suggest(who, place, element["action_id"], wanted)
        for one in offered:
            if wanted in (one["text"]["text"], one.get("value")):
                return one
        if offered and offered[-1]["text"]["text"].endswith(f": {wanted}"):
            return offered[-1]  # the last offer, to take what was typed as something new
        texts = ", ".join(repr(one["text"]["text"]) for one in offered) or "nothing"
        raise LookupError(f"For {wanted!r} the app offers {texts}.")

    async def _invite(self, who: Person, place: Channel, text: str) -> Answer:
        for handle in text.split():
            await self.invite(place, handle, who)
        return Answer("done")

    def _may(self, who: Person, what: str) -> None:
        """Refuse to those who have no commands and shortcuts of apps.

        Slack Connect: only people of the installing workspace have (slack-facts 1.2). Guests of several channels have
        where the workspace lets them, guests of one channel never (slack.com/help, "Manage app permissions").
        """
        if who.is_stranger:
            raise ValueError(f"{who.real_name} is of another company, whose people cannot use {what} of this one.")
        if who.is_ultra_restricted or (who.is_restricted and not self.workspace.guests_may_command):
            raise ValueError(f"{who.real_name} is a guest, and guests cannot use {what} here.")
        if who.deleted:
            raise ValueError(f"{who.real_name} is not here any more.")

    def _offered(self, menu: str, ack: Ack) -> Json:
        """The options an app answered with; what Slack would not take offers nothing."""
        if not ack.ok or not ack.body:
            return {}
        try:
            limits.options.check(ack.body)
        except RefusalError as refusal:
            self.note_refused(f"options of {menu}", refusal, ack.body)
            return {}
        body: Json = ack.body
        return body

    def _sees(self, who: Person, place: Message | View) -> None:
        shown = [*self.workspace.views.get(who.id, []), self.home(who)]
        if not (any(place is view for view in shown) if isinstance(place, View) else place.seen_by(who.id)):
            raise ValueError(f"{who.real_name} does not see that (any more).")
        if isinstance(place, Message):
            self._member(who, self.workspace.channels[place.channel])

    def _answer(self, secret: str, ack: Ack, content: Json) -> Answer:
        address = self.reply_addresses.at(secret)
        message = replies.show(self, address, content) if address else None
        if address:
            address.original = message
        text, blocks = content.get("text") or "", content.get("blocks") or []
        return Answer(ack.status, text, blocks, message, ack.seconds, ack.body)

    def _trouble(self, who: Person, channel: str, said: str, ack: Ack, thread_ts: str | None = None) -> Answer:
        """The notice Slack shows to a person whose app did not answer."""
        errors = {"timeout": "operation_timeout", "refused": "invalid_command_response"}
        error = errors.get(str(ack.status), "dispatch_failed")
        place, text = self.workspace.channels[channel], f'{said} "{error}"'
        message = self.workspace.post(
            place, "USLACKBOT", text, subtype="notice", ephemeral_to=who.id, thread_ts=thread_ts
        )
        return Answer(ack.status, text, [], message, ack.seconds, ack.body)
