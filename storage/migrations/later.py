"""The tables and columns that came after, in their order."""

CUSTOMERS = """
ALTER TABLE customers ADD COLUMN tier TEXT;
ALTER TABLE customers ADD COLUMN depends_on TEXT;
ALTER TABLE customers ADD COLUMN cost TEXT;
ALTER TABLE customers ADD COLUMN notes TEXT;
ALTER TABLE customers ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
CREATE TABLE contacts (
    id {counted}, customer_id BIGINT NOT NULL REFERENCES customers (id), name TEXT NOT NULL, role TEXT,
    phone TEXT, mail TEXT);
CREATE INDEX contacts_by_customer ON contacts (customer_id, id);
CREATE TABLE feedback (
    id {counted}, customer_id BIGINT NOT NULL REFERENCES customers (id), issue_id BIGINT, team_id BIGINT,
    person_id TEXT NOT NULL, at BIGINT NOT NULL, mood TEXT, reason TEXT);
CREATE INDEX feedback_by_customer ON feedback (customer_id, at);
CREATE INDEX feedback_by_time ON feedback (at);
"""

# Each name's words from every word on, so that a range of an index finds what begins with the letters typed: "sunrise
# bakery" is kept as itself and as "bakery". Ranges want the C collation, which is SQLite's own.
NAME_WORDS = """
CREATE TABLE name_words (
    key TEXT NOT NULL REFERENCES customer_names (key) ON DELETE CASCADE, words TEXT NOT NULL,
    is_later INTEGER NOT NULL, PRIMARY KEY (key, words));
CREATE INDEX name_words_in_order ON name_words (is_later, words, key);
INSERT INTO name_words (key, words, is_later)
    WITH RECURSIVE places (place) AS (
        SELECT 1 UNION ALL
        SELECT place + 1 FROM places WHERE place < (SELECT COALESCE(MAX(LENGTH(key)), 1) FROM customer_names))
    SELECT key, SUBSTR(key, place), CASE WHEN place = 1 THEN 0 ELSE 1 END FROM customer_names JOIN places
        ON place = 1 OR (place <= LENGTH(key) AND SUBSTR(key, place - 1, 1) = ' ');
"""

CUSTOMER_CHANGES = """
ALTER TABLE audit ADD COLUMN customer_id BIGINT;
CREATE INDEX audit_by_customer ON audit (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX channels_by_customer ON channels (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX promises_broken ON promises (closed_at, customer_id) WHERE outcome = 'broken';
CREATE INDEX issues_by_time ON issues (created_at, customer_id, category);
CREATE INDEX issues_open_by_customer ON issues (customer_id, created_at) WHERE resolved_at IS NULL;
CREATE INDEX issues_resolved_by_customer ON issues (customer_id, resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX promises_open_by_customer ON promises (customer_id, due_at) WHERE closed_at IS NULL;
CREATE INDEX promises_closed_by_customer ON promises (customer_id, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX promises_made_by_customer ON promises (customer_id, made_at);
CREATE INDEX notes_by_time ON notes (at, record_id);
CREATE INDEX attempts_by_time ON attempts (at, promise_id);
"""

CLOSED = """
CREATE INDEX issues_resolved ON issues (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX promises_closed ON promises (closed_at) WHERE closed_at IS NOT NULL;
"""

# What search reads, made plain; the index over it is the engine's own (storage/search.py).
ISSUE_WORDS = """
CREATE TABLE issue_words (issue_id INTEGER PRIMARY KEY, words TEXT NOT NULL);
"""

SUGGESTIONS = """
ALTER TABLE channels ADD COLUMN suggests INTEGER NOT NULL DEFAULT 0;
CREATE TABLE suggestions (
    id {counted}, channel_id TEXT NOT NULL, message_ts TEXT NOT NULL, person_id TEXT NOT NULL,
    due_at BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX suggestions_by_age ON suggestions (at);
"""

# Each holds all that a figure of a report asks of its rows, so that a month is read without opening them; three take
# the place of a shorter one.
MEASURES = """
DROP INDEX issues_resolved;
DROP INDEX issues_by_time;
DROP INDEX issues_counted;
CREATE INDEX issues_resolved ON issues
    (resolved_at, created_at, first_response_at, team_id, category, customer_id, owner_id)
    WHERE resolved_at IS NOT NULL;
CREATE INDEX issues_by_time ON issues (created_at, customer_id, category, team_id, owner_id);
CREATE INDEX issues_counted ON issues
    (created_at, team_id, category, impact, owner_id, escalated_at, resolved_at, customer_id, first_response_at)
    WHERE resolved_at IS NULL;
CREATE INDEX issues_answered ON issues
    (first_response_at, created_at, team_id, category, customer_id, owner_id) WHERE first_response_at IS NOT NULL;
CREATE INDEX issues_of_a_kind ON issues (customer_id, category, created_at);
CREATE INDEX promises_first_due ON promises
    (first_due_at, kind, outcome, closed_at, kept_at, team_id, customer_id, owner_id, issue_id);
CREATE INDEX moves_by_time ON moves (at, promise_id, customer_told);
"""

TOLD = """
CREATE TABLE told (
    customer_id BIGINT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, PRIMARY KEY (customer_id, channel, ts));
"""

UNOWNED = """
ALTER TABLE teams ADD COLUMN away_emoji TEXT;
CREATE INDEX promises_asked ON promises (asked_id) WHERE closed_at IS NULL AND asked_id IS NOT NULL;
"""

# What a customer's card asks, however much there was with them before.
CARD = """
CREATE INDEX issues_open_of_customer ON issues (customer_id, created_at) WHERE resolved_at IS NULL;
CREATE INDEX promises_open_of_customer ON promises (customer_id, due_at) WHERE closed_at IS NULL;
DROP INDEX promises_by_customer;
CREATE INDEX promises_by_customer ON promises (customer_id, first_due_at);
"""

# What a channel's digest is only about (no sections named: all of them); since when promises are open, by customer.
DIGEST_FILTERS = """
ALTER TABLE digests ADD COLUMN team_id BIGINT;
ALTER TABLE digests ADD COLUMN customer_id BIGINT;
ALTER TABLE digests ADD COLUMN sections TEXT;
CREATE INDEX promises_open_since ON promises (made_at, customer_id) WHERE closed_at IS NULL;
"""

# What was found wrong; messages that were given up, found without reading all that were ever sent.
ALARMS = """
CREATE TABLE alarms (
    id {counted}, kind TEXT NOT NULL, began_at BIGINT NOT NULL, ended_at BIGINT, detail TEXT NOT NULL);
CREATE INDEX alarms_open ON alarms (id) WHERE ended_at IS NULL;
CREATE INDEX outbox_dead ON outbox (created_at) WHERE state = 'dead';
"""

# Which drawing of a Home is shown; since when somebody just back was away, and who took what of theirs meanwhile.
HOME = """
ALTER TABLE homes ADD COLUMN drawing TEXT;
ALTER TABLE people ADD COLUMN was_away_from BIGINT;
ALTER TABLE people ADD COLUMN back_at BIGINT;
CREATE INDEX audit_took ON audit (detail, at) WHERE deed = 'took';
"""

# Problems, which link issues; trends, a row for each alert. Of one category, an issue's time, team and customer stand
# in an index (28 bytes an issue), as a trend asks for them at every log; those told twice in one of their own, a few.
PROBLEMS = """
CREATE TABLE problems (
    id INTEGER PRIMARY KEY, team_id BIGINT, category TEXT, title TEXT NOT NULL, titled_after BIGINT,
    opened_at BIGINT NOT NULL, opened_by TEXT NOT NULL, solved_at BIGINT, solved_by TEXT, how TEXT,
    version BIGINT NOT NULL, card_channel TEXT, card_ts TEXT);
CREATE INDEX problems_open ON problems (opened_at) WHERE solved_at IS NULL;
CREATE TABLE trends (
    id {counted}, team_id BIGINT, category TEXT, issue_id BIGINT NOT NULL, local_date TEXT NOT NULL,
    at BIGINT NOT NULL, problem_id BIGINT);
CREATE INDEX trends_by_time ON trends (at);
ALTER TABLE issues ADD COLUMN problem_id BIGINT;
ALTER TABLE promises ADD COLUMN problem_id BIGINT;
CREATE INDEX issues_by_problem ON issues (problem_id, created_at) WHERE problem_id IS NOT NULL;
CREATE INDEX promises_by_problem ON promises (problem_id, owner_id) WHERE problem_id IS NOT NULL;
CREATE INDEX issues_by_category ON issues (category, created_at, team_id, customer_id);
CREATE INDEX issues_told_twice ON issues (created_at) WHERE resolution LIKE 'duplicate of #%';
"""

# What a digest reads of open promises is all in an index; two that others equal are gone.
DIGEST_SPEED = """
DROP INDEX issues_open_by_customer;
DROP INDEX promises_open_by_customer;
DROP INDEX promises_open_since;
DROP INDEX promises_counted;
CREATE INDEX promises_open_since ON promises (made_at, customer_id, kind, closed_at) WHERE closed_at IS NULL;
CREATE INDEX promises_counted ON promises (due_at, team_id, issue_id, kind, closed_at, owner_id, asked_id)
    WHERE closed_at IS NULL;
CREATE INDEX customers_forgotten ON customers (id) WHERE name = '';
"""

# What the clock drops each hour, what is open in a channel, and the names a slip away from one: found without looking
# through all there are.
YEARS = """
CREATE INDEX issues_open_in ON issues (made_in, created_at, category) WHERE resolved_at IS NULL;
CREATE INDEX outbox_passing ON outbox (created_at)
    WHERE kind IN ('respond', 'post', 'digest-thread', 'draft', 'look', 'reread', 'report', 'picture', 'rewrite',
    'unwritten', 'export', 'export-file', 'mark', 'nudge-edit', 'gap');
CREATE INDEX nudges_waiting_for ON nudges (target, due_at)
    WHERE message_key IS NULL AND target IS NOT NULL AND unheard_at IS NULL;
CREATE INDEX customer_names_by_start ON customer_names (SUBSTR(key, 1, 2), LENGTH(key));
CREATE INDEX customer_names_by_end ON customer_names (SUBSTR(key, LENGTH(key) - 1), LENGTH(key));
"""

# A customer's notes, found without going through all of their records.
CUSTOMER_NOTES = """
ALTER TABLE notes ADD COLUMN customer_id BIGINT;
UPDATE notes SET customer_id = COALESCE((SELECT customer_id FROM issues WHERE issues.id = notes.record_id),
    (SELECT customer_id FROM promises WHERE promises.id = notes.record_id));
CREATE INDEX notes_by_customer ON notes (customer_id, at);
"""

# What is to be sent, in the order in which it goes, everywhere and at one place.
HEADS = """
CREATE INDEX outbox_in_order ON outbox (priority, id, target, due_at) WHERE state IN ('queued', 'sending', 'unknown');
CREATE INDEX outbox_by_place ON outbox (target, priority, id) WHERE state IN ('queued', 'sending', 'unknown');
"""

TRENDS_LOOKED = """
INSERT INTO facts (name, value)
    SELECT 'trends: newest issue', SUBSTR(value, 1, LENGTH(value) - LENGTH(LTRIM(value, '0123456789'))) FROM facts
        WHERE name = 'trends looked at' UNION ALL
    SELECT 'trends: newest entry', SUBSTR(LTRIM(value, '0123456789'), 2) FROM facts WHERE name = 'trends looked at';
DELETE FROM facts WHERE name = 'trends looked at';
"""
