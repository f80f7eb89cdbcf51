"""``python -m tests.events.imports.stubborn_child HOW SECONDS``: the real child, but its work hangs.

``HOW`` is sleep or loop (in the fork), or deaf (the child itself does not even take a request).
"""

from __future__ import annotations

import sys
import time

from events.ical import child


def sleep(_request: bytes) -> bytes:
    time.sleep(600)
    return b""


def loop(_request: bytes) -> bytes:
    while True:
        pass


if __name__ == "__main__":
    how, seconds = sys.argv[1:]
    if how == "deaf":
        time.sleep(600)
    _work = child._work

    def work(request: bytes, out: int) -> None:
        child.read_plainly = {"sleep": sleep, "loop": loop}[how]
        _work(request, out)

    child._work = work
    child.WALL_SECONDS = float(seconds)
    child.CPU_SECONDS = 1
    child.main()
