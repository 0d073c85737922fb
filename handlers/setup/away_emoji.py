"""`/kept away emoji`: which emoji, worn as a status, say that somebody is away."""

import re

from handlers import names, roles, text
from handlers.callbacks import cast
from handlers.escalations import emoji
from handlers.said import Reply, Said, record, tell
from storage import people, teams
from storage.database import Database

EXAMPLE = "/kept away emoji :palm_tree: :face_with_thermometer: :airplane: :house:"
MOST = 20
NAME = re.compile(r"[a-z0-9_+'-]{1,100}")
# Slack sends most pictures by name; these are the ones that come as they were typed, and are likely here.
PICTURES = {
    "🌴": "palm_tree", "🤒": "face_with_thermometer", "✈": "airplane", "🏠": "house", "🏡": "house_with_garden",
    "🏖": "beach_with_umbrella", "🏝": "desert_island", "🤧": "sneezing_face", "😷": "mask", "🍼": "baby_bottle",
    "🚌": "bus", "🚗": "car", "🎄": "christmas_tree", "💤": "zzz", "🗓": "spiral_calendar_pad",
}  # fmt: skip


def away_emoji(db: Database, said: Said, words: str) -> Reply:
    """Show the team's list, or put another in its place; `usual` brings the first one back."""
    team = teams.owning(db, said.channel_id) or said.team
    if refused := roles.refusal(db, said, "set up" if words else "list"):
        return refused
    if team is None:
        return tell("There is no team yet. First: /kept setup", f"You typed: /kept away emoji {words}".rstrip())
    if words:
        found = [] if words.lower() == "usual" else _names(words)
        wrong = [name for name in found if not NAME.fullmatch(name)]
        if wrong or len(found) > MOST:
            told = f"I don't know {text.listed(wrong)} by its name." if wrong else f"At most {MOST}, please."
            return tell(told, f"Type: {EXAMPLE}", f"You typed: /kept away emoji {text.unescape(words)}")
        team = teams.keep(db, team.channel_id, away_emoji=" ".join(found) or None)
        people.statuses_mean_another(db)
        record(db, said, "away emoji", None, " ".join(found) or None)
    listed = " ".join(f":{name}:" for name in cast.away_emoji(team))
    return tell(
        f"In #{names.channel(db, team.channel_id)}, a status with one of these says away: {listed}",
        f"To change the list: {EXAMPLE}. To have the first one again: /kept away emoji usual",
    )


def _names(words: str) -> list[str]:
    """The emoji typed, by the names Slack gives them, each once."""
    typed = [emoji.plain(part) for part in re.split(r"[\s:,]+", words) if not part.startswith("skin-tone-")]
    return list(dict.fromkeys(PICTURES.get(name, name) for name in typed if name))
