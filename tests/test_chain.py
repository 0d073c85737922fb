"""Somebody must hear: each step of the ladder, with one after the other out of reach, until a human hears or an alarm.

Owner, the issue's thread, backup, team channel, lead, Kept's admin (brief, section 4); every cell of steps by those.
"""

import logging
import shutil
from dataclasses import astuple, replace
from functools import partial

import pytest

from bot.run import Bot, StartError
from storage import channels, facts, nudges, people, teams
from storage.models import Person
from tests.conftest import settings_for
from tests.ladder_office import NUMBER, Office, re, window
from tests.ladder_oracle import MINUTE

WEEK = window("2026-11-10T10:00", 9, "")  # from a Tuesday on, in New York
HOUR = 60 * MINUTE
CHAIN = ["UDANA", "thread", "UBOB", "CSUPPORT", "UPRIYA", "UMAYA"]
MADE = WEEK.begin
DUE = MADE + 29 * HOUR  # Wednesday at three
STEPS = {  # when each comes, and to which place of the chain; the escalation channel stands before the team's
    "day": (MADE + 23 * HOUR, "UDANA"),
    "before": (DUE - 15 * MINUTE, "UDANA"),
    "due": (DUE, "UDANA"),
    "thread": (DUE + 10 * MINUTE, "thread"),
    "backup": (DUE + 30 * MINUTE, "UBOB"),
    "escalation": (DUE + HOUR, "CURGENT"),
    "morning1": (MADE + 47 * HOUR, "UDANA"),
    "lead1": (MADE + 51 * HOUR + 30 * MINUTE, "UPRIYA"),
    "evening": (MADE + 31 * HOUR, "UDANA"),
    "cover": (MADE + HOUR, "UBOB"),
}
# What Slack says of a person and of a channel for good, and what is known of them beforehand.
REFUSED = [
    ("cannot_dm_bot", "channel_not_found"),
    ("user_disabled", "is_archived"),
    ("messages_tab_disabled", "not_in_channel"),
    ("user_not_found", "restricted_action"),
    ("channel_not_found", "message_not_found"),
    ("invalid_arguments", "restricted_action_thread_locked"),
]
KNOWN = ["gone", "none"]


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """The office a minute before each step, as a file to begin each cell with."""
    folder = tmp_path_factory.mktemp("stages")
    kept = {}
    for name, (at, _) in STEPS.items():
        office = Office(folder / f"{name}-first.db", WEEK)
        for person in ("bob", "priya", "maya"):
            office.type(person, "/kept hours 0:00-23:59 sun-sat")
        office.channel = "CDEALS"
        issue = re.search(NUMBER, office.type("dana", "/issue Acme: charged twice"))[1]
        hours = 34 if name == "evening" else 29
        assert "Promised" in office.type("dana", f"/issue {issue} callback in {hours} hours")
        office.walk(at)
        office.db.close()
        kept[name] = folder / f"{name}-first.db"
    return kept


def begin(stages, tmp_path, step):
    """The office at the step's minute, nothing looked at yet."""
    shutil.copy(stages[step], tmp_path / "kept.db")
    return Office.again(tmp_path / "kept.db", STEPS[step][0])


def play(office, step):
    if step == "cover":
        office.type("dana", "/kept away")
    office.work()
    office.walk(office.now + 2 * HOUR)


def those_told(office, step):
    rung = "cover@%" if step == "cover" else step
    return office.db.rows("SELECT * FROM nudges WHERE rung LIKE :rung AND target IS NOT NULL", rung=rung)


CELLS = [
    (step, out, reasons)
    for step, (_, place) in STEPS.items()
    for out in range(len(CHAIN) - (3 if place == "CURGENT" else CHAIN.index(place)) + 1 + (place == "CURGENT"))
    for reasons in range(len(REFUSED))
]


# Each step with each place out of reach, for one of the reasons by turns; the long tier has all of them.
BY_TURNS = [cell for cell in CELLS if cell[2] == (cell[1] + list(STEPS).index(cell[0])) % len(REFUSED)]


@pytest.mark.parametrize(
    "cells", [pytest.param(BY_TURNS, id="by turns"), pytest.param(CELLS, id="all", marks=pytest.mark.long)]
)
def test_whoever_slack_refuses_the_next_hears_and_when_nobody_does_it_is_an_alarm(stages, tmp_path, caplog, cells):
    assert (len(CELLS) > 250, len(BY_TURNS) * len(REFUSED)) == (True, len(CELLS))
    for step, out, reasons in cells:
        caplog.clear()
        place = STEPS[step][1]
        order = [place, *CHAIN[3:]] if place == "CURGENT" else CHAIN[CHAIN.index(place) :]
        office = begin(stages, tmp_path, step)
        for one in order[:out]:
            office.refusals[one] = REFUSED[reasons][one[0] != "U"]
            if one == "thread":  # what was out of reach may be the thread alone, or its channel
                office.refusals["CDEALS"] = office.refusals[one]

        play(office, step)

        cell = (step, order[:out], REFUSED[reasons])
        rows = those_told(office, step)
        assert len(rows) == 1, (cell, rows)
        told = rows[0]
        if out < len(order):
            expected = {"thread": "CDEALS"}.get(order[out], order[out])
            assert (told["target"], told["sent_at"] is not None) == (expected, True), cell
            assert nudges.unheard(office.db) == 0, cell
        else:
            assert told["sent_at"] is None, cell
            assert nudges.unheard(office.db) > 0, cell
            alarms = [record for record in caplog.records if record.levelno == logging.ERROR]
            assert any("reached nobody" in record.message for record in alarms), cell
        office.db.close()


def take_out(office, places, how):
    """Make places ones that are known to hear nothing: left, shared with another company, or never named."""
    for place in places:
        take_one_out(office, place, how)


def take_one_out(office, place, how):
    if place[0] == "U":
        office.refusals[place] = "user_disabled"
        was = people.find(office.db, place)
        plain = Person(*astuple(replace(was, is_deactivated=how == "gone"))[:10])
        if how == "gone":
            people.keep(office.db, plain)
        elif place == "UMAYA":
            people.keep(office.db, replace(plain, is_admin=False))
        elif place in ("UBOB", "UPRIYA"):
            teams.keep(office.db, "CSUPPORT", **{"backup_id" if place == "UBOB" else "lead_id": None})
    elif place == "thread" and how == "none":
        office.db.run("UPDATE issues SET card_ts = NULL")
    else:
        channel = channels.find(office.db, "CDEALS" if place == "thread" else place)
        channels.keep(office.db, replace(channel, is_shared=True))


@pytest.mark.parametrize("how", KNOWN)
def test_whoever_is_known_to_be_gone_or_was_never_named_somebody_else_hears_or_it_is_an_alarm(
    stages, tmp_path, caplog, how
):
    for step in STEPS:
        for out in range(1, len(CHAIN) + 1):
            caplog.clear()
            office = begin(stages, tmp_path, step)
            office.together(partial(take_out, office, ["CURGENT", *CHAIN[:out]], how))

            play(office, step)
            office.walk(DUE + 48 * HOUR)

            cell = (step, CHAIN[:out], how)
            begun = STEPS[step][0]
            sent = office.db.rows("SELECT * FROM nudges WHERE sent_at >= :at AND target IS NOT NULL", at=begun)
            deaf = {*office.refusals, "CURGENT", *(["CDEALS"] if "thread" in CHAIN[:out] else [])}
            if "CSUPPORT" in CHAIN[:out]:
                deaf.add("CSUPPORT")
            assert not {row["target"] for row in sent} & deaf, cell
            if out < len(CHAIN):
                assert sent, cell
            else:
                assert nudges.unheard(office.db) > 0, cell
                assert any("reached nobody" in record.message for record in caplog.records), cell
            office.db.close()


def admin_after(office, *, setting="", first_setup="", primary_owner=""):
    named = {people.ADMIN_USER: setting, people.FIRST_SETUP: first_setup, people.PRIMARY_OWNER: primary_owner}
    for name, person in named.items():
        facts.remember(office.db, name, person)
    return people.admin(office.db)


def test_alarms_go_to_whom_the_setting_names_else_who_set_up_first_else_the_primary_owner(tmp_path):
    office = Office(tmp_path / "kept.db", WEEK)
    everyone = {"setting": "UBOB", "first_setup": "UDANA", "primary_owner": "UPRIYA"}

    assert admin_after(office, **everyone) == "UBOB"
    assert admin_after(office, **everyone | {"setting": ""}) == "UDANA"
    assert admin_after(office, **everyone | {"setting": "", "first_setup": ""}) == "UPRIYA"
    assert admin_after(office) == "UMAYA"
    take_out(office, ["UDANA"], "gone")
    assert admin_after(office, **everyone | {"setting": ""}) == "UPRIYA"


async def test_the_setting_is_kept_at_the_start_and_one_that_names_no_member_stops_it(slack, tmp_path):
    def bot(person):
        settings = replace(settings_for(slack, tmp_path / "kept.db", "http"), admin_user=person)
        return Bot(settings, slack.clock.now, working=False)

    dana, maya = (slack.person(name).id for name in ("dana", "maya"))
    async with bot(dana) as running:
        assert await running.store.read(people.admin) == dana
    async with bot("") as running:
        assert await running.store.read(people.admin) == maya  # the workspace's primary owner
    with pytest.raises(StartError, match="ADMIN_USER is U404NOBODY, who is no full member of this workspace"):
        async with bot("U404NOBODY"):
            pass
