"""``python -m venues.imports.child``: one uploaded table read where nothing can be harmed.

The file comes on standard input, the table or the refusal goes out as JSON. No Django, no
database, no settings in here. It bounds its own processor time and memory before it looks at the file.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

if __name__ == "__main__":  # openpyxl would load numpy, and can do without
    sys.modules["numpy"] = None  # type: ignore[assignment]  # which makes importing it fail

from venues.imports.archive import UnreadableFile
from venues.imports.workbook import Table, UnusableCell, read_table

CPU_SECONDS = 5
MEMORY_BYTES = 256 * 1024 * 1024


def main() -> None:
    bound()
    for line in answer_to(sys.stdin.buffer.read()):
        sys.stdout.write(line)


def bound() -> None:
    """Bound what this process may use from now on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def answer_to(content: bytes) -> Iterator[str]:
    """The table, or why it is refused, in lines of JSON."""
    try:
        yield from packed_table(read_table(content))
    except UnreadableFile as refusal:
        yield json.dumps({"refusal": refusal.message})


def packed_table(table: Table) -> Iterator[str]:
    """Lines of JSON: the headings and their row, then each row with its number."""
    yield json.dumps({"headings": table.headings, "heading_row": table.heading_row}) + "\n"
    for row in table.rows:
        yield json.dumps([row.number, [packed(value) for value in row.values]]) + "\n"


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
