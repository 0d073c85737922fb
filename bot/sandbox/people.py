"""What people do in conversations, and what they see there."""

from typing import Any

from bot.sandbox import events, shapes, written
from bot.sandbox.slack import Slack
from bot.sandbox.world import Channel, Message, Person


class People(Slack):
    """Talking, reacting, coming and going. A name stands for a person or a channel as well as an id does.

    Every action waits until the app has acknowledged its event; what the app fails to take never disturbs the
    person. What a person cannot do in Slack is a LookupError or a ValueError that says why.
    """

    def person(self, ref: Person | str) -> Person:
        """The person meant by an id or a handle."""
        return self.workspace.person(ref)

    def channel(self, ref: Channel | str, asking: Person | None = None) -> Channel:
        """The channel meant by an id, a name, or (for somebody asking) an @handle's direct messages."""
        return self.workspace.channel(ref, asking)

    async def say(
        self, person: Person | str, channel: Channel | str, text: str, thread_ts: str | None = None, times: int = 1
    ) -> Message:
        """Write into a channel, or a thread there. `@kept` as a channel means the bot's direct messages."""
        author = self.person(person)
        place = self._joined(author, channel)
        if place.is_archived:
            raise ValueError(f"#{place.name} is archived.")
        parent = self.workspace.message(place.id, thread_ts) if thread_ts else None
        if thread_ts and parent is None:
            raise LookupError(f"There is no message {thread_ts} to reply to.")
        root = parent.thread_ts or parent.ts if parent else None
        message = self.workspace.post(place, author.id, written.as_message(self.workspace, text), thread_ts=root)
        await self.emit(*events.message_posted(self.workspace, message), times=times)
        return message

    async def edit(self, person: Person | str, message: Message, text: str) -> Message:
        """Edit one's own message."""
        self._own(person, message)
        before = shapes.message(self.workspace, message)
        self.workspace.rewrite(message, {"text": written.as_message(self.workspace, text)})
        await self.emit(*events.message_changed(self.workspace, message, before))
        return message

    async def delete(self, person: Person | str, message: Message) -> None:
        """Delete one's own message."""
        self._own(person, message)
        before = shapes.message(self.workspace, message)
        self.workspace.remove(message)
        await self.emit(*events.message_deleted(self.workspace, message, before))

    async def react(self, person: Person | str, message: Message, emoji: str, times: int = 1) -> None:
        """Put an emoji on a message; once there, it is not put there again."""
        who, name = self._joined_person(person, message), emoji.strip(":")
        if who.id in message.reactions.get(name, []):
            return
        message.reactions.setdefault(name, []).append(who.id)
        self.workspace.touch()
        await self.emit(*events.reaction(self.workspace, "reaction_added", message, who.id, name), times=times)

    async def unreact(self, person: Person | str, message: Message, emoji: str, times: int = 1) -> None:
        """Take an emoji off again."""
        who, name = self._joined_person(person, message), emoji.strip(":")
        if who.id not in message.reactions.get(name, []):
            return
        message.reactions[name].remove(who.id)
        if not message.reactions[name]:
            del message.reactions[name]
        self.workspace.touch()
        await self.emit(*events.reaction(self.workspace, "reaction_removed", message, who.id, name), times=times)

    async def join(self, channel: Channel | str, person: Person | str) -> None:
        """Somebody joins a public channel; guests come by invitation only, and so does anybody to a private one."""
        place, who = self.channel(channel), self.person(person)
        if place.is_private or who.is_restricted or who.is_ultra_restricted:
            raise ValueError(f"{who.real_name} must be invited to #{place.name}.")
        await self._enter(place, who)

    async def invite(self, channel: Channel | str, person: Person | str, by: Person | str | None = None) -> None:
        """Somebody, the bot for instance, is brought into a channel by a member."""
        place = self.channel(channel)
        inviter = self._member(self.person(by), place) if by else None
        await self._enter(place, self.person(person), inviter.id if inviter else place.creator)

    async def leave(self, channel: Channel | str, person: Person | str) -> None:
        """Somebody leaves, or is removed from, a channel."""
        place, who = self.channel(channel), self.person(person)
        if who.id in place.members:
            place.members.remove(who.id)
            self.workspace.touch()
            await self.emit(*events.membership(self.workspace, "member_left_channel", place, who))

    async def change_person(self, person: Person | str, **fields: Any) -> Person:
        """Change somebody's profile (`tz`, `status_emoji`, `deleted`, …)."""
        who = self.person(person)
        for name, value in fields.items():
            setattr(who, name, value)
        who.updated = int(self.clock.now())
        self.workspace.touch()
        await self.emit(*events.user_told(self.workspace, "user_change", who))
        return who

    async def welcome(self, name: str, real_name: str = "", **fields: Any) -> Person:
        """Somebody new joins the workspace."""
        who = self.workspace.add_person(name, real_name, **fields)
        await self.emit(*events.user_told(self.workspace, "team_join", who))
        return who

    async def create_channel(self, person: Person | str, name: str, **fields: Any) -> Channel:
        """Somebody creates a channel."""
        who = self.person(person)
        place = self.workspace.add_channel(name, [who], **fields)
        await self.emit(*events.channel_told(self.workspace, "created", place, who))
        return place

    async def rename(self, person: Person | str, channel: Channel | str, name: str) -> None:
        """Somebody renames a channel."""
        place = self.channel(channel)
        place.name = name
        self.workspace.touch()
        await self.emit(*events.channel_told(self.workspace, "rename", place, self.person(person)))

    async def archive(self, person: Person | str, channel: Channel | str) -> None:
        """Somebody archives a channel."""
        place = self.channel(channel)
        place.is_archived = True
        self.workspace.touch()
        await self.emit(*events.channel_told(self.workspace, "archive", place, self.person(person)))

    def messages(self, channel: Channel | str, as_person: Person | str | None = None) -> list[Message]:
        """The top-level messages of a channel in order, with what only `as_person` can see."""
        viewer = self.person(as_person).id if as_person else None
        return [message for message in self.workspace.timeline(self.channel(channel), viewer) if not message.is_reply]

    def thread(self, message: Message, as_person: Person | str | None = None) -> list[Message]:
        """The replies below a message in order, with what only `as_person` can see."""
        return self.workspace.replies(message, self.person(as_person).id if as_person else None)

    def dm(self, person: Person | str) -> list[Message]:
        """All messages between a person and the bot, in order."""
        who = self.person(person)
        return self.workspace.timeline(self.workspace.open_dm(who, self.workspace.bot), who.id)

    def last_dm(self, person: Person | str) -> Message | None:
        """The last message the bot sent to a person directly."""
        sent = [message for message in self.dm(person) if message.user == self.bot_user_id]
        return sent[-1] if sent else None

    async def _enter(self, place: Channel, who: Person, inviter: str = "") -> None:
        if who.id in place.members:
            return
        place.members.append(who.id)
        self.workspace.touch()
        await self.emit(*events.membership(self.workspace, "member_joined_channel", place, who, inviter))

    def _joined(self, person: Person, channel: Channel | str) -> Channel:
        place = self.channel(channel, person)
        self._member(person, place)
        return place

    def _joined_person(self, person: Person | str, message: Message) -> Person:
        if not message.seen_by(None):
            raise ValueError("Nobody can react to a message that is gone, or that one person alone sees.")
        return self._member(self.person(person), self.workspace.channels[message.channel])

    def _member(self, person: Person, place: Channel) -> Person:
        if person.id not in place.members:
            raise ValueError(f"{person.real_name} is not in {'these messages' if place.is_im else '#' + place.name}.")
        return person

    def _own(self, person: Person | str, message: Message) -> None:
        if message.user != self.person(person).id or message.deleted:
            raise ValueError("A person can change only messages of their own.")
