"""What changed while a form was open: shown, never overwritten (brief, section 2).

A field the person left alone keeps what others made of it. Where both changed it, an error at that field says who did,
when and to what; once that was read, saving again puts the person's own words in its place.
"""

import json
from dataclasses import dataclass

from handlers import forms, names, text
from handlers.said import Said
from storage import audit, inbox
from storage.database import Database
from storage.database import Row as Entry


@dataclass(frozen=True, slots=True)
class Now:
    """A field as it stands now: its value in a form, that in words, what one calls it, and what people do to change it.

    The deeds are those of the audit trail; one with a column behind a colon, ``edited:impact``, has to name it.
    """

    value: str
    words: str
    label: str
    deeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The fields to save, the errors that stand against it, and a line on each that stays as others made it."""

    fields: dict[str, str]
    errors: dict[str, str]
    stays: list[str]


def opened_at(db: Database, record_id: int) -> dict[str, int]:
    """What a form has to carry so that, on submit, others' changes since can be told by name."""
    return {"record": record_id, "after": audit.latest(db, record_id)}


def merge(db: Database, said: Said, now: dict[str, Now]) -> Merged:
    """Bring what was filled in together with what the record has become; ``now`` holds the fields of the form."""
    begun, shown = forms.begun_with(said.view), _shown(db, said)
    merged = Merged({}, {}, [])
    entries = audit.after(db, int(forms.meta(said)["record"]), int(forms.meta(said).get("after", 0)))
    for name, field in now.items():
        mine, was = said.fields.get(name, "").strip(), begun.get(name, "").strip()
        if mine == was:
            merged.fields[name] = field.value
            if field.value.strip() != was:
                merged.stays.append(f"{_changed(db, said, field, entries, f'the {field.label}')}: that stays.")
            continue
        merged.fields[name] = mine
        if field.value.strip() not in (mine, shown.get(name, was).strip()):
            told = _changed(db, said, field, entries, "this")
            merged.errors[name] = f"{told}. Press Save again to put yours in its place."
    if merged.errors:
        news = {"key": said.key, "shown": {name: field.value for name, field in now.items()}}
        inbox.note(db, _told(said), said.now, json.dumps(news))
    return merged


def _told(said: Said) -> str:
    return f"told:{said.view['id']}"


def _shown(db: Database, said: Said) -> dict[str, str]:
    """What the person was last told these fields have become; the same press, delivered again, was told nothing."""
    _, kept = inbox.answer_to(db, _told(said))
    news = json.loads(kept) if kept else {}
    shown: dict[str, str] = news.get("shown", {}) if news.get("key") != said.key else {}
    return shown


def _changed(db: Database, said: Said, field: Now, entries: list[Entry], what: str) -> str:
    """Who changed a field, when, and to what: *Bob changed the impact to blocked today at 10:05 am*."""
    entry = next((one for one in entries if _is_of(one, field)), entries[0] if entries else None)
    who = "Somebody" if entry is None else names.person(db, entry["person_id"])
    if entry and entry["person_id"] == said.person.id:
        who = "You"
    when = f" {text.moment(entry['at'], said.zone, said.now)}" if entry else " meanwhile"
    return f"{who} changed {what} to {text.clip(field.words, 300) or 'nothing'}{when}"


def _is_of(entry: Entry, field: Now) -> bool:
    for deed, _, column in (deed.partition(":") for deed in field.deeds):
        if entry["deed"] == deed and (not column or f'"{column}"' in (entry["detail"] or "")):
            return True
    return False
