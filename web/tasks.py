"""What the web storey does by itself; the timetable stands in ``config.celery``."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from events.services.published import publish_feeds
from web.published import feeds_storage, find_feed


@shared_task(name="web.publish_feeds", acks_late=True, reject_on_worker_lost=True)
def publish_calendars() -> None:
    """Nothing where ``PUBLISHED_FEEDS`` is not set."""
    storage = feeds_storage()
    if storage is not None:
        publish_feeds(storage=storage, find=find_feed, now=timezone.now())
