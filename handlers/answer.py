"""One input, one effect: the handler, its input's key and the way its answer goes back, in one transaction."""

import json
from dataclasses import replace

from handlers import forms, text
from handlers.said import NOTHING, Handler, Reply, Said
from storage import inbox, outbox, people, teams
from storage.database import Database

EPHEMERAL = 4000  # bytes Slack takes as the text of what one person sees (slack-facts.md 1.5)


def answer(db: Database, handler: Handler, said: Said) -> Reply:
    """Run a handler once per input; the same input again gets the first answer and has no second effect."""
    repeated, before = inbox.answer_to(db, said.key)
    if repeated:
        return Reply(**json.loads(before)) if before else NOTHING
    person = people.find(db, said.person.id) or replace(said.person, is_outsider=True)  # who is unknown may nothing
    said = replace(said, person=person, team=teams.for_record(db, said.channel_id, person.id))
    reply = handler(db, said)
    if reply.errors:  # nothing was done: the person mends the form and submits it again
        return reply
    inbox.take(db, said.key, said.now, json.dumps(reply.as_json()))
    if reply.is_message and said.surface != "command":
        send_back(db, said, reply)
    return reply


def send_back(db: Database, said: Said, reply: Reply) -> None:
    """Queue an answer that cannot be the body of its request: to a button's or form's response_url, else by name.

    It stands in the thread it was asked in; where there is no channel, as in Home, it is a direct message.
    """
    asked_in = forms.meta(said) if said.surface == "form" else {}
    response_url = asked_in.get("response_url") or said.response_url
    thread = asked_in.get("answer_in") if said.surface == "form" else said.replied_in
    body = {**reply.body(), **({"thread_ts": thread} if thread and not reply.replaces else {})}
    if response_url:
        kind, target = "respond", response_url
        payload = {**body, "response_type": "ephemeral", "replace_original": reply.replaces}
    else:
        channel = asked_in.get("answer_to") or asked_in.get("channel") or said.channel_id or said.person.id
        kind, target = "post", channel
        short = {**body, "text": text.within(reply.text, EPHEMERAL)}  # its blocks say all of it
        payload = {"method": "chat.postEphemeral", "channel": channel, "user": said.person.id, **short}
        if channel[0] in "DUW":
            payload = {"method": "chat.postMessage", "channel": channel, **body}
    outbox.put(
        db,
        key=f"answer:{said.key}",
        kind=kind,
        target=target,
        person_id=said.person.id,
        payload=json.dumps(payload),
        now=said.now,
    )
