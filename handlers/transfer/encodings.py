"""Which characters the bytes of a file stand for; what is guessed is said. Pure, over a file opened for bytes."""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 1 << 16  # bytes
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
NOT_CP1252 = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
SAVE_AS = "Save it as UTF-8 (in Excel: “CSV UTF-8”)."


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to open a file: Python's name for it, and a remark where it was guessed; or why it cannot be read."""

    name: str = "utf-8-sig"
    remark: str = ""
    problem: str = ""


def of(file: BinaryIO) -> Encoding:
    """The encoding of a file: by its mark, else UTF-8, else Windows-1252 where nothing speaks against it."""
    file.seek(0)
    start = file.read(CHUNK)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        return Encoding(problem=f"This is a workbook or an archive, not a text file. {SAVE_AS}")
    for mark, name in BOMS:
        if start.startswith(mark):
            return Encoding(name)
    if start.count(0) > len(start) // 4:
        return Encoding(problem=f"Half of this file are NUL bytes: UTF-16 without its mark, perhaps. {SAVE_AS}")
    return _unmarked(file)


def _unmarked(file: BinaryIO) -> Encoding:
    is_utf8, example, held_back = True, b"", b""
    has_sequence = has_else = False
    while chunk := file.read(CHUNK):
        whole, held_back = held_back + chunk, b""
        if len(chunk) == CHUNK:  # what the end tears in two belongs to the next piece
            whole, held_back = whole[:-4], whole[-4:]
        if whole.isascii() and not NOT_CP1252.search(whole):
            continue
        has_sequence = has_sequence or SEQUENCE.search(whole) is not None
        rest = SEQUENCE.sub(b"", whole)
        has_else = has_else or NOT_CP1252.search(rest) is not None
        if not rest.isascii() and is_utf8:
            is_utf8, example = False, _around(rest)
    file.seek(0)
    if is_utf8 or has_sequence:  # the lines that break the rule are named one by one
        return Encoding()
    if has_else:
        return Encoding(problem=f"This file is neither UTF-8 nor Windows-1252. {SAVE_AS}")
    shown = example.decode("cp1252")
    return Encoding("cp1252", f"not UTF-8, so read as Windows-1252; does “{shown}” look right? If not: {SAVE_AS}")


def _around(rest: bytes) -> bytes:
    """The word with the first byte that is not UTF-8."""
    found = re.search(rb"[^\s,;\"]{0,20}[\x80-\xff][^\s,;\"]{0,20}", rest)
    return found[0] if found else b""
