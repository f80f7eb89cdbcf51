"""What the timetable calls. Each task may run twice; what is to be done stands in rows."""

from __future__ import annotations

import logging
import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from venues.adapters import configured_geocoder
from venues.services import coordinates, jobs, retention

log = logging.getLogger(__name__)


@shared_task(name="venues.reclaim_jobs")
def reclaim_jobs() -> None:
    """Queue again what a dead worker left; each app's own timetable entry picks it up."""
    jobs.reclaim(now=timezone.now())


@shared_task(name="venues.geocode_pending")
def geocode_pending() -> None:
    geocoder = configured_geocoder()
    if geocoder is None:
        return
    report = coordinates.geocode_pending(geocoder=geocoder, clock=timezone.now, wait=time.sleep)
    log.info("geocoding: %s", report)


@shared_task(name="venues.purge_expired")
def purge_expired() -> None:
    purged = retention.purge_expired(now=timezone.now(), retention_days=settings.RETENTION_DAYS)
    log.info("retention: %s", purged)
