"""Web and worker as child processes of the demo: started together, ended together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

_PATIENCE_SECONDS = 60.0
_SETTINGS = "config.settings.development"


class DidNotStart(Exception):
    """A child ended, or never answered."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


@contextmanager
def running(*, port: int, with_worker: bool) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The children, already answering on ``port``; all are ended on the way out.

    Raises:
        DidNotStart: see the logs under ``var/log``.
    """
    site = f"http://127.0.0.1:{port}"
    granian = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    granian += ["--blocking-threads", "4"]
    commands = {"web": [*granian, "config.wsgi:application"]}
    if with_worker:
        commands["worker"] = ["celery", "-A", "config", "worker", "-B", "-c", "1", "-l", "WARNING"]
    with ExitStack() as children:
        started = [
            children.enter_context(_child(name, command, site))
            for name, command in commands.items()
        ]
        _wait_until_answering(started[0], port)
        yield started


@contextmanager
def _child(name: str, command: list[str], site: str) -> Iterator[subprocess.Popen[bytes]]:
    folder = Path(settings.VAR_DIR) / "log"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": _SETTINGS, "SITE_URL": site}
    with (folder / f"{name}.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _wait_until_answering(child: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
                link.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if b" 200 " in link.recv(64):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise DidNotStart(
        f"The web server did not start; its log is {Path(settings.VAR_DIR) / 'log' / 'web.log'}."
    )
