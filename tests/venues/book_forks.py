"""``python -m tests.venues.book_forks``: the reader of tables as a server that forks for every file.

The product starts a process for each file, which takes half a second; a fork with the same bounds
takes a hundredth of it and tells what the file cost. A request is a length (eight octets) and as
many octets, an answer a line of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # as in the child itself
    sys.modules["numpy"] = None  # type: ignore[assignment]  # which makes importing it fail

from venues.imports import child

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Outcome:
    """``said``: read, refused or given up; the last where the bounds ended it."""

    name: str
    said: str
    cpu_seconds: float
    peak_mb: float


def outcomes(files: Iterable[tuple[str, bytes]]) -> Iterator[Outcome]:
    command = [sys.executable, "-m", "tests.venues.book_forks"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for name, data in files:
            request = memoryview(len(data).to_bytes(8, "big") + data)
            while request:
                request = request[server.stdin.write(request) :]
            yield Outcome(name, **json.loads(server.stdout.readline()))
        server.stdin.close()


def main() -> None:
    while head := sys.stdin.buffer.read(8):
        content = sys.stdin.buffer.read(int.from_bytes(head, "big"))
        sys.stdout.write(json.dumps(_measured(content)) + "\n")
        sys.stdout.flush()


def _measured(content: bytes) -> dict[str, object]:
    fork = os.fork()
    if fork == 0:
        os._exit(_work(content))
    _, status, used = os.wait4(fork, 0)
    code = os.waitstatus_to_exitcode(status)
    return {
        "said": {0: "read", 1: "refused"}.get(code, "given up"),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
    }


def _work(content: bytes) -> int:
    child.bound()
    os.close(2)
    try:
        lines = list(child.answer_to(content))
    except BaseException:
        return 2
    return 1 if lines[0].startswith('{"refusal"') else 0


if __name__ == "__main__":
    main()
