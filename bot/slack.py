"""Sending one message to Slack and understanding what became of it.

The outbox owns every retry, so the client has none of its own (slack-facts.md 2.2: the SDK's would post twice).
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import uploads
from bot.prefix import Names
from storage import outbox
from storage.models import Outgoing

log = logging.getLogger(__name__)

EVENT_TYPE = "kept_message"  # metadata by which a message of unknown end is found again
MOST_PAGES = 20  # of what was said since, that are looked through for a message of unknown end
TOKEN_PAUSE = 60  # seconds between looks at a refused token

# slack-facts.md 1.9, "post errors to classify".
NOT_ACCEPTED = {"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "request_timeout"}
PERHAPS_ACCEPTED = {"internal_error", "fatal_error"}
ELSEWHERE = {
    *(
        "not_in_channel",
        "channel_not_found",
        "no_permission",
        "is_archived",
        "restricted_action",
        "user_not_in_channel",
    ),
    *("cannot_reply_to_message", "restricted_action_thread_locked", "restricted_action_read_only_channel"),
}
TOKEN = {"account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed", "org_login_required"}
GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"}
ALREADY_SO = {"already_reacted", "no_reaction"}
READS = {
    "conversations.members",
    "reactions.get",
    "conversations.history",
    "conversations.replies",
    "conversations.info",
    "chat.getPermalink",
}
REFUSED_SHAPE = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: sent, queued (certainly not posted), unknown, elsewhere, gone or dead.

    ``wait`` is the seconds Slack asked for, and then no attempt is burnt.
    """

    state: str
    channel: str | None = None
    ts: str | None = None
    problem: str = ""
    wait: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def is_away(self) -> bool:
        """Whether Slack was not there to say yes or no, rather than saying no."""
        return bool(self.wait) or outbox.is_away(self.problem)


class Slack:
    """Sends composed calls; addresses other than Slack's own are never spoken to."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, names: Names) -> None:
        self._client = client
        self._names = names
        self._session = session
        self._hosts = {urlsplit(client.base_url).netloc, "hooks.slack.com", "hooks.slack-gov.com"}
        self.token_problem = ""

    async def found(self, message: Outgoing, call: dict[str, Any]) -> Outcome | None:
        """Look a call of unknown end up: what became of it, or None if it may be made (again)."""
        if call.get("method") == uploads.SHARE:
            return Outcome("dead", problem="perhaps shared already")  # a file cannot be looked up
        if call.get("method") != "chat.postMessage" or message.target.startswith("http"):
            return None
        return await self._look_up(message, call)

    async def send(self, message: Outgoing, call: dict[str, Any]) -> Outcome:
        """Make the call."""
        call = self._names.shown(call)
        if message.target.startswith("http"):
            return await self._respond(message.target, call)
        arguments = dict(call)
        method = arguments.pop("method")
        if method == uploads.SHARE:
            return await self._upload(arguments)
        if method == "chat.postMessage":
            arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"key": message.key}}
            arguments |= {"unfurl_links": False, "unfurl_media": False}
        outcome = await self._call(method, arguments)
        if outcome.problem in REFUSED_SHAPE and arguments.get("blocks"):
            log.error("Slack refused the shape of a message (%s), so it goes as plain text", outcome.problem)
            return await self._call(method, {**arguments, "blocks": [], "text": arguments["text"][:3900]})
        return outcome

    async def _call(self, method: str, arguments: dict[str, Any]) -> Outcome:
        try:
            if method in READS:
                answer = await self._client.api_call(method, http_verb="GET", params=arguments)
            else:
                answer = await self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            refused = self._refused(error)
            return Outcome("sent") if method == "chat.delete" and refused.state == "gone" else refused
        except aiohttp.ClientConnectorError as error:
            return Outcome("queued", problem=type(error).__name__)  # no connection: nothing can have been accepted
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Outcome("unknown", problem=type(error).__name__)
        self.token_problem = ""
        whole = dict(answer.data) if isinstance(answer.data, dict) else {}
        channel, ts = whole.get("channel"), whole.get("ts")
        return Outcome("sent", channel if isinstance(channel, str) else None, ts, answer=whole)

    async def _upload(self, arguments: dict[str, Any]) -> Outcome:
        """Send a file."""
        try:
            shared = await uploads.bring(self._client, self._session, arguments, self._hosts)
        except SlackApiError as error:
            refused = self._refused(error)
            return replace(refused, state="queued") if refused.state == "unknown" else refused
        except (aiohttp.ClientError, TimeoutError, OSError, uploads.UploadError) as error:
            return Outcome("queued", problem=str(error) or type(error).__name__)  # nothing was shared
        return await self._call(uploads.SHARE, shared)

    def _refused(self, error: SlackApiError) -> Outcome:
        if not hasattr(error.response, "status_code"):  # half an answer
            return Outcome("unknown", problem="AnswerError")
        status, headers = error.response.status_code, error.response.headers or {}
        told = error.response.data  # words, or nothing, where something in between answered
        said = told.get("error") if isinstance(told, dict) else None
        problem = str(said or status)
        if status == 429:
            return Outcome("queued", problem="ratelimited", wait=int(headers.get("Retry-After", 30)))
        if problem in ALREADY_SO:
            return Outcome("sent")
        if problem in TOKEN:
            self.token_problem = problem
            return Outcome("queued", problem=problem, wait=TOKEN_PAUSE)
        if problem in NOT_ACCEPTED:
            return Outcome("queued", problem=problem)
        if status >= 500 or not said or problem in PERHAPS_ACCEPTED:
            return Outcome("unknown", problem=problem)
        if problem in GONE:
            return Outcome("gone", problem=problem)
        return Outcome("elsewhere" if problem in ELSEWHERE else "dead", problem=problem)

    async def _look_up(self, message: Outgoing, arguments: dict[str, Any]) -> Outcome | None:
        """Whether a post of unknown end is there; None if it is not, or if the conversation cannot be read at all.

        Where Slack cannot say it now, its end stays unknown, and it is looked up again later.
        """
        try:
            channel = arguments["channel"]
            if channel.startswith(("U", "W")):
                opened = await self._client.conversations_open(users=channel)
                channel = (opened.get("channel") or {})["id"]
            async for posted in self._since(channel, arguments.get("thread_ts"), message.created_at - 60):
                if ((posted.get("metadata") or {}).get("event_payload") or {}).get("key") == message.key:
                    return Outcome("sent", channel, posted["ts"])
        except SlackApiError as error:
            refused = self._refused(error)
            if refused.state in ("queued", "unknown"):
                return replace(refused, state="unknown")
            log.warning("could not look a message of unknown end up, so it may come twice (%s)", message.kind)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Outcome("unknown", problem=type(error).__name__)
        except KeyError:
            log.warning("could not look a message of unknown end up, so it may come twice (%s)", message.kind)
        return None

    async def _since(self, channel: str, thread_ts: str | None, oldest: int) -> AsyncIterator[dict[str, Any]]:
        """What was said in a place since then (Unix seconds), with what only apps read."""
        look: dict[str, Any] = {"channel": channel, "limit": 200, "include_all_metadata": True, "oldest": str(oldest)}
        for _ in range(MOST_PAGES):
            if thread_ts:
                answer = await self._client.conversations_replies(ts=thread_ts, **look)
            else:
                answer = await self._client.conversations_history(**look)
            for said in answer.get("messages") or []:
                yield said
            look["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not look["cursor"]:
                return

    async def _respond(self, url: str, body: dict[str, Any]) -> Outcome:
        """Post to a response_url: five uses within thirty minutes (slack-facts.md 1.3), then a direct message."""
        if urlsplit(url).netloc not in self._hosts:
            return Outcome("dead", problem="not an address of Slack's")
        try:
            async with self._session.post(url, json=body) as answer:
                if answer.status == 200:
                    return Outcome("sent")
                if answer.status == 429:
                    return Outcome("queued", problem="ratelimited", wait=int(answer.headers.get("Retry-After", 30)))
                return Outcome(
                    "queued" if answer.status >= 500 else "elsewhere", problem=f"response_url: {answer.status}"
                )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Outcome("queued", problem=type(error).__name__)
