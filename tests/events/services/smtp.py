"""A mail server on the loopback address that writes down what it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """``refuses``: the answer to RCPT, to fail on purpose."""

    port: int = 0
    commands: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    refuses: bytes = b""

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=policy.default) for data in self.received]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    state = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 loopback\r\n")
            while line := self.rfile.readline():
                command = line.decode("latin-1").rstrip("\r\n")
                state.commands.append(command)
                verb = command[:4].upper()
                if verb == "QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                if verb == "RCPT" and state.refuses:
                    self.wfile.write(state.refuses)
                    continue
                if verb != "DATA":
                    self.wfile.write(b"250 ok\r\n")
                    continue
                self.wfile.write(b"354 go on\r\n")
                data = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    data += part.removeprefix(b".") if part.startswith(b"..") else part
                state.received.append(data)
                self.wfile.write(b"250 kept\r\n")

    class Listener(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Listener(("127.0.0.1", 0), Talk) as listener:
        state.port = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        yield state
        listener.shutdown()
