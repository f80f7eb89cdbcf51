"""``python -m venues.imports.child``: one uploaded table read where nothing can be harmed.

The file comes on standard input, the table or the refusal goes out as JSON. No Django, no
database, no settings in here. It bounds its own processor time and memory before it looks at the file.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from venues.imports.archive import UnreadableFile
from venues.imports.workbook import UnusableCell, read_table

CPU_SECONDS = 20
MEMORY_BYTES = 1_000_000_000  # of addresses; what is really used stays far below 300 MB


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        table = read_table(sys.stdin.buffer.read())
    except UnreadableFile as refusal:
        json.dump({"refusal": refusal.message}, sys.stdout)
        return
    rows = [[row.number, [packed(value) for value in row.values]] for row in table.rows]
    answer = {"headings": table.headings, "heading_row": table.heading_row, "rows": rows}
    json.dump(answer, sys.stdout)


def packed(value: Any) -> Any:
    """JSON's own values as they are, others as a pair of their kind and text."""
    if isinstance(value, UnusableCell):
        return ["unusable", value.message]
    if isinstance(value, datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["length", value.total_seconds()]
    return value


if __name__ == "__main__":
    main()
