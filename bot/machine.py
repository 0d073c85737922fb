"""The database as a command on the machine uses it, beside a bot that may be running."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bot.config import Settings
from storage import engines
from storage.database import Engine, UnfitError, UnknownCommitError


class UnusableError(Exception):
    """The database cannot be used; the message says what to do."""


@contextmanager
def database(settings: Settings) -> Iterator[Engine]:
    """The database of these settings, with its tables as this version has them; raises UnusableError."""
    path = settings.database
    if not engines.is_there(path):
        raise UnusableError(f"There is no {path} yet. Start Kept once: python -m bot")
    try:
        engine = engines.open_engine(path)
    except engines.failures() as error:
        raise UnusableError(f"{path} cannot be used ({error}). Run: python -m bot doctor") from error
    try:
        if engine.pending():
            raise UnusableError(f"The tables of {path} are older than this version. Start Kept once: python -m bot")
        yield engine
    except UnfitError as error:
        raise UnusableError(f"{path} cannot be used. {error}") from error
    except UnknownCommitError as error:
        raise UnusableError(
            f"{path} broke off at the very end, and did not say whether it was written. Do the same again: what is"
            " there already is left as it is."
        ) from error
    except engines.failures() as error:
        engine.rollback()
        raise UnusableError(f"{path}: {error}. Nothing was changed. Try again, or run: python -m bot doctor") from error
    finally:
        engine.close()


def say(words: str) -> None:
    """A line of the answer."""
    print(words)  # noqa: T201 - a command on the machine prints


def complain(error: Exception) -> None:
    """Why there is no answer, and what to do."""
    sys.stdout.flush()
    print(error, file=sys.stderr)  # noqa: T201
