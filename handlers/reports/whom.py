"""Whom a report is about, in words: names first."""

from handlers import names
from storage import teams
from storage.database import Database
from storage.scope import Scope


def of(db: Database, scope: Scope) -> str:
    """The customer, category and team of a report; looked up when it is said, for names may change or be forgotten."""
    told = [names.customer(db, scope.customer_id)] if scope.customer_id is not None else []
    told += [f"#{scope.category}"] if scope.category else []
    if scope.person_id:
        return " · ".join(["Your own work", *told])
    if scope.team_id is not None or scope.customer_id is None:
        told.append(_team(db, scope.team_id))
    return " · ".join(told)


def _team(db: Database, team_id: int | None) -> str:
    everyone = teams.every_team(db)
    named = [team for team in everyone if team.id == team_id] or everyone
    if not named:
        return "everybody"
    return f"#{names.channel(db, named[0].channel_id)}" if len(named) == 1 else "all teams"
