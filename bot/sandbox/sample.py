"""The sample workspace: people who do not exist, at work in a company that does not either."""

from bot.sandbox.clock import Clock
from bot.sandbox.elements import Json
from bot.sandbox.workspace import Workspace

# handle, name, zone, locale, title, and what is special about them
PEOPLE: tuple[tuple[str, str, str, str, str, Json], ...] = (
    ("dana", "Dana Brooks", "America/New_York", "en-US", "Support agent", {}),
    ("bob", "Bob Whitlock", "Europe/London", "en-GB", "Support agent", {}),
    ("priya", "Priya Raman", "Asia/Kolkata", "en-IN", "Support lead", {}),
    (
        "maya",
        "Maya Lindqvist",
        "Europe/Stockholm",
        "en-GB",
        "Head of customer care",
        {"is_admin": True, "is_owner": True, "is_primary_owner": True},
    ),
    ("tom", "Tom Okafor", "Europe/London", "en-GB", "Contractor (guest)", {"is_restricted": True}),
    (
        "vera",
        "Vera Castellanos",
        "Europe/Madrid",
        "es-ES",
        "Acme Freight",
        {"is_stranger": True, "team_id": "T0ACMEFREIGHT"},
    ),
)

BOT = "kept"  # stands for the bot below, whatever it is called

# channel, topic, members, and what is special about it
CHANNELS: tuple[tuple[str, str, str, Json], ...] = (
    ("general", "Northwind Desk, all of it", "dana bob priya maya tom", {}),
    ("support", "Customers, their questions and their troubles", "dana bob priya maya tom kept", {}),
    ("escalations", "What cannot wait", "dana bob priya maya kept", {}),
    ("leads", "For those who lead a team", "priya maya kept", {"is_private": True}),
    ("payroll", "A private channel the bot is not in", "dana maya", {"is_private": True}),
    ("acme-shared", "Shared with Acme Freight", "dana bob priya vera kept", {"is_ext_shared": True}),
)

# channel, who, how many minutes ago, text
CHATTER = (
    ("general", "maya", 190, "Good morning everyone. Two visits today, back by three."),
    ("support", "dana", 95, "Acme Freight called: they were charged twice for March."),
    ("support", "bob", 80, "Globex say their delivery is late again. Third time since September?"),
    ("support", "priya", 42, "Initech wrote to thank us for the quick fix on Friday :tada:"),
    ("support", "tom", 20, "Someone from Umbrella Labs asks whether the portal is down."),
    ("acme-shared", "vera", 30, "Hello, any news about our invoice?"),
)


def sample(clock: Clock, bot_name: str = "Kept") -> Workspace:
    """A small company with customers, in six zones, into which the bot has just been installed."""
    workspace = Workspace(clock, "Northwind Desk", bot_name)
    for handle, name, zone, locale, title, special in PEOPLE:
        fields = {"tz": zone, "locale": locale, "title": title, "display_name": name.split()[0], **special}
        workspace.add_person(handle, name, **fields)
    for name, topic, members, special in CHANNELS:
        there = [workspace.bot.id if member == BOT else member for member in members.split()]
        workspace.add_channel(name, there, topic=topic, **special)
    for channel, who, ago, text in CHATTER:
        workspace.post(workspace.channel(channel), workspace.person(who).id, text, at=clock.now() - ago * 60)
    return workspace
