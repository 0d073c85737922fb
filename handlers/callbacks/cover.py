"""Cover: what becomes of promises whose owner is away, hands them over, or is on it; and who takes what nobody owns.

Somebody is asked at once to take them. Until **I take it** is pressed nobody owns them, which is loud: the lead hears,
once, and the owner's reminders go there (brief, section 4).
"""

from collections.abc import Callable

from handlers import line, names, roles, text
from handlers.blocks import Item
from handlers.callbacks import cast, ladder, nudges, outcomes
from handlers.forms import form, heard, user_field
from handlers.hours import understand
from handlers.issues import card
from handlers.said import NOTHING, ConflictError, Reply, Said, record, tell
from handlers.when import Ask
from storage import callbacks, homes, issues, people, teams
from storage import nudges as nudges_kept
from storage.database import Database
from storage.models import Person, Promise

AWAY, HANDOVER = "away", "handover"  # why somebody is asked
MOST_NAMED = 5  # promises named one by one in an answer


def take_changed(db: Database, now: int) -> int:
    """See to the cover of everybody who went, came back, or was given something while away; returns how many."""
    changed = people.take_to_cover(db, now)
    homes.changed(db, *[person.id for person in changed])
    for person in changed:
        if cast.is_away(db, person, now):
            _ask_backups(db, person, now)
            _ask_others(db, person, now)
        else:
            _is_back(db, person, now)
    if any(people.stands_in(db, person.id) for person in changed):
        callbacks.plan_anew(db)  # what waits for their hours is somebody else's now
        for person in people.perhaps_away(db):  # there may be somebody to ask now
            if cast.is_away(db, person, now):
                _ask_backups(db, person, now)
    return len(changed)


def _ask_backups(db: Database, person: Person, now: int) -> None:
    """Ask for cover for what somebody away has promised, unless they are back before it is due."""
    until = person.away_until if not person.is_deactivated else None
    words = f"{person.name} is away{_until(db, person, now)}."
    for promise in callbacks.owned(db, person.id):
        if promise.asked_id is None and (until is None or promise.due_at < until):
            backup = cast.first_there(db, _who_may_cover(db, promise), now, but=person.id)
            if backup:
                _ask(db, promise, backup, AWAY, words, now)


def _ask_others(db: Database, person: Person, now: int) -> None:
    """Ask the next for what somebody was asked to take who went away before saying so."""
    for promise in callbacks.asked_of(db, person.id):
        other = cast.first_there(db, _who_may_cover(db, promise), now, but=promise.owner_id)
        if other:
            words = f"{person.name}, who was asked to take this, is away."
            _ask(db, promise, other, promise.asked_why or AWAY, words, now)


def _who_may_cover(db: Database, promise: Promise) -> list[str | None]:
    team = cast.team_of(db, promise)
    return [*cast.backups(db, promise, team), *cast.leads(db, team)]


def _until(db: Database, person: Person, now: int) -> str:
    if person.away_until is None or person.is_deactivated:
        return ""
    return f" until {text.moment(person.away_until, _zone(db, person), now)}"


def _zone(db: Database, person: Person) -> str:
    team = teams.of_person(db, person.id)
    return person.zone or (team.zone if team else "UTC")


def _ask(db: Database, promise: Promise, taker: str, why: str, words: str, now: int) -> None:
    """Ask somebody to take a promise; the lead hears that nobody owns it."""
    callbacks.ask_to_take(db, promise.id, taker, why)
    nudges.tell(db, promise, "cover", taker, f"{words} Nobody owns this until you take it:", now)
    lead = cast.first_there(db, cast.leads(db, cast.team_of(db, promise)), now, but=promise.owner_id)
    if lead and lead != taker:
        asked = names.person(db, taker)
        nudges.tell(db, promise, "unowned", lead, f"{words} Nobody owns this until {asked} or you take it:", now)


def _is_back(db: Database, person: Person, now: int) -> None:
    """Whoever is back owns what nobody has taken meanwhile."""
    for promise in callbacks.owned(db, person.id):
        if promise.asked_why == AWAY:
            callbacks.ask_to_take(db, promise.id, None, None)
            nudges.redraw(db, promise, now)


def take(db: Database, said: Said, promise: Promise) -> Reply:
    """**I take it**: the promise goes to whoever presses; who presses a moment later is told who was first."""
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    if promise.owner_id == said.person.id and promise.asked_id is None:
        return tell([*outcomes.title(db, promise), " is yours."])
    if promise.generation != int(said.value.partition(":")[2] or promise.generation):
        owner, due = names.person(db, promise.owner_id), text.moment(promise.due_at, said.zone, said.now)
        return tell([*outcomes.title(db, promise), f": {owner} has it now, due {due}."])
    _taken(db, said, promise)
    return NOTHING  # what was pressed is drawn again and says it, and the promise comes with its own buttons


def _taken(db: Database, said: Said, promise: Promise) -> None:
    rung, at = nudges.first_step(said.now, promise.due_at, by_close=promise.by_close)
    taken = callbacks.change(db, promise, new_ladder=True, owner_id=said.person.id, next_rung=rung, next_at=at)
    if taken is None:
        raise ConflictError
    record(db, said, "took", promise.id, promise.owner_id)
    outcomes.redraw(db, taken, said.now)
    nudges.tell_new_owner(db, said, taken)


def take_all(db: Database, said: Said) -> Reply:
    """**I take all of it**: everything this person was asked to take from somebody."""
    if refused := roles.refusal(db, said, "act on any", said.person.id):
        return refused
    asked = [one for one in callbacks.owned(db, said.value) if one.asked_id == said.person.id]
    if not asked:
        return tell("Nothing is left of it to take: others have it, or its owner is back.")
    given_up = any(one.asked_why == HANDOVER for one in asked)
    for promise in asked:
        _taken(db, said, promise)
    problems, _ = issues.list_open(db, most=100, owner_id=said.value) if given_up else ([], 0)
    for issue in problems:
        changed = issues.change(db, issue, owner_id=said.person.id)
        card.refresh(db, changed or issue, said.now)
        record(db, said, "owned", issue.id, said.person.id)
    moved = f" and {text.count(len(problems), 'open issue')}" if problems else ""
    return tell(f"You took {text.count(len(asked), 'promise')}{moved} of {names.person(db, said.value)}'s.")


def on_it(db: Database, said: Said, promise: Promise, _words: str = "") -> Reply:
    """**On it** holds the steps after due for half an hour, once."""
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    if promise.held_at is not None:
        since = text.moment(promise.held_at, said.zone, said.now)
        return tell([*outcomes.title(db, promise), f" was put on hold {since}; that works once."])
    if callbacks.change(db, promise, held_at=said.now) is None:
        raise ConflictError
    callbacks.plan_anew(db, id=promise.id)
    record(db, said, "on it", promise.id)
    return tell([*outcomes.title(db, promise), ": good. Nobody else is called for another 30 minutes."])


def keep(db: Database, said: Said, promise: Promise) -> Reply:
    """**Keep it**, at the end of the day: it stays whose it is."""
    if not promise.is_open:
        return outcomes.closed_already(db, said, promise)
    nudges_kept.answered(db, promise.id, promise.generation, "evening", f"{said.person.name} keeps it.")
    record(db, said, "keeps", promise.id)
    nudges.redraw(db, promise, said.now)
    return NOTHING


def open_hand(_db: Database, said: Said, promise: Promise) -> Reply:
    """The form that hands a promise over."""
    meta = heard(said) | {"record": promise.id, "generation": promise.generation}
    field = user_field("owner", "To whom?", initial=None)
    return Reply(form=form("promise.more", "Hand over", "Hand over", [field], meta))


def away(db: Database, said: Said, words: str) -> Reply:
    """`/kept away until Monday`, `/kept away`, `/kept away off`."""
    if words.lower() in ("off", "over", "back"):
        people.came_back(db, said.person.id, said.now)
        record(db, said, "back", None)
        return tell("Welcome back. What nobody took meanwhile is yours again: /callback list")
    until = _back_at(db, said, words) if words else None
    if isinstance(until, Reply):
        return until
    people.went(db, said.person.id, said.now, until)
    record(db, said, "away", None, words or None)
    person = people.find(db, said.person.id) or said.person
    told: list[Item] = [f"You are away{_until(db, person, said.now)}. /kept away off when you are back."]
    left = [one for one in callbacks.owned(db, said.person.id) if until is None or one.due_at < until]
    return tell(*told, *_asked(db, said, left, lambda one: _backup(db, one, said)))


def _backup(db: Database, promise: Promise, said: Said) -> str | None:
    return cast.first_there(db, _who_may_cover(db, promise), said.now, but=said.person.id)


def _asked(db: Database, said: Said, left: list[Promise], taker: Callable[[Promise], str | None]) -> list[Item]:
    """Who is asked to take what, in an answer."""
    told: list[Item] = []
    for promise in left[:MOST_NAMED]:
        asked = taker(promise)
        who = f"{names.person(db, asked)} is asked to take it" if asked else "there is nobody to ask: hand it over"
        due = text.moment(promise.due_at, said.zone, said.now)
        told.append(["• ", *outcomes.title(db, promise), f" · {due}: {who}."])
    return [*told, *([f"+{len(left) - MOST_NAMED} more"] if len(left) > MOST_NAMED else [])]


def _back_at(db: Database, said: Said, words: str) -> int | Reply:
    """When somebody is back: the time said, or the beginning of their hours on the day said."""
    when = text.unescape(words).removeprefix("until ").removeprefix("till ").strip()
    understood = understand(said, when)
    if isinstance(understood, Ask):
        likely = text.listed([choice.label for choice in understood.choices], "or") if understood.choices else ""
        question = f"{understood.question} For example: {likely}" if likely else understood.question
        return tell(question, f"You typed: /kept away {text.unescape(words)}", "Type: /kept away until Monday")
    if not understood.by_close:
        return understood.at
    listener = cast.listener(db, said.person.id, said.team, said.zone)
    window = ladder.window(listener, text.local(understood.at, understood.zone).date())
    return window[0] if window and window[0] > said.now else understood.at


def handover(db: Database, said: Said, words: str) -> Reply:
    """`/kept handover @dana to @bob [until Monday]`: all of it, once it is accepted."""
    marks = line.take_marks(db, words)
    named = [person.id for person in (marks.owner, *marks.also) if person]
    giver, taker = (named[0], named[1]) if len(named) == 2 else (said.person.id, named[0] if named else "")
    typed = f"You typed: /kept handover {text.unescape(words)}"
    known = people.find(db, taker)
    if not taker or giver == taker or len(named) > 2:
        return tell("From whom, and to whom? Type: /kept handover @dana to @bob until Monday", typed)
    if known is None or known.is_outsider or known.is_bot or cast.is_away(db, known, said.now):
        return tell(
            f"{names.person(db, taker)} can't take it: away, or not a full member. Choose somebody else.", typed
        )
    if refused := roles.refusal(db, said, "act on any", giver):
        return refused
    when = marks.words.partition("until")[2].strip()
    until = _back_at(db, said, when) if when else None
    if isinstance(until, Reply):
        return until
    left = [one for one in callbacks.owned(db, giver) if until is None or one.due_at < until]
    if not left:
        return tell(f"{names.person(db, giver)} has no open promises to hand over.")
    for promise in left:
        _ask(db, promise, taker, HANDOVER, f"{said.person.name} hands {_whose(db, said, giver)} over to you.", said.now)
    record(db, said, "hands over", None, f"{giver} to {taker}")
    count = text.count(len(left), "promise")
    return tell(f"{known.name} is asked to take {count}. Until then nobody owns them, and the lead knows.",
                *_asked(db, said, left, lambda _: taker))  # fmt: skip


def _whose(db: Database, said: Said, giver: str) -> str:
    return "this" if giver == said.person.id else f"what is {names.person(db, giver)}'s"
