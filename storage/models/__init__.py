"""The records, as frozen dataclasses: a field is a column of the table of the same noun.

Times are Unix seconds, UTC; None in an ``_at`` field means it has not happened.
"""

from storage.models.errands import Digest, Draft, Escalation, Outgoing, Reaction
from storage.models.places import Channel, Person, Team
from storage.models.records import Contact, Customer, Feedback, Issue, Note, Problem, Promise, Trend
from storage.models.rows import every, one

__all__ = [
    "Channel",
    "Contact",
    "Customer",
    "Digest",
    "Draft",
    "Escalation",
    "Feedback",
    "Issue",
    "Note",
    "Outgoing",
    "Person",
    "Problem",
    "Promise",
    "Reaction",
    "Team",
    "Trend",
    "every",
    "one",
]
