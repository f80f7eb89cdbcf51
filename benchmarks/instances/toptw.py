"""The public TOPTW instances (Solomon's series for the team orienteering problem) as seasons.

They are read from ``ORRERY_BENCH_DATA`` or ``../shared/data`` in the folder ``toptw`` and never
shipped. Times are decimal and distances are cut off after the first decimal, so a day of the
season is a tenth of their unit. A path is a unit, a vertex is a host with one request; the score is
the value and kilometres cost nothing. Places do not matter: the matrix replaces them.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from touring.planning.formats import parse_instance
from touring.planning.problem import Problem

_TICKS = 10
TWELVE = tuple(f"{series}10{number}" for series in ("c", "r", "rc") for number in (1, 2, 3, 4))


def folder() -> Path | None:
    """Where the instances lie; ``None`` where there are none."""
    named = os.environ.get("ORRERY_BENCH_DATA")
    root = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"
    return root / "toptw" if (root / "toptw").is_dir() else None


def instance(path: Path, paths: int) -> Problem:
    """The instance of a file for a number of paths."""
    rows = [line.split() for line in path.read_text(encoding="ascii").splitlines() if line.strip()]
    vertices = [[float(one) for one in row] for row in rows[2:]]
    at = [(row[1], row[2]) for row in vertices]
    ticks = [[math.floor(_TICKS * math.dist(one, two) + 1e-9) for two in at] for one in at]
    end = round(_TICKS * vertices[0][-1])
    units = [f"path{i + 1}" for i in range(paths)]
    names = [*(f"home:{unit}" for unit in units), *(str(i) for i in range(1, len(at)))]
    index = [*(0 for _ in units), *range(1, len(at))]
    table = [[float(ticks[i][j]) for j in index] for i in index]
    hosts = [{"id": str(i), "lat": 0.0, "lon": 0.0} for i in range(1, len(at))]
    requests = [
        {
            "id": f"v{i}",
            "host": str(i),
            "stay_days": round(_TICKS * row[3]),
            "value": row[4],
            "windows": [
                {"first": round(_TICKS * row[-2]), "end": round(_TICKS * (row[-1] + row[3]))}
            ],
        }
        for i, row in enumerate(vertices)
        if i
    ]
    return parse_instance(
        {
            "format": "orrery-tour/1",
            "name": f"{path.stem}-{paths}",
            "days": end,
            "travel": {"matrix": {"points": names, "km": table, "days": table}},
            "hosts": hosts,
            "units": [{"id": unit, "home": [0.0, 0.0], "available": [[0, end]]} for unit in units],
            "requests": requests,
            "objective": {"mode": "weighted"},
        }
    )
