"""How often an app may call what: slack-facts 1.4. Off unless `Sandbox.limits_on`."""

import math
from collections import defaultdict, deque

from bot.sandbox.clock import Clock

MINUTE = 60.0  # seconds: "window 1 min"
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100  # "Tier1 1+/min · Tier2 20+ · Tier3 50+ · Tier4 100+"
HUNDREDS = 600  # "hundreds/min (Java SDK uses 600)"
POSTS_IN_ALL = 300  # chat.postMessage: "several hundred/min per workspace"; the figure is ours, at the low end
POSTS_A_SECOND = 1.0  # "~1/s per channel (bursts ok)", and for response_url "1/s, short bursts"
BURST = 5  # "burst size unpublished": the figure is ours

PER_MINUTE = {
    "chat.postMessage": POSTS_IN_ALL,
    **dict.fromkeys(("api.test", "auth.test", "chat.getPermalink"), HUNDREDS),
    **dict.fromkeys(("chat.postEphemeral", "users.info", "conversations.members"), TIER_4),
    **dict.fromkeys(("files.getUploadURLExternal", "files.completeUploadExternal"), TIER_4),
    **dict.fromkeys(("views.open", "views.push", "views.update", "views.publish"), TIER_4),
    **dict.fromkeys(("chat.update", "chat.delete", "reactions.add", "reactions.get"), TIER_3),
    **dict.fromkeys(("conversations.info", "conversations.history", "conversations.replies"), TIER_3),
    **dict.fromkeys(("conversations.open", "conversations.join", "team.info", "bots.info"), TIER_3),
    **dict.fromkeys(("conversations.list", "users.list", "users.conversations", "reactions.remove"), TIER_2),
    "apps.connections.open": TIER_1,
}
POSTS = ("chat.postMessage", "response_url")


class Rates:
    """Counts calls on the clock, and says how long a call that comes too often must wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)
        self._posts: dict[str, tuple[float, float]] = {}  # channel -> posts it may still take, and when that was so

    def wait(self, name: str, channel: str) -> int:
        """Whole seconds to wait before this call; 0 lets it through and counts it. `channel` matters for posts."""
        found = max(self._wait_for_method(name), self._wait_for_channel(channel) if name in POSTS else 0.0)
        if found > 0:
            return math.ceil(found)
        self._calls[name].append(self._clock.now())
        if name in POSTS:
            self._posts[channel] = (self._room(channel) - 1, self._clock.now())
        return 0

    def _wait_for_method(self, name: str) -> float:
        now, calls = self._clock.now(), self._calls[name]
        while calls and calls[0] <= now - MINUTE:
            calls.popleft()
        allowed = PER_MINUTE.get(name)
        return calls[0] + MINUTE - now if allowed and len(calls) >= allowed else 0.0

    def _wait_for_channel(self, channel: str) -> float:
        return (1 - self._room(channel)) / POSTS_A_SECOND

    def _room(self, channel: str) -> float:
        room, since = self._posts.get(channel, (float(BURST), self._clock.now()))
        return min(float(BURST), room + (self._clock.now() - since) * POSTS_A_SECOND)
