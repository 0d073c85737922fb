"""``python -m bot``: the command line, loaded while the garbage collector rests.

What modules make stays. To look through it again and again took a fifth of the start, and would take moments later on
from whoever is waiting for an answer.
"""

import gc
import sys

gc.disable()
from bot.commands import main  # noqa: E402 - not before

gc.freeze()
gc.enable()

if __name__ == "__main__":
    sys.exit(main())
