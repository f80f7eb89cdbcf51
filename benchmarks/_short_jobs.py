"""The Celery application of the house with one job more, which only says how long it waited."""

from __future__ import annotations

import time
from pathlib import Path

from config.celery import app

__all__ = ["app", "short_job"]


@app.task(name="benchmarks.short_job")
def short_job(sent_at: float, path: str) -> None:
    """Add the seconds since ``sent_at`` (of the epoch) to the file."""
    with Path(path).open("a") as waits:
        waits.write(f"{time.time() - sent_at:.4f}\n")
