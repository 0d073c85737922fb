"""`/kept export`: the records as a file by direct message, for managers.

The words go first, for they open the conversation the file is shared in. A file is never sent twice: where Slack does
not say whether it was shared, the one who asked is told, and asks again.
"""

import io
import json
import re
from typing import Any

from handlers import roles, text
from handlers.blocks import message
from handlers.said import Reply, Said, record, tell
from handlers.transfer import columns, export
from storage import outbox
from storage.database import Database
from storage.models import Outgoing

HELP = "records as a file (managers): /kept export customers, /kept export all json; also contacts, issues, promises"
FOR_EXAMPLE = "Type for example: /kept export customers, /kept export promises json, or /kept export all"
MOST = 100_000  # records in one file; it is held in memory while it is sent
NO_SCOPE = "missing_scope"


def ask(db: Database, said: Said, typed: str) -> Reply:
    """Have the files written beside the answers people wait for, and sent by direct message."""
    if refused := roles.refusal(db, said, "export"):
        return refused
    words = re.findall(r"\w+", typed.lower()) or ["all"]
    form = "json" if "json" in words else "csv"
    wanted = [word for word in words if word not in ("csv", "json")] or ["all"]
    if unknown := [word for word in wanted if word not in (*columns.KINDS, "all")]:
        return tell(
            f"I can't export “{text.clip(unknown[0], 60)}”.",
            FOR_EXAMPLE,
            f"You typed: /kept export {text.unescape(typed)}",
        )
    kinds = list(columns.KINDS) if "all" in wanted else list(dict.fromkeys(wanted))
    if large := [kind for kind in kinds if _count(db, kind) > MOST]:
        return tell(f"There are too many {large[0]} for a message. {_on_the_machine(large[0], form)}")
    payload = json.dumps({"kinds": kinds, "form": form})
    person = said.person.id
    outbox.put(
        db, key=f"export:{said.key}", kind="export", target=person, person_id=person, payload=payload, now=said.now
    )
    record(db, said, "export", None, " ".join(kinds))
    return tell(f"Your export of {text.listed(kinds)} is on its way by direct message.")


def _count(db: Database, kind: str) -> int:
    row = db.row(f"SELECT COUNT(*) AS n FROM {kind}")
    return int(row["n"]) if row else 0


def _on_the_machine(what: str, form: str) -> str:
    return f"On the machine Kept runs on: python -m bot export --what {what} {what}.{form}"


def compose(_db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any]:
    """The words above the files."""
    asked = json.loads(outgoing.payload or "{}")
    told = [f"Your export of {text.listed(asked['kinds'])}. It holds what only managers may see."]
    return {"method": "chat.postMessage", "channel": outgoing.target, **message(told)}


def posted(db: Database, outgoing: Outgoing, channel: str, ts: str, now: int) -> None:
    """The words are there: the files follow in their thread, each by itself."""
    asked = json.loads(outgoing.payload or "{}")
    for kind in asked["kinds"]:
        payload = json.dumps({"kind": kind, "form": asked["form"], "thread_ts": ts})
        outbox.put(db, key=f"{outgoing.key}:{kind}", kind="export-file", target=channel, payload=payload, now=now)


def compose_file(db: Database, outgoing: Outgoing, _now: int) -> dict[str, Any]:
    """The upload of one file, as the records are now."""
    asked = json.loads(outgoing.payload or "{}")
    kind, form = asked["kind"], asked["form"]
    written = io.StringIO(newline="")
    count = export.write(db, kind, form, written)
    return {
        "method": "files.completeUploadExternal",
        "channel": outgoing.target,
        "thread_ts": asked["thread_ts"],
        "name": f"{kind}.{form}",
        "title": f"{count:,} {kind}",
        "content": written.getvalue().encode(export.ENCODINGS[form]),
    }


def failed(db: Database, outgoing: Outgoing, problem: str, now: int) -> None:
    """A file did not arrive: what to do is said in its place."""
    asked = json.loads(outgoing.payload or "{}")
    kind, form = asked["kind"], asked["form"]
    told = f"The file of {kind} did not arrive ({problem}). Please ask again: /kept export {kind} {form}"
    if problem == NO_SCOPE:
        told = (
            "Kept may not send files. Add the scope files:write in the app's settings on api.slack.com, install it"
            f" again, and ask again: /kept export {kind} {form}. {_on_the_machine(kind, form)}"
        )
    call = {
        "method": "chat.postMessage",
        "channel": outgoing.target,
        "thread_ts": asked["thread_ts"],
        **message([told]),
    }
    payload = json.dumps(call)
    outbox.put(db, key=f"{outgoing.key}:instead", kind="post", target=outgoing.target, payload=payload, now=now)
