"""The customer's field in forms: what it offers as one types, what is known of the one chosen, who was meant on submit.

Its values are a customer's id; ``new:`` and a name, for one chosen as new; ``as:`` and a name, for one that a typed
line began the form with and that may mean several, which is asked before anything is saved.
"""

from typing import Any

from handlers import forms, line, roles
from handlers.blocks import Item
from handlers.customers.known import known
from handlers.line import Named
from handlers.said import NOTHING, Reply, Said
from storage import customers, inbox, lately, people
from storage.database import Database
from storage.models import Customer, Person

NAME = "customer"  # the field's
KNOWN = "known"  # the lines beneath it
MOST = 20  # customers offered
NEW = "New customer: "  # with a name of sixty characters within the 75 of an option (slack-facts.md 1.6)
TYPE_A_NAME = "Type a name"


def field(db: Database, said: Said, named: Named | None) -> list[dict[str, Any]]:
    """The field with whom it begins with, else the channel's customer, and what is known of that one beneath."""
    named = named or line.of_channel(db, said.channel_id, "")
    initial = _initial(named)
    value = initial["value"] if initial else ""
    return [
        forms.lookup(NAME, "Customer", initial=initial, placeholder=TYPE_A_NAME),
        *beneath(db, said, value),
    ]


def _initial(named: Named | None) -> dict[str, Any] | None:
    if named is None:
        return None
    if named.customer:
        return _of(named.customer)
    name = named.new_name[: customers.LONGEST_NAME].strip()
    if not customers.fold(name):
        return None
    return forms.option(name, f"as:{name}") if named.rivals else _new(name)


def _of(customer: Customer) -> dict[str, Any]:
    return forms.option(customer.name, str(customer.id))


def _new(name: str) -> dict[str, Any]:
    return forms.option(NEW + name, f"new:{name}")


def offered(db: Database, person_id: str, typed: str) -> list[dict[str, Any]]:
    """What to choose from once this is typed: customers whose name or alias begins so, and last a new one.

    With nothing typed, whom people dealt with lately. Who may see no customers is offered those of their own records.
    """
    person = people.find(db, person_id) or Person(id=person_id, handle="", name="", is_outsider=True)
    name = " ".join(typed.split())[: customers.LONGEST_NAME].strip()
    found = _seen(db, person, name)
    exactly = customers.by_name(db, name) if customers.fold(name) else None
    if exactly in found:  # the very one stands first, and is no new one
        return [_of(exactly), *[_of(one) for one in found if one != exactly]]
    return [*map(_of, found), *([_new(name)] if customers.fold(name) else [])]


def _seen(db: Database, person: Person, name: str) -> list[Customer]:
    """The customers this person may see of those that match."""
    if roles.may(db, person, "customers"):
        if not name:
            return lately.used(db, MOST) or customers.suggest(db, "", MOST)
        exactly = customers.by_name(db, name)
        found = customers.suggest(db, name, MOST)
        return [exactly, *found][:MOST] if exactly and exactly not in found else found
    if not roles.may(db, person, "log"):
        return []
    begun = customers.fold(name)
    return [one for one in lately.own(db, person.id, 100) if f" {begun}" in f" {customers.fold(one.name)}"][:MOST]


def beneath(db: Database, said: Said, value: str) -> list[dict[str, Any]]:
    """What is known of whom a value of the field means, for those who may see customers."""
    return forms.lines(KNOWN, *_told(db, value)) if value and roles.may(db, said.person, "customers") else []


def _told(db: Database, value: str) -> list[Item]:
    if value.isdecimal():
        return list(known(db, int(value)))
    name = value.partition(":")[2]
    named = line.spelled(db, name, "")
    near = [named.customer] if named.customer else list(named.rivals)
    if not near:
        return ["Nothing is known of them yet."]
    return [f"Or do you mean {line.either(near)}? Then choose that one."]


def chosen(db: Database, said: Said) -> Reply:
    """A customer chosen in an open form: what is known of them is shown there. The latest of quick choices stays."""
    if not inbox.note_if_later(db, f"chosen:{said.view['id']}", said.now, said.key):
        return NOTHING
    news = beneath(db, said, said.value)
    return Reply(form=forms.changed(said.view, KNOWN, news, behind=NAME), updates=said.view["id"])


def is_latest(db: Database, said: Said) -> bool:
    """Whether nothing was chosen after this in the same form."""
    return inbox.answer_to(db, f"chosen:{said.view['id']}")[1] == said.key


def meant(db: Database, said: Said, rest: str) -> Named:
    """Whom a form that was filled in is about; a customer this person could not choose there is nobody."""
    value = said.fields.get(NAME, "")
    if value.isdecimal():
        customer = customers.find(db, int(value))
        return Named(rest, customer if customer and _may_choose(db, said, customer) else None)
    if value.startswith("new:"):
        return Named(rest, new_name=value.removeprefix("new:"))
    return line.spelled(db, value.removeprefix("as:"), rest)


def _may_choose(db: Database, said: Said, customer: Customer) -> bool:
    if roles.may(db, said.person, "customers") or forms.begun_with(said.view).get(NAME) == str(customer.id):
        return True
    return customer in lately.own(db, said.person.id, 100)
