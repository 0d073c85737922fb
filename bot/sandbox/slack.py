"""The parts of the sandbox put together, and the two ways something is told to the app."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

from bot.sandbox.calls import Call, RefusalError
from bot.sandbox.clock import Clock
from bot.sandbox.delivery import Ack, Delivered, Delivery
from bot.sandbox.elements import Json
from bot.sandbox.events import Event
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.grants import ReplyAddresses, Triggers
from bot.sandbox.manifest import Manifest
from bot.sandbox.rates import Rates
from bot.sandbox.refusals import Refusals
from bot.sandbox.sample import sample
from bot.sandbox.socket_mode import Sockets
from bot.sandbox.workspace import Workspace


class Slack:
    """A workspace, an app installed in it, and the wire between the two."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        port: int = 0,
        request_url: str | None = None,
        manifest: Json | None = None,
        lacking: Collection[str] = (),
        without_fields: Collection[str] = (),
        workspace: Workspace | None = None,
    ) -> None:
        self.manifest = Manifest(manifest)
        self.workspace = workspace or sample(clock or Clock(), self.manifest.bot_name or "Kept")
        self.clock = self.workspace.clock
        if clock and clock is not self.clock:
            raise ValueError("The workspace has a clock of its own; give the sandbox the same one, or none.")
        self.port = port
        self.lacking = frozenset(lacking)
        self.leave_out = frozenset(without_fields)
        self.bot_token = f"xoxb-{secrets.token_hex(20)}"
        self.app_token = f"xapp-1-{self.workspace.app_id}-{secrets.token_hex(20)}"
        self.verification_token = secrets.token_hex(12)
        self.calls = deque[Call](maxlen=10_000)
        self.refused = Refusals()
        self.triggers = Triggers(self.clock)
        self.reply_addresses = ReplyAddresses(self.clock)
        self.files = Files()
        self.sockets = Sockets(self.workspace)
        self.delivery = Delivery(self.clock, self.sockets, self.leave_out)
        self.delivery.request_url = request_url
        self.limits_on = False
        self.rates = Rates(self.clock)
        self.faults = Faults(self)
        # When the app's next thing falls due, or None; the sandbox can't know, whoever runs both may tell it.
        self.next_due: Callable[[], Awaitable[float | None]] | None = None
        self._under_way: set[asyncio.Task[object]] = set()

    @property
    def host(self) -> str:
        """Address and port, without the scheme."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.host}"

    @property
    def api_url(self) -> str:
        """Where the Web API is; ends in /api/."""
        return f"{self.url}/api/"

    @property
    def signing_secret(self) -> str:
        """What the app needs to check our signatures."""
        return self.delivery.signing_secret

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.workspace.bot.id

    @property
    def request_url(self) -> str | None:
        """Where payloads are posted; None: they go by Socket Mode."""
        return self.delivery.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.delivery.request_url = url

    @property
    def deliveries(self) -> deque[Delivered]:
        """Every attempt to deliver something to the app, the latest last."""
        return self.delivery.record

    async def deliver(self, kind: str, payload: Json, times: int = 1) -> Ack:
        """Send a payload; `times` > 1 sends the very same again, one after the other. Returns the first answer."""
        acks = []
        for _ in range(times):
            event = kind == "events_api"
            acks.append(await (self.delivery.event(payload) if event else self.delivery.send(kind, payload)))
        return acks[0]

    async def emit(self, *events: Event, times: int = 1) -> None:
        """Tell the app what happened, and wait until it has acknowledged (or failed to)."""
        for event in events:
            if self.manifest.hears(event.name):
                await self.deliver("events_api", self._envelope(event), times)

    def announce(self, *events: Event) -> None:
        """Tell the app what happened while nobody waits, as Slack does for what the app did itself."""
        if events:
            self.begin(self.emit(*events))

    def begin(self, doing: Coroutine[Any, Any, object]) -> None:
        """Do something while nobody waits; `settle` waits for it."""
        task = asyncio.get_running_loop().create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until everything announced has been delivered, and all that followed from it."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def drop_sockets(self, count: int | None = None) -> None:
        """Cut the app's sockets abruptly: all of them, or the oldest few."""
        self.sockets.drop(count)

    async def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew: `warning`, `refresh_requested` or `link_disabled`."""
        await self.sockets.disconnect(reason)

    async def advance_to_next_due(self) -> None:
        """Walk the clock to the next thing that is due."""
        due = self.next_due and await self.next_due()
        if not due:
            raise ValueError("Nothing is due yet. Promise something first.")
        await self.clock.advance(max(0, due - self.clock.now()))

    async def connected(self, count: int = 1) -> None:
        """Wait until the app has so many sockets."""
        await self.sockets.wait_for(count)

    def note_refused(self, where: str, refusal: RefusalError, sent: Any) -> None:
        """Remember in `refused` what the app sent and Slack would not take."""
        self.refused.note(self.clock.now(), where, refusal, sent)

    def nothing_refused(self) -> None:
        """An AssertionError lists what the app sent that Slack would refuse or cut, if there was anything."""
        self.refused.must_be_none()

    def response_url(self, secret: str) -> str:
        """The full address of a reply address."""
        return f"{self.url}/response/{secret}"

    def _envelope(self, event: Event) -> Json:
        team = self.workspace.id
        installed = {"enterprise_id": None, "team_id": team, "user_id": self.bot_user_id, "is_bot": True}
        return {
            "token": self.verification_token,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": self.workspace.app_id,
            "event": event.body,
            "type": "event_callback",
            "event_id": f"Ev0{secrets.token_hex(5).upper()}",
            "event_time": int(self.clock.now()),
            "authorizations": [{**installed, "is_enterprise_install": False}],
            "is_ext_shared_channel": event.shared,
            "event_context": f"4-{secrets.token_urlsafe(24)}",
        }
