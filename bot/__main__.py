"""The command line: ``python -m bot`` runs Kept; every other word is listed by ``--help``."""

import argparse
import asyncio
import json
import logging
import sys

from bot import when_command
from bot.config import Settings, SettingsError, from_environment
from bot.demo import demo
from bot.manifest import manifest
from bot.run import Bot, StartError, until_asked_to_stop


async def _run(settings: Settings) -> None:
    async with Bot(settings) as bot:
        how = "Socket Mode" if settings.transport == "socket" else f"HTTP at {settings.host}:{bot.port}/slack/events"
        print(f"Kept is running ({how}); health at http://{settings.host}:{bot.port}/healthz", flush=True)
        await until_asked_to_stop()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Kept: a promise made to a customer is kept.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("run", help="run the bot (the default); without tokens, the demo")
    commands.add_parser("demo", help="run the demo: the bot in a workspace of its own, in the browser")
    made = commands.add_parser("manifest", help="print the Slack app manifest as JSON")
    made.add_argument("--http", metavar="URL", default="", help="the public address, for HTTP instead of Socket Mode")
    when = commands.add_parser("when", help="show how a phrase such as “friday 3pm” is read")
    when_command.add_arguments(when)
    return parser


def main() -> int:
    """Run one command; returns the exit status."""
    arguments = _arguments().parse_args()
    if arguments.command == "when":
        return when_command.run(arguments)
    if arguments.command == "manifest":
        print(json.dumps(manifest(arguments.http), indent=2))
        return 0
    try:
        settings = from_environment()
        _log_to_stderr(settings.log_level)
        as_demo = arguments.command == "demo" or settings.transport == "demo"
        asyncio.run(demo(settings) if as_demo else _run(settings))
    except (SettingsError, StartError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _log_to_stderr(level: str) -> None:
    """Our own words at the level asked for; the libraries' only from a warning on, for theirs may quote payloads."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.ERROR)  # its warnings quote whole requests
    for ours in ("bot", "handlers", "storage"):
        logging.getLogger(ours).setLevel(level)


if __name__ == "__main__":
    sys.exit(main())
