"""Timing that a noisy machine does not turn upside down: interleaved rounds, medians and percentiles."""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import quantiles

MILLISECOND = 1_000_000  # in nanoseconds


@dataclass(frozen=True, slots=True)
class Times:
    """How long pieces of work took: on the wall's clock, and of the processor's time, both in milliseconds.

    What else the machine does stretches the one and hardly the other: a person waits for the wall, growth is told by
    the processor.
    """

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, work: Callable[[], object]) -> None:
        """Do the work once and keep its times."""
        spent, began = time.thread_time_ns(), time.perf_counter_ns()
        work()
        self.wall.append((time.perf_counter_ns() - began) / MILLISECOND)
        self.cpu.append((time.thread_time_ns() - spent) / MILLISECOND)


def in_turn(rounds: int, *works: Callable[[], object]) -> list[Times]:
    """The times of several pieces of work, each done once a round, so that a slow moment slows all of them alike."""
    times = [Times() for _ in works]
    gc.collect()
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            taken.add(work)
    return times


def slowest_in_twenty(times: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(times, n=20, method="inclusive")[-1]
