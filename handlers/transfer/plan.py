"""What an import would do, line by line: decided against the records as they are, written down, nothing changed."""

from collections.abc import Callable, Iterable
from typing import Any

from handlers.transfer import checking, columns, histories
from handlers.transfer.checking import People, WrongError
from handlers.transfer.columns import Header
from handlers.transfer.reading import Line, Source
from storage import channels, contacts, customers, transfer
from storage.database import Database
from storage.models import Customer
from storage.staging import CHANGED, NEW, SAME, WRONG, Staging, Verdict

Values = dict[str, Any]
COLUMN_OF = {"owner": "owner_id", "backup": "backup_id"}  # where a field's column bears another name

STAND_IN = customers.fold(customers.UNKNOWN)


class Planner:
    """Looks at the lines of one file; all the while the database is only read."""

    def __init__(self, db: Database, kind: str, source: Source, staging: Staging, now: int) -> None:
        self.db, self.kind, self.source, self.staging, self.now = db, kind, source, staging, now
        self.people = People(db)
        self.unknown: dict[str, None] = {}  # headers nobody knows, in their order
        self._headers: dict[tuple[str, ...], Header] = {}

    def plan(self, *, near_is_new: bool, told: Callable[[int], None]) -> None:
        """Put a verdict down for every line; ``told`` hears each line's number."""
        for line in self.source.lines:
            self.staging.put(self._verdict(line))
            told(line.number)
        if self.kind == "customers" and not near_is_new and self.staging.counts().get(NEW):
            self._ask_about_near_names()

    def _verdict(self, line: Line) -> Verdict:
        if line.problem:
            return Verdict(line.number, WRONG, f"{line.problem}")
        header = self._header(tuple(line.cells))
        if header.problems:
            return Verdict(line.number, WRONG, f"{'; '.join(header.problems)}")
        values, problems = self._values(header, line.cells)
        problems += [f"no {name.replace('_', ' ')}" for name in _missing(self.kind, values, problems)]
        if problems:
            return Verdict(line.number, WRONG, f"{'; '.join(problems)}")
        try:
            return self._compared(self._decide(line.number, values))
        except WrongError as error:
            return Verdict(line.number, WRONG, f"{error}")

    def _header(self, headers: tuple[str, ...]) -> Header:
        """What the headers mean: the same for every line of a table, and for most objects."""
        if headers not in self._headers:
            if len(self._headers) > 100:  # objects, each with its own: no reason to remember them all
                self._headers.clear()
            self._headers[headers] = columns.read(self.kind, list(headers))
            self.unknown |= dict.fromkeys(self._headers[headers].unknown[: max(0, 20 - len(self.unknown))])
        return self._headers[headers]

    def _values(self, header: Header, cells: dict[str, Any]) -> tuple[Values, list[str]]:
        """The values a line gives, empty ones left out, and what is wrong with the others."""
        values: Values = {}
        problems = []
        for name, column in header.columns.items():
            try:
                value = checking.value(self.db, self.people, column, cells[name], is_csv=self.source.is_csv)
            except WrongError as error:
                problems.append(f"{column.words}: {error}")
            else:
                values |= {} if value is None else {column.name: value}
        return values, problems

    def _decide(self, number: int, values: Values) -> Verdict:
        if self.kind == "customers":
            return self._customer(number, values)
        customer = self._customer_called(values["customer"])
        if self.kind == "contacts":
            return _contact(self.db, number, customer, values)
        if self.kind == "issues":
            return histories.issue(self.db, number, customer, values, self.now)
        return histories.promise(self.db, self.people, number, customer, values, self.now)

    def _compared(self, verdict: Verdict) -> Verdict:
        """A second line about the same: the same, or a contradiction."""
        first = self.staging.earlier(verdict.key) if verdict.key else None
        if first is None or verdict.verdict == WRONG:
            return verdict
        line, before = first
        said = verdict.said or {}
        apart = [
            f"{name.replace('_', ' ')} {_brief(before.get(name))} there, {_brief(value)} here"
            for name, value in said.items()
            if before.get(name) != value
        ]
        what = verdict.words.partition(":")[0]
        if not apart:
            return Verdict(verdict.line, SAME, f"{what}: the same as {self.source.unit} {line}")
        return Verdict(verdict.line, WRONG, f"{what}: {self.source.unit} {line} says otherwise ({'; '.join(apart)})")

    def _customer_called(self, name: str) -> Customer:
        known = customers.by_name(self.db, name)
        if known:
            return known
        near = [one.name for one in customers.nearly_named(self.db, name)[:3]]
        meant = f"; {' or '.join(near)}?" if near else "; import customers first, or correct the name"
        raise WrongError(f"there is no customer {name}{meant}")

    def _customer(self, number: int, values: Values) -> Verdict:
        name = values["name"]
        folded = customers.fold(name)
        if folded == STAND_IN:
            raise WrongError(f"“{name}” stands for customers nobody has named yet")
        known = customers.by_name(self.db, name)
        key = f"customer {known.id}" if known else f"called {folded}"
        names = [name, *values.get("aliases", [])]
        new_names = self._new_names(number, names, known, key)
        self._check_channels(values.get("channels", []), known)
        said = {**values, "name": folded}
        if known is None:
            self.staging.slips(folded, name, number)
            plan = {"new": name, "set": _columns(values), "names": new_names, "channels": values.get("channels", [])}
            return Verdict(number, NEW, f"{name}: new customer", key, said, plan)
        return self._known_customer(number, known, values, new_names, key, said)

    def _known_customer(
        self, number: int, known: Customer, values: Values, new_names: list[tuple[str, str]], key: str, said: Values
    ) -> Verdict:
        was = {column: getattr(known, column) for column in _columns(values)}
        changes = {
            name: [was[name], value] for name, value in _columns(values).items() if not _is_same(was[name], value)
        }
        more = [one for one in values.get("channels", []) if one not in self._channels_of(known)]
        told = [
            f"{_field(name)} {self._shown(name, old)} → {self._shown(name, new)}"
            for name, (old, new) in changes.items()
        ]
        told += [f"also known as {', '.join(name for _, name in new_names)}"] if new_names else []
        told += [f"channels {', '.join(more)}"] if more else []
        if not told:
            return Verdict(number, SAME, f"{known.name}: nothing new", key, said)
        plan = {
            "id": known.id, "version": known.version, "set": {name: new for name, (_, new) in changes.items()},
            "changes": changes, "names": new_names, "channels": more,
        }  # fmt: skip
        return Verdict(number, CHANGED, f"{known.name}: {'; '.join(told)}", key, said, plan)

    def _new_names(self, number: int, names: list[str], known: Customer | None, key: str) -> list[tuple[str, str]]:
        """The names the customer does not have yet, each fold once; raises WrongError where one is another's."""
        new: dict[str, str] = {}
        for name in names:
            holder = known if name is names[0] else customers.by_name(self.db, name)
            if holder and (known is None or holder.id != known.id):
                raise WrongError(f"{names[0]}: “{name}” is a name of {holder.name}")
            folded = customers.fold(name)
            line = self.staging.claim(folded, number, key)
            if line is not None:
                raise WrongError(f"{names[0]}: “{name}” is another customer's name on {self.source.unit} {line}")
            if holder is None:
                new.setdefault(folded, name)
        return list(new.items())

    def _channels_of(self, customer: Customer) -> list[str]:
        return [channel.id for channel in channels.of_customer(self.db, customer.id)]

    def _check_channels(self, ids: Iterable[str], known: Customer | None) -> None:
        for channel_id in ids:
            channel = channels.find(self.db, channel_id)
            if channel and channel.customer_id and (known is None or channel.customer_id != known.id):
                raise WrongError(f"#{channel.name} is another customer's channel")

    def _shown(self, column: str, value: Any) -> str:
        return _brief(self.people.shown(value) if column in COLUMN_OF.values() else value)

    def _ask_about_near_names(self) -> None:
        for name in transfer.every_name(self.db):
            self.staging.slips(name["key"], name["name"])
        for line, other, other_line in self.staging.near():
            where = "here" if other_line is None else f"on {self.source.unit} {other_line}"
            self.staging.ask(
                line, f"one slip away from {other} {where}: the same? Correct the name, or give its aliases"
            )


def _contact(db: Database, number: int, customer: Customer, values: Values) -> Verdict:
    name = values["name"]
    given: Values = {one: values[one] for one in ("role", "phone", "mail") if one in values}
    folded = customers.fold(name) or name.lower()
    known = next((one for one in contacts.of_customer(db, customer.id) if _same_name(one.name, folded)), None)
    key, said, who = f"{customer.id} {folded}", {"name": folded, **given}, f"{customer.name} · {name}"
    plan: Values = {"customer_id": customer.id, "version": customer.version, "name": name, "set": given}
    if known is None:
        return Verdict(number, NEW, f"{who}: new contact", key, said, plan)
    changes = {one: [getattr(known, one), value] for one, value in given.items() if getattr(known, one) != value}
    if not changes:
        return Verdict(number, SAME, f"{who}: nothing new", key, said)
    told = "; ".join(f"{one} {_brief(old)} → {_brief(new)}" for one, (old, new) in changes.items())
    plan |= {"id": known.id, "set": {one: new for one, (_, new) in changes.items()}, "changes": changes}
    return Verdict(number, CHANGED, f"{who}: {told}", key, said, plan)


def _same_name(name: str, folded: str) -> bool:
    return (customers.fold(name) or name.lower()) == folded


def _columns(values: Values) -> Values:
    """The columns of a customer among these values."""
    return {
        COLUMN_OF.get(name, name): value
        for name, value in values.items()
        if name not in ("name", "aliases", "channels")
    }


def _field(column: str) -> str:
    return column.removesuffix("_id").replace("_", " ")


def _is_same(was: Any, value: Any) -> bool:
    return was == value or (isinstance(was, str) and isinstance(value, str) and was.strip() == value.strip())


def _missing(kind: str, values: Values, problems: list[str]) -> list[str]:
    """The needed columns that are empty; one that is wrong has been named already."""
    named = {problem.partition(":")[0] for problem in problems}
    needed = [column.name for column in columns.KINDS[kind] if column.is_needed]
    return [name for name in needed if name not in values and name not in named]


def _brief(value: Any) -> str:
    words = "nothing" if value in (None, "", []) else ", ".join(value) if _is_names(value) else str(value)
    line = " ".join(words.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
