"""What Slack refuses for good: every such error × every kind of message; a person hears of it, or an alarm is raised.

Each run is one error, given to every message of every kind from the moment the team is set up, but to the alarm itself.
The refusal is read by the bot's own understanding of Slack's errors, as if Slack had said it.
"""

import asyncio
from collections import Counter
from contextlib import closing
from random import Random
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.manifest import manifest
from bot.sandbox import Clock, Sandbox, sample
from bot.slack import ELSEWHERE, GONE, REFUSED_SHAPE, Outcome
from storage.database import Database
from storage.engines import Place, open_engine
from tests.conftest import MORNING, Desk, open_desk
from tests.rig.checker import posted
from tests.rig.outages import HOURS, TEAM
from tests.rig.outcome import Outcome as Found
from tests.rig.places import place

# Those the bot knows, and those of no class it knows (slack-facts.md 1.9).
UNKNOWN = {
    *("user_not_found", "cannot_dm_bot", "user_disabled", "messages_tab_disabled", "invalid_arguments", "no_text"),
    *("missing_scope", "too_many_attachments", "posting_to_general_channel_denied", "no_such_error_of_today"),
}
EDITS = ("chat.update", "chat.delete", "reactions.add", "reactions.remove", "reactions.get")
OF_EDITS = "message_not_found"  # said of edits alone, so that there is something to edit
ERRORS = sorted(ELSEWHERE | GONE | REFUSED_SHAPE | UNKNOWN)
LONG = len(ERRORS)

# Kinds that only ask Slack something or tidy up: whose refusal takes nothing from anybody, and why.
TAKES_NOTHING = {
    "nudge-edit": "an earlier reminder keeps its buttons, which answer as ever",
    "mark": "an emoji is left out; what it stands for is said in words",
    "look": "the reaction is taken as it was told",
    "gap": "what could not be read again is not known to be missing",
    "reread": "the suggestion is made from what was heard",
    "home": "drawn again at the next look",
    "telling": "",
}

# Kinds whose failure is told in another way: by a message in their place, or an alarm of their own.
OTHERWISE = {"nudge": "unheard", "report": "post", "export-file": "post", "rewrite": "unwritten"}


def go(seed: int, engine: str) -> Found:
    """One error; seeds go round them."""
    with place(engine) as where:
        return asyncio.run(_refused(ERRORS[(seed - 1) % len(ERRORS)], where, Random(seed)))


async def _refused(error: str, where: Place, dice: Random) -> Found:
    async with (
        Sandbox(manifest=manifest(), workspace=sample(Clock(MORNING, running=False))) as slack,
        open_desk(slack, where, "http") as desk,
    ):
        await desk.type("maya", TEAM + HOURS)
        await desk.wait(minutes=3)
        await desk.press("maya", slack.last_dm("maya"), "Kept")
        await desk.type("maya", "/digest at 10:20 daily", channel="#support")
        refused = _refuse(desk, error)
        await _day(desk, dice)
        for _ in range(25):  # as long as a promise needs to come to everybody, and a digest to be late
            await desk.wait(minutes=3)
            await desk.bot.auditor.look(int(slack.clock.now()))
        await desk.settle()
        was_told = any(one.key.startswith("alarm") for one in posted(slack))
        named = {str(one) for finding in desk.bot.auditor.found for one in (finding.kind, *finding.named)}
        with closing(open_engine(where)) as db:
            wrong = list(_unheard(db, error, set(refused), named, was_told))
    seen = Counter({f"{kind} refused": times for kind, times in refused.items()})
    return Found(seen + Counter({"errors": 1}), wrong)


def _refuse(desk: Desk, error: str) -> Counter[str]:
    """Have Slack refuse every message but alarms from now on; returns how many of each kind it was asked for."""
    slack, met = desk.bot.worker._sender._slack, Counter[str]()
    send = slack.send

    async def refuse(message: Any, call: dict[str, Any], **given: Any) -> Outcome:
        if message.kind == "alarm" or (error == OF_EDITS and call.get("method") not in EDITS):
            return await send(message, call, **given)
        met[message.kind] += 1
        body = {"ok": False, "error": error}
        answer = AsyncSlackResponse(
            client=None, http_verb="POST", api_url="", req_args={}, data=body, headers={}, status_code=200
        )
        return slack._refused(SlackApiError("refused", answer))

    slack.send = refuse  # type: ignore[method-assign]
    return met


async def _day(desk: Desk, dice: Random) -> None:
    """Enough that every kind of message is wanted which a day brings."""
    slack = desk.slack
    await desk.type("dana", "/issue Acme: charged twice !losing-money")
    await desk.type("dana", "/callback Globex in 1 minute about the refund")
    await desk.type("dana", "/issue Initech: parcel is lost callback in 2 minutes")
    await slack.say("bob", "@kept", "issue Umbrella: no answer since Monday")
    await slack.say("bob", "#support", "@kept help")
    said = await slack.say("dana", "#support", "Acme says that everything is down again")
    await slack.react("dana", said, "rotating_light")
    await slack.open_home("dana")
    await desk.type("priya", "/kept report week", channel="#leads")
    await desk.type("maya", "/kept export issues csv", channel="#leads")
    await slack.shortcut("dana", dice.choice([s["name"] for s in manifest()["features"]["shortcuts"]]), said)
    await desk.settle()


def _unheard(db: Database, error: str, refused: set[str], named: set[str], was_told: bool) -> list[str]:
    """The kinds of which something was refused and neither a person nor an alarm heard."""
    alarmed = {one.partition(":")[0] for one in named}
    wrong = []
    for kind in sorted(refused - TAKES_NOTHING.keys()):
        waits = db.rows("SELECT 1 AS yes FROM outbox WHERE kind = :kind AND state NOT IN ('sent', 'dead')", kind=kind)
        instead = OTHERWISE.get(kind, kind)
        heard = kind in alarmed or instead in alarmed or (waits and "waiting" in alarmed)
        if not (heard and was_told):
            wrong.append(f"{error}: a message of the kind “{kind}” reached nobody, and no alarm tells of it")
    return wrong
