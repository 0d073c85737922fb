"""Settings from the environment; a wrong one stops the start with its name and what to write instead.

The environment wins over ``.env``; an empty value counts as not set.
"""

import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values

from storage.engines import Place, Server, wrong_address

SLACK = "https://slack.com/api/"
DEMO_DATABASE = Path("demo.db")

DATABASES = "such as DATABASE_URL=sqlite:///kept.db or DATABASE_URL=postgresql://kept:PASSWORD@HOST/kept"

Transport = Literal["socket", "http", "demo"]


class SettingsError(Exception):
    """A setting is wrong or missing; the message names it and says what to write."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Tokens live here and in the environment, nowhere else."""

    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    api_url: str = SLACK
    host: str = "127.0.0.1"
    port: int = 3000
    database: Place = Path("kept.db")
    log_level: str = "INFO"
    command_prefix: str = ""
    retention_days: int = 400
    admin_user: str = ""  # Kept's admin, who hears alarms; empty: who first finished setup, else the primary owner
    posts_per_minute: int = 300  # to all places together; 0: as many as Slack takes
    heartbeat_url: str = ""  # an address outside that hears once a minute that all is well
    is_demo: bool = False  # set by the demo alone: its database and a real one never mix

    @property
    def transport(self) -> Transport:
        """How Slack's requests come: a WebSocket, signed HTTP, or our own Slack where there are no tokens."""
        if self.app_token:
            return "socket"
        return "http" if self.bot_token else "demo"


def from_environment(environment: Mapping[str, str] | None = None, env_file: Path = Path(".env")) -> Settings:
    """Read the settings; raises SettingsError with one line for each that is wrong."""
    written = {name: value for name, value in dotenv_values(env_file).items() if value} if env_file.is_file() else {}
    given = os.environ if environment is None else environment
    values = {name: value.strip() for name, value in {**written, **{n: v for n, v in given.items() if v}}.items()}
    problems: list[str] = []
    settings = Settings(
        bot_token=values.get("SLACK_BOT_TOKEN", ""),
        app_token=values.get("SLACK_APP_TOKEN", ""),
        signing_secret=values.get("SLACK_SIGNING_SECRET", ""),
        api_url=_api_url(values.get("SLACK_API_URL", SLACK), problems),
        host=values.get("HOST", "127.0.0.1"),
        port=_port(values.get("PORT", "3000"), problems),
        database=_database(values.get("DATABASE_URL", "sqlite:///kept.db"), problems),
        log_level=_log_level(values.get("LOG_LEVEL", "INFO"), problems),
        command_prefix=_command_prefix(values.get("COMMAND_PREFIX", ""), problems),
        retention_days=_retention_days(values.get("RETENTION_DAYS", "400"), problems),
        admin_user=_admin_user(values.get("ADMIN_USER", ""), problems),
        posts_per_minute=_posts_per_minute(values.get("POSTS_PER_MINUTE", "300"), problems),
        heartbeat_url=_heartbeat_url(values.get("HEARTBEAT_URL", ""), problems),
    )
    problems += _tokens(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _tokens(settings: Settings) -> list[str]:
    bot, app, secret = settings.bot_token, settings.app_token, settings.signing_secret
    problems = []
    if bot.startswith("xapp-"):
        problems.append("SLACK_BOT_TOKEN holds an app token. Write the one that begins with xoxb- there.")
    if app.startswith("xoxb-"):
        problems.append("SLACK_APP_TOKEN holds a bot token. Write the one that begins with xapp- there.")
    if bot and not app and not secret:
        problems.append(
            "SLACK_BOT_TOKEN alone is not enough. Write SLACK_APP_TOKEN=xapp-… for Socket Mode (no public address"
            " needed), or SLACK_SIGNING_SECRET=… for HTTP."
        )
    if (app or secret) and not bot:
        problems.append("SLACK_BOT_TOKEN is missing. Write SLACK_BOT_TOKEN=xoxb-… from “OAuth & Permissions”.")
    return problems


def _api_url(value: str, problems: list[str]) -> str:
    if not value.startswith(("https://", "http://")):
        problems.append(f"SLACK_API_URL is “{value}”. Write an address, such as {SLACK}")
    return value if value.endswith("/") else f"{value}/"


def _port(value: str, problems: list[str]) -> int:
    if value.isdecimal() and int(value) <= 65535:
        return int(value)
    problems.append(f"PORT is “{value}”. Write a number from 0 to 65535, such as PORT=3000")
    return 0


def _database(value: str, problems: list[str]) -> Place:
    try:
        return database_at(value)
    except SettingsError as error:
        problems.append(f"DATABASE_URL {error}")
        return Path("kept.db")


def database_at(value: str) -> Place:
    """The database an address means; raises SettingsError with what to write instead."""
    if value.startswith(("postgresql://", "postgres://")):
        if wrong := wrong_address(value):
            raise SettingsError(
                f"is no address PostgreSQL understands ({wrong}). Write postgresql://NAME:PASSWORD@HOST/DATABASE"
            )
        return Server(value)
    path = value.removeprefix("sqlite:///")
    if path == value or not path:
        raise SettingsError(f"is “{value}”. Write a SQLite file or a server, {DATABASES}")
    if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
        raise SettingsError(f"names {path}, whose folder does not exist. Make it, or name another file.")
    return Path(path)


def _log_level(value: str, problems: list[str]) -> str:
    if value.upper() not in logging.getLevelNamesMapping():
        problems.append(f"LOG_LEVEL is “{value}”. Write DEBUG, INFO, WARNING or ERROR.")
    return value.upper()


def _command_prefix(value: str, problems: list[str]) -> str:
    if not is_prefix(value):
        problems.append(f"COMMAND_PREFIX is “{value}”. Write a few small letters and a hyphen, such as kept-")
    return value


def _retention_days(value: str, problems: list[str]) -> int:
    if value.isdecimal() and 30 <= int(value) <= 2000:  # brief, section 11
        return int(value)
    problems.append(f"RETENTION_DAYS is “{value}”. Write a number of days from 30 to 2000, such as RETENTION_DAYS=400")
    return 400


def _admin_user(value: str, problems: list[str]) -> str:
    if value and re.fullmatch(r"[UW][A-Z0-9]{2,20}", value) is None:
        problems.append(
            f"ADMIN_USER is “{value}”. Write a member ID, such as ADMIN_USER=U0123ABCD: in Slack, open the person's"
            " profile and choose ⋮ → Copy member ID."
        )
    return value


def _posts_per_minute(value: str, problems: list[str]) -> int:
    if value.isdecimal() and int(value) <= 100_000:
        return int(value)
    problems.append(f"POSTS_PER_MINUTE is “{value}”. Write a number, such as POSTS_PER_MINUTE=300; 0 lifts the limit")
    return 300


def _heartbeat_url(value: str, problems: list[str]) -> str:
    if value and not value.startswith(("https://", "http://")):
        problems.append(f"HEARTBEAT_URL is “{value}”. Write an address, such as HEARTBEAT_URL=https://example.com/ping")
    return value


def is_prefix(value: str) -> bool:
    """Whether command names may begin so: Slack takes small letters, digits, hyphens and underscores, 32 in all."""
    return re.fullmatch(r"[a-z0-9_-]{0,20}", value) is not None
