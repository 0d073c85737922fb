"""Where a process may die: the moments between two things that must both happen, or neither.

Nothing of this stands in the bot: its functions are wrapped from outside, in a process that is to die.
"""

import asyncio
import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

BEFORE, AFTER = "before", "after"
DIED = 9  # the exit status of a process that died at its moment

# The moments, in the order of a message's life: a module, what is wrapped there, and at which end of it the process
# dies. With several of them, whichever the engine has.
MOMENTS: dict[str, tuple[str, str, str]] = {
    "tables are being made": ("storage.migrations:_apply", AFTER, "start"),
    "tables are made": ("storage.store:Store.__init__", AFTER, "start"),
    "people are being learned": ("bot.directory:Directory.fill", BEFORE, "start"),
    "people are learned": ("bot.directory:Directory.fill", AFTER, "start"),
    "an input has arrived": ("bot.desk:Desk.answer", BEFORE, ""),
    "its transaction began": ("bot.desk:answer", BEFORE, ""),
    "its effect is written": ("bot.desk:answer", AFTER, ""),
    "its message is queued": ("storage.outbox:put", AFTER, ""),
    "its card is to be drawn": ("storage.outbox:refresh", AFTER, ""),
    "a commit is about to happen": ("storage.database:SQLite.commit storage.postgres:PostgreSQL.commit", BEFORE, ""),
    "a commit has happened": ("storage.database:SQLite.commit storage.postgres:PostgreSQL.commit", AFTER, ""),
    "an answer is about to leave": ("bot.desk:Desk.answer", AFTER, ""),
    "a step is about to be taken": ("storage.callbacks:stepped", BEFORE, ""),
    "a step is taken": ("storage.callbacks:stepped", AFTER, ""),
    "a reminder is in its message": ("storage.nudges:queued", AFTER, ""),
    "a message is being claimed": ("storage.outbox:claim", AFTER, ""),
    "a message is claimed": ("bot.sending:Sender._start", BEFORE, ""),
    "a call is about to be made": ("bot.slack:Slack._call", BEFORE, ""),
    "Slack took it and nobody knows": ("bot.slack:Slack._call", AFTER, ""),
    "its end is being written": ("bot.sending:settle", AFTER, ""),
    "its end is written": ("bot.sending:Sender._ended", BEFORE, ""),
    "a lease is renewed": ("storage.outbox:hold", AFTER, "slow"),
    "an unknown end is written": ("storage.outbox:put_back", AFTER, "answer_lost"),
    "an unknown end is looked up": ("bot.slack:Slack._look_up", BEFORE, "answer_lost"),
    "an unknown end was looked up": ("bot.slack:Slack._look_up", AFTER, "answer_lost"),
    "a refused message waits": ("storage.outbox:put_back", AFTER, "server_error"),
    "a message goes elsewhere": ("storage.outbox:redirect", AFTER, "elsewhere"),
    "a reminder goes to the next": ("storage.nudges:try_next", AFTER, "elsewhere"),
    "a response_url is about to be used": ("bot.slack:Slack._respond", BEFORE, ""),
    "a response_url was used": ("bot.slack:Slack._respond", AFTER, ""),
    "old rows are being dropped": ("bot.worker:_tidy", AFTER, "once"),
    "a living message is noted": ("storage.outbox:sent", AFTER, ""),
    "it is asked to stop": ("bot.run:Bot.stop", BEFORE, "stop"),
    "the last input is answered": ("bot.desk:Desk.quiet", AFTER, "stop"),
    "the database is being closed": ("storage.store:Store.close", BEFORE, "stop"),
    "a backup is begun": ("storage.backup:_copy", BEFORE, "backup"),
    "a backup is copied": ("storage.backup:_copy", AFTER, "backup"),
    "a backup is noted": ("storage.backup:_note", AFTER, "backup"),
    "a backup is whole": ("storage.backup:_put_in_place", BEFORE, "backup"),
    "a restore is begun": ("storage.backup:_must_be_sound", BEFORE, "restore"),
    "a restore is copied": ("storage.backup:_copy", AFTER, "restore"),
    "a restore knows what was sent": ("storage.backup:_carry_over", AFTER, "restore"),
    "a restore is noted": ("storage.backup:_note", AFTER, "restore"),
}


def where_told(words: str) -> None:
    """Die at the so-manieth call of a moment, as ``a message is claimed:3`` says; at none without words."""
    moment, _, number = words.partition(":")
    if not moment:
        return
    left = [int(number)]
    wanted, end, _ = MOMENTS[moment]
    for one in wanted.split():
        module, _, path = one.partition(":")
        holder: Any = import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            holder = getattr(holder, part)
        setattr(holder, name, _dying(getattr(holder, name), end, left))


def _dying(function: Callable[..., Any], end: str, left: list[int]) -> Callable[..., Any]:
    def at(this: str) -> None:
        left[0] -= this == end
        if this == end and left[0] == 0:
            os._exit(DIED)

    if asyncio.iscoroutinefunction(function):

        @wraps(function)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            at(BEFORE)
            result = await function(*args, **kwargs)
            at(AFTER)
            return result

    else:

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            at(BEFORE)
            result = function(*args, **kwargs)
            at(AFTER)
            return result

    return wrapped
