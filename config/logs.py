"""Processors of the one-line JSON log, named so that settings can point at them."""

from __future__ import annotations

import structlog

TIMESTAMP = structlog.processors.TimeStamper(fmt="iso", utc=True)
LEVEL = structlog.stdlib.add_log_level
NAME = structlog.stdlib.add_logger_name
WITHOUT_META = structlog.stdlib.ProcessorFormatter.remove_processors_meta
EXCEPTION = structlog.processors.format_exc_info
JSON = structlog.processors.JSONRenderer(ensure_ascii=False)
