# mypy: ignore-errors
"""errbot at the job ``others.py`` measures. Run in an environment of its own, so nothing of ours is imported.

Its settings come as JSON on the standard input; its plugin is ``desk.py``. Prefix, threads and all else are as they
come; what it logs is errors alone.
"""

import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace

import slack_sdk.web
from errbot.bootstrap import bootstrap

GIVEN = json.loads(sys.stdin.readline())


class Client(slack_sdk.web.WebClient):
    """Slack's client, with the address given; errbot has no setting for it."""

    def __init__(self, *arguments: object, **settings: object) -> None:
        super().__init__(*arguments, base_url=GIVEN["api_url"], **settings)


if __name__ == "__main__":
    slack_sdk.web.WebClient = Client  # before errbot loads what talks to Slack
    at = Path(f"{GIVEN['database']}.data")
    at.mkdir(exist_ok=True)
    config = SimpleNamespace(
        BOT_IDENTITY={"token": GIVEN["bot_token"], "app_token": GIVEN["app_token"]},
        BOT_ADMINS=(),
        BOT_DATA_DIR=str(at),
        BOT_EXTRA_PLUGIN_DIR=str(Path(__file__).parent),
        BOT_LOG_LEVEL=logging.ERROR,
        DATABASE=GIVEN["database"],
    )
    bootstrap("SlackV3", logging.getLogger(), config)
