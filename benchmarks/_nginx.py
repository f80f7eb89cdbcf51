"""A calendar published as a file beside a static file of its size, both given by one nginx.

The nginx is a private one on a port of its own, one worker, set up as ``docs/feeds.md`` says; beside
it the same bytes in a location that does nothing else.
``wrk`` asks for both in turn; CPU is the nginx worker's own.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PUBLISHED = "/feeds/venues/bench.ics"
STATIC, HELD = "/static/bench.ics", "/held/bench.ics"
"""The same bytes as plain as nginx gives them, and with its cache of open files."""
_PATHS = (PUBLISHED, STATIC, HELD)
_SECONDS = "1"
_SETTINGS = r"""
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; keepalive_requests 100000000;
  types {{ text/calendar ics; }}
  map $args $feed_file {{ "" .ics; lang=zh .ics; lang=en .en.ics; default .asked; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    charset utf-8; charset_types text/calendar;
    location /feeds/ {{
      root {files}; gzip_static on; log_not_found off; {open_files}
      add_header Cache-Control "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800";
      if ($args) {{ rewrite ^(.+)\.ics$ $1$feed_file break; }}
      error_page 403 404 = @orrery;
    }}
    location @orrery {{ return 404; }}
    location /static/ {{
      root {folder}; gzip_static on;
      add_header Cache-Control "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800";
    }}
    location /held/ {{
      root {folder}; gzip_static on; {open_files}
      add_header Cache-Control "public, max-age=900, stale-while-revalidate=86400, stale-if-error=604800";
    }}
  }}
}}
"""
_OPEN_FILES = "open_file_cache max=10000 inactive=60s; open_file_cache_valid 1s;"


def measure(folder: Path, *, rounds: int) -> dict[str, dict[str, float]]:
    """Per answer: CPU microseconds and requests a second of both, and static over published.

    The calendars must have been asked for, for only such are published. Empty where nginx or
    wrk is missing.
    """
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    wrk = shutil.which("wrk")
    if nginx is None or wrk is None:
        return {}
    _publish(folder)
    with _served(nginx, folder) as (port, worker):
        tags = {path: _tag(port, path) for path in _PATHS}
        gzip = "Accept-Encoding: gzip"
        asked = {
            f"{status} {path}": (path, header)
            for path in _PATHS
            for status, header in (("200", gzip), ("304", f"If-None-Match: {tags[path]}"))
        }
        seen: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
        for _ in range(rounds):
            for name, (path, header) in asked.items():
                seen[name].append(_round(wrk, port, worker, path, header))
    return {status: _compared(seen, status) for status in ("200", "304")}


def _publish(folder: Path) -> None:
    from django.core.management import call_command

    call_command("publish_feeds", "--to", str(folder / "files"))
    for beside in (STATIC, HELD):
        Path(f"{folder}{beside}").parent.mkdir(exist_ok=True)
        for ending in ("", ".gz"):
            shutil.copy(f"{folder}/files{PUBLISHED}{ending}", f"{folder}{beside}{ending}")
    for path in (folder, *folder.rglob("*")):  # the worker is not root
        path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def _served(nginx: str, folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = folder / "nginx.conf"
    settings.write_text(
        _SETTINGS.format(folder=folder, files=folder / "files", port=port, open_files=_OPEN_FILES)
    )
    process = subprocess.Popen([nginx, "-c", settings, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            time.sleep(0.1)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            if process.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text())
            if found := children.read_text().split():
                yield port, int(found[0])
                return
        raise RuntimeError("nginx did not start within ten seconds")
    finally:
        process.terminate()
        process.wait(timeout=20)


def _tag(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    response.read()
    if response.status != 200 or response.headers["Content-Encoding"] != "gzip":
        raise RuntimeError(f"nginx answers {path} with {response.status}")
    return response.headers["ETag"]


def _round(wrk: str, port: int, worker: int, path: str, header: str) -> tuple[float, float]:
    """CPU seconds per request, requests per second."""
    before = _cpu_seconds(worker)
    command = [wrk, "-t1", "-c16", f"-d{_SECONDS}s", "-H", header, f"http://127.0.0.1:{port}{path}"]
    if "If-None-Match" in header:
        command[-1:-1] = ["-H", "Accept-Encoding: gzip"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = _cpu_seconds(worker) - before
    number = re.search(r"(\d+) requests in", said)
    speed = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if number is None or speed is None or "Non-2xx" in said:
        raise RuntimeError(f"wrk could not measure {path}: {said}")
    return spent / int(number[1]), float(speed[1])


def _cpu_seconds(process: int) -> float:
    """CPU time by the kernel's scheduler."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _compared(seen: dict[str, list[tuple[float, float]]], status: str) -> dict[str, float]:
    published, static, held = (
        tuple(statistics.median(column) for column in zip(*seen[f"{status} {path}"], strict=True))
        for path in _PATHS
    )
    return {
        "published_cpu_us": round(published[0] * 1e6, 2),
        "static_cpu_us": round(static[0] * 1e6, 2),
        "static_with_open_files_cpu_us": round(held[0] * 1e6, 2),
        "published_per_second": round(published[1]),
        "static_per_second": round(static[1]),
        "static_cpu_over_published": round(static[0] / published[0], 3),
        "static_with_open_files_cpu_over_published": round(held[0] / published[0], 3),
        "published_over_static_per_second": round(published[1] / static[1], 3),
        "load": round(os.getloadavg()[0], 2),
    }
