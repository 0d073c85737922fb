"""What a form or a Home may be. Each figure: slack-facts 1.3, the line "modal"."""

import json
from typing import Any

from bot.sandbox.calls import RefusalError
from bot.sandbox.elements import Json
from bot.sandbox.limits import blocks
from bot.sandbox.limits.message import refuse
from bot.sandbox.limits.parts import plain
from bot.sandbox.limits.rules import Place, Rule, anything, by_type, flag, shape, string

STACK = 3  # "view stack max 3"
TITLE = 24  # "title/submit/close <= 24"
PRIVATE_METADATA = 3000  # "private_metadata <= 3000"
CALLBACK_ID = 255  # "callback_id <= 255"
EXTERNAL_ID = 255  # "external_id <= 255 and unique per team"
BYTES = 250_000  # "view > 250 kB -> view_too_large"

_BOTH: dict[str, Rule] = {
    "blocks": anything,  # looked at with the surface in mind, below
    "private_metadata": string(PRIVATE_METADATA, least=0),
    "callback_id": string(CALLBACK_ID, least=0),
    "external_id": string(EXTERNAL_ID, least=0),
}
_MODAL: dict[str, Rule] = {
    **_BOTH,
    **dict.fromkeys(("title", "submit", "close"), plain(TITLE)),
    **dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), flag),
}
_VIEW = by_type({"modal": shape(_MODAL, ["title", "blocks"]), "home": shape(_BOTH, ["blocks"])})


def check(view: Any, kind: str) -> None:
    """Refuse a view that is not a right `modal` or `home`."""
    place = Place("/view")
    if isinstance(view, dict) and view.get("type") in ("modal", "home") and view["type"] != kind:
        (place / "type").wrong(f"must be {kind}")
    _VIEW(view, place)
    if isinstance(view, dict):
        if view.get("blocks") is not None:
            blocks.check(view["blocks"], kind, place / "blocks")
        _check_submit(view, place)
    refuse(place, "invalid_arguments")
    if len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > BYTES:
        raise RefusalError("view_too_large")


def _check_submit(view: Json, place: Place) -> None:
    """Slack needs a `submit` where there is anything to fill in: "`submit` mandatory with any input block"."""
    there = view.get("blocks") if isinstance(view.get("blocks"), list) else []
    asks = any(isinstance(one, dict) and one.get("type") == "input" for one in there or [])
    if asks and view.get("type") == "modal" and not view.get("submit"):
        (place / "submit").wrong("must define `submit` to use an `input` block")


def errors(said: Any, view: Json) -> None:
    """The errors an app answers a form with: sentences by the block_ids of its inputs."""
    place = Place("/errors")
    if not isinstance(said, dict) or not said:
        place.wrong("must provide an object with at least one error")
    else:
        inputs = {one.get("block_id") for one in view.get("blocks") or [] if one.get("type") == "input"}
        for block_id, words in said.items():
            if block_id not in inputs:
                (place / block_id).wrong("must be the block_id of an input block of the view")
            elif not isinstance(words, str) or not words:
                (place / block_id).wrong("must provide a string")
    refuse(place, "invalid_arguments")
