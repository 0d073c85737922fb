"""The one checker: what people were told, what the database holds, and what stands in Slack, held against each other.

It believes neither the bot's own notes of what it sent nor its reports: a message was sent when our Slack has it. Each
thing that must not be is a sentence; an empty list is a good run.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.sandbox import Sandbox
from storage import invariants
from storage.database import Database, Row

REMINDED_WITHIN = 5 * 60  # seconds past due by which somebody was told (brief, 13.2)
UNDER_WAY = 15  # seconds a message written before a record was closed may take to arrive: one call's longest, and some

# What somebody can be told as done, the word they read, and where its effect stands; ``:words`` are the deed's own.
DEEDS = {
    "logged": ("Logged", "SELECT id FROM issues WHERE summary LIKE :words"),
    "promised": ("Promised", "SELECT id FROM promises WHERE subject LIKE :words"),
    "noted": ("Noted", "SELECT id FROM notes WHERE words LIKE :words"),
    "resolved": ("", "SELECT id FROM issues WHERE summary LIKE :words AND resolved_at IS NOT NULL"),
    "kept": ("", "SELECT id FROM promises WHERE subject LIKE :words AND outcome = 'kept'"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one person did, in words no other deed has, and whether they were told that it is done.

    ``deed`` is one of DEEDS; for *resolved* and *kept* the words are those of the issue or promise.
    """

    person: str
    deed: str
    words: str
    is_acknowledged: bool

    @classmethod
    def of(cls, person: str, deed: str, words: str, answer: object) -> "Told":
        """From the sandbox's answer: acknowledged if it went well and, where a word says so, said so."""
        said = DEEDS[deed][0]
        ok = bool(getattr(answer, "ok", False)) and said in str(getattr(answer, "text", ""))
        return cls(person, deed, words, ok)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of the bot's as it stands in Slack; ``key`` is the outbox's, empty for what one person alone sees."""

    at: float
    channel: str
    ts: str
    key: str
    text: str
    only_for: str | None


def posted(slack: Sandbox) -> list[Posted]:
    """All that the bot ever posted by itself, deleted messages too, in order."""
    bot, found = slack.workspace.bot_id, []
    for channel, messages in slack.workspace.messages.items():
        for one in messages.values():
            key = ((one.metadata or {}).get("event_payload") or {}).get("key", "")
            if one.bot_id == bot:
                found.append(Posted(float(one.ts), channel, one.ts, key, one.text, one.ephemeral_to))
    return sorted(found, key=lambda one: one.ts)


def check(
    db: Database, slack: Sandbox, told: Iterable[Told], *, ambiguous: int = 0, now: float | None = None
) -> list[str]:
    """All that must not be, once everything that was due has been worked off.

    ``ambiguous`` is how many doubled messages the rig itself has made unavoidable, and counted; ``now`` (Unix seconds)
    is the sandbox's time unless it is given.
    """
    at, log = int(slack.clock.now() if now is None else now), posted(slack)
    twice = list(doubled(log))
    return [
        *acknowledged(db, told),
        *(twice if len(twice) > ambiguous else []),
        *early(db, log),
        *lost(db, log, at),
        *after_closing(db, log),
        *invented(db, slack),
        *stuck(db, at),
    ]


def acknowledged(db: Database, told: Iterable[Told]) -> Iterator[str]:
    """What was told as done and is not there; what one input did twice, told or not."""
    for one in told:
        found = db.rows(DEEDS[one.deed][1], words=f"%{one.words}%")
        if one.is_acknowledged and not found:
            yield f"{one.person} was told “{one.deed}” ({one.words}), and it is not there"
        if len(found) > 1:
            yield f"what {one.person} {one.deed} once ({one.words}) is there {len(found)} times"


def doubled(log: Iterable[Posted]) -> Iterator[str]:
    """Messages that stand in Slack twice; a reminder also where it went to two places of the chain."""
    for key, times in Counter(_without_place(one.key) for one in log if one.key).items():
        if times > 1:
            yield f"the message {key} was posted {times} times"


def answers_doubled(slack: Sandbox) -> int:
    """How many answers one person alone sees came twice: Slack cannot be asked for these, so each is ambiguous."""
    seen = Counter((one.channel, one.only_for, one.text) for one in posted(slack) if one.only_for)
    return sum(times - 1 for times in seen.values())


def early(db: Database, log: Iterable[Posted]) -> Iterator[str]:
    """Reminders that came before their moment."""
    after_due = ("due", "thread", "backup", "escalation", "morning", "lead")
    reminders = _reminders(db)
    for one in log:
        for nudge in reminders[one.key]:
            if nudge["rung"].startswith(after_due) and one.at < nudge["promise_due"] and nudge["is_current"]:
                yield f"promise #{nudge['promise_id']} was said to be due {nudge['promise_due'] - one.at:.0f} s early"
            elif one.at + 1 < nudge["due_at"]:
                yield f"promise #{nudge['promise_id']}: “{nudge['rung']}” came {nudge['due_at'] - one.at:.0f} s early"


def lost(db: Database, log: Iterable[Posted], now: int) -> Iterator[str]:
    """Open promises past due of which nobody read, that no known minute holds back, and no alarm tells of."""
    reminders = _reminders(db)
    read = {nudge["promise_id"] for one in log for nudge in reminders[one.key] if one.at >= nudge["promise_due"]}
    late, far = now - REMINDED_WITHIN, now + invariants.HELD_FOR_AT_MOST
    waits = {
        row["promise_id"]
        for row in db.rows(
            "SELECT promise_id FROM nudges WHERE unheard_at IS NOT NULL OR"
            " (sent_at IS NULL AND target IS NOT NULL AND due_at BETWEEN :late AND :far)",
            late=late,
            far=far,
        )
    }
    for row in db.rows("SELECT * FROM promises WHERE closed_at IS NULL AND due_at < :late", late=late):
        never_to_come = row["next_at"] is None and (row["ladder_at"] or row["made_at"]) > row["due_at"]
        is_held = row["next_at"] is not None and row["next_rung"] in ("due", "plan") and late <= row["next_at"] <= far
        if not (row["id"] in read or row["id"] in waits or never_to_come or is_held):
            yield f"nobody was told that promise #{row['id']} ({row['subject']}) was due, {now - row['due_at']} s ago"


def after_closing(db: Database, log: Iterable[Posted]) -> Iterator[str]:
    """Reminders posted when every promise in them had been closed before they were written."""
    reminders = _reminders(db)
    for one in log:
        mine = reminders[one.key]
        closed = [nudge["closed_at"] for nudge in mine]
        if mine and None not in closed and one.at > max(closed) + UNDER_WAY and any(map(_is_step, mine)):
            yield f"promise #{mine[0]['promise_id']} was reminded of {one.at - max(closed):.0f} s after it was closed"


def invented(db: Database, slack: Sandbox) -> Iterator[str]:
    """Messages the outbox says were sent, that Slack never had."""
    for row in db.rows("SELECT key, sent_channel, sent_ts FROM outbox WHERE sent_ts IS NOT NULL"):
        if row["sent_ts"] not in slack.workspace.messages.get(row["sent_channel"], {}):
            yield f"the message {row['key']} is noted as sent, and Slack does not have it"


def stuck(db: Database, now: int) -> Iterator[str]:
    """What has waited for a quarter of an hour, or should have been taken by then."""
    if waiting := invariants.waiting(db, now):
        yield f"{waiting} messages have waited for a quarter of an hour"
    if untaken := invariants.untaken(db, now):
        yield f"{untaken} steps are a quarter of an hour past their moment, and nobody took them"


def given_up(db: Database) -> Iterator[str]:
    """What was given up: nothing may be, where all trouble passes."""
    for row in db.rows("SELECT key, problem FROM outbox WHERE state = 'dead'"):
        yield f"the message {row['key']} was given up ({row['problem']})"


def _reminders(db: Database) -> dict[str, list[Row]]:
    """The reminders by the message they went in, each with its promise as it is now."""
    found = defaultdict(list)
    for row in db.rows(
        "SELECT nudges.*, promises.due_at AS promise_due, promises.closed_at AS closed_at,"
        " CASE WHEN promises.generation = nudges.generation THEN 1 ELSE 0 END AS is_current"
        " FROM nudges JOIN promises ON promises.id = nudges.promise_id WHERE message_key IS NOT NULL"
    ):
        found[row["message_key"]].append(row)
    return found


def _is_step(row: Row) -> bool:
    """Whether it is a step of the ladder, and not what somebody asked to be told."""
    return row["rung"] != "handed" and "@" not in row["rung"]


def _without_place(key: str) -> str:
    """A reminder's key but for how many places were tried before."""
    return key.rpartition(":")[0] if key.startswith("nudge:") else key
