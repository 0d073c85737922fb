"""What the pace promises: Slack need not refuse, a quiet channel never waits for a busy one, and reminders go first."""

import asyncio
import json

import pytest

from bot.pace import EDITS_PER_MINUTE, Pace, Waiting
from storage import outbox


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time():
    return Time()


def post(place="C1", kind="post"):
    return Waiting(1, kind, place, is_posted=False)


def edit(place="C1"):
    return Waiting(1, "card", place, is_posted=True)


def send_all(pace, time, messages, seconds):
    """When each goes, sending whatever may go, ten times a second."""
    gone = []
    for _ in range(int(seconds * 10)):
        for message in list(messages):
            if not pace.ready_in(message):
                pace.goes(message)
                messages.remove(message)
                gone.append((round(time.now, 1), message))
        time.now += 0.1
    return gone


def test_a_place_gets_one_post_a_second_and_a_quiet_one_does_not_wait_for_it(time):
    pace = Pace(0, time)
    busy = send_all(pace, time, [post("C1") for _ in range(5)], 1.9)
    assert len(busy) == 2
    assert pace.ready_in(post("C1")) > 0
    assert pace.ready_in(post("C2")) == 0


def test_no_minute_holds_more_posts_than_were_set(time):
    gone = send_all(Pace(60, time), time, [post(f"C{n}") for n in range(200)], 200)
    times = [at for at, _ in gone]
    assert max(sum(begin <= at < begin + 60 for at in times) for begin in times) <= 60
    assert len(gone) > 0.85 * 60 * 200 / 60


def test_a_flood_of_cards_to_redraw_holds_no_reminder_up(time):
    pace = Pace(300, time)
    gone = send_all(pace, time, [edit() for _ in range(100)], 0.1)
    assert 0 < len(gone) < EDITS_PER_MINUTE
    assert pace.ready_in(edit()) > 0
    assert pace.ready_in(post(kind="nudge")) == 0


def test_where_slack_says_wait_the_place_waits_and_with_a_second_place_all_posts_do(time):
    pace = Pace(0, time)
    pace.refused(post("C1"), 30)
    assert pace.ready_in(post("C1")) == 30
    assert pace.ready_in(post("C2")) == 0

    pace.refused(post("C2"), 20)
    assert pace.ready_in(post("C3")) == 20
    assert pace.ready_in(edit("C3")) == 0
    time.now += 20
    assert pace.ready_in(post("C3")) == 0


def test_an_answer_to_a_button_is_held_by_nothing(time):
    pace = Pace(60, time)
    pace.pause(60)
    assert pace.ready_in(post("https://hooks.slack.com/actions/1")) == 0
    assert pace.ready_in(post("U1")) == 60


def queue(db, channels, each, now):
    for number in range(each):
        for channel in channels:
            call = json.dumps({"method": "chat.postMessage", "channel": channel, "text": f"number {number}"})
            outbox.put(db, key=f"{channel}:{number}", kind="post", target=channel, payload=call, now=now)


async def test_what_waits_goes_to_each_place_in_its_order_and_not_all_at_once(desk):
    channels = [c.id for c in desk.slack.workspace.channels.values() if desk.slack.bot_user_id in c.members][:3]
    await desk.bot.store.run(queue, channels, 2, int(desk.slack.clock.now()))
    halfway = False  # whether all firsts were there and no second was
    working = asyncio.create_task(desk.bot.worker.run())
    try:
        async with asyncio.timeout(20):
            while await desk.bot.store.read(outbox.next_due) is not None:
                together = [m.text for channel in channels for m in desk.slack.messages(channel)]
                halfway = halfway or (together.count("number 0") == len(channels) and "number 1" not in together)
                await desk.slack.settle()
    finally:
        working.cancel()

    assert halfway
    assert desk.bot.worker.sends == {"sent": 2 * len(channels)}
    for channel in channels:
        said = [m.text for m in desk.slack.messages(channel) if m.text.startswith("number")]
        assert said == [f"number {number}" for number in range(2)]


async def test_a_quiet_channel_waits_for_none_of_a_hundred_that_rest(desk, time):
    place, now = desk.slack.workspace, int(desk.slack.clock.now())
    *busy, quiet = [place.add_channel(f"busy-{number}", [place.bot.id]).id for number in range(121)]
    for channels, each in ((busy, 2), ([quiet], 1)):
        await desk.bot.store.run(queue, channels, each, now)
    sender = desk.bot.worker._sender
    sender._pace = Pace(0, time)  # whose time stands still: a place that got one rests
    while (await sender.begin(now, paced=True))[0]:
        await sender.finish()

    assert [len(place.messages[channel]) for channel in (*busy, quiet)] == [1] * 121
