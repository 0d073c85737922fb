"""An escalation taken back: undone within ten minutes if nobody has acted, else written down."""

from handlers.callbacks import nudges, outcomes
from handlers.escalations import shown
from handlers.escalations.escalate import redraw
from handlers.issues import card, change
from handlers.said import ConflictError, Said, record
from storage import callbacks, escalations, issues
from storage.database import Database
from storage.models import Escalation, Reaction

UNDO_FOR = 600  # seconds (brief, section 5)


def withdraw(db: Database, said: Said, reaction: Reaction) -> None:
    """The emoji was taken off: within ten minutes that undoes what it did, later it is only written down."""
    escalation = escalations.find(db, reaction.escalation_id)
    if escalation is None:
        return
    taken_at = reaction.taken_at or said.now
    others = [one for one in escalations.those_of(db, escalation.id) if one.is_on]
    if taken_at - (reaction.put_at or taken_at) > UNDO_FOR:
        redraw(db, escalation, said.now)
    elif others or taken_at - escalation.at > UNDO_FOR:
        _leave(db, said, reaction, escalation)
    elif escalations.acted_on(db, escalation, but=said.person.id):
        _call_off(db, said, escalation)
    else:
        undo(db, said, escalation)
        return
    record(db, said, "withdrew", escalation.issue_id)


def _leave(db: Database, said: Said, reaction: Reaction, escalation: Escalation) -> None:
    """One of several takes it back in time: the escalation stands without them, owed to whoever remains."""
    escalations.join(db, reaction.id, None)
    remaining = escalations.those_of(db, escalation.id)
    if escalation.promise_id and remaining:
        escalations.made_to(db, escalation.promise_id, remaining[0].person_id)
    redraw(db, escalation, said.now)


def _call_off(db: Database, said: Said, escalation: Escalation) -> None:
    """Somebody has acted already: the post says that it was withdrawn, and nobody has to answer any more."""
    changed = escalations.change(db, escalation.id, withdrawn_at=said.now)
    promise = callbacks.find(db, escalation.promise_id or 0)
    if promise and promise.is_open:
        outcomes.ended(db, said, promise, "withdrawn", "")
    _no_longer_escalated(db, escalation.issue_id, said.now)
    shown.redraw(db, changed or escalation, said.now)
    shown.redraw_marks(db, changed or escalation, said.now)


def undo(db: Database, said: Said, escalation: Escalation) -> None:
    """Nobody has acted: everything goes, as if it had not been."""
    record(db, said, "undone", escalation.issue_id)
    issue = issues.find(db, escalation.issue_id)
    promises = [one for one in callbacks.of_issue(db, escalation.issue_id) if one.id != escalation.promise_id]
    if issue and escalation.made_issue and not promises and len(escalations.of_issue(db, issue.id)) == 1:
        change.take_back(db, issue, said.now)
        return
    promise = callbacks.find(db, escalation.promise_id or 0)
    if promise:
        nudges.stop(db, promise, said.now)
        callbacks.erase(db, promise.id)
    shown.take_away(db, escalation, said.now)
    _no_longer_escalated(db, escalation.issue_id, said.now)


def _no_longer_escalated(db: Database, issue_id: int, now: int) -> None:
    """Draw the card again, of an issue that is escalated only if an earlier escalation still stands."""
    issue = issues.find(db, issue_id)
    if issue is None:
        return
    standing = [one.at for one in escalations.of_issue(db, issue_id) if one.withdrawn_at is None]
    changed = issues.change(db, issue, escalated_at=standing[-1] if standing else None)
    if changed is None:
        raise ConflictError
    card.refresh(db, changed, now)
