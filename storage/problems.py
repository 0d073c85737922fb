"""Problems: what several issues have in common, from the first link to the last customer who is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from storage import alike, customers, homes, search, told
from storage.database import Database, Row, insert
from storage.facts import next_number
from storage.models import Issue, Problem, Promise, every, one
from storage.scope import Scope

FRESH_FOR = 7 * 86400  # seconds after its newest issue in which an open problem is what its category rises by
AT_ONCE = 500  # numbers in one statement
COMPARED = 10  # newest issues of a problem that a text is compared with
WEIGHT = "CASE impact WHEN 'losing-money' THEN 3 WHEN 'blocked' THEN 2 WHEN 'annoyed' THEN 1 ELSE 0 END"
PROMISED = "EXISTS (SELECT 1 FROM promises WHERE promises.issue_id = issues.id AND promises.closed_at IS NULL)"


def open_new(
    db: Database,
    *,
    team_id: int | None,
    category: str | None,
    title: str,
    titled_after: int | None,
    person_id: str,
    now: int,
) -> Problem:
    """Write a new problem and return it with its number, which it has from the one sequence of issues and promises."""
    values = {"team_id": team_id, "category": category, "title": title, "titled_after": titled_after}
    row = insert(db, "problems", id=next_number(db), opened_at=now, opened_by=person_id, version=1, **values)
    return one(Problem, row)


def find(db: Database, problem_id: int) -> Problem | None:
    """The problem with this number, open or solved."""
    row = db.row("SELECT * FROM problems WHERE id = :id", id=problem_id)
    return None if row is None else one(Problem, row)


CHANGEABLE = frozenset({"title", "titled_after", "solved_at", "solved_by", "how"})


def change(db: Database, problem: Problem, **values: Any) -> Problem | None:
    """Change a problem as it was read; None if somebody else changed it in between. A title goes into its promises."""
    unknown = values.keys() - CHANGEABLE
    if unknown:
        raise ValueError(f"not a changeable column of a problem: {sorted(unknown)}")
    row = db.row(
        f"UPDATE problems SET {', '.join(f'{name} = :{name}' for name in values)}, version = version + 1"
        " WHERE id = :id AND version = :version RETURNING *",
        id=problem.id,
        version=problem.version,
        **values,
    )
    if row and row["title"] != problem.title:
        db.run(
            "UPDATE promises SET subject = :subject WHERE problem_id = :id AND maker_id <> ''",
            id=problem.id,
            subject=solved_words(row["title"]),
        )
    return None if row is None else one(Problem, row)


def solved_words(title: str) -> str:
    """What each customer is to be told, behind the verb of a promise."""
    return f"them that {title} is solved"


def card_is_at(db: Database, problem_id: int, channel: str | None, ts: str | None) -> None:
    """Remember which message is the problem's card, or that it has none."""
    db.run(
        "UPDATE problems SET card_channel = :channel, card_ts = :ts WHERE id = :id",
        id=problem_id,
        channel=channel,
        ts=ts,
    )


def erase(db: Database, problem_id: int) -> None:
    """Take a problem back as if it had not been: for Undo only. Its issues stay."""
    db.run("UPDATE issues SET problem_id = NULL, version = version + 1 WHERE problem_id = :id", id=problem_id)
    db.run("DELETE FROM problems WHERE id = :id", id=problem_id)


def open_ones(db: Database, scope: Scope, most: int) -> list[Problem]:
    """The open problems of a team, the newest first."""
    sql = f"SELECT * FROM problems WHERE solved_at IS NULL{scope.where('problems')} ORDER BY opened_at DESC, id DESC"
    return every(Problem, db.rows(f"{sql} LIMIT :most", most=most, **scope.values()))


def going_on(db: Database, scope: Scope, category: str, now: int) -> Problem | None:
    """The open problem by which a category rises: one whose newest issue is not older than a week."""
    row = db.row(
        "SELECT * FROM problems WHERE solved_at IS NULL AND category = :category AND (opened_at > :since OR EXISTS"
        " (SELECT 1 FROM issues WHERE issues.problem_id = problems.id AND issues.created_at > :since))"
        f"{scope.where('problems')} ORDER BY opened_at DESC, id DESC LIMIT 1",
        since=now - FRESH_FOR,
        **scope.values() | {"category": category},
    )
    return None if row is None else one(Problem, row)


def is_fresh(db: Database, problem: Problem, now: int) -> bool:
    """Whether a problem, or its newest issue, is not older than a week."""
    times = [problem.opened_at, *(issue.created_at for issue in newest(db, problem.id, 1))]
    return max(times) > now - FRESH_FOR


def reads_like(db: Database, summary: str, problem: Problem) -> bool:
    """Whether a text reads like a problem's title, or like one of its newest issues."""
    known = [problem.title, *(issue.summary for issue in newest(db, problem.id, COMPARED))]
    return bool(alike.near(alike.telling(summary), {text: alike.telling(text) for text in known}))


def link(db: Database, problem_id: int, issue_ids: Iterable[int]) -> list[int]:
    """Make issues part of a problem, but for those that are part of one already; returns those that became so."""
    linked: list[Row] = []
    numbers = sorted(issue_ids)
    for start in range(0, len(numbers), AT_ONCE):
        some = {f"n{place}": number for place, number in enumerate(numbers[start : start + AT_ONCE])}
        linked += db.rows(
            "UPDATE issues SET problem_id = :problem_id, version = version + 1 WHERE problem_id IS NULL"
            f" AND id IN ({', '.join(f':{name}' for name in some)}) RETURNING id",
            problem_id=problem_id,
            **some,
        )
    return sorted(row["id"] for row in linked)


def unlink(db: Database, issue_id: int) -> bool:
    """Make an issue part of no problem; False if it was of none."""
    sql = "UPDATE issues SET problem_id = NULL, version = version + 1 WHERE id = :id AND problem_id IS NOT NULL"
    return db.run(sql, id=issue_id) == 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many issues are part of a problem, how many of these are open, of how many customers they are."""

    issues: int
    open: int
    customers: int


def counts(db: Database, problem_id: int) -> Counts:
    """Count what is part of a problem."""
    row = db.row(
        "SELECT COUNT(*) AS issues, COUNT(*) - COUNT(resolved_at) AS open, COUNT(DISTINCT customer_id) AS customers"
        " FROM issues WHERE problem_id = :id",
        id=problem_id,
    )
    return Counts(int(row["issues"]), int(row["open"]), int(row["customers"])) if row else Counts(0, 0, 0)


def affected(db: Database, problem_id: int, most: int = -1) -> list[Row]:
    """``customer_id``, ``name`` and ``owner_id`` of each customer that can be told, who reported first first."""
    limit = " LIMIT :most" if most >= 0 else ""
    return db.rows(
        "SELECT customers.id AS customer_id, customers.name AS name, customers.owner_id AS owner_id FROM ("
        "SELECT customer_id, MIN(id) AS first FROM issues WHERE problem_id = :id GROUP BY customer_id) AS reports"
        " JOIN customers ON customers.id = reports.customer_id WHERE customers.name NOT IN ('', :unknown)"
        f" ORDER BY reports.first{limit}",
        id=problem_id,
        unknown=customers.UNKNOWN,
        **({"most": most} if most >= 0 else {}),
    )


def open_issues(db: Database, problem_id: int, most: int) -> list[Issue]:
    """The open issues of a problem, the highest impact first, then who waits longest."""
    sql = f"SELECT * FROM issues WHERE problem_id = :id AND resolved_at IS NULL ORDER BY {WEIGHT} DESC, id LIMIT :most"
    return every(Issue, db.rows(sql, id=problem_id, most=most))


def resolvable(db: Database, problem_id: int) -> list[Issue]:
    """The open issues of a problem on which nothing is promised: they end with it."""
    sql = f"SELECT * FROM issues WHERE problem_id = :id AND resolved_at IS NULL AND NOT {PROMISED} ORDER BY id"
    return every(Issue, db.rows(sql, id=problem_id))


def staying(db: Database, problem_id: int) -> list[Issue]:
    """The open issues of a problem with open promises: they stay open."""
    sql = f"SELECT * FROM issues WHERE problem_id = :id AND resolved_at IS NULL AND {PROMISED} ORDER BY id"
    return every(Issue, db.rows(sql, id=problem_id))


def newest(db: Database, problem_id: int, most: int) -> list[Issue]:
    """The issues of a problem that were logged last, the newest first; without those of forgotten customers."""
    sql = "SELECT * FROM issues WHERE problem_id = :id AND reporter_id <> '' ORDER BY created_at DESC, id DESC"
    return every(Issue, db.rows(f"{sql} LIMIT :most", id=problem_id, most=most))


def promised(db: Database, problem_id: int, owner_id: str) -> list[Promise]:
    """Somebody's promises to tell customers that a problem is solved, in the order they were made; no mistakes."""
    found = db.rows(
        "SELECT * FROM promises WHERE problem_id = :id AND owner_id = :owner_id AND maker_id <> ''"
        " AND (outcome IS NULL OR outcome <> 'mistake') ORDER BY id",
        id=problem_id,
        owner_id=owner_id,
    )
    return every(Promise, found)


def to_tell(db: Database, problem_id: int) -> list[Promise]:
    """All promises to tell customers that a problem is solved."""
    return every(Promise, db.rows("SELECT * FROM promises WHERE problem_id = :id ORDER BY id", id=problem_id))


def ended_with(db: Database, problem: Problem) -> list[Issue]:
    """The issues that were resolved with a problem and are so still."""
    sql = "SELECT * FROM issues WHERE problem_id = :id AND resolved_at = :at AND resolved_by = :by ORDER BY id"
    return every(Issue, db.rows(sql, id=problem.id, at=problem.solved_at, by=problem.solved_by))


def told_of(db: Database, problem_id: int) -> tuple[int, int]:
    """How many customers were told of the end of a problem, and how many there were to tell."""
    row = db.row(
        "SELECT COUNT(*) AS n, COUNT(closed_at) AS closed FROM promises WHERE problem_id = :id"
        " AND maker_id <> '' AND (outcome IS NULL OR outcome <> 'mistake')",
        id=problem_id,
    )
    return (int(row["closed"]), int(row["n"])) if row else (0, 0)


def of_customer(db: Database, customer_id: int) -> list[int]:
    """The problems a customer's issues are part of, or whose end it was to be told of."""
    found = db.rows(
        "SELECT problem_id FROM issues WHERE customer_id = :id AND problem_id IS NOT NULL"
        " UNION SELECT problem_id FROM promises WHERE customer_id = :id AND problem_id IS NOT NULL",
        id=customer_id,
    )
    return sorted(row["problem_id"] for row in found)


NAMELESS = "A problem"  # what one is called whose title spoke of a forgotten customer


def forget(db: Database, customer_id: int, keys: set[str]) -> None:
    """Take a customer's words, and its names by their keys, out of titles and out of how problems were solved."""
    own = {row["id"] for row in db.rows("SELECT id FROM issues WHERE customer_id = :id", id=customer_id)}
    for problem in every(Problem, db.rows("SELECT * FROM problems ORDER BY id")):
        if problem.titled_after in own or keys & told.keys_in(problem.title):
            change(db, problem, title=NAMELESS, titled_after=None)
        if problem.how and keys & told.keys_in(problem.how):
            db.run("UPDATE problems SET how = NULL WHERE id = :id", id=problem.id)
            sql = "UPDATE issues SET resolution = NULL WHERE problem_id = :id AND resolution = :how RETURNING id"
            for row in db.rows(sql, id=problem.id, how=problem.how):
                search.index(db, row["id"])


def all_told(db: Database, problem_id: int, owner_id: str, now: int) -> list[Promise]:
    """Close all that somebody still has to tell of a problem as kept; returns what was closed."""
    found = db.rows(
        "UPDATE promises SET outcome = 'kept', closed_at = :now, kept_at = :now, closed_by = :owner_id,"
        " next_rung = NULL, next_at = NULL, version = version + 1"
        " WHERE problem_id = :id AND owner_id = :owner_id AND closed_at IS NULL RETURNING *",
        id=problem_id,
        owner_id=owner_id,
        now=now,
    )
    homes.changed(db, owner_id, *[row["asked_id"] for row in found])
    return sorted(every(Promise, found), key=lambda promise: promise.id)


def told_in_time(db: Database, problem_id: int, owner_id: str, closed_at: int) -> list[Promise]:
    """What somebody closed at that moment, past its time, was kept at its time after all; returns what changed."""
    found = db.rows(
        "UPDATE promises SET kept_at = due_at, version = version + 1 WHERE problem_id = :id AND owner_id = :owner_id"
        " AND closed_at = :closed_at AND outcome = 'kept' AND kept_at > due_at RETURNING *",
        id=problem_id,
        owner_id=owner_id,
        closed_at=closed_at,
    )
    return sorted(every(Promise, found), key=lambda promise: promise.id)
