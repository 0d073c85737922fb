"""The doors where slash commands do not run: mentions, direct messages to Kept, shortcuts on a message.

What is said there is read as a command is, by the command's own handler. Nothing said in a channel is kept unless it
speaks to Kept; of a reply in an issue's thread only the moment is, as the first response, and of a promise overheard
only the time, while its writer is asked about it (handlers/callbacks/suggest.py).
"""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from difflib import get_close_matches

from handlers import drafts, line, roles, text
from handlers.blocks import Button, Row
from handlers.callbacks import command as callback_command
from handlers.callbacks import commitments, make, spoken, suggest
from handlers.callbacks import form as promise_form
from handlers.callbacks.words import VERB
from handlers.issues import form as issue_form
from handlers.line import Marks, Named
from handlers.said import NOTHING, Handler, Reply, Said, tell
from handlers.subcommands import nearly, read_first
from storage import facts, homes, inbox, issues, people
from storage.database import Database
from storage.models import Issue

# By a command's name and words: its handler, if there is one, with the name and words it then has.
Find = Callable[[str, str], tuple[Handler | None, str, str]]

SPOKEN = frozenset({"", "file_share", "thread_broadcast"})  # subtypes of what people write; the rest is Slack's own
COMMAND = re.compile(r"\s*/?(?P<name>[a-z][a-z-]*):?(?=\s|$)\s*(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
OF_CHANNEL = re.compile(r"<#(?P<channel>[CG][A-Z0-9]+)> (?P<line>[a-z].*)", re.DOTALL)  # a button's line, as if there
MENTION = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)>")

# What a form is opened for because it could not be read from the line, by the form.
QUESTIONS = {
    "issue.new": "Which customer is it, and what happened?",
    "promise.new": "For which customer is it?",
    "feedback.new": "Which customer is it, and how do they feel?",
}

HELP = (
    "Here is what I understand, in a direct message or after @Kept in any thread:",
    "• issue Acme: charged twice for March @dana !blocked #billing",
    "• callback Acme tomorrow 3pm about the refund",
    "• list, issue 42 note they called again, callback 17 kept",
    "• issue help, callback help: all of it",
)


def is_heard(said: Said) -> bool:
    """Whether an event can say anything to Kept; channels' chatter, edits and deletions are passed over untouched."""
    if said.surface != "message":
        return True
    if said.value not in SPOKEN:
        return False
    return said.channel_id.startswith("D") or said.replied_in is not None or commitments.may_be(said.words)


def mentioned(db: Database, said: Said, find: Find, names: Collection[str]) -> Reply:
    """`@Kept …` in a channel or thread."""
    if said.person.is_bot or not _first_time(db, said):
        return NOTHING
    words = _as_a_command(db, said.words)
    refused = roles.refusal(db, said, "help")
    return refused or _commanded(db, said, find, names, words) or _help(words)


def messaged(db: Database, said: Said, find: Find, names: Collection[str]) -> Reply:
    """A message: to Kept directly, or in a thread, where it may be the first response to an issue."""
    if not said.channel_id.startswith("D"):
        _heard_in_thread(db, said)
        return suggest.overhear(db, said)
    if said.person.is_bot or not _first_time(db, said):
        return NOTHING
    words = _as_a_command(db, said.words)
    return (
        roles.refusal(db, said, "help")
        or spoken.outcome(db, said, words)
        or _commanded(db, said, find, names, words)
        or spoken.another_time(db, said, words)
        or _help(words)
    )


def _first_time(db: Database, said: Said) -> bool:
    """Whether this message was not acted on before; Slack tells of one message by several events, and of edits."""
    key = f"said:{said.channel_id}:{said.message_ts}"
    if inbox.answer_to(db, key)[0]:
        return False
    inbox.take(db, key, said.now, None)
    return True


def _heard_in_thread(db: Database, said: Said) -> None:
    """Note the first response of an issue by the moment it was written; speaking to Kept is none."""
    spoken_to = MENTION.match(said.words.lstrip())
    to_kept = spoken_to is not None and spoken_to["id"] == facts.fact(db, "bot user")
    if said.thread_ts and said.message_ts and not to_kept and roles.may(db, said.person, "act on any"):
        at = int(said.message_ts.partition(".")[0])
        issues.responded_in(db, said.channel_id, said.thread_ts, said.person.id, at)


def _as_a_command(db: Database, words: str) -> str:
    """A message's words as a command would have brought them: without Kept's own name, people with their handles."""
    own = facts.fact(db, "bot user")

    def with_handle(mention: re.Match[str]) -> str:
        if mention["id"] == own:
            return ""
        person = people.find(db, mention["id"])
        return f"<@{person.id}|{person.handle}>" if person else mention[0]

    return MENTION.sub(with_handle, words).strip()


def _commanded(db: Database, said: Said, find: Find, names: Collection[str], words: str) -> Reply | None:
    """The answer to a command, `list` or `help`; None if the words are none of these."""
    first = COMMAND.match(words)
    if first is None:
        return None
    name, rest = first["name"].lower(), first["rest"]
    if find(name, rest)[0] is None:
        name = name.rpartition("-")[2]  # `/kept-issue …`, where the commands bear a prefix
    handler, known, behind = find(name, rest)
    if handler is not None:
        return _form_by_button(db, said, known, behind, _run(db, said, find, known, behind))
    if name == "list":
        return _both(*[_run(db, said, find, one, f"list {rest or 'mine'}") for one in ("callback", "issue")])
    near = get_close_matches(name, names, n=1, cutoff=0.75)
    if near and rest:
        return tell(f"Did you mean: {near[0]} {text.unescape(rest)}", f"You typed: {text.unescape(words)}")
    return None


def _both(one: Reply, other: Reply) -> Reply:
    return Reply(text=f"{one.text}\n{other.text}", blocks=[*(one.blocks or []), *(other.blocks or [])])


def _help(words: str) -> Reply:
    typed = text.unescape(words)
    return tell(*HELP, *([f"You typed: {typed}"] if typed and typed.lower() != "help" else []))


def _run(db: Database, said: Said, find: Find, name: str, words: str) -> Reply:
    """What the command's handler answers; a callback in the thread of an issue belongs to it."""
    handler, name, words = find(name, words)
    if handler is None:
        return _help(words)
    said = replace(said, command=f"/{name}", words=words)
    issue = issues.of_thread(db, said.channel_id, said.thread_ts) if name == "callback" and said.thread_ts else None
    if issue and _is_about(db, said, issue, words):
        refused = roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id)
        return refused or _on_issue(db, said, issue, words)
    return handler(db, said)


def _is_about(db: Database, said: Said, issue: Issue, words: str) -> bool:
    """Whether a callback in an issue's thread is promised for it: no sub-command, and no other customer named."""
    asked = read_first(words, callback_command.VERBS)
    if asked.verb or asked.number is not None or asked.slip or nearly(words, callback_command.VERBS):
        return False
    named = make.named_outright(db, said, line.take_marks(db, words).words)
    return named is None or (named.customer is not None and named.customer.id == issue.customer_id)


def _on_issue(db: Database, said: Said, issue: Issue, words: str) -> Reply:
    return make.on_issue(db, said, issue, words) if words.strip() else promise_form.open_on_issue(db, said, issue)


def _form_by_button(db: Database, said: Said, name: str, words: str, reply: Reply) -> Reply:
    """The answer where no form can be opened, as nothing was pressed: a button that opens it, with the words kept."""
    if reply.form is None:
        return reply
    question = QUESTIONS.get(reply.form["callback_id"])
    if question and words.strip():
        return drafts.ask(db, said, name, words, question, [drafts.OPEN_FORM])
    return tell("That takes a form.", Row(form_button("Open the form", f"{name} {words}".strip())))


def form_button(words: str, line_typed: str, channel_id: str = "") -> Button:
    """A button that opens the form of a typed line, such as ``issue`` or ``issue 42 edit``; as if in a channel."""
    name = "-".join(line_typed.split()[:2])[:50]
    return Button(words, f"door.form.{name}", f"{f'<#{channel_id}> ' if channel_id else ''}{line_typed}"[:2000])


def open_form(db: Database, said: Said, find: Find) -> Reply:
    """The form behind such a button; from Home it belongs to the direct messages with Kept, else to a channel named."""
    asked = OF_CHANNEL.fullmatch(said.value)
    about, typed = (asked["channel"], asked["line"]) if asked else (None, said.value)
    name, _, words = typed.partition(" ")
    here = about or said.channel_id or homes.channel_of(db, said.person.id) or said.person.id
    return _run(db, replace(said, channel_id=here), find, name, words)


def log_issue(db: Database, said: Said) -> Reply:
    """The shortcut "Log customer issue": the form, filled with the message it was chosen on."""
    named, what = _begins(db, said)
    return roles.refusal(db, said, "log") or issue_form.open_new(db, said, what=what, named=named)


def promise_callback(db: Database, said: Said) -> Reply:
    """The shortcut "Promise a callback": in an issue's thread it is promised for that issue."""
    if refused := roles.refusal(db, said, "promise"):
        return refused
    named, _ = _begins(db, said)
    what = _promised(" ".join(line.readable(db, said.words).split()))
    issue = issues.of_thread(db, said.channel_id, said.thread_ts or said.message_ts or "")
    if issue and roles.refusal(db, said, "act on any", issue.owner_id, issue.reporter_id) is None:
        return promise_form.open_on_issue(db, said, issue, what=what)
    return promise_form.open_new(db, said, Marks(what), named=named if named and named.customer else None)


def _promised(words: str) -> str:
    """A message as what is promised: itself where it says what to do, else a call about it."""
    return words if VERB.search(words) or not words else f"call about “{words}”"


def _begins(db: Database, said: Said) -> tuple[Named | None, str]:
    """Whom a message is about, by a name at its start or its channel's, and its words without that name."""
    words = line.readable(db, said.words)
    delimited = line.before_colon(db, words)
    if delimited is None or delimited.customer is None:
        delimited = line.at_start(db, words)
    named = delimited or line.of_channel(db, said.channel_id, words)
    return named, (named.rest if named else "") or words


SHORTCUTS: dict[str, Handler] = {"log_issue": log_issue, "promise_callback": promise_callback}
