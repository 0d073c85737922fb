"""The long tier, by hand: ``python -m tests.rig kills --seeds 1-200 --on postgresql``; ``make soak`` goes through all.

Every run is a line of ``soak.jsonl``; one that stands there is not made again, so a soak may be stopped at any time and
goes on where it was, an hour a go. Last, the sums of all goes.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from tests import rig
from tests.rig.outcome import Outcome, total

RECORD = Path("soak.jsonl")
ENGINES = ("sqlite", "postgresql")


def main() -> int:
    """Exit status 1 if anything was wrong in any go."""
    asked = argparse.ArgumentParser(prog="python -m tests.rig", description=__doc__)
    asked.add_argument("rigs", nargs="*", help="which; all, if none is named")
    asked.add_argument("--seeds", default="", help="3 or 1-200; without it, each rig's own long tier")
    asked.add_argument("--on", choices=ENGINES, help="one database only")
    asked.add_argument("--minutes", type=float, default=60, help="begin no run later than this")
    given = asked.parse_args()
    until = time.monotonic() + given.minutes * 60
    for name, engine, seed in wanted(given.rigs or rigs(), given.seeds, given.on):
        if time.monotonic() > until:
            print("Time is up; the same words again go on from here.")
            break
        run(name, engine, seed)
    return account()


def rigs() -> list[str]:
    """The rigs by name: the modules beside this one that can ``go``."""
    names = [module.name for module in iter_modules(rig.__path__) if not module.name.startswith("_")]
    return [name for name in names if hasattr(import_module(f"tests.rig.{name}"), "go")]


def wanted(names: list[str], seeds: str, on: str | None) -> Iterator[tuple[str, str, int]]:
    """The runs that do not stand in the record yet; a rig says by ``LONG`` how many seeds, by ``ENGINES`` on what."""
    made = {(one["rig"], one["engine"], one["seed"]) for one in record()}
    for name in names:
        module = import_module(f"tests.rig.{name}")
        first, _, last = (seeds or f"1-{module.LONG}").partition("-")
        for engine in getattr(module, "ENGINES", ENGINES):
            for seed in range(int(first), int(last or first) + 1):
                if on in (None, engine) and (name, engine, seed) not in made:
                    yield name, engine, seed


def run(name: str, engine: str, seed: int) -> None:
    """One run, and its line."""
    begun = time.monotonic()
    outcome: Outcome = import_module(f"tests.rig.{name}").go(seed, engine)
    line = {
        "rig": name,
        "engine": engine,
        "seed": seed,
        "seconds": round(time.monotonic() - begun, 1),
        "seen": outcome.seen,
        "wrong": outcome.wrong,
    }
    with RECORD.open("a") as lines:
        lines.write(json.dumps(line) + "\n")
    for one in outcome.wrong:
        print(f"{name} on {engine}, seed {seed}: {one}")


def record() -> list[dict]:
    """All runs that were made."""
    return [json.loads(line) for line in RECORD.read_text().splitlines()] if RECORD.exists() else []


def account() -> int:
    """Print what all goes found together."""
    lines, wrong = record(), 0
    for name, engine in sorted({(one["rig"], one["engine"]) for one in lines}):
        those = [one for one in lines if (one["rig"], one["engine"]) == (name, engine)]
        found = total(Outcome(seen=Counter(one["seen"]), wrong=one["wrong"]) for one in those)
        wrong += len(found.wrong)
        told = ", ".join(f"{many:,} {what}" for what, many in sorted(found.seen.items()))
        print(f"{name} on {engine}: {len(those):,} runs, {len(found.wrong)} wrong; {told}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
