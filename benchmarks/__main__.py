"""``python -m benchmarks``: measures, prints the table, says what falls short, and writes the figures as JSON."""

import argparse
import json
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from benchmarks import (
    calls,
    digests,
    dispatch,
    due_times,
    framework,
    lasting,
    others,
    pacing,
    queries,
    replicas,
    reports,
    sockets,
    waiting,
    wave,
    weight,
)
from benchmarks.rows import Figure, Measure, Plan

ROWS: dict[str, Measure] = {
    "due-times": due_times.measure,
    "waiting": waiting.measure,
    "reports": reports.measure,
    "digests": digests.measure,
    "framework": framework.measure,
    "sockets": sockets.measure,
    "calls": calls.measure,
    "queries": queries.measure,
    "dispatch": dispatch.measure,
    "weight": weight.measure,
    "lasting": lasting.measure,
    "replicas": replicas.measure,
    "pacing": pacing.measure,
    "others": others.measure,
    "wave": wave.measure,
}

KEPT_IN = Path(__file__).parent / "latest.json"


def main() -> int:
    """Measure what was asked for; exit status 1 if a figure falls short."""
    asked = _arguments()
    before = _figures_in(asked.json)
    found: dict[str, Figure] = {}
    unmeasured: list[str] = []
    with tempfile.TemporaryDirectory(prefix="kept-bench-") as made:
        plan = Plan(asked.small, asked.large, asked.folder or Path(made), Path(made))
        for name in asked.rows or ROWS:
            print(f"\n{name}", flush=True)
            try:
                for figure in ROWS[name](plan):
                    found[f"{name}: {figure.what}"] = figure
                    print(_row(figure, before.get(f"{name}: {figure.what}")), flush=True)
            except RuntimeError as error:
                unmeasured.append(f"{name} (not measured)")
                print(f"  not measured: {error}", flush=True)
    short = unmeasured + [name for name, figure in found.items() if figure.falls_short]
    print("\nFalls short: " + "; ".join(short) if short else "\nNothing falls short.")
    _write(asked.json, before, found)
    return int(bool(short))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"what to measure: {', '.join(ROWS)} (all)")
    parser.add_argument("--json", type=Path, default=KEPT_IN, help="where the figures are kept, and compared with")
    parser.add_argument("--small", type=int, default=10_000, help="issues in the small database (10000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="issues in the large database (1000000)")
    parser.add_argument("--folder", type=Path, help="where the databases are built, and found again at the next run")
    asked = parser.parse_args()
    if unknown := set(asked.rows) - set(ROWS):
        parser.error(f"there is nothing called {', '.join(sorted(unknown))}; there is {', '.join(ROWS)}")
    return asked


def _row(figure: Figure, before: Mapping[str, float] | None) -> str:
    reach = "" if figure.reach is None else f"at most {_said(figure.reach, figure.unit)}"
    earlier = "" if before is None else f"before {_said(before['value'], figure.unit)}"
    verdict = "SHORT" if figure.falls_short else ""
    said = _said(figure.value, figure.unit)
    return f"  {figure.what:<56} {said:>12}  {reach:<17} {verdict:<6}{earlier:<18} {figure.note}".rstrip()


def _said(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:,.0f} {unit}"


def _figures_in(path: Path) -> dict[str, dict[str, float]]:
    """The figures of an earlier run; none if there was none."""
    if not path.exists():
        return {}
    figures: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures


def _write(path: Path, before: Mapping[str, object], found: Mapping[str, Figure]) -> None:
    """Keep the figures, and with them those of an earlier run that were not measured again."""
    machine = f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    figures = {**before, **{name: asdict(figure) for name, figure in found.items()}}
    kept = {"at": int(time.time()), "machine": machine, "figures": figures}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
