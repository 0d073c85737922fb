"""The first tables, in the order they came."""

PLACES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE numbers (name TEXT PRIMARY KEY, last BIGINT NOT NULL);
INSERT INTO numbers (name, last) VALUES ('record', 0);
CREATE TABLE people (
    id TEXT PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL, zone TEXT, locale TEXT,
    is_bot INTEGER NOT NULL, is_outsider INTEGER NOT NULL, is_admin INTEGER NOT NULL, is_deactivated INTEGER NOT NULL);
CREATE INDEX people_by_handle ON people (handle);
CREATE TABLE channels (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, has_kept INTEGER NOT NULL, is_private INTEGER NOT NULL,
    is_shared INTEGER NOT NULL, customer_id BIGINT);
CREATE TABLE inbox (key TEXT PRIMARY KEY, at BIGINT NOT NULL, reply TEXT);
CREATE INDEX inbox_by_age ON inbox (at);
CREATE TABLE outbox (
    id {counted}, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject_id BIGINT, person_id TEXT,
    target TEXT NOT NULL, payload TEXT, priority INTEGER NOT NULL, state TEXT NOT NULL, due_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL, version BIGINT NOT NULL, created_at BIGINT NOT NULL,
    sent_at BIGINT, sent_channel TEXT, sent_ts TEXT, problem TEXT);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX outbox_by_subject ON outbox (subject_id, kind) WHERE subject_id IS NOT NULL;
CREATE TABLE audit (
    id {counted}, at BIGINT NOT NULL, person_id TEXT NOT NULL, surface TEXT NOT NULL, deed TEXT NOT NULL,
    record_id BIGINT, detail TEXT);
CREATE INDEX audit_by_record ON audit (record_id, id) WHERE record_id IS NOT NULL;
"""

RECORDS = """
CREATE TABLE customers (
    id {counted}, name TEXT NOT NULL, zone TEXT, owner_id TEXT, backup_id TEXT, created_at BIGINT NOT NULL);
CREATE TABLE customer_names (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, customer_id BIGINT NOT NULL REFERENCES customers (id));
CREATE INDEX customer_names_by_customer ON customer_names (customer_id);
CREATE TABLE issues (
    id INTEGER PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customers (id), summary TEXT NOT NULL,
    category TEXT, impact TEXT, owner_id TEXT, reporter_id TEXT NOT NULL, made_in TEXT NOT NULL, thread_ts TEXT,
    created_at BIGINT NOT NULL, first_response_at BIGINT, resolved_at BIGINT, resolved_by TEXT, resolution TEXT,
    version BIGINT NOT NULL, card_channel TEXT, card_ts TEXT);
CREATE INDEX issues_open ON issues (created_at) WHERE resolved_at IS NULL;
CREATE INDEX issues_open_by_owner ON issues (owner_id, created_at) WHERE resolved_at IS NULL;
CREATE INDEX issues_by_customer ON issues (customer_id, created_at);
CREATE INDEX issues_by_card ON issues (card_channel, card_ts) WHERE card_ts IS NOT NULL;
CREATE TABLE notes (
    id {counted}, record_id BIGINT NOT NULL, person_id TEXT NOT NULL, at BIGINT NOT NULL, words TEXT NOT NULL);
CREATE INDEX notes_by_record ON notes (record_id, id);
CREATE TABLE promises (
    id INTEGER PRIMARY KEY, customer_id BIGINT NOT NULL REFERENCES customers (id),
    issue_id BIGINT REFERENCES issues (id),
    kind TEXT NOT NULL, words TEXT NOT NULL, subject TEXT NOT NULL, owner_id TEXT NOT NULL, maker_id TEXT NOT NULL,
    made_at BIGINT NOT NULL, made_in TEXT NOT NULL, due_at BIGINT NOT NULL, zone TEXT NOT NULL,
    by_close INTEGER NOT NULL, first_due_at BIGINT NOT NULL, outcome TEXT, closed_at BIGINT, closed_by TEXT,
    kept_at BIGINT, generation BIGINT NOT NULL, version BIGINT NOT NULL,
    next_rung TEXT, next_at BIGINT, late_by BIGINT NOT NULL);
CREATE INDEX promises_to_remind ON promises (next_at) WHERE closed_at IS NULL AND next_at IS NOT NULL;
CREATE INDEX promises_open ON promises (due_at) WHERE closed_at IS NULL;
CREATE INDEX promises_open_by_owner ON promises (owner_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX promises_by_customer ON promises (customer_id, due_at);
CREATE INDEX promises_by_issue ON promises (issue_id, due_at) WHERE issue_id IS NOT NULL;
CREATE TABLE attempts (
    id {counted}, promise_id BIGINT NOT NULL REFERENCES promises (id), person_id TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX attempts_by_promise ON attempts (promise_id, at);
CREATE TABLE moves (
    id {counted}, promise_id BIGINT NOT NULL REFERENCES promises (id), person_id TEXT NOT NULL, at BIGINT NOT NULL,
    from_due_at BIGINT NOT NULL, to_due_at BIGINT NOT NULL, customer_told INTEGER);
CREATE INDEX moves_by_promise ON moves (promise_id, at);
CREATE TABLE drafts (
    id {counted}, person_id TEXT NOT NULL, at BIGINT NOT NULL, channel_id TEXT NOT NULL,
    command TEXT NOT NULL, words TEXT NOT NULL, choices TEXT NOT NULL, settled_at BIGINT);
CREATE INDEX drafts_waiting ON drafts (at) WHERE settled_at IS NULL;
"""

TEAMS = """
CREATE TABLE teams (
    id {counted}, channel_id TEXT NOT NULL UNIQUE, escalation_channel_id TEXT, manager_channel_id TEXT,
    lead_id TEXT, backup_id TEXT, zone TEXT NOT NULL, opens_at INTEGER NOT NULL, closes_at INTEGER NOT NULL,
    weekdays TEXT NOT NULL, country TEXT, region TEXT, made_by TEXT NOT NULL, made_at BIGINT NOT NULL);
CREATE TABLE memberships (
    channel_id TEXT NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (channel_id, person_id));
CREATE INDEX memberships_by_person ON memberships (person_id);
ALTER TABLE issues ADD COLUMN team_id BIGINT;
ALTER TABLE issues ADD COLUMN escalated_at BIGINT;
ALTER TABLE promises ADD COLUMN team_id BIGINT;
"""

WAITING = """
ALTER TABLE outbox ADD COLUMN wanted_at BIGINT;
"""

DOORS = """
ALTER TABLE drafts ADD COLUMN question TEXT;
ALTER TABLE drafts ADD COLUMN thread_ts TEXT;
ALTER TABLE drafts ADD COLUMN asked_again_at BIGINT;
CREATE INDEX drafts_by_person ON drafts (person_id, at) WHERE settled_at IS NULL;
CREATE TABLE homes (person_id TEXT PRIMARY KEY, channel_id TEXT NOT NULL, is_stale INTEGER NOT NULL);
CREATE INDEX homes_stale ON homes (person_id) WHERE is_stale = 1;
CREATE INDEX issues_by_thread ON issues (made_in, thread_ts) WHERE thread_ts IS NOT NULL;
CREATE INDEX outbox_by_message ON outbox (sent_channel, sent_ts) WHERE sent_ts IS NOT NULL;
"""

DIGESTS = """
CREATE TABLE digests (
    channel_id TEXT PRIMARY KEY, weekdays TEXT NOT NULL, at_minute INTEGER NOT NULL, zone TEXT NOT NULL,
    category TEXT, quiet_when_empty INTEGER NOT NULL, set_by TEXT NOT NULL,
    next_at BIGINT, last_on TEXT, missed_on TEXT, missed INTEGER NOT NULL);
CREATE INDEX digests_due ON digests (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX issues_escalated ON issues (escalated_at) WHERE resolved_at IS NULL AND escalated_at IS NOT NULL;
CREATE INDEX issues_counted ON issues
    (created_at, team_id, category, impact, owner_id, escalated_at, resolved_at) WHERE resolved_at IS NULL;
CREATE INDEX promises_counted ON promises (due_at, team_id, issue_id, closed_at) WHERE closed_at IS NULL;
"""

ESCALATIONS = """
CREATE TABLE reactions (
    id {counted}, channel_id TEXT NOT NULL, message_ts TEXT NOT NULL, person_id TEXT NOT NULL, emoji TEXT NOT NULL,
    deed TEXT NOT NULL, is_on INTEGER NOT NULL, event_ts TEXT NOT NULL, put_at BIGINT, taken_at BIGINT,
    escalation_id BIGINT, issue_id BIGINT, UNIQUE (channel_id, message_ts, person_id, emoji));
CREATE INDEX reactions_by_escalation ON reactions (escalation_id) WHERE escalation_id IS NOT NULL;
CREATE TABLE escalations (
    id {counted}, issue_id BIGINT NOT NULL, promise_id BIGINT, channel_id TEXT NOT NULL, message_ts TEXT NOT NULL,
    thread_ts TEXT NOT NULL, link TEXT, at BIGINT NOT NULL, made_issue INTEGER NOT NULL, taken_by TEXT,
    withdrawn_at BIGINT, reason TEXT, post_channel TEXT NOT NULL, post_ts TEXT);
CREATE INDEX escalations_by_message ON escalations (channel_id, message_ts);
CREATE INDEX escalations_by_post ON escalations (post_channel, post_ts) WHERE post_ts IS NOT NULL;
CREATE INDEX escalations_by_issue ON escalations (issue_id);
"""

LADDER = """
ALTER TABLE people ADD COLUMN status_emoji TEXT;
ALTER TABLE people ADD COLUMN opens_at INTEGER;
ALTER TABLE people ADD COLUMN closes_at INTEGER;
ALTER TABLE people ADD COLUMN weekdays TEXT;
ALTER TABLE people ADD COLUMN away_from BIGINT;
ALTER TABLE people ADD COLUMN away_until BIGINT;
ALTER TABLE people ADD COLUMN cover_is_stale INTEGER NOT NULL DEFAULT 0;
CREATE INDEX people_to_cover ON people (id) WHERE cover_is_stale = 1;
CREATE INDEX people_away_until ON people (away_until) WHERE away_until IS NOT NULL;
ALTER TABLE teams ADD COLUMN ladder TEXT;
ALTER TABLE promises ADD COLUMN ladder_at BIGINT;
ALTER TABLE promises ADD COLUMN held_at BIGINT;
ALTER TABLE promises ADD COLUMN asked_id TEXT;
ALTER TABLE promises ADD COLUMN asked_why TEXT;
CREATE TABLE nudges (
    id {counted}, promise_id BIGINT NOT NULL, generation BIGINT NOT NULL, rung TEXT NOT NULL, target TEXT,
    words TEXT NOT NULL, due_at BIGINT NOT NULL, taken_at BIGINT NOT NULL, is_late INTEGER NOT NULL,
    tried TEXT NOT NULL, message_key TEXT, queued_at BIGINT, sent_at BIGINT, unheard_at BIGINT,
    UNIQUE (promise_id, generation, rung));
CREATE INDEX nudges_waiting ON nudges (due_at) WHERE message_key IS NULL AND target IS NOT NULL AND unheard_at IS NULL;
CREATE INDEX nudges_by_message ON nudges (message_key) WHERE message_key IS NOT NULL;
CREATE INDEX nudges_by_target ON nudges (target, queued_at) WHERE queued_at IS NOT NULL;
CREATE INDEX nudges_unheard ON nudges (unheard_at) WHERE unheard_at IS NOT NULL;
"""
