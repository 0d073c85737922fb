"""A bar on a terminal while something long is done; nothing at all where the output goes to a file or a program."""

import sys
import time
from collections.abc import Callable

WIDTH = 30  # signs
EVERY = 0.1  # seconds between two drawings


class Progress:
    """``with Progress("Reading", total) as told: told(done)``."""

    def __init__(self, doing: str, total: int = 0) -> None:
        self._doing = doing
        self._total = total
        self._drawn_at = 0.0
        self._shows = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int], None]:
        return self._told

    def __exit__(self, *_: object) -> None:
        if self._drawn_at:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _told(self, done: int) -> None:
        if not self._shows or time.monotonic() - self._drawn_at < EVERY:
            return
        self._drawn_at = time.monotonic()
        part = min(done / self._total, 1) if self._total else 0
        bar = f"[{'█' * round(part * WIDTH):░<{WIDTH}}] {part:4.0%} " if self._total else ""
        sys.stderr.write(f"\r{self._doing} {bar}{done:,}\x1b[K")
        sys.stderr.flush()
