"""Sending a file: ask for an address, send the bytes there, share it. Only the last step can be seen by anybody.

A call whose ``method`` is SHARE has the ``channel`` (a conversation's id, never a person's), a ``thread_ts`` or None,
and the file's ``name``, ``title``, ``content`` (bytes) and, for a picture, its ``alternative`` text.
"""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

SHARE = "files.completeUploadExternal"
HOSTS = frozenset({"files.slack.com", "files.slack-gov.com"})
LONGEST_ALTERNATIVE = 1000  # characters
PATIENCE = aiohttp.ClientTimeout(total=60)  # seconds for the bytes


class UploadError(Exception):
    """The bytes were not taken; the message says why."""


async def bring(
    client: AsyncWebClient, session: aiohttp.ClientSession, call: dict[str, Any], hosts: Collection[str]
) -> dict[str, Any]:
    """Bring a file's bytes to Slack, unseen; returns the arguments of the last step, which shares it.

    The bytes go to Slack's own hosts and to ``hosts``, nowhere else. Raises UploadError, or what the client raises.
    """
    asked = {"filename": call["name"], "length": len(call["content"])}
    if call.get("alternative"):
        asked["alt_txt"] = call["alternative"][:LONGEST_ALTERNATIVE]
    lent = await client.api_call("files.getUploadURLExternal", params=asked)
    address = str(lent.get("upload_url"))
    if urlsplit(address).netloc not in HOSTS | set(hosts):
        raise UploadError("not an address of Slack's")
    async with session.post(address, data=call["content"], timeout=PATIENCE) as answer:
        if answer.status != 200:
            raise UploadError(f"the bytes were not taken: {answer.status}")
    thread = {"thread_ts": call["thread_ts"]} if call.get("thread_ts") else {}
    return {"channel_id": call["channel"], "files": [{"id": lent["file_id"], "title": call["title"]}], **thread}
