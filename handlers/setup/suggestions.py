"""`/kept suggest`: whether promises overheard in a channel are offered to be kept."""

from handlers import names, roles, text
from handlers.blocks import Item
from handlers.said import Reply, Said, record, tell
from storage import channels, suggestions
from storage.database import Database


def switch(db: Database, said: Said, words: str) -> Reply:
    """`/kept suggest on|off`, for the channel it is typed in; alone, it says how it stands."""
    wanted = words.strip().lower()
    if refused := roles.refusal(db, said, "suggest" if wanted else "help"):
        return refused
    channel = channels.find(db, said.channel_id)
    if not said.channel_id.startswith(("C", "G")):
        return tell("Suggestions belong to a channel. Type it in the channel that shall have them.", _typed(words))
    if channel and channel.is_shared:
        return tell("This channel is shared with another company, so nothing said here is looked at.", _typed(words))
    if wanted not in ("", "on", "off"):
        return tell("Type: /kept suggest on, or /kept suggest off", _typed(words))
    if wanted != "off" and not (channel and channel.has_kept):
        return tell("I am not in this channel, so I hear nothing here. First: /invite @Kept", _typed(words))
    if not wanted:
        return tell(*_stands(db, said.channel_id))
    before = suggestions.are_on(db, said.channel_id)
    suggestions.switch(db, said.channel_id, on=wanted == "on")
    if before != (wanted == "on"):
        record(db, said, f"suggest {wanted}", None, said.channel_id)
    return tell(*_stands(db, said.channel_id))


def _typed(words: str) -> str:
    return f"You typed: /kept suggest {text.unescape(words)}".rstrip()


def _stands(db: Database, channel_id: str) -> list[Item]:
    if not suggestions.are_on(db, channel_id):
        return [f"Suggestions are off in #{names.channel(db, channel_id)}. To have them: /kept suggest on"]
    where = f"Suggestions are on in #{names.channel(db, channel_id)}"
    return [
        f"{where}: who writes “I'll call you back by 3pm” is asked, unseen by others, whether to keep that promise.",
        "Nothing of a message is stored unless its writer presses Keep it. To stop them: /kept suggest off",
    ]
