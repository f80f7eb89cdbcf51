"""Servers on the loopback address that answer as the worst of the internet does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[[socket.socket, "Heard"], None]


@dataclass
class Heard:
    """One request as the server got it."""

    line: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]


@dataclass
class Server:
    """``replies`` by path; what is not there is 404. ``heard`` grows with each request."""

    port: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.name}{path}"


def answer(
    body: bytes = b"", *, status: str = "200 OK", length: int | None = -1, **headers: str
) -> Reply:
    """A whole answer; ``length`` None leaves Content-Length out, a number lies about it."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if length is not None:
        fields["Content-Length"] = str(len(body) if length == -1 else length)
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items())

    def reply(link: socket.socket, _heard: Heard) -> None:
        link.sendall(head.encode("latin-1") + b"\r\n" + body)

    return reply


@contextmanager
def serving(replies: dict[str, Reply] | None = None) -> Iterator[Server]:
    """A plain HTTP server; connections it holds open end with the test."""
    server = Server(replies=dict(replies or {}))
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]
    links: list[socket.socket] = []

    def talk(link: socket.socket) -> None:
        with link:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += link.recv(65536) or b"\r\n\r\n"
                lines = head.decode("latin-1").split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
                heard = Heard(lines[0], {name.lower(): value for name, value in fields.items()})
                server.heard.append(heard)
                path = heard.path.partition("?")[0]
                server.replies.get(path, answer(status="404 Not Found"))(link, heard)
            except OSError:
                pass  # the client left: many of these tests want it to

    def accept() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            links.append(link)
            threading.Thread(target=talk, args=(link,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for link in links:
            link.close()
