"""`/kept audit`: who did what, and when; for managers, newest first.

The trail itself holds no words of people. What a deed was about is read from the records as they are now, so that what
retention erased or `forget` took away is gone from here too.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import line, names, text
from handlers.blocks import Bold, Button, Item, Moment, Part, Row
from handlers.callbacks import outcomes
from handlers.issues import card
from handlers.problems import shown
from handlers.said import Handler, Reply, Said, tell
from storage import audit, callbacks, customers, forgetting, issues, problems
from storage.audit import Asked
from storage.database import Database
from storage.database import Row as Entry

MOST = 20  # entries at once
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SINCE = re.compile(r"(?:^|\s)since\s+(?P<when>.+)$", re.IGNORECASE)
AGO = re.compile(r"(\d{1,3}) (hour|day|week)s?(?: ago)?$")
SECONDS = {"hour": 3600, "day": 86400, "week": 7 * 86400}
TYPE = "Type: /kept audit, /kept audit #42, /kept audit Acme, /kept audit @dana, /kept audit @dana since monday"

# Each deed as one says it behind the name of who did it; what it was about follows. "{}" is the person in its detail.
DEEDS = {
    "logged": "logged", "logged too": "logged once more", "edited": "edited", "noted": "added a note to",
    "owned": "made {} the owner of", "resolved": "resolved", "reopened": "reopened", "undone": "undid",
    "customer set": "set the customer of", "said to differ": "told apart from another:",
    "escalated": "escalated", "escalated too": "joined the escalation of", "withdrew": "withdrew the escalation of",
    "gave a reason": "said why it is urgent:", "took": "took", "promised": "promised", "kept": "kept",
    "kept on time": "said it was on time:", "kept late": "said it was late:", "tried": "reached nobody for",
    "moved": "moved", "told": "told the customer of the new time of", "handed over": "handed to {}:",
    "not told": "has not told the customer of the new time of", "fixed": "corrected", "on it": "is on",
    "keeps": "keeps", "called": "closed, as they called us:", "withdrawn": "closed as withdrawn:",
    "broken": "closed as broken:", "mistake": "closed as entered by mistake:", "hands over": "began a handover",
    "report": "asked for the report",
    "away": "went away", "back": "came back", "hours": "changed their own working hours", "set up": "set a team up",
    "reminders": "changed the team's reminders", "digest on": "switched a digest on",
    "digest off": "switched a digest off", "suggest on": "switched suggestions on",
    "suggest off": "switched suggestions off", "feedback": "noted the feelings of",
    "feedback fixed": "corrected the feelings of", "feedback undone": "took back the feelings of",
    "customer made": "made the customer", "customer edited": "changed",
    "customer edit undone": "took back a change of", "customer merged": "merged another customer into",
    "customer forgotten": "had forgotten", "imported": "imported", "export": "exported records",
    "away emoji": "changed which emoji mean away",
    "opened": "linked as one problem:", "linked": "made part of a problem:", "unlinked": "took out of a problem:",
    "renamed": "renamed", "added to": "added issues to", "solved": "solved", "not solved": "opened again",
}  # fmt: skip
SURFACES = {
    "command": "typed", "button": "by a button", "form": "in a form", "shortcut": "by a shortcut", "emoji": "by emoji",
    "home": "in Home", "message": "in a direct message", "app_mention": "by a mention",
    "suggestion": "from a suggestion", "reaction_added": "by emoji", "reaction_removed": "by emoji",
}  # fmt: skip


def show(db: Database, said: Said, words: str) -> Reply:
    """`/kept audit [#42 | Acme | @dana] [since monday]`."""
    wanted = _read(db, said, words)
    if isinstance(wanted, str):
        return tell(wanted, TYPE, f"You typed: /kept audit {text.unescape(words)}")
    return _page(db, said, *wanted)


def older(db: Database, said: Said) -> Reply:
    """The page behind **Older**, in a message of its own; its value is what is looked for, and from where on."""
    before, person, record, customer, since = said.value.split(":")
    asked = Asked(person or None, _number(record), _number(customer), _number(since), _number(before))
    return _page(db, said, asked, "")


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else None


def _page(db: Database, said: Said, asked: Asked, about: str) -> Reply:
    found = audit.newest(db, asked, MOST + 1)
    if not found:
        return tell(f"Nothing was done{about}." if asked.before is None else "That was all.")
    told: list[Item] = [f"Who did what{about}, newest first:" if asked.before is None else "Before that:"]
    told += [_line(db, said, entry) for entry in found[:MOST]]
    if len(found) > MOST:
        kept = (found[MOST - 1]["id"], asked.person_id, asked.record_id, asked.customer_id, asked.since)
        told.append(Row(Button("Older", "audit.older", ":".join("" if one is None else str(one) for one in kept))))
    return tell(*told)


def _line(db: Database, said: Said, entry: Entry) -> Item:
    """When, who, what and by which door: *today at 3 pm · Dana resolved Acme · charged twice (#42), typed*."""
    at = entry["at"]
    when = Moment(at, f"{text.moment(at, said.zone, said.now)} {text.zone_name(at, said.zone)}")
    deed = DEEDS.get(str(entry["deed"]), str(entry["deed"]))
    if "{}" in deed:
        deed = deed.format(names.person(db, entry["detail"]) if entry["detail"] else "somebody")
    door = SURFACES.get(entry["surface"], entry["surface"])
    return ["• ", when, " · ", Bold(names.person(db, entry["person_id"])), f" {deed}", *_about(db, entry), f", {door}"]


def _about(db: Database, entry: Entry) -> list[Part]:
    """What it was about, names first; of what is gone only the number is left."""
    record_id, customer_id = entry["record_id"], entry["customer_id"]
    if record_id is None and customer_id is None:
        return []
    if record_id is None:
        known = customers.find(db, customer_id)
        return [" ", Bold(known.name)] if known else [" a customer that is gone"]
    issue, promise = issues.find(db, record_id), callbacks.find(db, record_id)
    if issue:
        return [" ", *card.title(db, issue)]
    if promise:
        return [" ", *outcomes.title(db, promise)]
    if problem := problems.find(db, record_id):
        return [" ", shown.named(problem)]
    return [" ", f"{'what is forgotten' if forgetting.is_bare(db, record_id) else 'what was undone'} (#{record_id})"]


def _read(db: Database, said: Said, words: str) -> tuple[Asked, str] | str:
    """What is looked for, and how one says it; or a sentence on what was not understood."""
    found = SINCE.search(words)
    since = _since(text.unescape(found["when"]), said) if found else None
    if found and since is None:
        return f"Since when? I don't understand “{text.unescape(found['when'])}”."
    about = f" since {text.moment(since, said.zone, said.now)}" if since is not None else ""
    marks = line.take_marks(db, words[: found.start()] if found else words)
    name, number = marks.words.strip(), marks.words.strip().removeprefix("#")
    if marks.owner and not name:
        return Asked(person_id=marks.owner.id, since=since), f" by {marks.owner.name}{about}"
    if not name:
        return Asked(since=since), about
    if number.isdecimal() and len(number) < 12:
        return Asked(record_id=int(number), since=since), f" about #{number}{about}"
    named = line.spelled(db, name, "")
    if marks.owner or named.customer is None:
        near = f" Did you mean {text.listed([one.name for one in named.rivals], 'or')}?" if named.rivals else ""
        return f"I know no customer called “{name}”.{near}"
    return Asked(customer_id=named.customer.id, since=since), f" about {named.customer.name}{about}"


def _since(words: str, said: Said) -> int | None:
    """A time gone by: ``today``, ``yesterday``, ``monday``, ``3 days``, ``2026-11-02``; None if it is none of these."""
    plain = words.lower().strip(" .")
    if ago := AGO.match(plain):
        return said.now - int(ago[1]) * SECONDS[ago[2]]
    today = text.local(said.now, said.zone).date()
    day = next((n for n, name in enumerate(DAYS) if len(plain) >= 3 and name.startswith(plain)), None)
    back = {"today": 0, "yesterday": 1}.get(plain, (today.weekday() - day) % 7 if day is not None else None)
    try:
        begins = today - timedelta(days=back) if back is not None else date.fromisoformat(plain)
    except ValueError:
        return None
    return int(datetime.combine(begins, datetime.min.time(), ZoneInfo(said.zone)).timestamp())


ACTIONS: dict[str, Handler] = {"audit.older": older}
