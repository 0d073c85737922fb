"""What people type about a customer, read forgivingly: zones, contacts, lists of names."""

import re
from dataclasses import asdict, dataclass

from handlers.when import zones
from storage import customers

MAIL = re.compile(r"(?:mailto:)?(?P<mail>[^\s,;:<>()|]+@[^\s,;<>()|]+\.[^\s,;<>()|]*[^\s,;<>()|.])", re.IGNORECASE)
PHONE = re.compile(
    r"(?<![\w@.])(?:\+|\(|\d)[\d\s().\-/]{4,24}\d(?:\s*(?:x|ext\.?|extension)\s*\d{1,6})?(?!\w)", re.IGNORECASE
)
FEWEST_DIGITS = 6  # of a phone number: "Room 12" and "Gate 4711" are none
LABELS = re.compile(r"\b(?:phone|tel|mobile|cell|mail|e-mail|email)\b\.?:?\s*$|^\s*[:<>]+\s*$", re.IGNORECASE)


def zones_meant(typed: str) -> tuple[str, ...]:
    """The IANA zones a zone's name, a city or the name people use ("Berlin", "PT", "UK time") may mean."""
    words = " ".join(typed.lower().replace("_", " ").split())
    name = re.sub(r" (?:local )?time(?: zone)?$", "", words)
    iana = zones.by_name().get(typed.strip().lower().replace(" ", "_"))
    us = zones.AFTER_US.get(name.removeprefix("us ").removesuffix(" standard"))
    found = zones.GENERIC.get(name) or zones.PLACED.get(name) or us or zones.by_city().get(name) or iana
    if iana and "/" in iana:
        found = iana
    return zones.SEASONAL.get(name) or ((found,) if found else ())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to call, as read from a line; the fields are the columns of a contact."""

    name: str
    role: str | None = None
    phone: str | None = None
    mail: str | None = None

    def columns(self) -> dict[str, str | None]:
        """What is kept of them."""
        return asdict(self)

    def line(self) -> str:
        """The line that reads back as the same: ``Jane Doe, procurement, +1 555 0100, jane@acme.example``."""
        return ", ".join(part for part in (self.name, self.role, self.phone, self.mail) if part)


def person(typed: str) -> Person | None:
    """Somebody to call: mail and phone by their shape, the first of what remains the name, the rest the role.

    None where nobody is named.
    """
    mail = MAIL.search(typed)
    rest = f"{typed[: mail.start()]},{typed[mail.end() :]}" if mail else typed
    phone = next((found for found in PHONE.finditer(rest) if _digits(found[0]) >= FEWEST_DIGITS), None)
    if phone:
        rest = f"{rest[: phone.start()]},{rest[phone.end() :]}"
    parts = [LABELS.sub("", part).strip(" \t·-–—<>") for part in re.split(r"[,;()|]|\s[-–—·]\s", rest)]
    named = [" ".join(part.split()) for part in parts if part]
    if not named:
        return None
    return Person(
        named[0],
        ", ".join(named[1:]) or None,
        " ".join(phone[0].split()) if phone else None,
        mail["mail"] if mail else None,
    )


def _digits(words: str) -> int:
    return sum(c.isdigit() for c in words)


def aliases(typed: str) -> list[str]:
    """Names one per line or between commas; a legal form behind a comma belongs to the name before it."""
    found: list[str] = []
    for name in re.split(r"[\n,;]", typed):
        plain = " ".join(name.split())
        if found and customers.fold(plain) in customers.COMPANY_FORMS:
            found[-1] = f"{found[-1]}, {plain}"
        elif customers.fold(plain):
            found.append(plain)
    return list({customers.fold(name): name for name in reversed(found)}.values())[::-1]
