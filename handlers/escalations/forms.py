"""The two forms of an escalation: why it was raised, and whose issue it is."""

from handlers import customer_field, forms, line, roles
from handlers.escalations import asked, escalate
from handlers.issues import card, log
from handlers.said import ConflictError, Handler, Reply, Said, record, tell
from storage import escalations, issues
from storage.database import Database
from storage.models import Escalation, Issue

GONE = "This escalation was taken back; nothing is left of it."


def ask_reason(db: Database, said: Said) -> Reply:
    """The form behind **Add reason**, for those who escalated."""
    escalation = escalations.find(db, int(said.value))
    if escalation is None:
        return tell(GONE, replaces=True)
    field = forms.text_field("words", "Why is it urgent?", initial=escalation.reason or "", lines=True)
    meta = forms.heard(said) | {"record": escalation.id}
    return _theirs(db, said, escalation) or Reply(
        form=forms.form("escalation.reason", "Escalation", "Add reason", [field], meta)
    )


def add_reason(db: Database, said: Said) -> Reply:
    """The reason, filled in: it stands on the post and among the issue's notes."""
    reason = said.fields.get("words", "").strip()
    escalation = escalations.find(db, int(forms.meta(said)["record"]))
    issue = issues.find(db, escalation.issue_id) if escalation else None
    if escalation is None or issue is None:
        return tell(GONE, f"You had typed: {reason}")
    if refused := _theirs(db, said, escalation):
        return refused
    escalations.change(db, escalation.id, reason=reason)
    issues.add_note(db, issue, person_id=said.person.id, at=said.now, words=f"Escalated because: {reason}")
    record(db, said, "gave a reason", issue.id)
    escalate.redraw(db, escalation, said.now)
    return tell(["Reason added: ", *card.title(db, issue), ": ", reason])


def _theirs(db: Database, said: Said, escalation: Escalation) -> Reply | None:
    who = {reaction.person_id for reaction in escalations.those_of(db, escalation.id)}
    if said.person.id in who and escalate.is_member(db, said.person.id):
        return None
    return tell("Only those who escalated it can say why. To say more, add a note to the issue.")


def ask_customer(db: Database, said: Said) -> Reply:
    """The form behind **Set customer**."""
    issue = issues.find(db, int(said.value.partition(":")[0]))
    if issue is None:
        return tell("This issue was undone; nothing is left of it.")
    field = customer_field.field(db, said, None)
    meta = forms.heard(said) | {"record": issue.id}
    return _may_act(db, said, issue) or Reply(
        form=forms.form("issue.customer", f"Issue #{issue.id}", "Set", field, meta)
    )


def set_customer(db: Database, said: Said) -> Reply:
    """The customer, filled in: the issue's, and that of what was promised and felt with it."""
    issue = issues.find(db, int(forms.meta(said)["record"]))
    if issue is None:
        return forms.given_back(said, tell("This issue was undone meanwhile."))
    if refused := _may_act(db, said, issue):
        return refused
    named = customer_field.meant(db, said, "")
    if errors := line.errors_in_name(named):
        return Reply(errors=errors)
    customer, is_new = line.customer_of(db, named, said.now)
    changed = issues.change(db, issue, customer_id=customer.id)
    if changed is None:
        raise ConflictError
    log.follow(db, issue, customer)
    record(db, said, "customer set", issue.id, str(customer.id))
    card.refresh(db, changed, said.now)
    return tell(["Saved: ", *card.title(db, changed)], *line.remarks_on_name(named, is_new=is_new))


def _may_act(db: Database, said: Said, issue: Issue) -> Reply | None:
    return roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id)


ACTIONS: dict[str, Handler] = {
    "escalation.take": escalate.take,
    "escalation.reason": ask_reason,
    "escalation.when": asked.say_when,
    "issue.customer": ask_customer,
}

VIEWS: dict[str, Handler] = {"escalation.reason": add_reason, "issue.customer": set_customer}
