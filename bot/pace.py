"""How fast messages may go: Slack's limits, kept from our side so that it need not refuse (slack-facts.md 1.4).

A place takes one post a second, the workspace so many posts a minute; edits and Homes have limits of their own, so that
cards being redrawn hold no reminder up. Where Slack refuses all the same, the place rests; where it refuses a second
place meanwhile, everything of the kind does.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

POSTS, EDITS, VIEWS = "posts", "edits", "views"

PLACE_RESTS = 1.0  # seconds between two posts to one place
EDITS_PER_MINUTE = 50  # chat.update, chat.delete and reactions: Slack's tier 3
VIEWS_PER_MINUTE = 100  # views.publish: tier 4
AT_ONCE = 0.1  # of a minute's messages may go in a burst; the rest is spread over the minute

ALWAYS_EDITS = frozenset({"nudge-edit", "mark", "rewrite", "look", "reread", "gap"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due, as far as its turn goes by it; ``is_posted`` where it stands in Slack and is edited."""

    id: int
    kind: str
    place: str
    is_posted: bool

    @property
    def family(self) -> str:
        """Which of Slack's limits it counts against; an answer to a button (an address) counts against none of ours."""
        if self.place.startswith("http"):
            return ""
        if self.kind == "home":
            return VIEWS
        return EDITS if self.is_posted or self.kind in ALWAYS_EDITS else POSTS


@dataclass(slots=True)
class _Bucket:
    """So many a minute: some at once, the others evenly."""

    per_minute: float
    room: float = field(init=False)
    since: float = 0.0

    def __post_init__(self) -> None:
        self.room = max(1.0, self.per_minute * AT_ONCE)

    def ready_in(self, now: float) -> float:
        """Seconds until there is room for one."""
        full, per_second = max(1.0, self.per_minute * AT_ONCE), self.per_minute * (1 - AT_ONCE) / 60
        self.room, self.since = min(full, self.room + (now - self.since) * per_second), now
        return 0.0 if self.room >= 1 else (1 - self.room) / per_second


class Pace:
    """Counts what goes, by the time that really passes; a demo's clock that is moved does not move it."""

    def __init__(self, posts_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        limits = {POSTS: posts_per_minute, EDITS: EDITS_PER_MINUTE, VIEWS: VIEWS_PER_MINUTE}
        self._buckets = {family: _Bucket(limit) for family, limit in limits.items() if limit}
        self._rests: dict[str, float] = {}  # until when a place, or a family, takes nothing

    def ready_in(self, message: Waiting) -> float:
        """Seconds until this message may go; 0 if it may go now."""
        now, family = self._clock(), message.family
        if not family:
            return 0.0
        rests = max(self._rests.get(family, 0.0), self._rests.get(message.place, 0.0) if family == POSTS else 0.0)
        bucket = self._buckets.get(family)
        return max(rests - now, bucket.ready_in(now) if bucket else 0.0, 0.0)

    def goes(self, message: Waiting) -> None:
        """Count a message that goes now."""
        family = message.family
        if family in self._buckets:
            self._buckets[family].room -= 1
        if family == POSTS:
            self._rest(message.place, PLACE_RESTS)

    def refused(self, message: Waiting, seconds: float) -> None:
        """Slack said to wait: the place does, and with a second place, or for an edit, everything of the kind."""
        family, now = message.family, self._clock()
        refusing = any(until - now > PLACE_RESTS for place, until in self._rests.items() if place != message.place)
        if family == POSTS:
            self._rest(message.place, seconds)
        if family and (family != POSTS or refusing):
            self._rest(family, seconds)

    def pause(self, seconds: float) -> None:
        """Nothing goes for so long, as while Slack refuses the token."""
        for family in (POSTS, EDITS, VIEWS):
            self._rest(family, seconds)

    def _rest(self, what: str, seconds: float) -> None:
        now = self._clock()
        if len(self._rests) > 1000:  # places that rest no more
            self._rests = {place: until for place, until in self._rests.items() if until > now}
        self._rests[what] = max(self._rests.get(what, 0.0), now + seconds)
