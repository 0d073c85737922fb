"""The card of a customer: one phone screen for the person who has them on the phone. Names first, numbers after."""

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Moment, Part, Row
from handlers.callbacks.whom import spoken
from handlers.callbacks.words import OUTCOMES, deed
from handlers.customers import sheet
from handlers.line import IMPACTS
from handlers.problems.shown import behind
from handlers.said import Reply, Said, tell
from handlers.when import zones
from storage import callbacks, channels, contacts, customers, feedback, history, issues
from storage.database import Database
from storage.models import Customer, Feedback, Issue, Promise

PERIOD = 90  # days (brief, section 8)
MOST_OPEN, MOST_CONTACTS, MOST_PAST = 5, 3, 3
MOST_READ = 200  # open issues looked at to find those that weigh most
SHOWN = 300  # characters of each of their texts; the form has them whole

MOODS = {"happy": "happy", "unsure": "unsure", "unhappy": "unhappy", None: "said"}
# What a card wants to know, with the words for asking.
WANTED = {
    "contacts": "whom to call",
    "zone": "their time zone",
    "owner": "our owner",
    "backup": "our backup",
    "depends_on": "what they depend on us for",
    "cost": "what it costs them when we fail",
}


def show(db: Database, said: Said, customer: Customer) -> Reply:
    """The whole card, with its buttons."""
    parts = (_who, _whom_to_call, _ours, _open, _promised, _feelings, _returning, _unknown)
    told = [item for part in parts for item in part(db, said, customer)]
    return tell(*told, buttons(db, customer))


def buttons(db: Database, customer: Customer) -> Row:
    """What one does from the card."""
    value = str(customer.id)
    edit = () if customers.is_unknown(db, customer.id) else (Button("Edit", "customer.edit", value),)
    return Row(
        *edit,
        Button("Log issue", "customer.issue", value),
        Button("Promise", "customer.promise", value),
        Button("History", "customer.history", value),
    )


def _who(db: Database, said: Said, customer: Customer) -> list[Item]:
    tier = [f" · {customer.tier}"] if customer.tier else []
    told: list[Item] = [[Bold(customer.name), *tier]]
    kept = sheet.of(db, customer)
    if kept["aliases"]:
        told.append(f"Also known as {text.clip(sheet.shown(db, 'aliases', kept['aliases']), SHOWN)}")
    if customer.zone:
        there = text.local(said.now, customer.zone)
        told.append(f"There it is {text.clock(said.now, customer.zone)}, {there:%A} ({zones.spoken(customer.zone)})")
    if found := channels.of_customer(db, customer.id):
        told.append("In " + text.clip(", ".join(f"#{channel.name or 'a channel'}" for channel in found), SHOWN))
    return told


def _whom_to_call(db: Database, _said: Said, customer: Customer) -> list[Item]:
    known = contacts.of_customer(db, customer.id)
    told: list[Item] = [["Call ", text.clip(spoken(contact), SHOWN)] for contact in known[:MOST_CONTACTS]]
    return [*told, *([f"+{len(known) - MOST_CONTACTS} more to call: Edit"] if len(known) > MOST_CONTACTS else [])]


def _ours(db: Database, _said: Said, customer: Customer) -> list[Item]:
    told: list[Item] = []
    owner = f"Owner: {names.person(db, customer.owner_id)}" if customer.owner_id else ""
    backup = f"Backup: {names.person(db, customer.backup_id)}" if customer.backup_id else ""
    told += [" · ".join(filter(None, (owner, backup)))] if owner or backup else []
    told += [["They depend on us for: ", text.clip(customer.depends_on, SHOWN)]] if customer.depends_on else []
    told += [["When we fail, it costs them: ", text.clip(customer.cost, SHOWN)]] if customer.cost else []
    return told + ([["Notes: ", text.clip(customer.notes, SHOWN)]] if customer.notes else [])


def _open(db: Database, said: Said, customer: Customer) -> list[Item]:
    """Issues by impact and waiting time, promises by due time."""
    found, many = issues.list_open(db, most=MOST_READ, customer_id=customer.id)
    waiting, promised = callbacks.list_open(db, most=MOST_OPEN, customer_id=customer.id)
    if not found and not waiting:
        return []
    ranked = sorted(found, key=lambda issue: (-_weight(issue), issue.created_at, issue.id))[:MOST_OPEN]
    told: list[Item] = [[Bold("Open")]]
    told += [_issue(db, said, issue) for issue in ranked]
    told += [f"+{many - len(ranked)} more: /issue list {customer.name}"] if many > len(ranked) else []
    told += [_promise(db, said, promise) for promise in waiting]
    more = promised - len(waiting)
    return told + ([f"+{more} more: /callback list {customer.name}"] if more > 0 else [])


def _weight(issue: Issue) -> int:
    return IMPACTS.index(issue.impact) + 1 if issue.impact in IMPACTS else 0


def _issue(db: Database, said: Said, issue: Issue) -> Line:
    impact = f" · {issue.impact.replace('-', ' ')}" if issue.impact else ""
    waits = f" · waiting {text.waited(said.now - issue.created_at)} · {names.person(db, issue.owner_id)}"
    return [f"• {text.clip(issue.summary, 120)} (#{issue.id})", impact, waits, behind(db, issue)]


def _promise(db: Database, said: Said, promise: Promise) -> Line:
    over = " · overdue" if promise.due_at < said.now else ""
    return [
        f"• {text.clip(deed(promise), 120)} (#{promise.id}) · promised for ",
        at(promise.due_at, said),
        f"{over} · {names.person(db, promise.owner_id)}",
    ]


def _promised(db: Database, said: Said, customer: Customer) -> list[Item]:
    kept, missed = history.kept_and_missed(db, customer.id, since=said.now - PERIOD * 86400, now=said.now)
    past = history.closed(db, customer.id, MOST_PAST)
    if not past and not kept and not missed:
        return []
    counted = f": {kept} kept in time, {missed} missed, in the last {PERIOD} days" if kept or missed else ""
    told: list[Item] = [[Bold("What we promised"), counted]]
    return [*told, *[_past(said, promise) for promise in past]]


def _past(said: Said, promise: Promise) -> Line:
    ended = OUTCOMES.get(promise.outcome or "", promise.outcome or "")
    late = " late" if promise.outcome == "kept" and (promise.kept_at or 0) > promise.first_due_at + 60 else ""
    what: list[Part] = [f"• {text.clip(deed(promise), 120)} (#{promise.id}) · {ended}{late} "]
    return [*what, at(promise.kept_at or promise.closed_at or said.now, said)]


def _feelings(db: Database, said: Said, customer: Customer) -> list[Item]:
    found = feedback.latest(db, customer.id, MOST_PAST)
    return [[Bold("How they feel")], *[feeling(said, one) for one in found]] if found else []


def feeling(said: Said, one: Feedback) -> Line:
    """One mood, with its reason and day."""
    why = f": {text.clip(one.reason, SHOWN)}" if one.reason else ""
    return [f"• {MOODS.get(one.mood, 'said')}{why} · ", at(one.at, said)]


def _returning(db: Database, said: Said, customer: Customer) -> list[Item]:
    found = history.comes_back(db, customer.id, said.now - PERIOD * 86400)
    each = [f"{category}, {text.count(times, 'time')}" for category, times in found]
    return [[Bold("Keeps coming back"), f", in the last {PERIOD} days: {'; '.join(each)}"]] if found else []


def _unknown(db: Database, _said: Said, customer: Customer) -> list[Item]:
    """One quiet line: what is not known yet, and the exact thing to type."""
    if customers.is_unknown(db, customer.id):
        return ["This stands for a customer nobody has said yet. Each issue's card has Set customer."]
    kept = sheet.of(db, customer)
    missing = [words for field, words in WANTED.items() if not kept[field]]
    return [f"Not known yet: {text.listed(missing)}. Type: /customer {customer.name} edit"] if missing else []


def at(when: int, said: Said) -> Moment:
    """A time in words, in the zone of the person reading."""
    return Moment(when, f"{text.moment(when, said.zone, said.now)} {text.zone_name(when, said.zone)}")
