"""How the bot is: alive (``/healthz``), ready (``/readyz``, with plain reasons if not), and in figures (``/metrics``).

Nothing here says a customer's word: numbers, and names of our own.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.auditor import Auditor
from bot.directory import UNREACHABLE
from bot.slack import TOKEN, Slack
from bot.worker import Worker
from handlers import alarms
from storage import callbacks, nudges, outbox
from storage.database import Database
from storage.store import Store

TICK_WITHIN = 30  # seconds; the worker looks every second
AUDIT_WITHIN = 180  # seconds; the auditor looks every minute
ASK_SLACK_EVERY = 60  # seconds; a quiet bot would otherwise learn of a revoked token with its next reminder

Figures = dict[str, Any]


class Health:
    """Looks at the parts of a running bot; ``connected`` says whether Slack's input can reach us."""

    def __init__(
        self,
        store: Store,
        worker: Worker,
        auditor: Auditor,
        slack: Slack,
        client: AsyncWebClient,
        clock: Callable[[], float],
        connected: Callable[[], Awaitable[bool]],
        answered: Callable[[], int],
    ) -> None:
        self._store = store
        self._worker = worker
        self._auditor = auditor
        self._slack = slack
        self._client = client
        self._clock = clock
        self._connected = connected
        self._answered = answered
        self._asked_at = 0.0

    @property
    def alive(self) -> bool:
        """Whether the process can do anything at all; if not, it wants to be started anew."""
        return self._store.alive

    async def reasons(self) -> list[str]:
        """Why the bot is not ready, in sentences that say what to do; none if it is."""
        found = []
        if not self._store.alive:
            found.append("The database takes no changes any more. Start Kept again.")
        if not self._worker.ticked_at:
            found.append("The worker has not looked yet.")
        elif self._tick_age() > TICK_WITHIN:
            found.append(f"The worker has not looked for {self._tick_age()} seconds. Start Kept again.")
        await self._ask_slack()
        if self._slack.token_problem:
            found.append(f"Slack refuses the bot token ({self._slack.token_problem}). Run: python -m bot doctor")
        if not await self._connected():
            found.append(
                "No socket to Slack is open. Kept keeps trying; python -m bot doctor says if a token is wrong."
            )
        try:
            await self._store.read(outbox.waiting_since)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
            return [*found, f"The database cannot be read ({type(error).__name__})."]
        if self._auditor.looked_at and self._clock() - self._auditor.looked_at > AUDIT_WITHIN:
            found.append("The auditor has not looked for some minutes. Start Kept again.")
        return [*found, *map(alarms.said, self._auditor.found)]

    async def metrics(self) -> str:
        """The figures in Prometheus' text format, version 0.0.4."""
        figures = await self._store.read(_figures, int(self._clock()))
        lines: list[str] = []
        for name, kind, words, samples in self._samples(figures):
            lines += [f"# HELP kept_{name} {words}", f"# TYPE kept_{name} {kind}"]
            lines += [f"kept_{name}{labels} {value}" for labels, value in samples.items()]
        return "\n".join(lines) + "\n"

    def _samples(self, figures: Figures) -> list[tuple[str, str, str, dict[str, int]]]:
        states = {f'{{state="{state}"}}': count for state, count in figures["states"].items()}
        ticked = {"": self._tick_age()} if self._worker.ticked_at else {}
        sends = {f'{{outcome="{outcome}"}}': count for outcome, count in sorted(self._worker.sends.items())}
        wrong = {f'{{kind="{kind}"}}': 0 for kind in alarms.WORDS}
        wrong |= {f'{{kind="{one.kind}"}}': one.many for one in self._auditor.found}
        return [
            ("outbox_messages", "gauge", "Messages to Slack, by state.", states),
            ("oldest_waiting_seconds", "gauge", "How long the oldest message has waited.", {"": figures["waiting"]}),
            ("promises_open", "gauge", "Promises still open.", {"": figures["open"]}),
            ("promises_overdue", "gauge", "Promises open after their time.", {"": figures["overdue"]}),
            ("reminders_unheard", "gauge", "Reminders of open promises that reached nobody.", {"": figures["unheard"]}),
            ("audit_findings", "gauge", "What must hold and does not, by kind; see /readyz.", wrong),
            ("inputs_answered_total", "counter", "Inputs answered since the start.", {"": self._answered()}),
            ("last_tick_age_seconds", "gauge", "Since the worker last looked.", ticked),
            ("sends_total", "counter", "Calls to Slack since the start, by outcome.", sends),
        ]

    def _tick_age(self) -> int:
        return max(0, int(self._clock()) - self._worker.ticked_at)

    async def _ask_slack(self) -> None:
        if self._clock() - self._asked_at < ASK_SLACK_EVERY:
            return
        self._asked_at = self._clock()
        try:
            await self._client.auth_test()
        except SlackApiError as error:
            problem = str(error.response.get("error"))
            if problem in TOKEN:
                self._slack.token_problem = problem
        except UNREACHABLE:
            return  # that says nothing about the token; what waits too long for it is noticed below
        else:
            self._slack.token_problem = ""


def _figures(db: Database, now: int) -> Figures:
    waiting = outbox.waiting_since(db)
    states = {row["state"]: row["messages"] for row in outbox.counts(db)}
    return {
        "states": {state: states.get(state, 0) for state in ("queued", "sending", "unknown", "sent", "dead")},
        "waiting": 0 if waiting is None else max(0, now - waiting),
        "open": callbacks.list_open(db, most=0)[1],
        "overdue": callbacks.list_open(db, most=0, due_before=now)[1],
        "unheard": nudges.unheard(db),
    }
