"""Whose records a digest or a report tells of."""

from dataclasses import dataclass
from typing import Any

# Praise and ideas are logged, but are never open problems.
PROBLEM = "(issues.category IS NULL OR issues.category NOT IN ('praise', 'idea'))"
# The promise that setup ends with is an example: it is its owner's alone, and counts in nothing.
REAL = "promises.kind <> 'sample'"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records are meant, in a digest or a report; None: everybody's.

    ``with_teamless`` adds those made before there was a team.
    A promise is of its issue's category, and of the person who owns it; feedback is of its issue's.
    """

    team_id: int | None = None
    with_teamless: bool = False
    category: str | None = None
    customer_id: int | None = None
    person_id: str | None = None

    def where(self, table: str) -> str:
        """The conditions on a table's rows, each begun with AND."""
        found = ""
        if self.team_id is not None:
            none = f" OR {table}.team_id IS NULL" if self.with_teamless else ""
            found += f" AND ({table}.team_id = :team_id{none})"
        if self.customer_id is not None:
            found += f" AND {table}.customer_id = :customer_id"
        if self.person_id and table != "feedback":
            found += f" AND {table}.owner_id = :person_id"
        about = [] if table != "feedback" or not self.person_id else ["owner_id = :person_id"]
        if self.category and table == "issues":
            # Put like this, SQLite reads what is open, or of that time, rather than the category of all years.
            found += " AND COALESCE(issues.category, '') = :category"
        elif self.category:
            about.append("category = :category")
        if about:
            its = f"SELECT 1 FROM issues WHERE issues.id = {table}.issue_id AND {' AND '.join(about)}"
            found += f" AND EXISTS ({its})"
        return found

    def values(self) -> dict[str, Any]:
        """What the conditions name."""
        named = ("team_id", "category", "customer_id", "person_id")
        return {name: value for name in named if (value := getattr(self, name)) is not None}
