"""What Slack lends an app for a while: triggers to open a form, addresses to answer to."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

from bot.sandbox.calls import RefusalError
from bot.sandbox.clock import Clock
from bot.sandbox.world import Message

Item = TypeVar("Item")


@dataclass(slots=True)
class Trigger:
    """Opens one view for the person who pressed."""

    user: str
    expires_at: float
    used: bool = False


class Lent(OrderedDict[str, Item]):
    """What was handed out, the oldest forgotten when there is much of it."""

    LIMIT = 10_000

    def lend(self, key: str, item: Item) -> str:
        """Remember an item; returns its key."""
        self[key] = item
        if len(self) > self.LIMIT:
            self.popitem(last=False)
        return key


class Triggers:
    """All triggers handed out: each works once, within three seconds."""

    LIFE = 3.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given = Lent[Trigger]()

    def new(self, user: str) -> str:
        """A fresh trigger_id for that person."""
        trigger_id = f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        return self._given.lend(trigger_id, Trigger(user, self._clock.now() + self.LIFE))

    def exchange(self, trigger_id: str) -> str:
        """Use a trigger up; returns whose it was."""
        trigger = self._given.get(trigger_id)
        if trigger is None:
            raise RefusalError("invalid_trigger_id")
        if trigger.used:
            raise RefusalError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires_at:
            raise RefusalError("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(slots=True)
class ReplyAddress:
    """Where answers to one command or click may be sent; `original` is the app's message it belongs to."""

    user: str
    channel: str
    expires_at: float
    original: Message | None = None
    uses_left: int = 5


class ReplyAddresses:
    """All response_urls handed out, by the secret in their address: five uses within thirty minutes."""

    LIFE = 30 * 60.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given = Lent[ReplyAddress]()

    def new(self, user: str, channel: str, original: Message | None = None) -> str:
        """The secret of a fresh address."""
        secret = secrets.token_urlsafe(18)
        return self._given.lend(secret, ReplyAddress(user, channel, self._clock.now() + self.LIFE, original))

    def at(self, secret: str) -> ReplyAddress | None:
        """The address with that secret."""
        return self._given.get(secret)

    def use(self, secret: str) -> ReplyAddress:
        """Count one use of an address, or refuse as Slack does."""
        address = self._given.get(secret)
        if address is None:
            raise RefusalError("no_active_hooks")
        if self._clock.now() > address.expires_at:
            raise RefusalError("expired_url")
        if address.uses_left == 0:
            raise RefusalError("used_url")
        address.uses_left -= 1
        return address
