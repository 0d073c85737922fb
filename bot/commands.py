"""The command line: ``python -m bot`` runs Kept; every other word is listed by ``--help``."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable

from bot import backup_command, export_command, import_command, logs, move_command, when_command
from bot.config import Settings, SettingsError, from_environment, is_prefix
from bot.doctor import Finding, examine
from bot.manifest import manifest
from bot.run import Bot, StartError, until_asked_to_stop


async def _run(settings: Settings) -> None:
    async with Bot(settings) as bot:
        how = "Socket Mode" if settings.transport == "socket" else f"HTTP at {settings.host}:{bot.port}/slack/events"
        print(f"Kept is running ({how}); health at http://{settings.host}:{bot.port}/healthz", flush=True)
        await until_asked_to_stop()


async def _demo(settings: Settings) -> None:
    from bot.demo import demo  # noqa: PLC0415 - a Slack of our own, which Kept at work does without

    await demo(settings)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Kept: a promise made to a customer is kept.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="run the bot (the default); without tokens, the demo")
    commands.add_parser("demo", help="run the demo: the bot in a workspace of its own, in the browser")
    commands.add_parser("doctor", help="say what is missing or wrong, and what to do")
    made = commands.add_parser("manifest", help="print the Slack app manifest as JSON")
    made.add_argument("--http", metavar="URL", default="", help="the public address, for HTTP instead of Socket Mode")
    made.add_argument("--prefix", metavar="WORD-", default="", help="begin every command so, as kept- does /kept-issue")
    backup_command.add_arguments(
        commands.add_parser("backup", help="copy the database to a file while the bot runs"),
        commands.add_parser("restore", help="put such a copy back; nothing that was sent is sent again"),
    )
    export_command.add_arguments(commands.add_parser("export", help="write the records into CSV or JSON files"))
    import_command.add_arguments(
        commands.add_parser("import", help="read records from a CSV or JSON file; first only says what it would do")
    )
    move_command.add_arguments(
        commands.add_parser("move", help="take everything to another database, as to PostgreSQL")
    )
    when = commands.add_parser("when", help="show how a phrase such as “friday 3pm” is read")
    when_command.add_arguments(when)
    return parser


def main() -> int:
    """Run one command; returns the exit status."""
    arguments = _arguments().parse_args()
    if does := DOES.get(arguments.command):
        return does(arguments)
    try:
        settings = from_environment()
        logs.to_stderr(settings.log_level)
        as_demo = arguments.command == "demo" or settings.transport == "demo"
        asyncio.run(_demo(settings) if as_demo else _run(settings))
    except (SettingsError, StartError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _manifest(http: str, prefix: str) -> int:
    if http and not http.startswith("https://"):
        print(
            f"Slack takes https addresses only, not “{http}”. Write: --http https://kept.example.com", file=sys.stderr
        )
        return 2
    if not is_prefix(prefix):
        print(f"“{prefix}” cannot begin a command. Write small letters: --prefix kept-", file=sys.stderr)
        return 2
    print(json.dumps(manifest(http, prefix), indent=2))
    if prefix:
        print(f"Give Kept the same: COMMAND_PREFIX={prefix} in .env", file=sys.stderr)
    return 0


def _doctor() -> int:
    logs.to_stderr("WARNING")
    try:
        findings = asyncio.run(examine(from_environment()))
    except SettingsError as error:
        findings = [Finding("settings", line, is_wrong=True) for line in str(error).splitlines()]
    for finding in findings:
        print(finding)
    return int(any(finding.is_wrong for finding in findings))


DOES: dict[str, Callable[[argparse.Namespace], int]] = {
    "when": when_command.run,
    "export": export_command.run,
    "import": import_command.run,
    "move": move_command.run,
    "backup": backup_command.take,
    "restore": backup_command.restore,
    "manifest": lambda arguments: _manifest(arguments.http, arguments.prefix),
    "doctor": lambda _: _doctor(),
}
