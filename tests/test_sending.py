"""What is promised of sending: whatever Slack answers, or does not, each message comes once, or somebody is told."""

import asyncio
from contextlib import closing
from random import Random

import pytest

from bot.prefix import Names
from bot.slack import Slack
from handlers import listeners
from storage import callbacks, clocks, facts, outbox, turns
from storage.database import SQLite
from storage.engines import open_engine
from storage.models import Outgoing

HOURS_AWAY, TRIES = 17, 24  # more tries than a message has where Slack is there and says no


async def due(desk):
    """A reminder that goes at the next look."""
    await desk.type("dana", "/callback Acme in 1 minute about the refund")
    desk.slack.clock._jump(desk.slack.clock.now() + 60)


async def later(desk, seconds):
    desk.slack.clock._jump(desk.slack.clock.now() + seconds)
    await desk.slack._step(desk.slack.clock.now())
    await desk.settle()


async def attempts(desk):
    [row] = await desk.bot.store.read(lambda db: db.rows("SELECT attempts FROM outbox WHERE kind = 'nudge'"))
    return row["attempts"]


async def test_where_slack_says_wait_nothing_is_sent_before_and_no_attempt_is_burnt(desk):
    await due(desk)
    limit = desk.slack.faults.rate_limited("chat.postMessage", retry_after=40)
    await desk.settle()
    await later(desk, 39)
    assert (limit.met, desk.dms("dana"), await attempts(desk)) == (1, [], 0)

    await later(desk, 1)
    assert len(desk.dms("dana")) == 1


async def test_an_answer_that_was_lost_brings_no_second_message(desk):
    await due(desk)
    lost = desk.slack.faults.answer_lost("chat.postMessage")
    await desk.settle()
    await later(desk, 30)
    await later(desk, 60)

    assert (lost.met, len(desk.dms("dana"))) == (1, 1)


async def test_what_lands_while_its_end_is_unknown_is_found_and_not_sent_again(desk):
    await due(desk)
    desk.slack.faults.late("chat.postMessage", after=25)
    await desk.settle()
    await later(desk, 10)
    await later(desk, 15)
    await later(desk, 30)

    assert len(desk.dms("dana")) == 1


async def test_what_slack_dropped_is_sent_again_once_it_is_known_not_to_be_there(desk):
    await due(desk)
    desk.slack.faults.dropped("chat.postMessage")
    await desk.settle()
    assert desk.dms("dana") == []
    await later(desk, 30)

    assert len(desk.dms("dana")) == 1


async def test_a_shape_slack_refuses_goes_as_plain_text(desk):
    await due(desk)
    desk.slack.faults.error("invalid_blocks", "chat.postMessage")
    await desk.settle()

    [told] = desk.dms("dana")
    assert "Acme · call about the refund is due now" in told


async def test_a_refused_token_holds_everything_burns_no_attempt_and_loses_nothing(desk):
    await due(desk)
    desk.slack.bot_token, good = "xoxb-another", desk.slack.bot_token
    await desk.settle()
    for _ in range(5):
        await later(desk, 60)
    assert await attempts(desk) == 0
    desk.slack.bot_token = good
    await later(desk, 60)

    assert len(desk.dms("dana")) == 1


async def test_what_is_to_be_sent_waits_for_a_slack_that_is_away_for_most_of_a_day(desk):
    away = desk.slack.faults.error("service_unavailable", "chat.postMessage", times=None)
    await desk.type("dana", "/issue Acme: charged twice")
    await due(desk)
    for _ in range(TRIES):
        await desk.bot.store.run(facts.remember, "ticked at", str(int(desk.slack.clock.now())))  # no gap: it looked
        await later(desk, HOURS_AWAY * 3600 / TRIES)
    away.lift()
    await later(desk, 300)

    [told], [card] = desk.dms("dana"), desk.cards()
    assert "refund" in told
    assert "charged twice" in card.text


async def test_closed_while_its_reminder_waits_for_slack_it_is_not_sent_any_more(desk):
    await due(desk)
    desk.slack.faults.dropped("chat.postMessage")  # perhaps posted: it cannot simply be taken out of the queue
    await desk.settle()
    await desk.type("dana", "/callback 1 kept")
    await later(desk, 30)
    await later(desk, 60)

    assert desk.dms("dana") == []


async def test_what_changes_while_a_card_is_being_sent_is_on_it_in_the_end(desk):
    held = desk.slack.faults.slow("chat.postMessage")
    typing = asyncio.ensure_future(desk.type("dana", "/issue Acme: charged twice"))
    await held.until_met()
    await desk.slack.command("dana", "#support", "/issue 1 note the bank confirms it")
    await desk.slack.command("dana", "#support", "/issue 1 own @bob")
    held.release()
    await typing
    await desk.settle()

    [card] = desk.cards()
    assert "Bob" in card.text


async def test_an_answer_to_a_button_that_slack_does_not_take_in_time_is_tried_again(desk):
    class Silent:
        def post(self, _url, **_):
            raise TimeoutError

    slack = Slack(desk.bot._client, Silent(), Names("", listeners.COMMANDS))
    message = Outgoing(
        **dict.fromkeys(Outgoing.__annotations__, 0) | {"target": f"{desk.slack.url}/response/x", "kind": "respond"}
    )
    outcome = await slack.send(message, {"text": "done"})

    assert (outcome.state, outcome.problem) == ("queued", "TimeoutError")


@pytest.mark.sqlite
def test_what_is_looked_for_each_second_is_found_by_an_index(empty_database):
    asked = []

    class Noting(SQLite):
        def rows(self, sql, **values):
            asked.append((sql, values))
            return super().rows(sql, **values)

        def row(self, sql, **values):
            asked.append((sql, values))
            return super().row(sql, **values)

    with closing(Noting(empty_database)) as db:
        clocks.next_at(db)
        callbacks.due_for_a_step(db, 5, 5)
        outbox.next_due(db)
        for sql, values in tuple(asked):
            plan = [row["detail"] for row in SQLite.rows(db, f"EXPLAIN QUERY PLAN {sql}", **values)]
            read = [step for step in plan if step.startswith(("SCAN", "SEARCH")) and step != "SCAN CONSTANT ROW"]
            # Two indexes hold but what waits, and are read whole.
            assert all(step.startswith("SEARCH") or step.endswith(("people_to_cover", "homes_stale")) for step in read)


@pytest.mark.contract
def test_what_is_first_at_each_place_is_found_reminders_first_however_much_a_few_busy_places_have_due(database):
    dice, now, waiting = Random(4), 100, []
    with closing(open_engine(database)) as db:
        db.begin(writing=True)
        for number in range(1, 151):
            target = dice.choice(["C1", "C1", "C1", "C2", "C3", "C4"]) if number < 120 else f"C{number}"
            priority, due_at = dice.choice([0, 1, 2, 2, 3]), dice.choice([90, now, now, now + 1])
            outbox.put(db, key=f"k{number}", kind="post", target=target, priority=priority, due_at=due_at, now=1)
            state = dice.choice(["queued", "queued", "queued", "sending", "unknown", "sent", "dead"])
            db.run("UPDATE outbox SET state = :state WHERE id = :id", state=state, id=number)
            if due_at <= now and state not in ("sent", "dead"):
                waiting.append((priority, number, target))
        db.commit()
        found = {most: [one.id for one in turns.heads(db, now, most)] for most in range(1, 31)}

    first: dict[str, int] = {}
    for _, number, target in sorted(waiting):
        first.setdefault(target, number)
    assert found == {most: list(first.values())[:most] for most in found}


async def test_a_worker_asked_to_stop_as_it_is_woken_stops(desk):
    working = asyncio.create_task(desk.bot.worker.run())
    await desk.settle()
    for _ in range(20):  # until it has looked, and waits
        await desk.bot.store.read(outbox.next_due)
    desk.bot.worker.wake()
    working.cancel()
    await asyncio.wait([working], timeout=5)

    assert working.cancelled()
