"""`/customer list`: all of them by name, or those at risk with the reason and whom to call."""

from handlers import text
from handlers.blocks import Bold, Item
from handlers.customers import risk
from handlers.said import Reply, Said, tell
from storage import callbacks, customers, issues
from storage.database import Database
from storage.models import Customer

MOST = 20
AT_RISK = ("at-risk", "at risk", "atrisk", "risk")


def customers_known(db: Database, said: Said, words: str) -> Reply:
    """All customers, or those at risk."""
    if words.strip().lower() in AT_RISK:
        return _at_risk(db, said)
    if words.strip():
        typed = f"You typed: /customer list {text.unescape(words)}"
        return tell("Type: /customer list, /customer list at-risk, or /customer Acme for one of them.", typed)
    found, many = customers.listed(db, MOST)
    if not found:
        return tell("No customer is known yet. Type: /customer new Acme, or log something: /issue Acme: what happened")
    told: list[Item] = [f"{text.count(many, 'customer')}, by name:", *[_line(db, one) for one in found]]
    more = [f"+{many - len(found)} more. To see one, type its name: /customer Acme"] if many > len(found) else []
    return tell(*told, *more)


def _line(db: Database, customer: Customer) -> Item:
    _, open_issues = issues.list_open(db, most=1, customer_id=customer.id)
    _, promised = callbacks.list_open(db, most=1, customer_id=customer.id)
    counts = [text.count(open_issues, "open issue")] if open_issues else []
    counts += [text.count(promised, "open promise")] if promised else []
    return ["• ", Bold(customer.name), "".join(f" · {one}" for one in [*filter(None, [customer.tier]), *counts])]


def _at_risk(db: Database, said: Said) -> Reply:
    found, many = risk.found(db, said.now, MOST)
    if not found:
        return tell("No customer is at risk: nobody unhappy twice, no promise broken, nothing left open in silence.")
    told = [risk.line(db, customer, reasons) for customer, reasons in found]
    more = [f"+{many - len(found)} more"] if many > len(found) else []
    return tell(f"{text.count(many, 'customer')} at risk:", *told, *more)
