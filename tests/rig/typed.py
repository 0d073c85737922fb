"""``python -m bot WORDS`` in a process that dies where it was told to (dying.py)."""

import os
import sys

from bot.commands import main
from tests.rig import dying

if __name__ == "__main__":
    dying.where_told(os.environ.get("RIG_DIES", ""))
    sys.exit(main())
