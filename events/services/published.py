"""Live feeds as files that nginx or a CDN serves: written when they change, one whole file at a time."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.db.models import Q
from django.utils.timezone import localdate

from events.errors import FeedNotFound, InvalidFilter
from events.feeds.feed import OWN_LANGUAGE, Feed
from events.feeds.render import render_feed
from events.feeds.saved import code_of
from events.feeds.version import feed_version
from events.models import LiveFeed
from events.services.settling import AT_ONCE, settle_changes

DEBOUNCE = timedelta(seconds=2)
Finder = Callable[[str, str, str], Feed | None]
"""Kind, subject and language to the feed; None: its address leads elsewhere now."""


@dataclass(frozen=True)
class Published:
    """How many files were written, left as they were since nothing showed, and taken away."""

    written: int = 0
    unchanged: int = 0
    withdrawn: int = 0


def publish_feeds(*, storage: Storage, find: Finder, now: datetime) -> Published:
    """Bring the files of all live feeds up to date: ``NAME.ics`` and ``NAME.ics.gz``.

    A burst of changes waits ``DEBOUNCE`` after its first one and then costs each feed one file.
    Readers never see half a file. The file of a feed that is gone goes, too.
    """
    while settle_changes(now=now).changes == AT_ONCE:
        pass
    numbers = {"written": 0, "unchanged": 0, "withdrawn": 0}
    for row in _due(now):
        numbers[_publish(row, storage, find, now)] += 1
    return Published(**numbers)


def file_name(feed: Feed) -> str:
    """Where a feed lies below the published folder; only plain characters, no way out of it."""
    language = "" if feed.language == OWN_LANGUAGE else f".{feed.language}"
    folder, subject = f"feeds/{feed.kind}", feed.subject
    if feed.kind == "search":
        folder, subject = "feeds/s", code_of(feed.subject)
    elif feed.kind == "event":
        folder = "events"
    safe = "".join(c if c.isalnum() or c in "-_@." else "_" for c in subject).lstrip(".")
    return f"{folder}/{safe[:120]}{language}.ics"


def _due(now: datetime) -> list[LiveFeed]:
    """Never published, changed for long enough, or made for a day that may be over.

    Calendars in an unusual manner (``options``) are the application's to answer.
    """
    is_new = Q(published_as="") | Q(published_on__isnull=True)
    is_changed = Q(dirty_since__lte=now - DEBOUNCE)
    is_due = is_new | is_changed | ~Q(published_on=localdate(now))
    rows = LiveFeed.objects.filter(is_due).exclude(recipe__has_key="options")
    return list(rows.order_by("pk"))


def _publish(row: LiveFeed, storage: Storage, find: Finder, now: datetime) -> str:
    try:
        feed = find(row.recipe["kind"], row.recipe["subject"], row.recipe["language"])
    except (FeedNotFound, InvalidFilter):
        feed = None
    if feed is None:
        _withdraw(row, storage)
        return "withdrawn"
    version = feed_version(feed, now=now)
    name, etag = file_name(feed), version.etag
    is_new = (etag, name) != (row.published_etag, row.published_as)
    if is_new:
        etag, data = render_feed(feed, version)
        _replace(storage, f"{name}.gz", gzip.compress(data, compresslevel=9, mtime=0))
        _replace(storage, name, data)
    LiveFeed.objects.filter(pk=row.pk).update(
        published_etag=etag, published_as=name, published_on=localdate(now)
    )
    # A mark set meanwhile means another change, which has to be looked at again.
    LiveFeed.objects.filter(pk=row.pk, mark=row.mark).update(dirty_since=None)
    return "written" if is_new else "unchanged"


def _withdraw(row: LiveFeed, storage: Storage) -> None:
    if row.published_as:
        storage.delete(row.published_as)
        storage.delete(f"{row.published_as}.gz")
    row.delete()


def _replace(storage: Storage, name: str, data: bytes) -> None:
    if isinstance(storage, FileSystemStorage):
        _replace_file(Path(storage.path(name)), data)
        return
    saved = storage.save(name, ContentFile(data))
    if saved != name:  # this storage keeps both: there is no moment with neither but a short one
        storage.delete(name)
        storage.save(name, ContentFile(data))
        storage.delete(saved)


def _replace_file(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
