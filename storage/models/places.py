"""Who and where: people, channels and teams."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody in Slack. ``zone`` (IANA) and ``locale`` are None where Slack did not say.

    ``opens_at``, ``closes_at`` and ``weekdays`` are hours of their own, as a team's are; None where the team's count.
    Away by their own word from ``away_from``, and until ``away_until`` if they said so.
    """

    id: str
    handle: str
    name: str
    zone: str | None = None
    locale: str | None = None
    is_bot: bool = False
    is_outsider: bool = False  # a guest, or of another company
    is_admin: bool = False
    is_deactivated: bool = False
    status_emoji: str | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    weekdays: str | None = None
    away_from: int | None = None
    away_until: int | None = None


@dataclass(frozen=True)
class Channel:
    """A Slack channel; ``has_kept`` says whether the bot is a member and may post."""

    id: str
    name: str
    has_kept: bool
    is_private: bool = False
    is_shared: bool = False  # with another company
    customer_id: int | None = None


@dataclass(frozen=True)
class Team:
    """A team is its team channel. Hours are minutes since midnight in its zone; weekdays are digits, Monday 0."""

    id: int
    channel_id: str
    escalation_channel_id: str | None
    manager_channel_id: str | None
    lead_id: str | None
    backup_id: str | None
    zone: str
    opens_at: int
    closes_at: int
    weekdays: str
    country: str | None
    region: str | None
    made_by: str
    made_at: int
    ladder: str | None  # its own steps of reminding, as JSON; None where it has the usual ones
    away_emoji: str | None  # names of the emoji that say away, with spaces between; None where it has the usual ones

    @property
    def channels(self) -> tuple[str, ...]:
        """The team's own channels, where full cards may be shown."""
        own = (self.channel_id, self.escalation_channel_id, self.manager_channel_id)
        return tuple(channel for channel in own if channel)
