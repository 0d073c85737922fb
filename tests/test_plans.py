"""What Kept asks its database for: every row of what grows with the years is found by an index.

The statements are those a working day makes, taken from SQLite itself as they run; the plans are SQLite's own.
"""

import asyncio
import re
import threading

import pytest

from storage.store import READERS

# What grows with the years; all else is as large as the company.
GROWS = {"attempts", "audit", "customers", "customer_names", "escalations", "feedback", "inbox", "issue_words",
         "issues", "moves", "name_words", "notes", "nudges", "outbox", "promises", "reactions", "told"}  # fmt: skip

SAID = """
/kept setup team #support escalations #escalations managers #leads lead @priya backup @bob
/issue Acme: charged twice for March !blocked #billing
/issue Acme: charged twice for April #billing callback tomorrow 3pm
/issue Globex: the courier came late
/issue list
/issue list mine
/issue list unowned
/issue find charged
/issue 1
/issue 1 note called the bank
/issue 1 owner @bob
/issue 1 resolve paid back
/callback Acme in 1 hour about the refund
/callback list
/callback list team
/customer Acme
/customer Acme history
/customer list
/customer list at-risk
/customer Acme contact Jane +1 555 0100
/feedback Acme unhappy slow answers
/feedback list
/issue 3 problem 1
/customer merge Globex into Acme
/customer forget Acme
/digest
/kept report week
/kept report mine
/kept audit
/kept audit Acme
/kept reminders
""".strip().splitlines()


async def asked_in_a_day(desk):
    """Every statement the bot runs while people type, look at Home and are reminded."""
    asked, store, together = [], desk.bot.store, threading.Barrier(READERS)

    def note(db):
        db.connection.set_trace_callback(asked.append)

    def note_both(db):
        note(db)
        together.wait(timeout=10)  # so that each of the readers comes here

    await store.run(note)
    await asyncio.gather(*[store.read(note_both) for _ in range(READERS)])
    for typed in SAID:
        await desk.type("priya", typed)
    await desk.slack.open_home("priya")
    await desk.slack.react("dana", desk.cards()[0], "rotating_light")
    for _ in range(30):
        await desk.wait(hours=1)
    return {one for one in asked if re.match(r"(SELECT|WITH|INSERT|UPDATE|DELETE)\b", one)}


def looked_through(db, statement):
    """The growing tables of which a statement looks at every row there is, and not by an index."""
    if "ORDER BY id DESC LIMIT" in statement and "WHERE 1 = 1 " in statement:
        return set()  # the newest few of all
    plan = [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {statement}")]
    names = {name: table for table, name in re.findall(r"\b(?:FROM|JOIN) (\w+) AS (\w+)", statement)}
    scanned = [found[1] for step in plan if (found := re.fullmatch(r"SCAN (\w+)", step))]
    return {names.get(name, name) for name in scanned} & GROWS


@pytest.mark.sqlite
async def test_no_row_of_what_grows_is_looked_for_without_an_index(desk):
    asked = await asked_in_a_day(desk)

    assert len(asked) > 1000
    assert await desk.bot.store.read(lambda db: [one for one in sorted(asked) if looked_through(db, one)]) == []
