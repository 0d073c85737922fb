"""`/kept report`: how a week or month went, for managers; one's own figures; and who has what open, for the team."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from handlers import line, names, roles, text
from handlers.blocks import Bold, Line
from handlers.digests import times
from handlers.reports import figures, whom
from handlers.said import Reply, Said, tell
from storage import customers, measures, outbox, teams
from storage.database import Database, Row
from storage.models import Customer, Team
from storage.scope import Scope

HELP = "how it went: /kept report, /kept report month #billing Acme; your own: /kept report mine; /kept report open"
FOR_EXAMPLE = "Type for example: /kept report month #billing Acme, /kept report mine, or /kept report open"
SPANS = frozenset(figures.DAYS)
KEYWORDS = SPANS | {"mine", "open"}
MOST_OWNERS = 40  # lines of open work


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was asked for."""

    span: str = "week"
    mine: bool = False
    open: bool = False
    category: str | None = None
    customer: Customer | None = None
    team: Team | None = None


class UnreadError(Exception):
    """The line could not be read; the message says what to type."""


def report(db: Database, said: Said, typed: str) -> Reply:
    """`/kept report …`: the report is written beside the answers people wait for, and comes by direct message."""
    try:
        asked = read(db, said, typed)
    except UnreadError as error:
        return tell(str(error), FOR_EXAMPLE, f"You typed: /kept report {text.unescape(typed)}")
    if refused := roles.refusal(db, said, _action(asked)):
        return _own_instead(db, said, refused)
    scope = _scope(db, said, asked)
    if asked.open:
        return open_work(db, said, scope)
    team = asked.team or said.team
    payload = {
        "span": asked.span,
        "scope": asdict(scope),
        "zone": team.zone if team else said.zone,
        "at": said.now,
    }
    outbox.put(
        db,
        key=f"report:{said.key}",
        kind="report",
        target=said.person.id,
        person_id=said.person.id,
        priority=outbox.DIGEST,
        payload=json.dumps(payload),
        now=said.now,
    )
    days = f"the last {figures.DAYS[asked.span]} days"
    return tell(["The report is on its way by direct message: ", Bold(whom.of(db, scope)), f" · {days}"])


def _action(asked: Asked) -> str:
    return "list" if asked.open else "own report" if asked.mine else "report"


def _own_instead(db: Database, said: Said, refused: Reply) -> Reply:
    """What the team may see instead of a report that is for managers."""
    if not roles.may(db, said.person, "own report"):
        return refused
    return tell(
        "Reports on the team are for managers. Your own figures: /kept report mine",
        "What is open now, by owner: /kept report open",
    )


def read(db: Database, said: Said, typed: str) -> Asked:
    """What a line asks for; raises UnreadError with a sentence where a mark or name is not known."""
    marks = line.take_marks(db, typed)
    if marks.owner:
        mine = marks.owner.id == said.person.id
        raise UnreadError(
            "Your own figures: /kept report mine"
            if mine
            else f"What {marks.owner.name} did in the past is shown to {marks.owner.name} alone, by /kept report mine."
        )
    asked = Asked(category=marks.category)
    left = marks.words
    for puzzle in marks.puzzles:
        team = _team_named(db, puzzle)
        if team is None:
            near = line.nearest_mark(puzzle)
            raise UnreadError(f"I don't know {puzzle}{f': did you mean {near}?' if near else '.'}")
        asked, left = replace(asked, team=team), " ".join(left.replace(puzzle, " ", 1).split())
    return _with_words(db, asked, left)


def _team_named(db: Database, mark: str) -> Team | None:
    return next((team for team in teams.every_team(db) if mark == f"#{names.channel(db, team.channel_id)}"), None)


def _with_words(db: Database, asked: Asked, left: str) -> Asked:
    """The words before and behind a customer's name; a customer called like one of them wins."""
    split = left.split()
    while split and not customers.by_name(db, " ".join(split)):
        if split[0].lower() in KEYWORDS:
            asked = _with(asked, split.pop(0).lower())
        elif split[-1].lower() in KEYWORDS:
            asked = _with(asked, split.pop().lower())
        else:
            break
    if not split:
        return asked
    named = line.spelled(db, " ".join(split).rstrip(":"), "")
    if named.customer is None:
        near = f" Did you mean {text.listed([rival.name for rival in named.rivals], 'or')}?" if named.rivals else ""
        raise UnreadError(f"I know no customer called “{named.new_name}”.{near}")
    return replace(asked, customer=named.customer)


def _with(asked: Asked, word: str) -> Asked:
    if word in SPANS:
        return replace(asked, span=word)
    return replace(asked, mine=True) if word == "mine" else replace(asked, open=True)


def _scope(db: Database, said: Said, asked: Asked) -> Scope:
    """The records of the team named, else of the channel's team; in a direct message or manager channel everybody's."""
    everyone = teams.every_team(db)
    owning = teams.owning(db, said.channel_id)
    is_managers = any(said.channel_id == team.manager_channel_id for team in everyone)
    team = asked.team or (None if is_managers else owning)
    if len(everyone) < 2 and asked.team is None:
        team = None  # all there is
    return Scope(
        team_id=team.id if team else None,
        with_teamless=team is not None and team.id == everyone[0].id,
        category=asked.category,
        customer_id=asked.customer.id if asked.customer else None,
        person_id=said.person.id if asked.mine else None,
    )


def open_work(db: Database, said: Said, scope: Scope) -> Reply:
    """What is open now, by owner, alphabetical; what nobody owns stands first, for it is everybody's."""
    rows = measures.open_by_owner(db, scope, said.now)
    day = times.local(said.now, said.zone)
    head = "Open now, by owner" if rows else "Nothing is open now"
    return tell([Bold(head), f" · {whom.of(db, scope)} · {day:%a} {day.day} {day:%b}"], *_owners(db, rows))


def _owners(db: Database, rows: list[Row]) -> Iterable[Line]:
    named = {row["owner_id"]: names.person(db, row["owner_id"]) if row["owner_id"] else "Nobody" for row in rows}
    told = sorted(rows, key=lambda row: (row["owner_id"] is not None, named[row["owner_id"]].casefold()))
    for row in told[:MOST_OWNERS]:
        late = f" ({row['overdue']:,} overdue)" if row["overdue"] else ""
        promised = [f"{text.count(row['promises'], 'promise')}{late}"] if row["promises"] else []
        about = [text.count(row["issues"], "issue")] if row["issues"] else []
        yield ["• ", Bold(named[row["owner_id"]]), f": {', '.join([*promised, *about])}"]
    if len(told) > MOST_OWNERS:
        yield f"+{len(told) - MOST_OWNERS:,} more"
