"""A whole ``/issue`` beside Bolt's own handler that does nothing: rate, waiting and the processor's time (issue 9).

Each server is a process of its own and they are asked in turn; the median of three rounds counts.
"""

import asyncio
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median, quantiles

from benchmarks.load import Load, sent, signed
from benchmarks.rows import Figure, Plan
from benchmarks.servers import Server
from bot.manifest import manifest
from bot.sandbox import Sandbox

ROUNDS = 3
MANY, AT_ONCE = 4_000, 32
SINGLE = 400
WARM = 400  # requests before the first round
NAMES = ("empty", "default", "kept")
THINGS = ("the invoice", "login", "the courier", "an order", "the export", "a refund", "the portal", "spare part")
TROUBLES = ("is wrong", "came late", "keeps failing", "never arrived", "was charged twice", "got lost", "is too slow")


def measure(plan: Plan) -> Iterator[Figure]:
    """The rows of the table."""
    found = asyncio.run(_measured(plan.fresh))
    yield from _together(found)
    yield from _alone(found)


def _together(found: dict[str, list[tuple[Load, float, Load]]]) -> Iterator[Figure]:
    rate = {name: median(MANY / many.seconds for many, _, _ in rounds) for name, rounds in found.items()}
    spent = {name: median(cpu for _, cpu, _ in rounds) for name, rounds in found.items()}
    yield Figure("an empty handler, 32 at once", rate["empty"], "/s", None, f"by default {rate['default']:,.0f}/s")
    yield Figure("a whole /issue, 32 at once", rate["kept"], "/s")
    yield Figure("the first to the second", rate["empty"] / rate["kept"], "x", 1 / 0.65)
    yield Figure("processor's time, the second to the first", spent["kept"] / spent["empty"], "x", 1.6)
    tails = [quantiles(many.each, n=100)[-1] / median(many.each) for many, _, _ in found["kept"]]
    yield Figure("slowest in a hundred to the median", median(tails), "x", 5.0)


def _alone(found: dict[str, list[tuple[Load, float, Load]]]) -> Iterator[Figure]:
    took = {name: median(median(single.each) for *_, single in rounds) for name, rounds in found.items()}
    yield Figure("an empty handler, one at a time", took["empty"], "ms", None, f"by default {took['default']:.2f} ms")
    yield Figure("a whole /issue, one at a time", took["kept"], "ms", 2.0)
    yield Figure("the second to the first", took["kept"] / took["empty"], "x", 4.0)


async def _measured(folder: Path) -> dict[str, list[tuple[Load, float, Load]]]:
    """By server: of every round what 32 at once took, its processor's time in seconds, and what one at a time took."""
    found: dict[str, list[tuple[Load, float, Load]]] = {name: [] for name in NAMES}
    async with Sandbox(manifest=manifest()) as slack:
        made = _requests(slack)
        servers = {name: Server(name, slack, folder / "served.db") for name in NAMES}
        try:
            ports = {name: await asyncio.to_thread(server.ready) for name, server in servers.items()}
            for name in NAMES:
                await sent(ports[name], [next(made) for _ in range(WARM)], AT_ONCE)
            for _ in range(ROUNDS):
                for name in NAMES:
                    found[name].append(await _round(servers[name], ports[name], made))
        finally:
            for server in servers.values():
                server.end()
    return found


async def _round(server: Server, port: int, made: Iterator[bytes]) -> tuple[Load, float, Load]:
    many = [next(made) for _ in range(MANY)]
    before = server.spent()
    together = await sent(port, many, AT_ONCE)
    cpu = server.spent() - before
    alone = await sent(port, [next(made) for _ in range(SINGLE)], 1)
    if together.refused + alone.refused:
        raise RuntimeError("a request was refused")
    return together, cpu, alone


def _requests(slack: Sandbox) -> Iterator[bytes]:
    return (signed(fields, slack.signing_secret) for fields in typed(slack))


def typed(slack: Sandbox) -> Iterator[dict[str, str]]:
    """Commands as people type them: five hundred customers and what went wrong by seeded chance, each line its own."""
    person, channel, chance = slack.person("dana"), slack.channel("#support"), random.Random(9)
    for number in count(1):
        yield {
            "token": slack.verification_token,
            "team_id": slack.workspace.id,
            "team_domain": slack.workspace.domain,
            "channel_id": channel.id,
            "channel_name": "support",
            "user_id": person.id,
            "user_name": person.name,
            "command": "/issue",
            "text": f"Company{chance.randrange(500)}: {chance.choice(THINGS)} {chance.choice(TROUBLES)} {number}",
            "api_app_id": slack.workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": f"{slack.api_url}response/{number}",
            "trigger_id": f"1.2.{number:032x}",
        }
