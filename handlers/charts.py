"""Charts of characters, which a phone, a screen reader's user and a search can all take. Pure."""

from math import ceil

BARS = "▂▃▄▅▆▇"
NONE = "▁"
LEAST_TOP = 5  # of a full bar at least, so that one issue never looks like many


def bars(counts: list[int]) -> str:
    """A chart of characters, one for each count: ``▁▂▁▃▇``."""
    top = max(LEAST_TOP, *counts)
    return "".join(BARS[ceil(count * len(BARS) / top) - 1] if count else NONE for count in counts)
