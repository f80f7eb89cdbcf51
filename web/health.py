"""Is the service alive, is it ready, and how much is waiting."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import KombuError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from events.models import Event, OutgoingMail
from touring.models import Stop
from venues.models import Job, JobState
from web import memory

BACKLOG = timedelta(minutes=10)
"""A job that waits longer than this means that no worker takes jobs."""


def alive(_request: HttpRequest) -> HttpResponse:
    """``/healthz``: the process answers; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(_request: HttpRequest) -> HttpResponse:
    """``/readyz``: 200, or 503 with the parts that fail; never says why to strangers."""
    parts = {
        "database": _answers(_ask_database),
        "broker": _answers(_ask_broker),
        "jobs": _answers(lambda: _refuse_backlog(timezone.now())),
    }
    is_ready = all(parts.values())
    body = {
        "ready": is_ready,
        **{name: "ok" if answers else "failing" for name, answers in parts.items()},
    }
    return JsonResponse(body, status=200 if is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """``/metrics`` for Prometheus; for this machine, or for who sends ``METRICS_TOKEN``."""
    if not _may_read_metrics(request):
        return HttpResponse("Send the METRICS_TOKEN as a bearer token.\n", status=403)
    registry = CollectorRegistry()
    registry.register(_Waiting())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4")


def _may_read_metrics(request: HttpRequest) -> bool:
    if not settings.METRICS_TOKEN:
        return request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode())


class _Waiting:
    """How many rows wait, run, failed or are shown, by state."""

    def collect(self) -> Iterator[Metric]:
        yield _by_label("orrery_jobs", "Jobs", "state", Job.objects.values_list("state"))
        yield _by_label(
            "orrery_mail", "Outgoing mail", "state", OutgoingMail.objects.values_list("state")
        )
        yield _by_label("orrery_stops", "Stops", "state", Stop.objects.values_list("state"))
        yield _by_label(
            "orrery_events", "Events", "moderation", Event.objects.values_list("moderation")
        )
        yield _feed_answers()
        oldest = _oldest_queued_at()
        age = 0.0 if oldest is None else (timezone.now() - oldest).total_seconds()
        yield GaugeMetricFamily(
            "orrery_oldest_queued_job_seconds", "Age of the job that waits longest", value=age
        )


def _feed_answers() -> CounterMetricFamily:
    family = CounterMetricFamily(
        "orrery_feed_answers",
        "Calendars answered by this process",
        labels=["origin", "status"],
    )
    for (origin, status), number in sorted(memory.answers.items()):
        family.add_metric([origin, status], number)
    return family


def _by_label(name: str, what: str, label: str, rows: QuerySet[Any, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, f"{what} by {label}", labels=[label])
    for value, count in rows.annotate(count=Count("pk")).order_by(label):
        family.add_metric([value], count)
    return family


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (DatabaseError, KombuError, OSError, _Backlog):
        return False
    return True


class _Backlog(Exception):
    pass


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    if settings.BROKER_URL.startswith(("filesystem://", "memory://")):
        Path(settings.VAR_DIR).stat()
        return
    with Connection(settings.BROKER_URL, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)


def _refuse_backlog(now: datetime) -> None:
    oldest = _oldest_queued_at()
    if oldest is not None and now - oldest > BACKLOG:
        raise _Backlog


def _oldest_queued_at() -> datetime | None:
    queued = Job.objects.filter(state=JobState.QUEUED).order_by("created_at")
    return queued.values_list("created_at", flat=True).first()
