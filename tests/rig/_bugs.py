"""Thirty seeded bugs: small patches of the code, each with the name of the test that must catch it.

Every one is a mistake somebody could make in good faith; a test that stays green on it promises less than it says.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """``old`` text of a file becomes ``new``; ``test`` is green before and red after."""

    name: str
    file: str
    old: str
    new: str
    test: str


BUGS = (
    Bug(
        "acknowledge before the commit",
        "storage/store.py",
        "                _apply(engine, change)\n            engine.commit()",
        "                _apply(engine, change)\n"
        "                _settle(change.loop, [change])\n            engine.commit()",
        "test_store.py::test_nobody_is_told_it_is_kept_before_the_commit[sqlite]",
    ),
    Bug(
        "tell that it is kept although the commit failed",
        "storage/store.py",
        "                change.error = change.error or error\n        return",
        "                pass\n        return",
        "test_store.py::test_nobody_is_told_it_is_kept_when_it_is_the_commit_that_fails[sqlite]",
    ),
    Bug(
        "commits that a power cut may take back",
        "storage/database.py",
        '"synchronous=FULL", ',
        '"synchronous=NORMAL", ',
        "test_store.py::test_every_connection_is_durable",
    ),
    Bug(
        "retries in Slack's client",
        "bot/run.py",
        "            retry_handlers=[],\n",
        "",
        "test_sending.py::test_an_answer_that_was_lost_brings_no_second_message",
    ),
    Bug(
        "no settling: what may have been posted is sent again unseen",
        "bot/sending.py",
        "await self._slack.found(message, alone) if uncertain else None",
        "None",
        "test_sending.py::test_an_answer_that_was_lost_brings_no_second_message",
    ),
    Bug(
        "no time for what lands late",
        "bot/sending.py",
        "SETTLE = 30 ",
        "SETTLE = 5 ",
        "test_sending.py::test_what_lands_while_its_end_is_unknown_is_found_and_not_sent_again",
    ),
    Bug(
        "blind takeover of what a dead sender had claimed",
        "storage/outbox.py",
        'row["state"] != "queued"))',
        'row["state"] == "unknown"))',
        "test_running.py::test_an_answer_lost_on_the_way_back_is_looked_up_and_not_posted_twice",
    ),
    Bug(
        "no takeover: what a dead sender had claimed is left for good",
        "storage/outbox.py",
        "AND state = :state AND state IN ('queued', 'sending', 'unknown')\"",
        "AND state = :state AND state IN ('queued', 'unknown')\"",
        "test_running.py::test_a_message_its_sender_never_posted_is_sent_once_its_lease_is_over",
    ),
    Bug(
        "no lease",
        "storage/outbox.py",
        "            lease=now + LEASE,\n            now=now,\n        )\n        if row and taken",
        "            lease=now,\n            now=now,\n        )\n        if row and taken",
        "test_replicas.py::test_two_replicas_at_work_send_every_message_once",
    ),
    Bug(
        "no fence: a sender that stood still sends what is another's by now",
        "bot/sending.py",
        "if outcome is None and self._clock() + SETTLE > self._leases[message.id]:",
        "if False:",
        "test_replicas.py::test_a_replica_that_froze_after_its_claim_does_not_send_what_another_has_sent",
    ),
    Bug(
        "no input key",
        "handlers/answer.py",
        "inbox.take(db, said.key,",
        'inbox.take(db, f"{said.key}:{id(said)}",',
        "test_issues.py::test_the_same_command_delivered_three_times_logs_once",
    ),
    Bug(
        "a key is the delivery's and not the input's",
        "bot/desk.py",
        """return f"trigger:{body['trigger_id']}\"""",
        """return f"trigger:{body['trigger_id']}:{id(body)}\"""",
        "test_callbacks.py::test_a_click_delivered_three_times_has_one_effect",
    ),
    Bug(
        "reminders early by a minute",
        "handlers/callbacks/ladder.py",
        "        meant = promise.due_at + wait // pace + shift(promise)",
        "        meant = promise.due_at - 60 + wait // pace + shift(promise)",
        "test_ladder.py::test_after_half_an_hour_the_backup_hears_after_an_hour_the_channel_then_the_morning",
    ),
    Bug(
        "sending after closing",
        "handlers/callbacks/reminder.py",
        "if promise is None or not promise.is_open or promise.generation",
        "if promise is None or promise.generation",
        "test_sending.py::test_closed_while_its_reminder_waits_for_slack_it_is_not_sent_any_more",
    ),
    Bug(
        "what is due is looked for without an index",
        "storage/migrations/first.py",
        "CREATE INDEX promises_to_remind ON promises (next_at) WHERE closed_at IS NULL AND next_at IS NOT NULL;",
        "CREATE INDEX promises_to_remind ON promises (made_at) WHERE closed_at IS NOT NULL;",
        "test_sending.py::test_what_is_looked_for_each_second_is_found_by_an_index",
    ),
    Bug(
        "no pacing by channel",
        "bot/pace.py",
        "PLACE_RESTS = 1.0",
        "PLACE_RESTS = 0.0",
        "test_pace.py::test_a_place_gets_one_post_a_second_and_a_quiet_one_does_not_wait_for_it",
    ),
    Bug(
        "429 ignored",
        "bot/slack.py",
        '            return Outcome("queued", problem="ratelimited", wait=int(headers.get("Retry-After", 30)))',
        '            return Outcome("queued", problem="ratelimited")',
        "test_sending.py::test_where_slack_says_wait_nothing_is_sent_before_and_no_attempt_is_burnt",
    ),
    Bug(
        "patience dropped: a message goes with an outage",
        "bot/sending.py",
        "not (outcome.is_away and waits)",
        "True",
        "test_sending.py::test_what_is_to_be_sent_waits_for_a_slack_that_is_away_for_most_of_a_day",
    ),
    Bug(
        "a refused token uses up the tries",
        "bot/slack.py",
        'return Outcome("queued", problem=problem, wait=TOKEN_PAUSE)',
        'return Outcome("queued", problem=problem)',
        "test_sending.py::test_a_refused_token_holds_everything_burns_no_attempt_and_loses_nothing",
    ),
    Bug(
        "a shape Slack refuses is given up",
        "bot/slack.py",
        "if outcome.problem in REFUSED_SHAPE and",
        "if not REFUSED_SHAPE and",
        "test_sending.py::test_a_shape_slack_refuses_goes_as_plain_text",
    ),
    Bug(
        "a change while its card is being sent is lost",
        "storage/outbox.py",
        "CASE WHEN version = :version THEN 'sent' ELSE 'queued' END",
        "CASE WHEN version >= :version THEN 'sent' ELSE 'queued' END",
        "test_sending.py::test_what_changes_while_a_card_is_being_sent_is_on_it_in_the_end",
    ),
    Bug(
        "an answer to a button that times out is left until its lease ends",
        "bot/slack.py",
        "        except (aiohttp.ClientError, TimeoutError, OSError) as error:\n"
        '            return Outcome("queued", problem=type(error).__name__)',
        "        except aiohttp.ClientError as error:\n"
        '            return Outcome("queued", problem=type(error).__name__)',
        "test_sending.py::test_an_answer_to_a_button_that_slack_does_not_take_in_time_is_tried_again",
    ),
    Bug(
        "a gap not noticed",
        "bot/worker.py",
        "if before and now - int(before) > gaps.GAP:",
        "if before and now < int(before):",
        "test_gaps.py::test_an_emoji_put_on_while_kept_was_away_escalates_once_however_often_it_is_read",
    ),
    Bug(
        "the audit trail not written",
        "storage/audit.py",
        '    append(db, "audit", at=at, person_id=person_id, surface=surface, **what)',
        "    what.clear()",
        "test_audit.py::test_every_change_has_one_entry_and_what_changes_nothing_has_none",
    ),
    Bug(
        "after downtime all that was missed comes at once",
        "handlers/callbacks/nudges.py",
        "    if coming and now - coming[0].at > LATE and now - abs(known.next_at or now) > LATE:",
        "    if not known:",
        "test_callbacks.py::test_after_downtime_one_late_reminder_comes_and_the_later_steps_keep_their_distance",
    ),
    Bug(
        "who cannot be reached is the end of it",
        "handlers/callbacks/nudges.py",
        "    return next((place for place in cast.chain(db, promise, now, nudge.target) if place not in tried), None)",
        "    return next((place for place in tried if place != nudge.target), None)",
        "test_ladder.py::test_what_cannot_be_delivered_goes_to_the_next_until_somebody_hears",
    ),
    Bug(
        "what nobody was told is no alarm",
        "storage/invariants.py",
        '" AND (next_at IS NULL OR next_at < :late OR next_at > :far)"',
        '" AND next_at < :late AND next_at > :far"',
        "test_auditor.py::test_a_promise_past_its_time_of_which_nobody_was_told_reaches_the_admin",
    ),
    Bug(
        "the repeated hour has two digests",
        "handlers/digests/times.py",
        "    behind, before = (_unix(wall.replace(tzinfo=tz(zone), fold=fold)) for fold in (0, 1))",
        "    behind, before = (_unix(wall.replace(tzinfo=tz(zone), fold=fold)) for fold in (1, 1))",
        "test_digests.py::test_every_local_date_has_one_moment_at_its_time_or_right_after_the_gap",
    ),
    Bug(
        "a signature not looked at",
        "bot/door.py",
        "    if not hmac.compare_digest(",
        "    if not signature and not hmac.compare_digest(",
        "test_door.py::test_a_broken_or_forged_request_is_refused_and_leaves_nothing",
    ),
    Bug(
        "no question who may do it",
        "handlers/roles.py",
        "    if may(db, said.person, action) or (",
        "    if said.person.id or may(db, said.person, action) or (",
        "test_roles.py::test_after_setup_everybody_may_what_the_contract_says_and_nothing_else",
    ),
)
