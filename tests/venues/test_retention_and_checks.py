from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session

from config.celery import app
from tests.factories.venues import UserFactory
from venues import checks, tasks
from venues.models import ApiKey, GeocodeAnswer, IdempotencyRecord, Job, JobKind
from venues.services import jobs
from venues.services.keys import issue_api_key
from venues.services.retention import Purged, purge_expired

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
@pytest.mark.db_contract
def test_retention_deletes_what_is_past_its_time_and_nothing_else(now):
    user = UserFactory()
    for key, hours in (("old", 24), ("young", 23)):
        IdempotencyRecord.objects.create(
            user=user, key=key, fingerprint="", created_at=now - timedelta(hours=hours)
        )
    for key, days in (("ended", -1), ("running", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(days=days)
        )
    ages = {"long over": 401, "lately over": 399}
    for subject, days in ages.items():
        then = now - timedelta(days=days)
        job = jobs.enqueue(kind=JobKind.PLANNING_RUN, subject=subject, by=None, now=then)
        jobs.request_cancel(job_id=job.pk, by=None, now=then)
        GeocodeAnswer.objects.create(provider="x", query=subject, asked_at=then)
    long_ago = now - timedelta(days=800)
    jobs.enqueue(kind=JobKind.PLANNING_RUN, subject="still waiting", by=None, now=long_ago)
    issue_api_key(user=user, name="gone", scopes=["read"], now=long_ago, days=30)
    issue_api_key(user=user, name="kept", scopes=["read"], now=now - timedelta(days=100), days=30)

    purged = purge_expired(now=now, retention_days=400)
    again = purge_expired(now=now, retention_days=400)

    assert purged == Purged(1, 1, 1, 1, 1)
    assert again == Purged(0, 0, 0, 0, 0)
    assert [record.key for record in IdempotencyRecord.objects.all()] == ["young"]
    assert [session.session_key for session in Session.objects.all()] == ["running"]
    assert {job.subject for job in Job.objects.all()} == {"lately over", "still waiting"}
    assert [key.name for key in ApiKey.objects.all()] == ["kept"]
    assert [answer.query for answer in GeocodeAnswer.objects.all()] == ["lately over"]


@pytest.mark.django_db
def test_every_task_of_the_timetable_that_is_ours_exists_and_runs():
    ours = {
        entry["task"]
        for entry in app.conf.beat_schedule.values()
        if entry["task"].startswith("venues.")
    }

    tasks_here = {tasks.reclaim_jobs, tasks.geocode_pending, tasks.purge_expired}
    assert {task.name for task in tasks_here} == ours
    for task in tasks_here:
        task()


@pytest.mark.django_db
def test_K6_the_task_takes_back_what_a_dead_worker_left(now):
    job = jobs.enqueue(kind=JobKind.PLANNING_RUN, subject="1", by=None, now=now)
    jobs.take(job_id=job.pk, owner="dead", now=now - timedelta(days=3_000), lease_seconds=30)

    tasks.reclaim_jobs()

    job.refresh_from_db()
    assert job.state == "queued"


# ---- what refuses to start


@pytest.mark.parametrize("how", [["-O"], ["-OO"], "PYTHONOPTIMIZE"])
def test_O2_nothing_starts_under_python_O(how):
    flags, more = ([], {how: "1"}) if isinstance(how, str) else (how, {})
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"} | more

    answer = subprocess.run(
        [sys.executable, *flags, "manage.py", "check"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.returncode != 0
    assert "-O" in answer.stderr
    assert "System check identified no issues" not in answer.stdout


def _ids(messages):
    return [message.id for message in messages]


def test_O2_the_check_itself_refuses_too(monkeypatch):
    """For settings of one's own, which do not import ours."""

    class Flags:
        optimize = 1

    assert checks.not_optimized() == []
    monkeypatch.setattr(checks.sys, "flags", Flags())
    assert _ids(checks.not_optimized()) == ["venues.E001"]


def test_M2_a_deferred_sqlite_is_refused(monkeypatch):
    assert checks.sqlite_locks_at_once() == []
    engine = "django.db.backends.sqlite3"
    databases = {
        "default": {"ENGINE": engine, "OPTIONS": {"transaction_mode": "DEFERRED"}},
        "other": {"ENGINE": engine},
        "server": {"ENGINE": "django.db.backends.postgresql"},
    }
    monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES=databases))
    assert _ids(checks.sqlite_locks_at_once()) == ["venues.E002", "venues.E002"]


def test_X2_a_missing_defusedxml_is_refused(monkeypatch):
    assert checks.workbooks_are_defused() == []
    monkeypatch.setenv("OPENPYXL_DEFUSEDXML", "False")
    assert _ids(checks.workbooks_are_defused()) == ["venues.E003"]
    monkeypatch.delenv("OPENPYXL_DEFUSEDXML")
    monkeypatch.setattr(checks.importlib.util, "find_spec", lambda name: None)
    assert _ids(checks.workbooks_are_defused()) == ["venues.E003"]


@pytest.mark.parametrize(
    ("geocoder", "key", "ids"),
    [("", "", []), ("nominatim", "", []), ("amap", "k", []), ("amap", "", ["venues.E004"]),
     ("baidu", "", ["venues.E004"]), ("gogle", "k", ["venues.E004"])],
)  # fmt: skip
def test_a_geocoder_is_named_rightly_and_has_its_key(settings, geocoder, key, ids):
    settings.GEOCODER, settings.GEOCODER_KEY = geocoder, key

    assert _ids(checks.geocoder_is_known()) == ids
