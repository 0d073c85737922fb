"""What is written to the log: our own sentences, and of all else where it happened; never words, never tokens.

Libraries quote whole payloads, socket addresses and answers in their messages, and an exception quotes whatever it
stumbled over. So of a library's record only its place is kept, and of an exception its type and its lines of code.
"""

import errno
import logging
import sqlite3
import sys
import traceback
from typing import TextIO

OURS = ("bot", "handlers", "storage")


class Discreet(logging.Formatter):
    """Formats our own records as written, others by their place; exceptions without what they say."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and for an error of our own the lines of code that led there."""
        if record.name.partition(".")[0] in OURS:
            record.exc_text = None  # another handler may have left there what it made of the exception
            try:
                return super().format(record)
            finally:
                record.exc_text = None
        error = record.exc_info[1] if record.exc_info else None
        said = f"{record.funcName}, line {record.lineno}" + (f" ({named(error)})" if error else "")
        when = self.formatTime(record)
        return f"{when} {record.levelname} {record.name}: {said}"

    def formatException(self, ei: object) -> str:  # noqa: N802 - the base class named it
        """The type of an exception and of what caused it, each with its lines of code."""
        error = ei[1] if isinstance(ei, tuple) else None
        parts: list[str] = []
        while error is not None:
            parts.append("".join(traceback.format_tb(error.__traceback__)) + named(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nbecause of:\n".join(parts)


def named(error: BaseException) -> str:
    """An exception in a word or two: its type, and the system's own name for what went wrong."""
    known = ""
    if isinstance(error, sqlite3.Error):
        known = getattr(error, "sqlite_errorname", "")
    elif state := getattr(error, "sqlstate", None):  # PostgreSQL's own five letters
        known = str(state)
    elif isinstance(error, OSError) and error.errno:
        known = errno.errorcode.get(error.errno, "")
    return f"{type(error).__name__} {known}".strip()


def write_to(stream: TextIO) -> logging.Handler:
    """A handler that writes discreetly to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet())
    return handler


def to_stderr(level: str) -> None:
    """Our own words at the level asked for; of the libraries that something was wrong, and where.

    Bolt warns at every start of what is meant so, and of each kind of request it does not know.
    """
    handler = write_to(sys.stderr)
    handler.addFilter(lambda record: record.levelno >= logging.ERROR or not record.name.startswith("slack_bolt"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for ours in OURS:
        logging.getLogger(ours).setLevel(level)
