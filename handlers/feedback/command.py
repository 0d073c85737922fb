"""`/feedback`: how a customer feels and why, in one line or a form; and why they all do."""

import re
from collections.abc import Sequence

from handlers import customer_field, drafts, forms, line, meanwhile, roles, text
from handlers.drafts import Settled
from handlers.feedback import moods, note, why
from handlers.line import Named
from handlers.meanwhile import Now
from handlers.said import Handler, Reply, Said, tell
from handlers.subcommands import nearly, read_first
from storage import customers, feedback, issues
from storage.database import Database
from storage.models import Customer, Feedback, Issue

HELP = {
    "": "how they feel, and why: /feedback Acme unhappy slow delivery, /feedback Acme: 🙂 quick answer",
    "moods": "happy, unsure, unhappy or not asked; glad, angry and the like are understood",
    "form": "/feedback alone opens the form",
    "list": "why customers are happy or unhappy: /feedback list, /feedback list Acme",
    "help": "this help: /feedback help",
}

VERBS = frozenset({"list", "help"})
QUESTION = "How do they feel?"
FIXED = "feedback fixed"  # the deed in the audit trail
COLON = re.compile(r":(?=\s|$)")
LONGEST_HEAD = 4  # words before the mood that may be a name nobody has heard yet


def help_text() -> Reply:
    """Everything `/feedback` understands, with an example of each."""
    return tell("What /feedback understands:", *[f"• {words}" for words in HELP.values()])


def given(db: Database, said: Said) -> Reply:
    """`/feedback …`."""
    words = said.words.strip()
    if refused := roles.refusal(db, said, "help"):
        return refused
    asked = read_first(words, VERBS)
    if asked.verb == "help":
        return help_text()
    if asked.verb == "list":
        return roles.refusal(db, said, "list") or why.listed(db, said, asked.words)
    meant = nearly(words, VERBS)
    if meant and line.at_start(db, words) is None:
        return tell(f"Did you mean: /feedback {meant}", f"You typed: /feedback {text.unescape(words)}")
    return take(db, said, words, {}) if words else open_new(db, said, None, "", "")


def take(db: Database, said: Said, words: str, settled: Settled) -> Reply:
    """Note a typed line; what it leaves open is asked, by the form or by buttons."""
    plain = moods.in_words(line.readable(db, words))
    named = _named(db, said, plain)
    if named is not None:
        named = line.settle(db, named, settled)
    mood, reason = moods.read(named.rest if named else plain[moods.starts(plain) or 0 :])
    if named is None or not mood:
        return open_new(db, said, named or _head(plain), mood, reason)
    if named.rivals:
        return drafts.ask(db, said, "feedback", words, line.WHICH, line.which(named, settled))
    if refused := note.may(db, said, named.customer):
        return refused
    customer, is_new = line.customer_of(db, named, said.now)
    noted = note.write(db, said, customer.id, mood, reason)
    return _echo(db, noted, named, is_new=is_new)


def _echo(
    db: Database, noted: Feedback, named: Named, *, is_new: bool, begins: str = "Noted: ", stays: Sequence[str] = ()
) -> Reply:
    remarks = [*stays, *line.remarks_on_name(named, is_new=is_new)]
    return tell(*note.told(db, noted, begins), *remarks, note.buttons(noted))


def _named(db: Database, said: Said, words: str) -> Named | None:
    """Whom a line is about, by the rules of the brief's section 2; "Acme is unhappy: …" names Acme, too."""
    colon = COLON.search(words)
    begins = moods.starts(words[: colon.start()]) if colon else None
    if begins:
        return line.spelled(db, words[:begins].strip(" ,;-–—"), words[begins:])
    return line.before_colon(db, words) or line.at_start(db, words) or line.of_channel(db, said.channel_id, words)


def _head(words: str) -> Named | None:
    """The words before the mood as a name to begin the form with."""
    begins = moods.starts(words) or 0
    name = words[:begins].strip(" ,;:-–—")
    return Named("", new_name=name) if name and len(name.split()) <= LONGEST_HEAD else None


def carry_on(db: Database, said: Said, words: str, settled: Settled) -> Reply:
    """Carry on with a line after its question was answered."""
    return take(db, said, words, settled)


# The form


def open_new(db: Database, said: Said, named: Named | None, mood: str, reason: str) -> Reply:
    """The form, filled with what was typed."""
    fields = _fields(db, said, named, mood, reason, "")
    return Reply(form=forms.form("feedback.new", "How a customer feels", "Note it", fields, forms.heard(said)))


def open_edit(db: Database, said: Said) -> Reply:
    """The form behind **Fix** and **Say why**."""
    noted = feedback.find(db, int(said.value))
    if noted is None:
        return tell(note.UNDONE, replaces=True)
    customer = customers.find(db, noted.customer_id)
    if refused := _theirs(db, said, noted, customer):
        return refused
    mood, number = noted.mood or moods.NOT_ASKED, str(noted.issue_id or "")
    fields = _fields(db, said, Named("", customer), mood, noted.reason or "", number)
    meta = forms.heard(said) | meanwhile.opened_at(db, noted.issue_id or 0) | {"feedback": noted.id}
    return Reply(form=forms.form("feedback.edit", "How a customer feels", "Save", fields, meta))


def _theirs(db: Database, said: Said, noted: Feedback, customer: Customer | None) -> Reply | None:
    """The answer to somebody who may not change what was noted, or None."""
    return None if noted.person_id == said.person.id else note.may(db, said, customer)


def _fields(
    db: Database, said: Said, named: Named | None, mood: str, reason: str, issue: str
) -> list[dict[str, object]]:
    return [
        *customer_field.field(db, said, named),
        forms.choices("mood", QUESTION, note.LABELS, initial=mood or None),
        forms.text_field(
            "reason", "Why?", initial=reason, hint="In their words, if you can", lines=True, optional=True
        ),
        forms.text_field("issue", "On which issue", initial=issue, hint="Its number, for example 42", optional=True),
    ]


def submitted(db: Database, said: Said) -> Reply:
    """The form, filled in: a new one, or one that is corrected."""
    named = customer_field.meant(db, said, "")
    mood, issue = said.fields.get("mood", ""), _issue(db, said)
    if errors := line.errors_in_name(named) | _errors(named, mood, issue):
        return Reply(errors=errors)
    if refused := note.may(db, said, named.customer):
        return refused
    before = forms.meta(said).get("feedback")
    noted = feedback.find(db, int(before)) if before else None
    if before and noted is None:
        return forms.given_back(said, tell(note.UNDONE))
    if noted and (refused := _theirs(db, said, noted, customers.find(db, noted.customer_id))):
        return refused
    about = issue if isinstance(issue, Issue) else None
    if noted:
        return _corrected(db, said, noted, named, about)
    customer, is_new = line.customer_of(db, named, said.now)
    reason = said.fields.get("reason", "").strip()
    return _echo(db, note.write(db, said, customer.id, mood, reason, about), named, is_new=is_new)


def _corrected(db: Database, said: Said, noted: Feedback, named: Named, about: Issue | None) -> Reply:
    """Keep it corrected; somebody else's correction meanwhile is shown, not overwritten."""
    merged = meanwhile.merge(db, said, _as_it_is(noted))
    if merged.errors:
        return Reply(errors=merged.errors)
    customer, is_new = line.customer_of(db, named, said.now)
    mood, reason = merged.fields["mood"], merged.fields["reason"]
    saved = feedback.change(
        db,
        noted.id,
        customer_id=customer.id,
        issue_id=about.id if about else None,
        mood=note.known(mood),
        reason=reason[: note.LONGEST_REASON] or None,
    )
    note.audited(db, said, FIXED, saved or noted, mood)
    return _echo(db, saved or noted, named, is_new=is_new, begins="Saved: ", stays=merged.stays)


def _as_it_is(noted: Feedback) -> dict[str, Now]:
    """The mood and the reason as the form would show them now, and in words."""
    mood, reason = noted.mood or moods.NOT_ASKED, noted.reason or ""
    words = f"“{reason}”" if reason else ""
    return {"mood": Now(mood, mood, "mood", (FIXED,)), "reason": Now(reason, words, "reason", (FIXED,))}


def _issue(db: Database, said: Said) -> Issue | str | None:
    """The issue a form names, None if it names none, or what is wrong with its number."""
    typed = said.fields.get("issue", "").strip().lstrip("#")
    if not typed:
        return None
    found = issues.find(db, int(typed)) if typed.isdecimal() and len(typed) < 12 else None
    return found or "There is no such issue. Its number, please, for example 42."


def _errors(named: Named, mood: str, issue: Issue | str | None) -> dict[str, str]:
    errors = {} if mood in moods.MOODS else {"mood": QUESTION}
    if isinstance(issue, str):
        errors["issue"] = issue
    elif issue and (named.customer is None or issue.customer_id != named.customer.id):
        errors["issue"] = f"#{issue.id} is another customer's."
    return errors


COMMANDS: dict[str, Handler] = {"feedback": given}

ACTIONS: dict[str, Handler] = {
    "feedback.mood": note.answered,
    "feedback.edit": open_edit,
    "feedback.undo": note.undo,
}

VIEWS: dict[str, Handler] = {"feedback.new": submitted, "feedback.edit": submitted}
