"""What the doctor promises: each thing that is missing or wrong is named in one line, with what to do about it."""

import os
import re
import sys
import time

import pytest

from bot.config import Settings
from bot.doctor import examine
from bot.manifest import OPTIONAL, SCOPES, manifest
from bot.sandbox import Clock, Sandbox, sample
from storage import teams
from tests.conftest import open_desk, settings_for
from tests.test_running import process, tokens

HOURS = {"zone": "Europe/London", "opens_at": 540, "closes_at": 1020, "weekdays": "0,1,2,3,4"}


@pytest.fixture
async def slack():
    async with Sandbox(manifest=manifest(), workspace=sample(Clock())) as running:
        yield running


async def told(settings, clock=time.time):
    return [str(finding) for finding in await examine(settings, clock)]


def wrong(lines):
    return [line for line in lines if not line.startswith("ok ")]


async def set_up(desk, **rooms):
    """A team with these channels, each by its name."""
    ids = {use: desk.slack.workspace.channel(name).id for use, name in rooms.items()}
    values = {**HOURS, "made_by": "U0", "made_at": 0, **ids}
    await desk.bot.store.run(lambda db: teams.keep(db, values.pop("channel_id"), **values))


@pytest.mark.contract
async def test_where_all_is_well_every_line_says_so(slack, tmp_path, transport):
    async with open_desk(slack, tmp_path / "kept.db", transport) as desk:
        await set_up(desk, channel_id="support", escalation_channel_id="escalations", manager_channel_id="leads")
        await desk.settle()

        lines = await told(settings_for(slack, tmp_path / "kept.db", transport))

    assert wrong(lines) == []
    assert "ok    bot token: kept in Northwind Desk" in lines
    assert "ok    clock: agrees with Slack's" in lines
    assert "ok    Kept: is running" in lines
    assert "ok    channel: Kept is in #leads (manager channel)" in lines


async def test_before_the_first_start_nothing_is_wrong(slack, tmp_path):
    lines = await told(settings_for(slack, tmp_path / "kept.db", "socket"))

    assert wrong(lines) == []
    assert f"ok    database: {tmp_path / 'kept.db'} is made at the first start" in lines
    assert not (tmp_path / "kept.db").exists()


async def test_no_tokens_a_wrong_one_and_an_unreachable_slack_are_told_apart(slack, tmp_path):
    good = settings_for(slack, tmp_path / "kept.db", "socket")

    for changes, said in [
        ({"bot_token": "", "app_token": ""}, "wrong tokens: none are set"),
        ({"bot_token": "xoxb-no"}, "wrong bot token: Slack refuses SLACK_BOT_TOKEN (invalid_auth). Copy the Bot User"),
        ({"app_token": "xapp-no"}, "wrong app token: Slack refuses SLACK_APP_TOKEN (invalid_auth). Make one under"),
        ({"api_url": "http://127.0.0.1:9/api/"}, "wrong Slack: http://127.0.0.1:9/api/ cannot be reached"),
    ]:
        values = {name: getattr(good, name) for name in Settings.__slots__} | changes
        [first, *_] = wrong(await told(Settings(**values)))
        assert first.startswith(said)


@pytest.mark.parametrize("scope", SCOPES)
async def test_each_missing_scope_is_named_with_its_reason(tmp_path, scope):
    granted = manifest()
    granted["oauth_config"]["scopes"]["bot"].remove(scope)
    async with Sandbox(manifest=granted, workspace=sample(Clock())) as slack:
        [line] = wrong(await told(settings_for(slack, tmp_path / "kept.db", "http")))

    assert line.startswith(f"wrong scope: {scope} is missing ({SCOPES[scope]}). Paste the manifest again")


async def test_an_optional_scope_that_is_missing_is_not_wrong_but_what_is_lost_is_said(tmp_path):
    granted = manifest()
    granted["oauth_config"]["scopes"] = {"bot": list(SCOPES)}
    async with Sandbox(manifest=granted, workspace=sample(Clock())) as slack:
        lines = await told(settings_for(slack, tmp_path / "kept.db", "http"))

    assert wrong(lines) == []
    for scope, (_, lost) in OPTIONAL.items():
        assert f"ok    scope: {scope}, which is optional, is not granted: {lost}" in lines


@pytest.mark.parametrize(("off", "which"), [(90, "ahead of"), (-600, "behind")])
async def test_a_clock_that_is_off_is_said_with_by_how_much(slack, tmp_path, off, which):
    [line] = wrong(await told(settings_for(slack, tmp_path / "kept.db", "http"), lambda: time.time() + off))

    said = re.fullmatch(rf"wrong clock: this machine's is (\d+) seconds {which} Slack's\. .* best by NTP\.", line)
    assert said
    assert abs(int(said[1]) - abs(off)) <= 2


async def test_each_channel_kept_must_be_in_and_is_not_is_named_with_the_invitation_to_type(slack, tmp_path):
    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await set_up(desk, channel_id="support", escalation_channel_id="general", manager_channel_id="payroll")
        await desk.settle()
        slack.workspace.channel("support").is_archived = True

        lines = wrong(await told(settings_for(slack, tmp_path / "kept.db", "http")))

    assert lines[0] == "wrong channel: #support (team channel) is archived. Name another one: /kept setup"
    assert lines[1] == "wrong channel: Kept is not in #general (escalation channel). Type there: /invite @Kept"
    assert lines[2].startswith("wrong channel: Kept is not in #")
    assert lines[2].endswith("(manager channel). Type there: /invite @Kept")


async def test_a_database_that_cannot_be_used_is_named_with_what_to_do(slack, tmp_path):
    (tmp_path / "letter.db").write_text("Dear customer, " * 100)
    if os.geteuid():  # root may write everywhere
        (tmp_path / "closed").mkdir(mode=0o500)
        [line] = wrong(await told(settings_for(slack, tmp_path / "closed" / "kept.db", "http")))
        assert line.startswith(f"wrong database: {tmp_path / 'closed'} is not writable. Let the user who runs Kept")

    [line] = wrong(await told(settings_for(slack, tmp_path / "letter.db", "http")))

    assert line.startswith(f"wrong database: {tmp_path / 'letter.db'} cannot be written (DatabaseError SQLITE_NOTADB).")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder nobody can write to, not even root")
async def test_a_database_nobody_may_write_is_said(slack, tmp_path):
    (tmp_path / "kept.db").symlink_to("/proc/version")

    [line] = wrong(await told(settings_for(slack, tmp_path / "kept.db", "http")))

    assert line.startswith(f"wrong database: {tmp_path / 'kept.db'} cannot be written (")


async def test_tables_of_an_older_version_another_workspaces_and_a_stopped_bot_are_said(slack, tmp_path):
    settings = settings_for(slack, tmp_path / "kept.db", "http")
    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await desk.settle()

    [stopped] = wrong([line for line in await told(settings, lambda: time.time() + 3600) if "clock" not in line])
    assert stopped.startswith("wrong Kept: is not running; last at work 2")

    async with Sandbox(manifest=manifest(), workspace=sample(Clock())) as another:
        another.workspace.id = "T0ELSEWHERE"
        [whose] = wrong(await told(settings_for(another, tmp_path / "kept.db", "http")))
        assert "the token to T0ELSEWHERE. Write another one: DATABASE_URL=" in whose

    async with open_desk(slack, tmp_path / "kept.db", "http") as desk:
        await desk.bot.store.run(lambda db: db.run("DELETE FROM _sqlite_migrations WHERE name = 'waiting'"))
    [old] = wrong(await told(settings))
    assert "its tables are older than this version. Start Kept once" in old


@pytest.mark.process
async def test_the_doctor_ends_with_0_where_all_is_well_and_with_1_where_not(slack, tmp_path):
    for changes, status, said in [
        ({}, 0, b"ok    bot token: kept in Northwind Desk\n"),
        ({"SLACK_BOT_TOKEN": "xoxb-no"}, 1, b"wrong bot token: Slack refuses SLACK_BOT_TOKEN"),
        ({"PORT": "http"}, 1, b"wrong settings: PORT is"),
    ]:
        async with process("doctor", cwd=tmp_path, **tokens(slack) | changes) as doctor:
            printed, errors = await doctor.communicate()
        assert (doctor.returncode, errors) == (status, b"")
        assert said in printed
