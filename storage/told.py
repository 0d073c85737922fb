"""Which of Kept's lasting messages named which records: what cannot be found through the records themselves.

A card, a reminder and an escalation's post are found by what they are about. Digests and answers in a conversation
name many, or any; so their places are kept with the numbers in their text, which all we print carries.
"""

import re

from storage.database import Database

KINDS = frozenset({"post", "digest"})  # of message, in the outbox
NUMBER = re.compile(r"#(\d{1,15})\b")


def note(db: Database, channel: str, ts: str, words: str) -> None:
    """Keep where a message stands, for every record whose number it shows."""
    for number in dict.fromkeys(NUMBER.findall(words)):
        db.run(
            "INSERT INTO told (record_id, channel, ts) VALUES (:id, :channel, :ts) ON CONFLICT DO NOTHING",
            id=int(number),
            channel=channel,
            ts=ts,
        )
