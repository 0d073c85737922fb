"""App Home: what is this person's own, drawn anew whenever it changes. Nobody else's is ever on it."""

from typing import Any

from handlers import drafts, names, roles, text
from handlers.blocks import Bold, Button, Item, Moment, Part, Row, message
from handlers.callbacks import nudges
from handlers.callbacks.words import deed
from handlers.doors import form_button
from handlers.issues import card
from handlers.roles import Role
from handlers.said import FALLBACK_ZONE, NOTHING, Reply, Said
from storage import callbacks, homes, issues, outbox, people, teams
from storage import drafts as drafts_kept
from storage.database import Database
from storage.models import Issue, Outgoing, Person, Promise

# Two blocks each, of the hundred a Home may have (slack-facts.md 1.5); the rest is for what stands between them.
MOST_ASKED, MOST_PROMISES, MOST_DRAFTS, MOST_ISSUES = 5, 20, 5, 12


def opened(db: Database, said: Said) -> Reply:
    """Somebody opened Home, from which moment on it is kept true; the tab of messages is none of it."""
    if said.value == "home":
        homes.opened(db, said.person.id, said.channel_id)
    return NOTHING


def take_stale(db: Database, now: int) -> int:
    """Queue the drawing of every Home in which something changed; returns how many."""
    stale = homes.take_stale(db)
    for person_id in stale:
        outbox.refresh(db, key=f"home:{person_id}", kind="home", target=person_id, subject_id=0, now=now)
    return len(stale)


def compose(db: Database, outgoing: Outgoing, now: int) -> dict[str, Any] | None:
    """The call that draws somebody's Home as things are now."""
    person = people.find(db, outgoing.target) or Person(id=outgoing.target, handle="", name="you", is_outsider=True)
    told = _outside() if roles.role(db, person) < Role.MEMBER else _inside(db, person, now)
    view = {"type": "home", "callback_id": "home", "blocks": message(told)["blocks"]}
    return {"method": "views.publish", "user_id": person.id, "view": view}


def _outside() -> list[Item]:
    return ["Kept is for full members of the workspace. To raise an alarm, put 🚨 on a message."]


def _inside(db: Database, person: Person, now: int) -> list[Item]:
    team = teams.of_person(db, person.id)
    zone = person.zone or (team.zone if team else FALLBACK_ZONE)
    doors = Row(form_button("Log an issue", "issue"), form_button("Promise a callback", "callback"))
    return [
        doors,
        *_to_accept(db, person, zone, now),
        *_promises(db, person, zone, now),
        *_drafts(db, person, now),
        *_issues(db, person, zone, now),
    ]


def _to_accept(db: Database, person: Person, zone: str, now: int) -> list[Item]:
    """What this person is asked to take over: until then nobody owns it, so it stands above all else."""
    asked = callbacks.asked_of(db, person.id)
    told: list[Item] = [[Bold("Waits for you to accept: nobody owns it until then")]] if asked else []
    for promise in asked[:MOST_ASKED]:
        button = Button("I take it", "promise.take", f"{promise.id}:{promise.generation}", style="primary")
        from_whom = f" · from {names.person(db, promise.owner_id)}"
        told += [[*_promise(db, promise, zone, now), from_whom], Row(button)]
    return [*told, *_more(len(asked) - MOST_ASKED, "they show as these are taken")]


def _promises(db: Database, person: Person, zone: str, now: int) -> list[Item]:
    soonest, all_in_all = callbacks.list_open(db, most=MOST_PROMISES, owner_id=person.id)
    told: list[Item] = [[Bold("Your promises")]]
    for promise in soonest:
        told += [_promise(db, promise, zone, now), nudges.buttons(promise)]
    if not soonest:
        told.append("Nothing is promised. /callback Acme tomorrow 3pm promises a call.")
    return [*told, *_more(all_in_all - len(soonest), "/callback list Acme shows a customer's")]


def _promise(db: Database, promise: Promise, zone: str, now: int) -> list[Part]:
    due = f"{text.moment(promise.due_at, zone, now)} {text.zone_name(promise.due_at, zone)}"
    over = " · overdue" if promise.due_at <= now else ""
    who = Bold(names.customer(db, promise.customer_id))
    return [who, f" · {deed(promise)} (#{promise.id}) · ", Moment(promise.due_at, due), over]


def _drafts(db: Database, person: Person, now: int) -> list[Item]:
    latest, all_in_all = drafts_kept.waiting(db, person.id, since=now - drafts_kept.KEEP_FOR, most=MOST_DRAFTS)
    told: list[Item] = [[Bold("Not saved yet: waiting for your answer")]] if latest else []
    for draft in latest:
        told += drafts.lines(draft)
    return [*told, *_more(all_in_all - len(latest), "they show as these are answered")]


def _issues(db: Database, person: Person, zone: str, now: int) -> list[Item]:
    oldest, all_in_all = issues.list_open(db, most=MOST_ISSUES, owner_id=person.id)
    told: list[Item] = [[Bold("Your open issues")]]
    for issue in oldest:
        value = f"{issue.id}:{issue.version}"
        buttons = Row(Button("Promise", "issue.promise", value), Button("Resolve", "issue.resolve", value))
        told += [_issue(db, issue, zone, now), buttons]
    if not oldest:
        told.append("None is open. /issue Acme: what happened logs one.")
    return [*told, *_more(all_in_all - len(oldest), "/issue list Acme shows a customer's")]


def _issue(db: Database, issue: Issue, zone: str, now: int) -> Item:
    since = f"{text.moment(issue.created_at, zone, now)} {text.zone_name(issue.created_at, zone)}"
    return [*card.title(db, issue), " · since ", Moment(issue.created_at, since)]


def _more(number: int, where: str) -> list[Item]:
    return [f"+{number} more: {where}"] if number > 0 else []
