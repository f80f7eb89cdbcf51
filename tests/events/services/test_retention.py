from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import Occurrence, OutgoingMail
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

    assert purge_expired(now=now) == Purged(mails=2, occurrences=1)

    assert set(OutgoingMail.objects.all()) == set(kept)
    assert set(Occurrence.objects.all()) == set(dates)
