"""The whole ladder in virtual time against a slow and obvious oracle: each step at its minute, and no other."""

import copy
import random
from datetime import datetime

import pytest

from storage import nudges
from tests.ladder_office import NEW_YORK, PLACES, Office, by_chance, heard, place, window
from tests.ladder_oracle import MINUTE, Oracle

# A Thursday; New York's clocks change on Sunday, and the Monday is Brazil's Day of the Dead.
QUICK = window("2026-10-29T09:30", 5, "BR", "2026-11-02")
# Both changes of the clocks: in New York and three weeks later in London, and in London a week before New York.
LONG = {
    "March, Ireland": window("2026-03-05T09:30", 30, "IE", "2026-03-17"),
    "March, California": window("2026-03-05T09:30", 30, "US-CA", "2026-03-31"),
    "autumn, Brazil": window("2026-10-20T09:30", 30, "BR", "2026-11-02", "2026-11-15"),
    "autumn, California": window("2026-10-20T09:30", 30, "US-CA", "2026-11-08", "2026-11-11"),  # Diwali, Veterans
}
EARLIEST = {"before": -60, "due": 0, "thread": 5, "backup": 15, "escalation": 30, "morning": 30, "lead": 30}  # minutes


def simulated(tmp_path, seed, within, promises, absences):
    """The office after its people did all that chance had them do, what it heard, and what the oracle says."""
    told, deeds = by_chance(seed, within, promises, absences)
    script = copy.deepcopy(told)
    office = Office(tmp_path / "kept.db", within)
    for n, deed in enumerate(deeds):
        office.walk(deed.at)
        if n % 20 == 0:
            office.restart()
        office.do(deed, told)
    office.walk(within.end)
    for promise, its in zip(told, script, strict=True):
        its.number = promise.number
    expected = Oracle(PLACES, set(within.holidays)).run(script, deeds, within.begin, within.end)
    return office, heard(office.db), expected


def differences(actual, expected):
    return [
        f"{datetime.fromtimestamp(at, NEW_YORK)} {who}: expected {sorted(expected.get((at, who), ()))},"
        f" was {sorted(actual.get((at, who), ()))}"
        for at, who in sorted(expected.keys() | actual.keys())
        if expected.get((at, who)) != actual.get((at, who))
    ]


def sent(office):
    return office.db.rows(
        "SELECT nudges.*, owner_id, promises.due_at AS promised_for, closed_at, promises.generation AS latest"
        " FROM nudges JOIN promises ON promises.id = promise_id"
        f" WHERE target IS NOT NULL AND sent_at IS NOT NULL AND {nudges.LIMITED} ORDER BY sent_at"
    )


def broken_rules(office, within):
    """Each reminder that section 4 forbids, whatever the oracle thinks; looked up in what was sent alone."""
    calendar = Oracle(PLACES, set(within.holidays))
    rows, at_once, to_owner = sent(office), set(), {}
    for row in rows:
        where, at, step = place(row["target"]), row["sent_at"], row["rung"].rstrip("0123456789")
        if (row["promise_id"], where, at) in at_once:
            yield "twice at once", row
        at_once.add((row["promise_id"], where, at))
        if row["closed_at"] is not None and at > row["closed_at"]:
            yield "after it was closed", row
        if row["generation"] != row["latest"]:
            continue  # its owner and time were others then
        if step in EARLIEST and at < row["promised_for"] + EARLIEST[step] * MINUTE:
            yield "early", row
        owner = place(row["owner_id"])
        its_time = where == owner and not calendar.works(owner, row["promised_for"])
        waited = (at - minute * MINUTE for minute in range(11))  # after three in ten minutes
        if not its_time and not any(calendar.fit(where, moment) == moment for moment in waited):
            yield "outside their hours", row
        if where == owner and (row["closed_at"] or 0) > 0 and row["closed_at"] <= row["promised_for"]:
            to_owner.setdefault(row["promise_id"], set()).add(row["message_key"])
    yield from (("more than two for one kept in time", number) for number, keys in to_owner.items() if len(keys) > 2)
    for person in ("UDANA", "UBOB", "UPRIYA", "UMAYA"):
        times = sorted({(row["queued_at"], row["message_key"]) for row in rows if row["target"] == person})
        for first, fourth in zip(times, times[3:], strict=False):
            if fourth[0] - first[0] < 600:
                yield f"more than three in ten minutes to {person}", first


def judge(office, within, actual, expected, seed):
    assert "\n".join(differences(actual, expected)) == "", f"seed {seed}"
    assert list(broken_rules(office, within)) == [], f"seed {seed}"


@pytest.mark.parametrize("seed", [2026, 15])
def test_every_step_comes_at_its_minute_to_whom_it_is_for_and_no_other(tmp_path, seed):
    office, actual, expected = simulated(tmp_path, seed, QUICK, 50, 6)

    judge(office, QUICK, actual, expected, seed)
    assert sum(map(len, actual.values())) > 150


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("which", LONG)
def test_500_promises_over_30_days_and_both_changes_of_the_clocks(tmp_path, which, seed):
    office, actual, expected = simulated(tmp_path, seed, LONG[which], 580, 24)  # some owners are gone by then

    judge(office, LONG[which], actual, expected, seed)
    assert sum(map(len, actual.values())) > 2500


@pytest.mark.parametrize("seed", [4, 7, *[pytest.param(seed, marks=pytest.mark.long) for seed in range(8, 48)]])
def test_after_any_downtime_one_step_comes_late_the_others_keep_their_distance_and_nobody_is_passed_over(
    tmp_path, seed
):
    promises, deeds = by_chance(seed, QUICK, 50, 0)
    rng = random.Random(seed)
    downs = sorted(QUICK.begin + rng.randrange(QUICK.days * 1440) * MINUTE for _ in range(6))
    back, closed, made = [], {}, {}
    office = Office(tmp_path / "kept.db", QUICK)
    for deed in deeds:
        while downs and downs[0] < deed.at:
            office.walk(downs.pop(0))
            office.now += rng.randrange(10, 840) * MINUTE  # nobody looks for so long
            back.append(office.now)
            office.work()
        office.walk(max(deed.at, office.now))
        promise = promises[deed.promise]
        if deed.what == "make":
            promise.due += office.now - promise.made
            promise.made, promise.by_close = office.now, False
        if deed.what in ("make", "kept"):
            office.do(deed, promises)
            (made if deed.what == "make" else closed)[promise.number] = promise
            promise.closed = min(promise.closed, office.now) if deed.what == "kept" else promise.closed
    office.walk(max(QUICK.end, office.now) + 7 * 86400)

    assert list(broken_rules(office, QUICK)) == []
    rows = sent(office)
    for moment in back:
        at_once = [row["promise_id"] for row in rows if row["sent_at"] == moment and row["is_late"]]
        assert len(at_once) == len(set(at_once))
    for number in made.keys() - closed.keys():
        told = {row["rung"] for row in rows if row["promise_id"] == number}
        assert {"due", "escalation"} <= told, (number, told)
        # Of Bob's own, Priya is backup and lead in one, and is told once; of everybody else's Bob himself hears.
        assert "backup" in told or (made[number].owner == "bob" and "lead1" in told), (number, told)
