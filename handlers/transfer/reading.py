"""The lines of a file, one after the other, whatever is wrong with them; never more than one in memory. Pure.

A line that cannot be read is answered with why, and reading goes on at the next.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TextIO

from handlers.transfer import columns, encodings, objects

LONGEST = 1 << 20  # characters of one line with all its cells, notes included
FIRST_LOOKED_AT = 20  # objects, until one shows which columns there are
NO_TEXT = re.compile("[\x00\ud800-\udfff]")
TOO_LONG = "longer than a million characters, or a quote that is never closed"


class UnreadableError(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a file: its line's number and its cells by header, or why it cannot be read."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(slots=True)
class Source:
    """A file that was opened: its lines, the headers of the first, and what is to be said of it as a whole."""

    headers: list[str]
    lines: Iterator[Line]
    is_csv: bool
    remarks: list[str]

    @property
    def unit(self) -> str:
        """What its numbers count: lines, or objects, of which several may stand on one line."""
        return "line" if self.is_csv else "object"


@contextmanager
def open_source(file: BinaryIO) -> Iterator[Source]:
    """Open a file for as long as it is read; raises UnreadableError where nothing in it can be read."""
    encoding = encodings.of(file)
    if encoding.problem:
        raise UnreadableError(encoding.problem)
    errors = "replace" if encoding.name == "utf-16" else "surrogateescape"
    whole = io.TextIOWrapper(file, encoding.name, errors, newline="")
    try:
        yield _source(whole, [encoding.remark] if encoding.remark else [])
    finally:
        whole.detach()  # it is closed by whoever opened it


def _source(whole: TextIO, remarks: list[str]) -> Source:
    begin = whole.read(1)
    while begin.isspace():
        begin = whole.read(1)
    whole.seek(0)
    if begin in ("[", "{"):
        return _of_objects(whole, remarks)
    return _of_table(whole, remarks)


def _of_objects(whole: TextIO, remarks: list[str]) -> Source:
    def lines() -> Iterator[Line]:
        for number, found in enumerate(objects.read(whole, LONGEST), 1):
            yield Line(number, problem=found) if isinstance(found, str) else Line(number, found)

    following = lines()
    first = [next(following, Line(1, problem="the file is empty"))]
    while first[-1].problem and len(first) < FIRST_LOOKED_AT and (line := next(following, None)):
        first.append(line)
    if first[-1].problem:
        raise UnreadableError(f"object 1: {first[0].problem}")
    return Source(list(first[-1].cells), _again(first, following), is_csv=False, remarks=remarks)


def _again(first: list[Line], following: Iterator[Line]) -> Iterator[Line]:
    yield from first
    yield from following


class _Cut(str):
    """The beginning of a physical line that is too long; the rest of it was passed over."""

    __slots__ = ()


class _TooLongError(Exception):
    pass


class _Feed:
    """Physical lines for the CSV reader, which takes as many as a record needs; those it took can be given back."""

    def __init__(self, whole: TextIO, remarks: list[str]) -> None:
        self._whole = whole
        self._back: deque[str] = deque()
        self._remarks = remarks
        self.taken: list[str] = []
        self.number = 1  # of the physical line the record begins on
        self._size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._size > LONGEST:
            raise _TooLongError
        line = self._back.popleft() if self._back else self._physical()
        if not line:
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        if isinstance(line, _Cut):
            raise _TooLongError
        return line

    def _physical(self) -> str:
        line = self._whole.readline(LONGEST + 1)
        if len(line) <= LONGEST:
            if line and line[-1] not in "\r\n":
                self._remarks.append("the last line has no line end; is the file whole?")
            return line
        while line and line[-1] not in "\r\n":
            line = self._whole.readline(LONGEST) or "\n"
        return _Cut("x")

    def next_record(self, *, give_back: bool = False) -> None:
        """Begin the next record: behind what was taken, or on the line behind the first of it."""
        if give_back:
            self._back.extendleft(reversed(self.taken[1:]))
            del self.taken[1:]
        self.number += len(self.taken)
        self.taken = []
        self._size = 0


def _of_table(whole: TextIO, remarks: list[str]) -> Source:
    feed = _Feed(whole, remarks)
    first = whole.readline(LONGEST)
    whole.seek(0)
    delimiter = _delimiter(first)
    records = _records(feed, delimiter)
    header = next(records, Line(1, problem="the file is empty"))
    while not header.problem and not any(cell.strip() for cell in header.cells["cells"]):
        header = next(records, Line(header.number, problem="the file is empty"))
    if header.problem:
        raise UnreadableError(f"line {header.number}: {header.problem}")
    headers = [cell.strip() for cell in header.cells["cells"]]
    return Source(headers, _cells(headers, records), is_csv=True, remarks=remarks)


def _delimiter(header: str) -> str:
    """What stands between the cells: the sign that makes the most known headers of the first line."""
    meant = {name for kind in columns.KINDS for name in columns.known(kind)}

    def hits(sign: str) -> int:
        return sum(columns.plain(cell) in meant for cell in header.lstrip("\ufeff").split(sign))

    return max((",", ";", "\t"), key=hits)


def _records(feed: _Feed, delimiter: str) -> Iterator[Line]:
    """Every record as its bare cells."""
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _TooLongError:
            problem = TOO_LONG
        except csv.Error as error:
            problem = _said(error)
        if problem:
            yield Line(feed.number, problem=problem)
            feed.next_record(give_back=True)
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        bad = next((found for line in feed.taken if (found := NO_TEXT.search(line))), None)
        if bad:
            yield Line(feed.number, problem="a NUL byte" if bad[0] == "\0" else "bytes that are not UTF-8")
        elif any("\ufffd" in line for line in feed.taken):
            yield Line(feed.number, problem="characters lost in an earlier conversion (�)")
        else:
            yield Line(feed.number, {"cells": cells})
        feed.next_record()


def _said(error: csv.Error) -> str:
    if "end of data" in str(error):
        return "a quote that is never closed; is the file whole?"
    return "a quote in the wrong place; a quote inside a quoted cell is written twice"


def _cells(headers: list[str], records: Iterator[Line]) -> Iterator[Line]:
    """The records with their cells by header; empty ones are passed over."""
    for record in records:
        cells = record.cells.get("cells", [])
        if record.problem:
            yield record
        elif any(cell.strip() for cell in cells):
            beyond = [cell for cell in cells[len(headers) :] if cell.strip()]
            if beyond or len(cells) < len(headers):
                count = f"{len(cells)} cells where the header has {len(headers)}"
                yield Line(record.number, problem=f"{count}; is it cut off, or a comma outside quotes?")
            else:
                yield Line(record.number, dict(zip(headers, cells, strict=False)))
