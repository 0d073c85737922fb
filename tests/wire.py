"""A wire to PostgreSQL that a test can cut: a listener on loopback that passes everything on, or does not."""

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psycopg

COMMIT = b"COMMIT\0"


class Wire:
    """Between a bot and its server; ``address`` is what to connect to. Used with ``with``."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        port = self._listener.getsockname()[1]
        user = self._to.netloc.rpartition("@")[0]
        self.address = urlunsplit(self._to._replace(netloc=f"{user}@127.0.0.1:{port}", query="sslmode=disable"))
        self.cut_before_commit = 0  # how many COMMITs will never arrive
        self.cut_after_commit = 0  # how many will arrive and never be answered
        self.is_down = False  # whether it takes no connections
        self._pairs: list[tuple[socket.socket, socket.socket]] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Cut every connection there is."""
        for pair in self._pairs:
            _close(pair)
        self._pairs.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                near.close()
                continue
            far = self._server()
            self._pairs.append((near, far))
            threading.Thread(target=self._forth, args=(near, far), daemon=True).start()
            threading.Thread(target=self._back, args=(near, far), daemon=True).start()

    def _server(self) -> socket.socket:
        folder = parse_qs(self._to.query).get("host")
        if not folder:
            return socket.create_connection((self._to.hostname or "127.0.0.1", self._to.port or 5432))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{folder[0]}/.s.PGSQL.{self._to.port or 5432}")
        return far

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := near.recv(65536):
                if COMMIT in said and self.cut_before_commit:
                    self.cut_before_commit -= 1
                    break
                if COMMIT in said and self.cut_after_commit:
                    self.cut_after_commit -= 1
                    near.close()  # the answer finds nobody
                    far.sendall(said)
                    far.recv(65536)
                    break
                far.sendall(said)
        _close((near, far))

    def _back(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while said := far.recv(65536):
                near.sendall(said)
        _close((near, far))


def _close(pair: tuple[socket.socket, socket.socket]) -> None:
    for end in pair:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


def kill_sessions(url: str, stop: threading.Event, every: float) -> None:
    """End the sessions of everybody else, over and over, so many seconds apart."""
    with psycopg.connect(url, autocommit=True) as admin:
        while not stop.wait(every):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database() AND application_name = 'kept'"
            )
