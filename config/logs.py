"""The one-line JSON log."""

from __future__ import annotations

import json
from typing import Any

import structlog


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """One JSON object per record: time, level, logger, message, and the traceback as text."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(_printable, ensure_ascii=False),
        ],
    )


def _printable(event: Any, **options: Any) -> str:
    """JSON as text in which nothing turns the reading direction or begins another line."""
    written = json.dumps(event, **options)
    if written.isprintable():
        return written
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in written)
