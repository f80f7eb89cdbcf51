"""``./run bench NAME [options]``: starts one benchmark and prints its answer as JSON.

A benchmark is a module of this folder with ``main(argv: list[str]) -> dict``. It prints its table
on standard output; what it returns (workload, seed, every peer's figure, ratio) is printed as the
last line, together with the machine it was measured on.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


_NAMES = {"imports": "import"}
"""Names that no module can have, for they are words of Python's own."""


def module_of(name: str) -> str:
    """The module behind a benchmark's name."""
    modules = {other: module for module, other in _NAMES.items()}
    return f"benchmarks.{modules.get(name, name)}"


def names() -> list[str]:
    """The benchmarks there are, in alphabetical order."""
    return sorted(
        _NAMES.get(path.stem, path.stem)
        for path in FOLDER.glob("*.py")
        if path.stem != "run" and not path.stem.startswith("_")
    )


def machine() -> dict[str, object]:
    """What a reader must know to judge the figures."""
    return {
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": platform.system(),
    }


def main(argv: list[str]) -> int:
    """Run ``argv[0]`` with the remaining arguments; 2 when there is no such benchmark."""
    if not argv or argv[0] not in names():
        asked = f"There is no benchmark {argv[0]!r}." if argv else "Name a benchmark."
        print(f"{asked} There are: {', '.join(names()) or 'none yet'}.", file=sys.stderr)
        return 2
    about = machine()
    begin = time.perf_counter()
    answer = importlib.import_module(module_of(argv[0])).main(argv[1:])
    seconds = round(time.perf_counter() - begin, 3)
    print(json.dumps({"benchmark": argv[0], "machine": about, "seconds": seconds} | answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
