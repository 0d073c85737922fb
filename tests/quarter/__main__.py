"""Live a quarter and print a short account: ``python -m tests.quarter --seed 1 [--whole] [--wire]``."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.quarter import trends
from tests.quarter.quarter import Quarter
from tests.quarter.short import at_once
from tests.quarter.world import TEAMS

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


def main() -> int:
    """Exit status 1 if anything was wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.quarter", description=__doc__.partition(":")[0])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--whole", action="store_true", help="60 people, 6,000 issues, 9,000 promises; else a tenth")
    asked.add_argument("--wire", action="store_true", help="every call over a socket, every change over a thread")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        life = Quarter(given.seed, Path(folder), whole=given.whole, wire=given.wire).live()
        quarter = asyncio.run(life) if given.wire else at_once(life)
    print(account(quarter))
    return int(bool(quarter.wrong))


def account(quarter: Quarter) -> str:
    """What was lived, what was held against what, and what was wrong."""
    raw, size = quarter.raw, quarter.company.size
    missing, extra = trends.not_found(quarter.alerts), trends.unplanted(quarter.alerts)
    lines = [
        f"{size.people} people, {size.customers} customers, {len(raw.issues):,} issues, {len(raw.promises):,} promises,"
        f" {len(raw.feelings):,} feelings; {quarter.office.deeds:,} things typed or pressed",
        f"{quarter.checked} digests as they had to be, {quarter.late} of them late, {quarter.quiet} rightly left out;"
        f" {quarter.reports} reports, {quarter.cards} cards; {quarter.figures:,} figures compared",
        f"{len(quarter.alerts)} alerts, {len(quarter.rising)} by the recomputed rule;"
        f" {len(missing)} planted not found, {len(extra)} unplanted",
        *(f"  unplanted: {one.what} in {TEAMS[one.team].channel} on {one.day}" for one in extra),
        *(f"  not found: {one.what} in {TEAMS[one.team].channel} on {one.day}" for one in missing),
        f"{len(quarter.wrong)} wrong, in {quarter.took:.0f} seconds",
        *(f"  {one}" for one in quarter.wrong[:40]),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
