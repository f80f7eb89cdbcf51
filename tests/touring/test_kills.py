"""A worker killed with SIGKILL in mid-run: the run finishes, once, and nothing is lost (K4, M3)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = 6


def kill(kills: int, worker: str, folder: Path, **environment: str) -> dict:
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'kills.sqlite3'}",
        "BROKER_URL": "filesystem://",
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "VAR_DIR": str(folder),
        "JOB_LEASE_SECONDS": "2",
    }
    finished = subprocess.run(
        [sys.executable, "-m", "tests.touring.kills", "drive", str(kills), worker],
        cwd=ROOT,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return json.loads(finished.stdout.splitlines()[-1])


def assert_nothing_lost_or_doubled(report: dict, kills: int) -> None:
    runs = report["runs"]
    assert report["kills"] >= kills
    assert {run["state"] for run in runs} == {"done"}
    assert {run["versions"] for run in runs} == {1}
    assert {(run["stops"], run["requests"]) for run in runs} == {(REQUESTS, REQUESTS)}
    assert report["numbers"] == list(range(1, len(runs) + 1))
    assert sum(run["attempts"] for run in runs) > kills  # the kills did hit


def test_a_run_survives_two_kills_of_its_worker(tmp_path):
    assert_nothing_lost_or_doubled(kill(2, "plain", tmp_path), 2)


@pytest.mark.long
def test_runs_survive_fifty_kills_of_celery_on_files_and_sqlite(tmp_path):
    assert_nothing_lost_or_doubled(kill(50, "celery", tmp_path), 50)


@pytest.mark.long
def test_runs_survive_fifty_kills_of_celery_on_redis_and_postgresql(
    tmp_path, fresh_postgres_url, redis_url
):
    report = kill(50, "celery", tmp_path, DATABASE_URL=fresh_postgres_url, BROKER_URL=redis_url)

    assert_nothing_lost_or_doubled(report, 50)
