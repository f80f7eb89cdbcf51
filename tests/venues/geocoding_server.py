"""A geocoding service on the loopback address that notes who asked, what and when."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FakeService:
    """``answers`` by the text of the address; anything else is answered with ``otherwise``."""

    otherwise: Any
    answers: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    url: str = ""
    seen: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[FakeService]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                agent = self.headers["User-Agent"]
                service.seen.append(
                    {"at": time.time(), "path": parts.path, "agent": agent, **asked}
                )
                wanted = asked.get("q") or asked.get("address")
                body = service.answers.get(wanted, service.otherwise)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
