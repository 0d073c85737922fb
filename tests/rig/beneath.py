"""A disk beneath SQLite that loses what was not synced when the power goes, fills up, and fails.

SQLite's own files are the machine's memory of the disk: what is read is what was written. Beside them stands what a
disk would really hold: each file as of its last sync, and every write since. When the power is cut, each of those
writes is lost, kept, torn (some of its 512-byte sectors are there, some not) or spoilt, by chance; what is left is
written into another folder, as the machine would find it once it is started again.

Python's own sqlite3 takes no layer beneath it; apsw does, with a SQLite of its own (3.54 where this was written). Our
pragmas, our begin, commit and savepoints run above it unchanged. The file of shared memory (-shm) is passed through:
it is not part of what survives, and SQLite makes it anew from the log.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import apsw

from storage.database import BUSY, SQLite

SECTOR = 512  # bytes a disk writes whole or not at all
FULL, BROKEN, OFF = "full", "broken", "off"  # what may be wrong with a disk

Write = tuple[int, bytes]  # where, and what; an offset of -1 and a length cuts or, below zero, removes the file


class Disk(apsw.VFS):
    """One disk; used under its ``name``. ``weigh`` is asked before each write, sync and removal."""

    def __init__(self, name: str, chance: Random) -> None:
        super().__init__(name, "")
        self.name = name
        self.steps = 0
        self.state = ""
        self.room = 0  # bytes all files together may take, while the disk is full
        self.weigh: Callable[[int, str], None] = lambda _number, _what: None  # may raise, or cut the power
        self.refused = 0
        self._chance = chance
        self._held: dict[str, bytearray] = {}
        self._since: dict[str, list[Write]] = {}
        self._lock = threading.RLock()

    def keep(self, path: Path) -> None:
        """A file that stood on the disk before anything was done."""
        self._held[str(path)] = bytearray(path.read_bytes())

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's word
        if name is None:  # a file of its own that nobody sees, and no power cut spares
            return apsw.VFSFile("", name, flags)
        return _File(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        with self._lock:
            self.step("remove")
            super().xDelete(name, syncdir)
            self._since.setdefault(name, []).append((-1, b"gone"))
            if syncdir:
                self.sync(name)

    def step(self, what: str, path: str = "", grows_to: int = 0) -> None:
        """One more write, sync or removal begins; raises as SQLite knows it where the disk takes none."""
        self.steps += 1
        self.weigh(self.steps, what)
        if self.state == FULL and self._needs(path, grows_to) > self.room:
            self.refused += 1
            raise apsw.FullError
        if self.state in (BROKEN, OFF):
            self.refused += 1
            raise apsw.IOError

    def _needs(self, path: str, grows_to: int) -> int:
        """The bytes all files take once this one is so long; none where it is that long already."""
        size = Path(path).stat().st_size if path else grows_to
        return self._taken() - size + grows_to if grows_to > size else 0

    def _taken(self) -> int:
        return sum(Path(path).stat().st_size for path in {*self._held, *self._since} if Path(path).exists())

    def fill_up(self, left: int = 0) -> None:
        """From here on there is room for so many bytes more."""
        with self._lock:
            self.room, self.state = self._taken() + left, FULL

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        self._since.setdefault(path, []).append((offset, data))

    def sync(self, path: str) -> None:
        """Everything written to this file stands on the disk."""
        for offset, data in self._since.pop(path, []):
            self._put(self._held, path, offset, data)

    def unsynced(self, path: Path) -> tuple[int, int]:
        """How many writes to this database's log, and to its file, a cut would put at risk now."""
        return len(self._since.get(f"{path}-wal", ())), len(self._since.get(str(path), ()))

    def cut(self, into: Path) -> None:
        """The power goes: what is left is written into a folder, and nothing is taken any more."""
        with self._lock:
            self.state = OFF
            left = {path: bytearray(held) for path, held in self._held.items()}
            how = self._chance.choice(["lost", "kept", "torn", "mixed", "mixed"])
            for path, writes in self._since.items():
                first_lost = self._chance.randint(0, len(writes))
                for number, (offset, data) in enumerate(writes):
                    self._survive(left, path, offset, data, how, number - first_lost)
            for path, data in left.items():
                (into / Path(path).name).write_bytes(data)

    def _survive(self, left: dict[str, bytearray], path: str, offset: int, data: bytes, how: str, place: int) -> None:
        """What becomes of one write that was not synced; ``torn`` keeps what came first, and tears one."""
        mixed = self._chance.choice(["lost", "kept", "torn", "spoilt"])
        fate = {"torn": "kept" if place < 0 else "torn" if not place else "lost", "mixed": mixed}.get(how, how)
        if fate == "kept" or (offset < 0 and fate != "lost"):
            self._put(left, path, offset, data)
        elif fate in ("torn", "spoilt"):
            for start in range(0, len(data), SECTOR):
                sector = data[start : start + SECTOR]
                if self._chance.random() < 0.5:
                    self._put(left, path, offset + start, sector)
                elif fate == "spoilt":
                    self._put(left, path, offset + start, self._chance.randbytes(len(sector)))

    @staticmethod
    def _put(files: dict[str, bytearray], path: str, offset: int, data: bytes) -> None:
        if offset < 0 and data == b"gone":
            files.pop(path, None)
            return
        held = files.setdefault(path, bytearray())
        if offset < 0:
            del held[int(data) :]
        else:
            held.extend(bytes(max(0, offset + len(data) - len(held))))
            held[offset : offset + len(data)] = data


class _File(apsw.VFSFile):
    """A file on such a disk."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        if self._disk.state in (BROKEN, OFF):
            raise apsw.IOError
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        with self._disk._lock:
            self._disk.step("write", self._path, offset + len(data))
            super().xWrite(data, offset)
            self._disk.wrote(self._path, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        with self._disk._lock:
            self._disk.step("shorten")
            super().xTruncate(size)
            self._disk.wrote(self._path, -1, str(size).encode())

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        with self._disk._lock:
            self._disk.step("sync")
            self._disk.sync(self._path)


class OnDisk(SQLite):
    """Kept's own SQLite engine above such a disk."""

    disk: ClassVar[Disk]
    checkpoint: ClassVar[int]

    def _connect(self, path: Path) -> Any:
        return _Connection(path, self.disk.name, self.checkpoint)

    def migrate(self) -> None:
        """Nothing: the tables were made before, by Python's own SQLite."""


def engine(disk: Disk, *pragmas: str, checkpoint: int = 1000) -> type[OnDisk]:
    """Kept's engine above this disk, with these pragmas after its own.

    The log is written back after so many pages; SQLite's own number is 1000.
    """
    ours = {"disk": disk, "checkpoint": checkpoint, "pragmas": (*SQLite.pragmas, *pragmas)}
    return type("OnThisDisk", (OnDisk,), ours)


class _Connection:
    """What Kept's engine uses of Python's sqlite3, said to apsw; its errors are those Python's sqlite3 would raise."""

    def __init__(self, path: Path, vfs: str, checkpoint: int) -> None:
        with _as_pythons():
            self._apsw = apsw.Connection(str(path), vfs=vfs)

        def written_back(connection: apsw.Connection, name: str, pages: int) -> int:
            """As SQLite itself does it after a commit; what fails here fails nobody's commit, but apsw would say so."""
            if pages >= checkpoint:
                with suppress(apsw.Error):
                    connection.wal_checkpoint(name)
            return apsw.SQLITE_OK

        self._apsw.set_wal_hook(written_back)
        self._apsw.set_busy_timeout(BUSY * 1000)

    def execute(self, sql: str, values: dict[str, Any] | None = None) -> "_Ran":
        with _as_pythons():
            cursor = self._apsw.execute(sql, values or None)
            try:
                names = cursor.get_description()
            except apsw.ExecutionCompleteError:  # it has no row
                names = ()
            return _Ran(cursor.fetchall(), names, self._apsw.changes())

    @property
    def in_transaction(self) -> bool:
        return self._apsw.in_transaction

    def close(self) -> None:
        with suppress(apsw.Error):  # Python's sqlite3 says nothing of what fails at the very end
            self._apsw.close()


@dataclass(frozen=True, slots=True)
class _Ran:
    """A statement that was run to its end."""

    rows: list[tuple[Any, ...]]
    description: Sequence[tuple[str, ...]]
    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


@contextmanager
def _as_pythons() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise sqlite3.OperationalError(str(error) or type(error).__name__) from error
