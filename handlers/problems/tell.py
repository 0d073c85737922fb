"""Whom to tell that a problem is solved: one list for each owner, each customer in it a promise like any other.

The list is living: who is told is ticked there, by **Told all** or one by one, by number or under a reminder.
"""

from datetime import timedelta
from typing import Any

from handlers import names, text
from handlers.blocks import Bold, Button, Item, Line, Row, message
from handlers.callbacks import cast, ladder, nudges, whom
from handlers.problems import alert, card, shown
from handlers.said import NOTHING, Reply, Said, record_each, tell
from storage import callbacks, contacts, outbox, people, problems
from storage.database import Database
from storage.models import Outgoing, Problem, Promise

KIND = "update"  # of promise
SHOWN = 25  # customers in a list; `/callback list` has them all
NAME, CONTACT, HOW = 60, 80, 500  # characters
GRACE = 60  # seconds after the due time in which "told" is in time without asking
LOOK_AHEAD = 30  # days for a working day; who has none is taken to work tomorrow

Call = dict[str, Any]


def owners(db: Database, problem: Problem, solver_id: str) -> dict[str, list[int]]:
    """The customers to be told, by who tells them: each one's owner, else whoever solved it."""
    told_by: dict[str, list[int]] = {}
    can: dict[str, bool] = {}
    for row in problems.affected(db, problem.id):
        owner_id = row["owner_id"]
        if owner_id and owner_id not in can:
            known = people.find(db, owner_id)
            can[owner_id] = known is not None and not (known.is_deactivated or known.is_outsider or known.is_bot)
        told_by.setdefault(owner_id if owner_id and can[owner_id] else solver_id, []).append(row["customer_id"])
    return told_by


def promise_all(db: Database, said: Said, problem: Problem) -> dict[str, int]:
    """Promise each affected customer a word, and queue each owner's list; returns how many customers each has."""
    team = alert.team_of(db, problem)
    made, promised = owners(db, problem, said.person.id), []
    for owner_id, customer_ids in made.items():
        listener = cast.listener(db, owner_id, team, said.zone)
        due_at = next_close(listener, said.now)
        rung, at = nudges.first_step(said.now, due_at, by_close=True)
        for customer_id in customer_ids:
            promise = callbacks.promise(
                db, customer_id=customer_id, issue_id=None, kind=KIND, words="", made_in=said.channel_id,
                subject=problems.solved_words(problem.title), owner_id=owner_id, maker_id=said.person.id, now=said.now,
                due_at=due_at, zone=listener.zone, by_close=True, next_rung=rung, next_at=at, team_id=problem.team_id,
                problem_id=problem.id,
            )  # fmt: skip
            promised.append(promise.id)
        outbox.put(db, key=f"telling:{problem.id}:{owner_id}", kind="telling", target=owner_id, subject_id=problem.id,
                   now=said.now)  # fmt: skip
    record_each(db, said, "promised", promised)
    return {owner_id: len(customer_ids) for owner_id, customer_ids in made.items()}


def next_close(listener: ladder.Listener, now: int) -> int:
    """The end of somebody's next working day, today not counted."""
    today = text.local(now, listener.zone).date()
    days = (ladder.window(listener, today + timedelta(days=ahead)) for ahead in range(1, LOOK_AHEAD))
    return next((found[1] for found in days if found), now + 86400)


def compose(db: Database, outgoing: Outgoing, now: int) -> Call | None:
    """The call that draws somebody's list as things are now."""
    problem, owner_id = problems.find(db, outgoing.subject_id or 0), outgoing.key.rpartition(":")[2]
    promised = problems.promised(db, outgoing.subject_id or 0, owner_id)
    if problem is None or (not promised and outgoing.sent_ts is None):
        return None
    told = message(lines(db, problem, promised, now))
    if outgoing.sent_ts:
        return {"method": "chat.update", "channel": outgoing.sent_channel, "ts": outgoing.sent_ts, **told}
    return {"method": "chat.postMessage", "channel": outgoing.target, **told}


def lines(db: Database, problem: Problem, promised: list[Promise], now: int) -> list[Item]:
    """What is solved and how, whom to tell by when, and who is told already; those still to be told first."""
    left = [promise for promise in promised if promise.is_open]
    how = f": {text.clip(problem.how, HOW)}" if problem.how else "."
    told: list[Item] = [[Bold(text.clip(problem.title, 200)), f" (#{problem.id}) is solved{how}"]]
    if not promised:
        return [*told, "Nobody is left for you to tell."]
    if left:
        many = "this customer" if len(left) == 1 else f"these {len(left):,} customers"
        done = f" · {len(promised) - len(left):,} told" if len(promised) > len(left) else ""
        told.append([f"Please tell {many} by ", card.at(min(one.due_at for one in left), left[0].zone, now), done])
    else:
        told.append(f"All {len(promised):,} customers are told." if len(promised) > 1 else "The customer is told.")
    in_order = [*left, *(promise for promise in promised if not promise.is_open)]
    told += [_line(db, promise, now) for promise in in_order[:SHOWN]]
    more = len(promised) - SHOWN
    told += [f"+{more:,} more: /callback list"] if more > 0 else []
    if not left:
        return told
    told.append(f"One by one: /callback {left[0].id} kept")
    return [*told, Row(Button("Told all", "problem.told", str(problem.id), style="primary"))]


def _line(db: Database, promise: Promise, now: int) -> Line:
    name = Bold(text.clip(names.customer(db, promise.customer_id), NAME))
    if not promise.is_open:
        return ["• ", name, f" (#{promise.id}) · {nudges.closing(db, promise, now)}"]
    known = contacts.of_customer(db, promise.customer_id)
    call = f" · {text.clip(whom.spoken(known[0]), CONTACT)}" if known else ""
    asked = f" · {names.person(db, promise.asked_id)} is asked to take it" if promise.asked_id else ""
    due = text.moment(promise.due_at, promise.zone, now)
    moved = f" · moved to {due}" if promise.due_at != promise.first_due_at else ""
    return ["• ", name, f" (#{promise.id}){call}{moved}{asked}"]


def told_all(db: Database, said: Said) -> Reply:
    """**Told all**: whoever presses has told all that is theirs; pressed late it asks once for all of them."""
    problem = problems.find(db, int(said.value))
    closed = problems.all_told(db, int(said.value), said.person.id, said.now) if problem else []
    if problem is None or not closed:
        return tell("Nothing of it is left for you to tell: it is told, or somebody else has it.")
    record_each(db, said, "kept", [promise.id for promise in closed])
    for promise in closed:
        nudges.stop(db, promise, said.now)
    shown.refresh_lists(db, problem.id, said.now)
    late = [promise for promise in closed if said.now > promise.due_at + GRACE]
    if not late:
        return NOTHING  # the list that was pressed is drawn again and says it
    value = f"{problem.id}:{said.now}"
    many = "It was" if len(late) == 1 else f"{len(late):,} of them were"
    return tell(
        f"Told: {text.count(len(closed), 'customer')} of {shown.named(problem)}. {many} past the time: told in time?",
        Row(Button("On time", "problem.ontime", value), Button("Late", "problem.late", value)),
    )


def on_time(db: Database, said: Said) -> Reply:
    """Said afterwards: all of them were told in time, only pressed late."""
    problem_id, _, closed_at = said.value.partition(":")
    changed = problems.told_in_time(db, int(problem_id), said.person.id, int(closed_at))
    record_each(db, said, "kept on time", [promise.id for promise in changed])
    shown.refresh_lists(db, int(problem_id), said.now)
    return tell(f"Noted: {text.count(len(changed), 'customer')} told on time.", replaces=True)


def late(db: Database, said: Said) -> Reply:
    """Said afterwards: they were told, but late."""
    problem_id, _, closed_at = said.value.partition(":")
    mine = problems.promised(db, int(problem_id), said.person.id)
    past = [one for one in mine if one.closed_at == int(closed_at) and (one.kept_at or 0) > one.due_at + GRACE]
    record_each(db, said, "kept late", [promise.id for promise in past])
    return tell(f"Noted: {text.count(len(past), 'customer')} told late.", replaces=True)
