"""Due times as people type them in the middle of a phone call: read strictly, asked when in doubt, echoed in full."""

from handlers.when.answers import Ask, Choice, Due, Hours
from handlers.when.echo import say, without
from handlers.when.reading import read

__all__ = ["Ask", "Choice", "Due", "Hours", "read", "say", "without"]
