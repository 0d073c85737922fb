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
