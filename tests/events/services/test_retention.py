from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import FeedRevision, Occurrence, OutgoingMail
from events.models.outbox import MailState
from events.services.retention import Purged, purge_expired
from tests.factories.events import OccurrenceFactory, OutgoingMailFactory

pytestmark = pytest.mark.django_db


def test_purge_expired_forgets_finished_mail_and_old_tombstones(now):
    old = now - timedelta(days=401)
    kept = [
        OutgoingMailFactory(created_at=old, state=MailState.QUEUED),
        OutgoingMailFactory(created_at=now - timedelta(days=399), state=MailState.SENT),
    ]
    OutgoingMailFactory(created_at=old, state=MailState.SENT)
    OutgoingMailFactory(created_at=old, state=MailState.FAILED)
    dates = [
        OccurrenceFactory(),
        OccurrenceFactory(is_cancelled=True, withdrawn_at=now - timedelta(days=89)),
    ]
    OccurrenceFactory(is_cancelled=True, withdrawn_at=now - timedelta(days=91))

    assert purge_expired(now=now) == Purged(mails=2, occurrences=1, revisions=0)

    assert set(OutgoingMail.objects.all()) == set(kept)
    assert set(Occurrence.objects.all()) == set(dates)


def test_purge_expired_forgets_searches_and_keeps_lasting_feeds(now):
    for key, days in (("search/a?lang=zh", 31), ("search/b?lang=zh", 29), ("venues/c?lang=zh", 99)):
        FeedRevision.objects.create(key=key, etag="x", changed_at=now - timedelta(days=days))

    assert purge_expired(now=now) == Purged(mails=0, occurrences=0, revisions=1)
    assert sorted(FeedRevision.objects.values_list("key", flat=True)) == [
        "search/b?lang=zh",
        "venues/c?lang=zh",
    ]
