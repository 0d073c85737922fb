"""`/customer`: every sub-command, button and form of a customer, each listed once."""

from collections.abc import Callable
from difflib import get_close_matches

from handlers import line, roles, text
from handlers.blocks import Button, Item, Row
from handlers.callbacks import form as promise_form
from handlers.customers import card, change, forget, form, lists, merge, timeline
from handlers.issues import form as issue_form
from handlers.line import Named
from handlers.said import Handler, Reply, Said, tell
from handlers.subcommands import FIRST, read_first
from storage import customers
from storage.database import Database
from storage.models import Customer

HELP = {
    "": "a customer's card: /customer Acme",
    "edit": "change it in a form: /customer Acme edit",
    "history": "everything between them and us: /customer Acme history",
    "new": "a new customer: /customer new Acme",
    "owner": "who of us looks after them: /customer Acme owner @dana",
    "backup": "who does when the owner can't: /customer Acme backup @bob",
    "zone": "where they live: /customer Acme zone Europe/London",
    "tier": "their tier: /customer Acme tier gold",
    "alias": "another name they go by: /customer Acme alias ACME Holdings",
    "contact": "whom to call: /customer Acme contact Jane Doe, procurement, +1 555 0100",
    "depends": "what they depend on us for: /customer Acme depends on same-day delivery",
    "costs": "what it costs them when we fail: /customer Acme costs a stopped line",
    "note": "a line to remember: /customer Acme note they prefer calls before noon",
    "list": "all of them, or those we may lose: /customer list, /customer list at-risk",
    "merge": "make one of two (managers): /customer merge ACME Holdings into Acme",
    "forget": "erase all of them, for ever (managers): /customer forget Acme",
    "help": "this help: /customer help",
}

ON_WORDS: dict[str, Callable[[Database, Said, str], Reply]] = {
    "list": lists.customers_known,
    "merge": merge.merge,
    "forget": forget.forget,
    "new": lambda db, said, words: new(db, said, line.readable(db, words)),
    "help": lambda _db, _said, _words: help_text(),
}

OnCustomer = Callable[[Database, Said, Customer], Reply]
ON_CUSTOMER: dict[str, OnCustomer] = {"edit": form.open_edit, "history": timeline.show}

ABOUT_ONE = frozenset(ON_CUSTOMER) | frozenset(change.QUICK)  # what stands behind a name
VERBS = frozenset(ON_WORDS) | ABOUT_ONE
MOST_OFFERED = 4


def help_text() -> Reply:
    """Everything `/customer` understands, with an example of each."""
    return tell("What /customer understands:", *[f"• {words}" for words in HELP.values()])


def customer(db: Database, said: Said) -> Reply:
    """`/customer …`."""
    words = said.words.strip()
    asked = read_first(words, frozenset(ON_WORDS))
    if asked.verb == "help" or not words:
        return roles.refusal(db, said, "help") or help_text()
    if refused := roles.refusal(db, said, "customers"):
        return refused
    return ON_WORDS[asked.verb](db, said, asked.words) if asked.verb else _on_name(db, said, words)


def _on_name(db: Database, said: Said, words: str) -> Reply:
    """A name, and perhaps what to do with the customer: the longest stored name at the start counts."""
    whole = customers.by_name(db, text.unescape(words).rstrip(":"))
    named = None if whole else customers.named_at_start(db, _without_colon(words).split())
    if whole:
        return card.show(db, said, whole)
    if named is None:
        return _unknown(db, said, *_split(words))
    found, taken = named
    rest = " ".join(_without_colon(words).split()[taken:])
    verb, behind = _verb(rest)
    if verb:
        return _on_customer(db, said, found, verb, behind)
    name, verb, behind = _split(words)
    return _unknown(db, said, name, verb, behind, begins=found)


def _without_colon(words: str) -> str:
    name, colon, rest = words.partition(": ")
    return f"{name} {rest}" if colon else words


def _verb(rest: str) -> tuple[str, str]:
    first = FIRST.match(rest)
    verb = first["word"].lower() if first else ""
    return (verb, rest[first.end() :].strip()) if first and verb in ABOUT_ONE else ("", rest)


def _split(words: str) -> tuple[str, str, str]:
    """A line whose name is not known: the name up to the first verb behind it, the verb, the rest."""
    split = _without_colon(words).split()
    at = next((n for n, word in enumerate(split) if n and word.lower() in ABOUT_ONE), len(split))
    return text.unescape(" ".join(split[:at])), " ".join(split[at : at + 1]).lower(), " ".join(split[at + 1 :])


def _on_customer(db: Database, said: Said, found: Customer, verb: str, rest: str) -> Reply:
    if customers.is_unknown(db, found.id) and verb != "history":
        return tell("“Customer unknown” stands for many. Each issue's card has Set customer.")
    if verb in ON_CUSTOMER:
        return ON_CUSTOMER[verb](db, said, found)
    return change.quick(db, said, found, verb, rest)


def _unknown(
    db: Database, said: Said, name: str, verb: str = "", rest: str = "", begins: Customer | None = None
) -> Reply:
    """No customer of this name: those spelled nearly so and a new one, as buttons; the text is given back."""
    split = name.split()
    behind = split[len(begins.name.split()) :][:1] if begins else split[:1]
    near = _near(db, name, begins)
    verbs = ABOUT_ONE if begins else frozenset() if near else frozenset(ON_WORDS)
    slip = get_close_matches(behind[0].lower(), verbs, n=1) if behind else []
    told: list[Item] = [f"I know no customer called “{text.clip(name, 100)}”."]
    if slip:
        typed = line.readable(db, said.words).split()
        at = len(begins.name.split()) if begins else 0
        told.append(f"Did you mean: /customer {' '.join([*typed[:at], slip[0], *typed[at + 1 :]])}")
    buttons = [Button(one.name, f"customer.show.{n}", str(one.id)) for n, one in enumerate(near)]
    if customers.fold(name) and len(name) <= customers.LONGEST_NAME:
        buttons.append(Button(f"New customer {name}?", "customer.new", name))
    else:
        told.append(f"A name has letters or digits, at most {customers.LONGEST_NAME} characters.")
    told.append(f"You typed: /customer {line.readable(db, said.words)}" if verb or rest or len(split) > 1 else "")
    return tell(*[one for one in told if one], *([Row(*buttons)] if buttons else []))


def _near(db: Database, name: str, begins: Customer | None) -> list[Customer]:
    """Whom a name may mean: spelled nearly so, begun so, or its first words."""
    found = [*([begins] if begins else []), *customers.nearly_named(db, name)]
    found += customers.suggest(db, name, MOST_OFFERED) if customers.fold(name) else []
    if not found and name.split():
        found = customers.suggest(db, name.split(maxsplit=1)[0], MOST_OFFERED)
    known = {one.id: one for one in found if not customers.is_unknown(db, one.id)}
    return list(known.values())[:MOST_OFFERED]


def new(db: Database, said: Said, name: str) -> Reply:
    """Make a customer and open its form; one that is known already is shown, one spelled nearly so is asked about."""
    name = " ".join(name.split())
    if not name:
        return tell("What is the customer called? Type: /customer new Acme")
    known = customers.by_name(db, name)
    if known:
        shown = card.show(db, said, known)
        return Reply(f"{known.name} is known already.\n{shown.text}", shown.blocks)
    if len(name) > customers.LONGEST_NAME or not customers.fold(name) or customers.nearly_named(db, name):
        return _unknown(db, said, name)
    return _make(db, said, name)


def _make(db: Database, said: Said, name: str) -> Reply:
    made = customers.by_name(db, name)
    if made is None:
        made = customers.add(db, name, said.now)
        change.written(db, said, made, "customer made", {"name": name})
    return form.open_edit(db, said, made)


def _pressed(act: OnCustomer) -> Handler:
    def pressed(db: Database, said: Said) -> Reply:
        if refused := roles.refusal(db, said, "customers"):
            return refused
        found = customers.find(db, int(said.value.partition(":")[0]))
        if found is None:
            return tell("This customer is gone: merged into another, perhaps. Type: /customer list")
        return act(db, said, found)

    return pressed


def _checked(handler: Handler) -> Handler:
    return lambda db, said: roles.refusal(db, said, "customers") or handler(db, said)


COMMANDS: dict[str, Handler] = {"customer": customer}

ACTIONS: dict[str, Handler] = {
    "customer.show": _pressed(card.show),
    "customer.new": _checked(lambda db, said: _make(db, said, said.value)),
    "customer.edit": _pressed(form.open_edit),
    "customer.issue": _pressed(lambda db, said, found: issue_form.open_new(db, said, named=Named("", found))),
    "customer.promise": _pressed(lambda db, said, found: promise_form.open_new(db, said, named=Named("", found))),
    "customer.history": _pressed(timeline.show),
    "customer.latest": _pressed(lambda db, said, found: timeline.show(db, said, found, replaces=True)),
    "customer.older": _checked(timeline.older),
    "customer.undo": _checked(change.undo),
    "customer.merge": merge.pressed,
    "customer.forget": forget.pressed,
    "customer.letgo": merge.letgo,
}

VIEWS: dict[str, Handler] = {"customer.edit": _checked(form.submitted)}
