"""Files an app sends: lent an address, filled by a plain POST, then shared as a message's files."""

import secrets
from dataclasses import dataclass
from functools import partial
from mimetypes import guess_type
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.calls import RefusalError
from bot.sandbox.elements import Json
from bot.sandbox.grants import Lent

if TYPE_CHECKING:
    from bot.sandbox.slack import Slack

LARGEST = 64 * 1024 * 1024  # bytes; Slack takes a gigabyte, which no test and no demo needs


@dataclass(slots=True)
class File:
    """A file on its way or there; `content` is None until it was sent."""

    id: str
    name: str
    length: int
    alternative: str
    content: bytes | None = None
    title: str = ""
    is_shared: bool = False


class Files:
    """All files, by the secret in the address they are sent to."""

    def __init__(self) -> None:
        self._lent = Lent[File]()
        self._kept: dict[str, File] = {}

    def lend(self, name: str, length: int, alternative: str) -> tuple[str, File]:
        """A new file and the secret of the address to send it to."""
        file = File(f"F0{secrets.token_hex(5).upper()}", name, length, alternative)
        self._kept[file.id] = file
        return self._lent.lend(secrets.token_urlsafe(18), file), file

    def at(self, secret: str) -> File | None:
        """The file that is to be sent to this address."""
        return self._lent.get(secret)

    def find(self, file_id: str) -> File | None:
        """The file with this id."""
        return self._kept.get(file_id)

    def share(self, file_id: str, title: str) -> File:
        """Take a file that was sent whole and is not shared yet."""
        file = self._kept.get(file_id)
        if file is None or file.content is None or file.is_shared:
            raise RefusalError("file_not_found")
        file.title, file.is_shared = title or file.name, True
        return file


def shown(address: str, file: File) -> Json:
    """A file as a message shows it."""
    kind = guess_type(file.name)[0] or "application/octet-stream"
    shape: Json = {"id": file.id, "name": file.name, "title": file.title, "mimetype": kind, "size": file.length}
    shape |= {"url_private": f"{address}/files/{file.id}/{file.name}", "mode": "hosted", "is_external": False}
    return shape | ({"alt_txt": file.alternative} if file.alternative else {})


def mount(application: web.Application, slack: "Slack") -> None:
    """Take files at the addresses that were lent, and show them."""
    application.router.add_post("/upload/v1/{secret}", partial(_receive, slack))
    application.router.add_get("/files/{id}/{name}", partial(_see, slack))


async def _receive(slack: "Slack", request: web.Request) -> web.Response:
    file = slack.files.at(request.match_info["secret"])
    if file is None:
        return web.Response(status=404, text="not found")
    content = await request.content.read(LARGEST + 1)
    while len(content) <= LARGEST and (more := await request.content.read(LARGEST + 1 - len(content))):
        content += more
    if len(content) != file.length:
        return web.Response(status=400, text="length mismatch")
    file.content = content
    return web.Response(text=f"OK - {len(content)}")


async def _see(slack: "Slack", request: web.Request) -> web.Response:
    file = slack.files.find(request.match_info["id"])
    if file is None or file.content is None or not file.is_shared:
        raise web.HTTPNotFound
    kind = guess_type(file.name)[0] or ""
    # Nothing that came in a file may run as a page of ours.
    shown_as = kind if kind.startswith("image/") and kind != "image/svg+xml" else "application/octet-stream"
    return web.Response(body=file.content, content_type=shown_as, headers={"X-Content-Type-Options": "nosniff"})
