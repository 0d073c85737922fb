"""The store: every change a transaction, many transactions one commit.

One thread writes. Changes that arrive while it is busy wait in a queue and share the next commit, each in a
savepoint of its own, so that one bad change fails alone. ``await store.run(...)`` returns after the commit: what a
person was told is on disk.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from storage.database import Database, Engine

P = ParamSpec("P")
T = TypeVar("T")

MOST_CHANGES_IN_ONE_COMMIT = 256
READERS = 2


class ClosedError(RuntimeError):
    """The store is closed: the bot is stopping and takes no more changes."""


@dataclass(slots=True)
class _Change:
    """A change on its way through the writing thread, and where its result is awaited."""

    apply: Callable[[Database], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]
    is_scrub: bool = False  # runs alone, outside a transaction
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Hand the result to whoever awaits it, unless they have gone away."""
        if self.done.cancelled():
            return
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class Store:
    """Runs plain query functions against a database: ``run`` to change, ``read`` to look."""

    def __init__(self, open_engine: Callable[[], Engine]) -> None:
        """Open the database, bring its tables up to date and start the writing thread."""
        self._open = open_engine
        self._queue: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # so that nothing is queued behind the None that closes the queue
        self._closed = False
        writer = open_engine()
        writer.migrate()
        self._thread = threading.Thread(target=self._write, args=(writer,), name="store-writer", daemon=True)
        self._thread.start()
        self._engines: list[Engine] = []
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def run(self, change: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Apply a change in a transaction and return its result once it is committed.

        Raises whatever the change raises (and then nothing of it is kept), or what the commit raised.
        """
        loop = asyncio.get_running_loop()
        pending = _Change(lambda database: change(database, *args, **kwargs), loop, loop.create_future())
        with self._lock:
            if self._closed:
                raise ClosedError
            self._queue.put(pending)
        return cast("T", await pending.done)

    async def read(self, look: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query function on a reading connection, in one consistent view of the data."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self._look(lambda db: look(db, *args, **kwargs)))

    async def scrub(self, *, whole: bool) -> bool:
        """Leave no byte of what was deleted in the database's files; False if something is left over.

        Nothing else is written meanwhile: about ten seconds in a database of a gigabyte.
        """
        loop = asyncio.get_running_loop()

        def apply(engine: Database) -> bool:
            return cast("Engine", engine).scrub(whole=whole)

        pending = _Change(apply, loop, loop.create_future(), is_scrub=True)
        with self._lock:
            if self._closed:
                raise ClosedError
            self._queue.put(pending)
        return cast("bool", await pending.done)

    @property
    def alive(self) -> bool:
        """Whether the writing thread is there to take changes."""
        return self._thread.is_alive() and not self._closed

    async def close(self) -> None:
        """Commit what was queued, refuse what comes after, and close every connection."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._readers.shutdown)
        for engine in self._engines:
            engine.close()
        self._engines.clear()

    def _look(self, look: Callable[[Database], T]) -> T:
        engine = getattr(self._local, "engine", None)
        if engine is None:
            engine = self._local.engine = self._open()
            self._engines.append(engine)
        while True:
            try:
                engine.begin(writing=False)
                return look(engine)
            except Exception as error:
                if not engine.again(error):
                    raise
            finally:
                engine.rollback()

    def _write(self, engine: Engine) -> None:
        closing = False
        while not closing:
            batch, closing = self._next_batch()
            if batch:
                _commit(engine, [change for change in batch if not change.is_scrub])
                _scrub(engine, [change for change in batch if change.is_scrub])
                for loop in {change.loop for change in batch}:
                    _settle(loop, [change for change in batch if change.loop is loop])
        engine.close()

    def _next_batch(self) -> tuple[list[_Change], bool]:
        """Wait for one change, take all that are already queued behind it; True if the queue was closed."""
        batch: list[_Change] = []
        change = self._queue.get()
        while change is not None:
            batch.append(change)
            if len(batch) == MOST_CHANGES_IN_ONE_COMMIT:
                return batch, False
            try:
                change = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True


def _commit(engine: Engine, batch: list[_Change]) -> None:
    """Apply each change in its savepoint and commit them together; if that fails, nobody is told otherwise."""
    while batch:
        try:
            engine.begin(writing=True)
            for change in batch:
                _apply(engine, change)
            engine.commit()
        except BaseException as error:  # noqa: BLE001 - whatever it was, each waiting caller must hear it
            engine.rollback()
            if engine.again(error):
                continue
            for change in batch:
                change.error = change.error or error
        return


def _scrub(engine: Engine, batch: list[_Change]) -> None:
    for change in batch:
        try:
            change.result = change.apply(engine)
        except Exception as error:  # noqa: BLE001 - whoever waits hears it, and the thread goes on
            change.error = error


def _apply(engine: Engine, change: _Change) -> None:
    change.error = None  # it may have been tried before
    engine.savepoint()
    try:
        change.result = change.apply(engine)
    except Exception as error:
        change.error = error
        if not engine.rollback_to_savepoint():
            raise
    else:
        engine.release()


def _settle(loop: asyncio.AbstractEventLoop, changes: list[_Change]) -> None:
    def settle() -> None:
        for change in changes:
            change.settle()

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:  # the loop is gone, and with it everybody who waited
        return
