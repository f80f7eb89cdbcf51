"""The log of readings: what each one did, in rows that people are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from events.ical.problem import Problem
from events.ical.read import Reading
from events.imports.words import sentence, told
from events.models import ImportRun, RunOutcome, Source
from events.services.sources import SyncReport

SHOWN_PROBLEMS = 50
SHOWN_QUARANTINE = 200
_COUNTED = ("created", "updated", "cancelled", "restored", "unchanged", "held")
_HABIT_RUNS = 12


def began(source: Source, *, now: datetime) -> ImportRun:
    """A new run. An earlier one without an end was left behind by a worker that died."""
    left = ImportRun.objects.filter(source=source, outcome=RunOutcome.READING)
    died = sentence("died", "The reading broke off; nothing of it was taken over.")
    died["zh"] = "读取中断，未采用其中任何内容。"
    left.update(outcome=RunOutcome.FAILED, finished_at=now, failure=died)
    return ImportRun.objects.create(source=source, started_at=now)


def ended(
    run: ImportRun,
    outcome: RunOutcome,
    *,
    now: datetime,
    status: int | None = None,
    failure: dict[str, str] | None = None,
    problems: Sequence[Problem] = (),
    content_hash: str = "",
) -> None:
    """Note how a run without any effect on events ended."""
    run.outcome, run.finished_at, run.http_status = outcome, now, status
    run.failure, run.content_hash = failure or {}, content_hash
    run.problems = [told(problem) for problem in problems[:SHOWN_PROBLEMS]]
    run.problem_count = len(problems)
    run.save()


def taken_over(
    run: ImportRun,
    *,
    reading: Reading,
    refused: Sequence[Problem],
    report: SyncReport,
    status: int,
    content_hash: str,
    now: datetime,
) -> None:
    """Note what a file that could be read did to the events."""
    lost = [problem for problem in (*reading.problems, *refused) if problem.is_lost]
    problems = [
        *(told(problem) for problem in reading.problems),
        *(told(problem) for problem in refused),
        *_of_sync(report),
    ]
    run.outcome = RunOutcome.CHANGED if report.changed_anything else RunOutcome.UNCHANGED
    run.finished_at, run.http_status, run.content_hash = now, status, content_hash
    run.counts = {name: getattr(report, name) for name in _COUNTED}
    run.counts["entries"] = len(reading.entries)
    run.problems, run.problem_count = problems[:SHOWN_PROBLEMS], len(problems)
    run.quarantine = [told(problem) for problem in lost[:SHOWN_QUARANTINE]]
    run.quarantine_count = len(lost)
    run.journal = report.journal.packed() if report.changed_anything else None
    run.save()


def last_read(source: Source) -> ImportRun | None:
    """The last run that read a whole file: what it has in quarantine is there still."""
    read = ImportRun.objects.filter(source=source, content_hash__gt="", failure={})
    return read.exclude(outcome=RunOutcome.REFUSED).order_by("-started_at", "-pk").first()


def habit_of(source: Source) -> float | None:
    """Seconds that usually pass between two changes of the source; none before there were four."""
    changed = ImportRun.objects.filter(
        source=source, outcome__in=(RunOutcome.CHANGED, RunOutcome.UNDONE)
    )
    moments = list(
        changed.order_by("-started_at").values_list("started_at", flat=True)[:_HABIT_RUNS]
    )
    if len(moments) < 4:
        return None
    return median((later - earlier).total_seconds() for later, earlier in pairwise(moments))


def forget_runs(*, now: datetime) -> int:
    """Delete what nobody needs any more; the number of runs.

    Journals a day after undoing has become impossible, runs that found nothing new after a week,
    all others after a year, for a source's habit is read off them.
    """
    runs = ImportRun.objects
    over = runs.filter(finished_at__lt=now - timedelta(days=2), journal__isnull=False)
    over.update(journal=None)
    plain = runs.filter(outcome=RunOutcome.UNCHANGED, quarantine_count=0, problem_count=0)
    number, _ = plain.filter(started_at__lt=now - timedelta(days=7), counts={}).delete()
    return number + runs.filter(started_at__lt=now - timedelta(days=365)).delete()[0]


def _of_sync(report: SyncReport) -> Iterable[dict[str, Any]]:
    for problem in report.problems:
        code = "not_taken_over" if problem.uid else "held"
        yield {"line": None, "uid": problem.uid, "code": code, **sentence(code, problem.message)}
