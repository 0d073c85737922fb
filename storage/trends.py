"""What rises: the rule of the brief's section 9, counted anew from the rows each time.

A report counts once (one closed as another's duplicate does not), praise and ideas never. A forgotten customer's issues
count on, as in all figures; whoever stands for customers nobody has said yet is no customer. What is part of a
problem is known already: it is not in the 24 hours, but usual like anything else. ``other`` is taken for no category.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

from storage import customers, facts
from storage.alike import NEVER_A_PROBLEM, near, telling
from storage.database import Database, Row, insert
from storage.history import TOLD_ONCE
from storage.models import Issue, Trend, every, one
from storage.scope import Scope

DAY = 86400  # seconds: the window in which something rises
USUAL = 28  # days before the window whose mean is what is usual
NEW_FOR = 14 * DAY  # a category's first days, in which nothing is usual yet
CUSTOMERS, CUSTOMERS_WHEN_NEW = 3, 5  # at least
CHART = 14  # days shown, the window being the last

# How much is compared where no category was given, so that a look costs the same however much was logged.
RECENT = 150  # newest issues of the window, each with each
BEFORE = 500  # newest of the days before, each with the newest of the group

NO_CATEGORY = "(issues.category IS NULL OR issues.category = 'other')"
TOLD_TWICE = (
    "SELECT id FROM issues WHERE resolution LIKE 'duplicate of #%' AND created_at > :begin AND created_at <= :at"
)

# The facts that say up to which issue and audit entry everything was looked at.
LOOKED = {"issues": "trends: newest issue", "audit": "trends: newest entry"}


def is_trend(customers: int, issues: int, mean: float, *, is_new: bool) -> bool:
    """Whether so many different customers and issues within 24 hours are a trend, with ``mean`` issues a day usual.

    ``is_new``: the category, or the like of it, was first logged less than 14 days ago.
    """
    if is_new:
        return customers >= CUSTOMERS_WHEN_NEW
    return customers >= CUSTOMERS and issues >= 1 + mean + 4 * sqrt(mean)


@dataclass(frozen=True, slots=True)
class Rising:
    """The issues of 24 hours that may be a trend, the first first, beside what is usual.

    ``customers`` are different ones, in the order of their first report. ``days`` are the issues of each of the last
    ``CHART`` spans of 24 hours, the window's last; ``mean`` is of the ``USUAL`` before the window.
    """

    issues: list[int]
    customers: list[int]
    first_at: int
    last_at: int
    days: list[int]
    mean: float
    is_new: bool

    @property
    def is_trend(self) -> bool:
        """Whether it is one by the rule."""
        return is_trend(len(self.customers), len(self.issues), self.mean, is_new=self.is_new)


def of_category(db: Database, scope: Scope, category: str, at: int, since: int | None = None) -> Rising:
    """What was logged in a category in the 24 hours up to ``at``, or from just after ``since``."""
    about = "issues.category = :category"
    window = _window(db, scope, about, at, since, category=category)
    backs = {
        row["back"]: int(row["n"])
        for row in db.rows(
            f"SELECT (:at - created_at) / {DAY} AS back, COUNT(*) AS n FROM issues WHERE {about}"
            f" AND created_at > :begin AND created_at <= :at AND issues.id NOT IN ({TOLD_TWICE}){scope.where('issues')}"
            " GROUP BY back",
            at=at,
            begin=at - (1 + USUAL) * DAY,
            **scope.values() | {"category": category},
        )
    }
    older = db.row(
        f"SELECT 1 AS yes FROM issues WHERE {about} AND created_at <= :then{scope.where('issues')} LIMIT 1",
        then=at - NEW_FOR,
        **scope.values() | {"category": category},
    )
    mean = sum(backs.get(back, 0) for back in range(1, 1 + USUAL)) / USUAL
    return _rising(db, window, backs, mean, is_new=older is None)


class Likes:
    """What was logged without a category in the 24 hours up to ``at``, or from just after ``since``: read once.

    Of more than ``RECENT`` the newest.
    """

    def __init__(self, db: Database, scope: Scope, at: int, since: int | None = None) -> None:
        self._db, self._scope, self._at = db, scope, at
        self._recent = _window(db, scope, f"{NO_CATEGORY} AND summary <> ''", at, since, most=RECENT)
        self._texts = {row["id"]: telling(row["summary"]) for row in self._recent}

    def of(self, issue_id: int) -> Rising:
        """What reads like this issue, directly or through others.

        Where there were too many to compare all of the days before, the mean is that of as many as were.
        """
        group = connected(issue_id, self._texts)
        window = [row for row in self._recent if row["id"] in group]
        if len({row["customer_id"] for row in window}) < CUSTOMERS:  # whatever is usual
            return _rising(self._db, window, {}, 0, is_new=True)
        words = self._texts[issue_id]
        earlier, days = _before(self._db, self._scope, self._at)
        alike = near(words, {place: telling(row["summary"]) for place, row in enumerate(earlier)})
        like = [earlier[place] for place in sorted(alike)]
        backs = Counter((self._at - row["created_at"]) // DAY for row in (*window, *like))
        is_new = not any(row["created_at"] <= self._at - NEW_FOR for row in like)
        if days < USUAL:
            is_new = not like
        return _rising(self._db, window, backs, len(like) / days, is_new=is_new)


def like_issue(db: Database, scope: Scope, issue: Issue, at: int, since: int) -> list[int]:
    """The newest issues without a category since then that are part of no problem and read like this one."""
    recent = _window(db, scope, f"{NO_CATEGORY} AND summary <> ''", at, since, most=RECENT)
    alike = near(telling(issue.summary), {row["id"]: telling(row["summary"]) for row in recent})
    return [row["id"] for row in recent if row["id"] in alike]


def connected(start: int, texts: Mapping[int, str]) -> set[int]:
    """Those whose telling words are like those of ``start``, or of one that is connected to it so."""
    left = dict(texts)
    waiting = [start] if left.pop(start, None) is not None else []
    found = set(waiting)
    while waiting:
        like = near(texts[waiting.pop()], left)
        left = {one: text for one, text in left.items() if one not in like}
        found |= like.keys()
        waiting += sorted(like)
    return found


def _rising(db: Database, window: list[Row], backs: dict[int, int], mean: float, *, is_new: bool) -> Rising:
    stand_in = customers.by_name(db, customers.UNKNOWN)
    known = dict.fromkeys(row["customer_id"] for row in window)
    if stand_in:
        known.pop(stand_in.id, None)
    return Rising(
        issues=[row["id"] for row in window],
        customers=list(known),
        first_at=window[0]["created_at"] if window else 0,
        last_at=window[-1]["created_at"] if window else 0,
        days=[backs.get(back, 0) for back in range(CHART - 1, -1, -1)],
        mean=mean,
        is_new=is_new,
    )


def _window(
    db: Database, scope: Scope, about: str, at: int, since: int | None, most: int = -1, **values: str
) -> list[Row]:
    """The issues of the window that are part of no problem, the first first; of more than ``most`` the newest.

    With their summaries, where there is a ``most``.
    """
    summary = ", summary" if most >= 0 else ""
    newest = " ORDER BY created_at DESC, id DESC LIMIT :most" if most >= 0 else ""
    found = db.rows(
        f"SELECT id, customer_id, created_at{summary} FROM issues WHERE {about} AND created_at > :begin"
        f" AND created_at <= :at AND problem_id IS NULL AND {TOLD_ONCE}{scope.where('issues')}{newest}",
        begin=at - DAY if since is None else since,
        at=at,
        **scope.values() | values | ({"most": most} if most >= 0 else {}),
    )
    return sorted(found, key=lambda row: (row["created_at"], row["id"]))


def _before(db: Database, scope: Scope, at: int) -> tuple[list[Row], float]:
    """The newest issues without a category of the days before the window, and how many days they cover."""
    begin, end = at - (1 + USUAL) * DAY, at - DAY
    found = db.rows(
        f"SELECT summary, created_at FROM issues WHERE {NO_CATEGORY} AND created_at > :begin AND created_at <= :end"
        f" AND {TOLD_ONCE}{scope.where('issues')} ORDER BY created_at DESC, id DESC LIMIT :most",
        begin=begin,
        end=end,
        most=BEFORE,
        **scope.values(),
    )
    reached = found[-1]["created_at"] if len(found) == BEFORE else begin
    return [row for row in found if row["summary"]], max(1.0, (end - reached) / DAY)


_SEEN = {
    table: f"COALESCE((SELECT CAST(value AS BIGINT) FROM facts WHERE name = '{name}'), 0)"
    for table, name in LOOKED.items()
}
# What makes an issue one of another category or customer, by the audit trail.
_CHANGED = (
    "deed = 'customer set' OR (deed = 'edited' AND (detail LIKE '%\"category\"%' OR detail LIKE '%\"customer_id\"%'))"
)


# Whether anything was logged, or became of another category, since the last look.
IS_NEW = (
    f"EXISTS (SELECT 1 FROM issues WHERE id > {_SEEN['issues']})"
    f" OR EXISTS (SELECT 1 FROM audit WHERE id > {_SEEN['audit']} AND ({_CHANGED}))"
)


def take_new(db: Database, now: int) -> list[Issue]:
    """The problems of the last 24 hours that were logged, or became what they are, since the last look; newest last."""
    found = db.rows(
        "SELECT * FROM issues WHERE created_at > :begin AND created_at <= :now AND reporter_id <> '' AND"
        f" (id > {_SEEN['issues']} OR id IN (SELECT record_id FROM audit WHERE id > {_SEEN['audit']} AND ({_CHANGED})))"
        " ORDER BY created_at, id",
        begin=now - DAY,
        now=now,
    )
    for table, name in LOOKED.items():
        # The newest entry of any kind, or every look would read all that was written since the last such change.
        newest = db.row(f"SELECT MAX(id) AS id FROM {table}")
        facts.remember(db, name, str(newest["id"] or 0 if newest else 0))
    return [issue for issue in every(Issue, found) if issue.category not in NEVER_A_PROBLEM]


def find(db: Database, trend_id: int) -> Trend | None:
    """The alert with this id."""
    row = db.row("SELECT * FROM trends WHERE id = :id", id=trend_id)
    return None if row is None else one(Trend, row)


def told(db: Database, team_id: int | None, category: str | None, among: Iterable[int], since: int) -> list[Trend]:
    """A team's alerts of a category, or of texts like these issues', that were last seen to after ``since``."""
    numbers = set(among)
    about = [one for one in lately(db, since) if (one.team_id, one.category) == (team_id, category)]
    return about if category else [one for one in about if one.issue_id in numbers]


def rose(db: Database, scope: Scope, begin: int, end: int) -> set[str]:
    """The categories of which a team was alerted in a period; of texts that read alike, theirs, if only other."""
    team = Scope(team_id=scope.team_id, with_teamless=scope.with_teamless)
    found = db.rows(
        "SELECT DISTINCT COALESCE(trends.category, issues.category, '') AS category FROM trends"
        f" LEFT JOIN issues ON issues.id = trends.issue_id WHERE at >= :begin AND at < :end{team.where('trends')}",
        begin=begin,
        end=end,
        **team.values(),
    )
    return {row["category"] for row in found}


def lately(db: Database, since: int) -> list[Trend]:
    """All alerts that were last seen to after ``since``, the first first."""
    return every(Trend, db.rows("SELECT * FROM trends WHERE at > :since ORDER BY id", since=since))


def of_problem(db: Database, problem_id: int) -> list[Trend]:
    """The alerts that were linked as a problem, the first first."""
    found = db.rows("SELECT * FROM trends WHERE problem_id = :id ORDER BY id", id=problem_id)
    return every(Trend, found)


def tell(db: Database, *, team_id: int | None, category: str | None, issue_id: int, local_date: str, at: int) -> Trend:
    """Write a new alert."""
    values = {"team_id": team_id, "category": category, "issue_id": issue_id, "local_date": local_date, "at": at}
    return one(Trend, insert(db, "trends", **values))


def seen_to(db: Database, trend_id: int, issue_id: int, at: int) -> None:
    """Note that an alert tells of the 24 hours up to a later moment from now on; ``issue_id`` is its newest issue."""
    db.run("UPDATE trends SET at = :at, issue_id = :issue_id WHERE id = :id", id=trend_id, at=at, issue_id=issue_id)


def linked(db: Database, trend_ids: Iterable[int], problem_id: int | None) -> None:
    """Note which problem alerts were linked as; None: taken back."""
    for trend_id in trend_ids:
        db.run("UPDATE trends SET problem_id = :problem_id WHERE id = :id", id=trend_id, problem_id=problem_id)
