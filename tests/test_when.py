"""Due times that people type in the middle of a phone call: read right or asked, never confidently wrong."""

import argparse
import io
import os
import random
import string
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import when_command
from handlers.when import Ask, Due, Hours, read, say, without

DATA = Path(__file__).parent / "data"
LONG = os.environ.get("KEPT_LONG") == "1"
NEW_YORK = "America/New_York"
NINETY_DAYS = 90 * 86400
ZONES = (
    *("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles"),
    *("America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/St_Johns", "America/Halifax"),
    *("America/Havana", "America/Santiago", "America/Asuncion", "America/Sao_Paulo", "America/Nuuk"),
    *("Atlantic/Azores", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Berlin", "Europe/Helsinki"),
    *("Europe/Chisinau", "Europe/Moscow", "Africa/Casablanca", "Africa/Cairo", "Africa/Johannesburg"),
    *("Asia/Beirut", "Asia/Jerusalem", "Asia/Tehran", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Shanghai"),
    *("Asia/Tokyo", "Australia/Perth", "Australia/Adelaide", "Australia/Sydney", "Australia/Lord_Howe"),
    *("Pacific/Auckland", "Pacific/Chatham", "Pacific/Norfolk", "Antarctica/Troll", "America/Scoresbysund"),
)
OLD_NAMES = {"Factory", "localtime"}  # no places


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def reads(phrase: str, now: str = "2026-06-09T10:20-04:00", zone: str = NEW_YORK, **known) -> str:
    """What a phrase is read as, in short: the local time, or ASK and the reason."""
    understood = read(phrase, unix(now), zone, **known)
    if isinstance(understood, Ask):
        return f"ASK {understood.reason}"
    return f"{datetime.fromtimestamp(understood.at, ZoneInfo(understood.zone)):%Y-%m-%d %H:%M}"


# The tables


def firm_table() -> list[tuple[str, str, str, str, str]]:
    rows = (DATA / "due_phrases.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [tuple((row.split("\t") + [""] * 5)[:5]) for row in rows]


def verdict(now: str, zone: str, phrase: str, expected: str, debatable: str) -> str:
    """Right, asked or wrong, by the rules beside the table."""
    allowed = {expected}
    if debatable:
        allowed |= set(debatable.removeprefix("alt=").split(";")[0].split("|"))
    understood = read(phrase, unix(now), zone)
    if isinstance(understood, Ask):
        return "right" if "REFUSE" in allowed else "asked"
    local_date = datetime.fromtimestamp(understood.at, ZoneInfo(zone)).date().isoformat()
    times = {unix(one) for one in allowed if one != "REFUSE" and len(one) > 10}
    return "right" if local_date in allowed or understood.at in times else "wrong"


def test_the_shared_table_is_right_and_never_confidently_wrong():
    told = [(verdict(*row), row) for row in firm_table()]
    assert [row for said, row in told if said == "wrong"] == []
    assert [row for said, row in told if said == "asked"] == []


def own_table() -> list[tuple[str, str, str, str]]:
    rows, scene = [], ()
    for line in (DATA / "when_phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            scene = tuple(line.split()[1:])
        elif line and not line.startswith("# "):
            rows.append((*scene[:2], *line.split(" => "), scene[2] if len(scene) > 2 else None))
    return rows


@pytest.mark.parametrize(("now", "zone", "phrase", "expected", "locale"), own_table())
def test_our_own_table_is_read_as_written(now, zone, phrase, expected, locale):
    understood = read(phrase, unix(now), zone, locale)
    if expected.startswith("ASK"):
        assert isinstance(understood, Ask)
        assert expected in {"ASK", f"ASK {understood.reason}"}
    elif "T" in expected[:11]:
        assert isinstance(understood, Due)
        assert (understood.at, understood.zone) == (unix(expected), zone)
    else:
        assert isinstance(understood, Due)
        named = expected[17:] or zone
        wanted = datetime.fromisoformat(expected[:16]).replace(tzinfo=ZoneInfo(named))
        assert (understood.at, understood.zone) == (int(wanted.timestamp()), named)


# What an answer carries


def test_a_due_time_says_where_its_words_stand_with_their_preposition():
    text = "Acme send the price list by Friday 3pm, please @dana"
    understood = read(text, unix("2026-06-09T10:20-04:00"), NEW_YORK)
    assert isinstance(understood, Due)
    assert understood.words == "by Friday 3pm, please"
    assert text[slice(*understood.span)] == understood.words
    assert without(text, understood.span) == "Acme send the price list @dana"


def test_time_words_that_stand_apart_are_all_told():
    text = "Monday call Acme at 3pm"
    understood = read(text, unix("2026-06-09T10:20-04:00"), NEW_YORK)
    assert isinstance(understood, Due)
    assert understood.words == "Monday … at 3pm"
    assert [text[slice(*part)] for part in understood.parts] == ["Monday", "at 3pm"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Acme tomorrow 3pm about the refund", "Acme about the refund"),
        ("tomorrow 3pm: call Acme", "call Acme"),
        ("call Acme (tomorrow 3pm)", "call Acme"),
        ("call Acme, tomorrow 3pm, about it", "call Acme about it"),
        ("call “tomorrow 3pm” Acme", "call Acme"),
        ("tomorrow 3pm", ""),
    ],
)
def test_the_text_without_its_time_is_tidy(text, left):
    understood = read(text, unix("2026-06-09T10:20-04:00"), NEW_YORK)
    assert isinstance(understood, Due)
    assert without(text, understood.span) == left


def test_by_close_says_that_no_clock_time_was_said():
    now = unix("2026-06-09T10:20-04:00")
    told = {
        phrase: read(phrase, now, NEW_YORK).by_close
        for phrase in ("tomorrow", "EOD", "end of week", "within 3 business days", "tomorrow 5pm", "in 2 hours")
    }
    assert list(told.values()) == [True, True, True, True, False, False]


def test_a_question_is_a_sentence_with_likely_times_that_are_all_ahead():
    now = unix("2026-06-09T18:30-04:00")
    asked = read("3pm", now, NEW_YORK)
    assert isinstance(asked, Ask)
    assert asked.question == "Today 3 pm has passed. Tomorrow at 3 pm?"
    assert asked.choices[0].label == "Tomorrow, Wed 10 Jun, 3:00 pm"
    assert all(choice.at > now for choice in asked.choices)
    assert (asked.words, asked.span) == ("3pm", (0, 3))


def test_a_slip_offers_the_likely_day_and_never_today():
    asked = read("tomorow 3pm", unix("2026-06-09T10:20-04:00"), NEW_YORK)
    assert isinstance(asked, Ask)
    assert [choice.label for choice in asked.choices] == ["Tomorrow, Wed 10 Jun, 3:00 pm"]


def test_a_far_time_is_asked_back_in_full_up_to_400_days_and_not_offered_beyond():
    now = unix("2026-06-09T10:20-04:00")
    far = read("in 100 days", now, NEW_YORK)
    assert isinstance(far, Ask)
    assert "Thursday 17 September 2026, 10:20 am New York time (EDT)" in far.question
    assert [choice.at for choice in far.choices] == [now + 100 * 86400]
    assert read("in 401 days", now, NEW_YORK).choices == ()
    assert isinstance(read("in 90 days", now, NEW_YORK), Due)


def test_the_subject_behind_about_is_asked_for_with_the_default_beside_it():
    now = unix("2026-06-09T10:20-04:00")
    asked = read("call about tomorrow 3pm", now, NEW_YORK)
    assert isinstance(asked, Ask)
    assert [choice.label for choice in asked.choices] == ["Tomorrow, Wed 10 Jun, 3:00 pm", "Today, Tue 9 Jun, 10:50 am"]


def test_their_time_is_the_customers_and_asked_if_unknown():
    assert reads("tomorrow 10am their time", their_zone="Europe/London") == "2026-06-10 10:00"
    assert read(
        "tomorrow 10am their time", unix("2026-06-09T10:20-04:00"), NEW_YORK, their_zone="Europe/London"
    ).zone == ("Europe/London")
    assert reads("tomorrow 10am their time") == "ASK zone"
    assert reads("tomorrow 10am local time", their_zone="Europe/London") == "ASK zone"


def test_working_hours_and_holidays_are_the_teams():
    hours = Hours(time(8), time(16, 30), frozenset({0, 1, 2, 3}), lambda day: day == date(2026, 6, 10))
    assert reads("EOD", hours=hours) == "2026-06-09 16:30"
    assert reads("first thing tomorrow", hours=hours) == "2026-06-10 08:00"
    assert reads("next business day", hours=hours) == "2026-06-11 16:30"
    assert reads("within 2 business days", hours=hours) == "2026-06-15 16:30"
    assert reads("end of week", hours=hours) == "2026-06-11 16:30"


def test_a_team_that_never_works_gets_questions_and_no_crash():
    never = Hours(weekdays=frozenset())
    for phrase in ("next business day", "end of week", "asap", "3am", "last working day of the month", "before Friday"):
        assert reads(phrase, hours=never).startswith("ASK")


def test_elapsed_time_keeps_its_seconds():
    now = unix("2026-06-09T10:20:37-04:00")
    assert read("in 90 minutes", now, NEW_YORK).at == now + 5400
    assert read("in 3 days", now, NEW_YORK).at == now + 3 * 86400


def test_an_unknown_zone_is_asked():
    assert reads("tomorrow 3pm", zone="Mars/Olympus") == "ASK zone"


# The echo


def test_the_echo_says_weekday_date_clock_and_zone():
    at = unix("2026-11-27T15:00-05:00")
    assert say(at, NEW_YORK) == "Friday 27 November 2026, 3:00 pm New York time (EST)"
    assert say(at, "UTC") == "Friday 27 November 2026, 8:00 pm UTC"
    assert say(at, NEW_YORK, unix("2026-11-26T09:00-05:00")).startswith("tomorrow, Friday 27 November")


def transitions(zone: str, start: int, days: int) -> list[int]:
    """The hours at which a zone's clocks change, in Unix seconds."""
    tz = ZoneInfo(zone)
    offsets = [(at, datetime.fromtimestamp(at, tz).utcoffset()) for at in range(start, start + days * 86400, 3600)]
    return [later[0] for earlier, later in pairwise(offsets) if earlier[1] != later[1]]


def echoes(zones: list[str], starts: tuple[str, ...]) -> None:
    for start in starts:
        now = unix(start)
        for zone in zones:
            around = [at + step * 900 for at in transitions(zone, now + 9000, 85) for step in range(-12, 9)]
            for at in [now + 86400, now + 40 * 86400 + 47 * 60, *around]:
                for reader in (zone, "Europe/London"):
                    understood = read(say(at, zone), now, reader)
                    assert isinstance(understood, Due), (say(at, zone), reader, understood)
                    assert understood.at == at, (say(at, zone), reader)


def test_the_echo_reads_back_as_the_same_instant_also_in_repeated_hours():
    echoes(list(ZONES), ("2026-09-20T12:00+00:00",))


@pytest.mark.long
def test_the_echo_reads_back_in_every_zone_and_season():
    zones = sorted(available_timezones() - OLD_NAMES)
    echoes(zones, ("2026-02-10T12:00+00:00", "2026-09-20T12:00+00:00", "2027-01-03T05:30+00:00"))


# Against a slow and obvious oracle


def oracle(zone: str, wall: datetime) -> list[int]:
    """Every minute of three days, looked at one by one: the instants at which the zone's clock shows this."""
    tz = ZoneInfo(zone)
    middle = int(wall.replace(tzinfo=UTC).timestamp()) // 60 * 60
    near = range(middle - 16 * 3600, middle + 16 * 3600, 60)
    return [at for at in near if datetime.fromtimestamp(at, tz).replace(tzinfo=None) == wall]


def night_phrases(zone: str, change: int, minutes: list[int]) -> None:
    """Clock times on the day of a change, typed the evening before and in elapsed hours across it."""
    tz = ZoneInfo(zone)
    day = datetime.fromtimestamp(change, tz).date()
    now = change - 20 * 3600
    today = datetime.fromtimestamp(now, tz).date()
    for minute in minutes:
        wall = datetime.combine(day, time(minute // 60, minute % 60))
        phrase = f"{day.isoformat()} {wall:%H:%M}"
        ahead = [at for at in oracle(zone, wall) if at > now]
        understood = read(phrase, now, zone)
        if not ahead:
            assert isinstance(understood, Ask), (zone, phrase)
        elif isinstance(understood, Due):
            assert understood.at == ahead[0], (zone, phrase)
        else:
            assert day == today, (zone, phrase, understood)
    for hours in (6, 19, 20, 21, 26):
        assert read(f"in {hours} hours", now, zone).at == now + hours * 3600


def test_clock_times_on_the_nights_the_clocks_change_agree_with_an_oracle():
    start = unix("2026-01-02T00:00+00:00")
    picked = random.Random(7)
    for zone in ZONES:
        for change in transitions(zone, start, 365)[:2]:
            there = datetime.fromtimestamp(change, ZoneInfo(zone))
            around = [(there.hour * 60 + there.minute + shift) % 1440 for shift in (-75, -45, -15, 0, 15, 45)]
            night_phrases(zone, change, sorted({*around, picked.randrange(1440)}))


@pytest.mark.long
def test_every_quarter_of_every_changing_day_agrees_with_the_oracle_in_every_zone():
    start = unix("2026-01-02T00:00+00:00")
    for zone in sorted(available_timezones() - OLD_NAMES):
        for change in transitions(zone, start, 365):
            night_phrases(zone, change, list(range(0, 1440, 15)))


# Properties

WORDS = sorted({word for row in own_table() for word in row[2].split()})
MOMENTS = st.integers(unix("2026-01-01T00:00+00:00"), unix("2029-12-31T00:00+00:00"))
LINES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.ascii_letters + string.digits + " :.,-/@'", max_size=60),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join),
    st.sampled_from([row[2] for row in own_table()]),
)
MANY = settings(
    max_examples=20000 if LONG else 800, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@MANY
@given(LINES, MOMENTS, st.sampled_from(ZONES), st.sampled_from([None, "en-US", "en-GB", "de-DE", "??"]))
def test_no_line_is_read_as_a_past_far_or_impossible_time_and_none_raises(line, now, zone, locale):
    understood = read(line, now, zone, locale)
    if isinstance(understood, Due):
        assert now < understood.at <= now + NINETY_DAYS
        assert line[slice(*understood.span)].strip()
        without(line, understood.span)
        again = read(say(understood.at, understood.zone), now, zone)
        assert isinstance(again, Ask) or abs(again.at - understood.at) < 60
    else:
        assert understood.question
        assert len(understood.choices) <= 3
        assert all(now < choice.at <= now + 400 * 86400 for choice in understood.choices)
        assert understood.span is None or line[slice(*understood.span)].strip()


@MANY
@given(MOMENTS, st.sampled_from(ZONES), st.integers(2, 80 * 24 * 60))
def test_any_time_within_eighty_days_can_be_said_and_read(now, zone, minutes):
    at = (now // 60 + minutes) * 60
    understood = read(say(at, zone), now, zone)
    assert isinstance(understood, Due)
    assert understood.at == at


@MANY
@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 6), st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
def test_a_weekday_is_the_next_whose_time_is_ahead(now, zone, weekday, hour, minute):
    tz = ZoneInfo(zone)
    name = date(2026, 6, 8 + weekday).strftime("%A")
    understood = read(f"{name} {hour:02d}:{minute:02d}", now, zone)
    if isinstance(understood, Due):
        there = datetime.fromtimestamp(understood.at, tz)
        assert (there.weekday(), there.hour, there.minute) == (weekday, hour, minute)
        assert understood.at - now <= timedelta(days=7, hours=3).total_seconds()


# Cost


def test_a_reading_costs_less_than_a_millisecond_and_no_input_is_slow():
    rows = own_table()
    spent = []
    for now, zone, phrase, _, locale in rows * 2:
        begun = clock.perf_counter()
        read(phrase, unix(now), zone, locale)
        spent.append(clock.perf_counter() - begun)
    assert sorted(spent)[len(spent) // 2] < 0.001


@pytest.mark.parametrize(
    "piece",
    [
        *("a ", "1 ", "in ", "at ", "the ", "3pm ", "friday ", "1-", "a.", "<", "<a", "a@", "9", "/", ":", "one "),
        *("1,", "½", "３", "now ", "2 hours and ", "half past ", "between 2 and ", "tomorrw ", "or ", "(EST) "),
        *("3pm London ", "not before ", "about ", "every other ", "Foo Bar time ", "end of the "),
    ],
)
def test_four_thousand_characters_of_anything_are_read_quickly(piece):
    line = (piece * 4000)[:4000]
    best = 1.0
    for _ in range(5):
        begun = clock.perf_counter()
        read(line, unix("2026-06-09T10:20-04:00"), NEW_YORK)
        best = min(best, clock.perf_counter() - begun)
    assert best < 0.05


# The command


def command(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    when_command.add_arguments(parser)
    return when_command.run(parser.parse_args(arguments))


def test_the_command_prints_the_time_with_its_offset(capsys):
    assert command("friday 6pm", "--now", "2026-12-04T17:30-05:00", "--zone", NEW_YORK) == 0
    assert capsys.readouterr().out == "2026-12-04T18:00-05:00\n"


def test_the_offset_is_that_of_the_zone_it_was_said_in(capsys):
    assert command("3pm UTC tomorrow", "--now", "2026-12-04T12:30-05:00", "--zone", NEW_YORK) == 0
    assert capsys.readouterr().out == "2026-12-05T15:00+00:00\n"


def test_the_command_asks_with_exit_status_3(capsys):
    assert command("call Acme", "--now", "2026-12-04T17:30-05:00", "--zone", NEW_YORK) == 3
    assert capsys.readouterr().out == "ASK: no time\n"
    assert command("3pm", "--now", "2026-12-04T17:30-05:00", "--zone", NEW_YORK) == 3
    assert capsys.readouterr().out.startswith("ASK: Today 3 pm has passed. Tomorrow at 3 pm?")


def test_the_command_reads_in_the_locale_it_is_given(capsys):
    assert command("6/7", "--now", "2026-06-13T10:00+01:00", "--zone", "Europe/London", "--locale", "en-GB") == 0
    assert capsys.readouterr().out == "2026-07-06T17:00+01:00\n"


def test_now_and_the_zone_have_defaults(capsys):
    assert command("in 2 hours") == 0
    printed = datetime.fromisoformat(capsys.readouterr().out.strip())
    assert timedelta(minutes=118) < printed - datetime.now(UTC) <= timedelta(minutes=120)


def test_lines_are_answered_in_order_and_malformed_ones_say_what_is_wrong(capsys, monkeypatch):
    lines = [
        "2026-12-04T17:30-05:00\tAmerica/New_York\tFriday 6pm",
        "",
        "yesterday\tAmerica/New_York\tFriday 6pm",
        "2026-12-04T17:30\tAmerica/New_York\tFriday 6pm",
        "2026-12-04T17:30-05:00\tMars/Olympus\tFriday 6pm",
        "2026-06-13T10:00+01:00\tEurope/London\t6/7\ten-GB",
        "2026-12-04T17:30-05:00\tAmerica/New_York\tcall Acme",
        "0001-01-01T00:00+14:00\tAmerica/New_York\ttomorrow 3pm",
        "9999-12-31T23:59-05:00\tAmerica/New_York\ttomorrow 3pm",
        "2026-12-04T17:30-05:00\t../../etc/passwd\ttomorrow",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    assert command("-") == 0
    answers = capsys.readouterr().out.splitlines()
    assert len(answers) == len(lines)
    assert answers[0] == "2026-12-04T18:00-05:00"
    assert "tabs" in answers[1]
    assert "yesterday" in answers[2]
    assert "offset" in answers[3]
    assert "Mars/Olympus" in answers[4]
    assert answers[5] == "2026-07-06T17:00+01:00"
    assert answers[6] == "ASK: no time"
    assert all(answer.startswith("ASK: ") for answer in answers[7:])
