"""Readings killed with SIGKILL at any moment: all of a file or nothing of it (I8)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS = 60


def kill(folder: Path, **environment: str) -> dict:
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'kills.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "VAR_DIR": str(folder),
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.events.kills", str(KILLS)],
        cwd=ROOT,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return json.loads(finished.stdout.splitlines()[-1])


def assert_all_or_nothing(report: dict) -> None:
    assert report["kills"] == KILLS
    assert report["odd"] == []
    assert report["ends_well"]
    assert report["open_runs"] == 0


@pytest.mark.long
def test_readings_survive_sixty_kills_on_sqlite(tmp_path):
    assert_all_or_nothing(kill(tmp_path))


@pytest.mark.long
def test_readings_survive_sixty_kills_on_postgresql(tmp_path, fresh_postgres_url):
    assert_all_or_nothing(kill(tmp_path, DATABASE_URL=fresh_postgres_url))
