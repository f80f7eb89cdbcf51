"""A cache server that answers late must not answer somebody else's question (C6)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


class LateServer(threading.Thread):
    """Speaks enough of Redis to answer every GET with the name asked for; some of them late."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.late = threading.Event()

    def run(self) -> None:
        while True:
            try:
                visitor, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(visitor,), daemon=True).start()

    def serve(self, visitor: socket.socket) -> None:
        with visitor, visitor.makefile("rb") as asked:
            while words := self.words(asked):
                if words[0].upper() == b"GET" and words[1].endswith(b"slow"):
                    self.late.wait(5)
                try:
                    visitor.sendall(self.answer(words))
                except OSError:
                    return

    def words(self, asked) -> list[bytes]:
        try:
            first = asked.readline()
        except OSError:
            return []
        if not first:
            return []
        found = []
        for _ in range(int(first[1:])):
            size = int(asked.readline()[1:])
            found.append(asked.read(size))
            asked.read(2)
        return found

    def answer(self, words: list[bytes]) -> bytes:
        if words[0].upper() != b"GET":
            return b"+OK\r\n"
        number = b"7" if words[1].endswith(b"slow") else b"8"  # numbers are stored as they are
        return b"$1\r\n" + number + b"\r\n"


@pytest.fixture
def server() -> Iterator[LateServer]:
    server = LateServer()
    server.start()
    yield server
    server.late.set()
    server.door.close()


def test_C6_an_answer_that_came_too_late_is_read_by_nobody(server):
    cache = RedisCache(
        f"redis://127.0.0.1:{server.port}/0",
        {"OPTIONS": {"socket_timeout": 0.2, "protocol": 2, "max_connections": 1}},
    )
    assert cache.get("other") == 8

    for _ in range(3):
        with pytest.raises(RedisError):
            cache.get("slow")
        server.late.set()  # now the late answer is on its way
        assert cache.get("other") == 8
        server.late.clear()
