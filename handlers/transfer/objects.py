"""JSON objects one after the other: an array, one a line, or simply behind each other; flat in memory. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

CHUNK = 1 << 16  # characters
BETWEEN = re.compile(r"[\s,]*")
NEXT_OBJECT = re.compile(r"[\r\n]\s*(?=\{)")
NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class _Window:
    """The part of a text that is being read; what is behind is forgotten, its lines counted."""

    def __init__(self, whole: TextIO) -> None:
        self._whole = whole
        self.text = ""
        self.at = 0
        self.line = 1

    def more(self) -> bool:
        """Read on; False at the end."""
        chunk = self._whole.read(CHUNK)
        self.text, self.at = self.text[self.at :] + chunk, 0
        return bool(chunk)

    def to(self, place: int) -> None:
        """Go on to a place in the text."""
        self.line += self.text.count("\n", self.at, place)
        self.at = place

    def skip(self) -> bool:
        """Go to the next object; False where there is none."""
        while True:
            found = BETWEEN.match(self.text, self.at)
            self.to(found.end() if found else self.at)
            if self.at < len(self.text):
                return True
            if not self.more():
                return False


def read(whole: TextIO, longest: int) -> Iterator[dict[str, Any] | str]:
    """Every object, or why it cannot be read and on which line of the file it begins."""
    window, decoder = _Window(whole), json.JSONDecoder(parse_constant=_refuse)
    is_array = window.skip() and window.text[window.at] == "["
    if is_array:
        window.to(window.at + 1)
    while window.skip():
        if is_array and window.text[window.at] == "]":
            return
        line, found = window.line, _one(window, decoder, longest)
        yield f"{found}, on line {line}" if isinstance(found, str) else found
    if is_array:
        yield "the closing ] is missing; is the file whole?"


def _one(window: _Window, decoder: json.JSONDecoder, longest: int) -> dict[str, Any] | str:
    while True:
        problem = "not a JSON object"
        try:
            found, end = decoder.raw_decode(window.text, window.at)
        except json.JSONDecodeError as error:
            problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        except (ValueError, RecursionError):
            problem = "numbers or a depth nobody writes"
        else:
            window.to(end)
            if not isinstance(found, dict):
                return problem
            return found if end - window.at <= longest and _is_text(found) else "bytes or letters that are no text"
        # Perhaps the rest has not been read yet.
        if len(window.text) - window.at <= longest and window.more():
            continue
        _to_next(window)
        return problem


def _to_next(window: _Window) -> None:
    """Pass over what cannot be read: to the next line that begins an object, else to the end."""
    while True:
        found = NEXT_OBJECT.search(window.text, window.at + 1)
        if found:
            window.to(found.end())
            return
        window.to(max(window.at, len(window.text) - 1))
        if not window.more():
            window.to(len(window.text))
            return


def _is_text(found: dict[str, Any]) -> bool:
    return not NO_TEXT.search(json.dumps(found, ensure_ascii=False).replace("\\u0000", "\0"))


def _refuse(name: str) -> Any:
    raise ValueError(name)
