"""The simulation's own list of what happened: each thing as it was done, and when; nothing read from the bot."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MINUTE, DAY = 60, 86400
NO_PROBLEM = ("praise", "idea")
UNKNOWN = "Customer unknown"


@dataclass
class Issue:
    """An issue as it was typed; times in Unix seconds."""

    number: int
    team: int
    customer: str
    category: str
    words: str
    reporter: str
    owner: str | None
    impact: str
    at: int
    tale: str = ""  # texts of one tale read alike
    planted: str = ""
    answered: int | None = None
    solved: int | None = None
    duplicate: bool = False
    escalated: int | None = None

    @property
    def is_open(self) -> bool:
        return self.solved is None

    @property
    def is_problem(self) -> bool:
        return self.category not in NO_PROBLEM


@dataclass
class Promise:
    """A promise as it was typed; ``asked`` while nobody owns it, because its owner is away."""

    number: int
    team: int
    customer: str
    issue: Issue | None
    deed: str
    owner: str
    at: int
    due: int
    first_due: int
    answer: bool = False
    moves: list[tuple[int, bool | None]] = field(default_factory=list)
    tries: list[int] = field(default_factory=list)
    ended: tuple[str, int] | None = None
    kept: int | None = None
    asked: str = ""

    @property
    def is_open(self) -> bool:
        return self.ended is None


@dataclass(frozen=True)
class Feeling:
    """What a customer said of us."""

    at: int
    team: int
    customer: str
    mood: str
    reason: str


@dataclass
class Raw:
    """All of it."""

    issues: list[Issue] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    feelings: list[Feeling] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)  # when, about which customer

    def contacts(self, since: int) -> Iterator[str]:
        """The customers we were in contact with since a moment."""
        for one in self.promises:
            if one.ended and one.ended[0] in ("kept", "called") and (one.kept or one.ended[1]) >= since:
                yield one.customer
            if any(at >= since for at in one.tries) and not (one.ended and one.ended[0] == "mistake"):
                yield one.customer
        yield from (customer for at, customer in self.notes if at >= since)
        yield from (one.customer for one in self.issues if one.answered is not None and one.answered >= since)


@dataclass(frozen=True)
class Scope:
    """Whose records are told of; None: everybody's."""

    team: int | None = None
    category: str | None = None
    customer: str | None = None

    def of_team(self, one: Issue | Promise | Feeling) -> bool:
        return self.team is None or one.team == self.team

    def has(self, one: Issue | Promise | Feeling) -> bool:
        if self.team is not None and one.team != self.team:
            return False
        if self.customer is not None and one.customer != self.customer:
            return False
        if self.category is None:
            return True
        about = one if isinstance(one, Issue) else getattr(one, "issue", None)
        return about is not None and about.category == self.category
