"""Sixteen processes want one slot: one gets it, the others are told so (K1, K2, K3)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 16
REFUSALS = {
    "unit": "already_taken",
    "space": "already_taken",
    "move": "already_taken",
    "publish": "stale_plan",
    "hold": "already_held",
    "confirm": "stale_hold",
}
KINDS = len(REFUSALS)


def contest(database_url: str, contests: int) -> dict:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.touring.contest", str(contests), str(CLIENTS)],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return json.loads(finished.stdout.splitlines()[-1])


def assert_one_winner_each(report: dict, contests: int) -> None:
    assert len(report["contests"]) == contests
    for one in report["contests"]:
        assert one["answers"] == {"won": 1, REFUSALS[one["kind"]]: CLIENTS - 1}, one
    assert {one["kind"] for one in report["contests"]} == REFUSALS.keys()
    assert report["overlapping_pairs"] == 0
    published = [one for one in report["contests"] if one["kind"] == "publish"]
    assert report["publications"] == len(published)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'contest.sqlite3'}"


def test_one_of_sixteen_processes_gets_the_slot_on_sqlite(tmp_path):
    assert_one_winner_each(contest(sqlite_url(tmp_path), KINDS), KINDS)


def test_one_of_sixteen_processes_gets_the_slot_on_postgresql(fresh_postgres_url):
    assert_one_winner_each(contest(fresh_postgres_url, KINDS), KINDS)


@pytest.mark.long
def test_a_thousand_contests_on_sqlite_have_one_winner_each(tmp_path):
    assert_one_winner_each(contest(sqlite_url(tmp_path), 1000), 1000)


@pytest.mark.long
def test_a_thousand_contests_on_postgresql_have_one_winner_each(fresh_postgres_url):
    assert_one_winner_each(contest(fresh_postgres_url, 1000), 1000)
