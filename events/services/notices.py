"""Notices as mail: each at once, or one digest a day, in the person's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from events.services.outbox import leave_mail
from venues.models import MailTime, Notice, NoticePreference

DIGEST_FROM = time(7)
"""The time of day, in the site's zone, from which the daily digest is left."""

_DIGEST_SUBJECT = {"zh": "{count} 条待办与通知", "en": "{count} notices for you"}
_NEXT = {"zh": "下一步：{url}", "en": "Next step: {url}"}


def mail_notices(*, now: datetime, limit: int = 1000) -> int:
    """Leave the mail that waiting notices ask for; the number of messages left.

    Running twice leaves nothing twice: a notice is decided in the transaction of its mail, and
    mail keys name the notice, or the person and the first notice of a digest. Who is not active,
    has no address or wants none is not mailed; neither is what was read before the digest.
    """
    waiting: dict[int, list[Notice]] = defaultdict(list)
    undecided = Notice.objects.filter(mailed_at__isnull=True).select_related(
        "person", "person__notice_preference"
    )
    for notice in undecided.order_by("person", "created_at", "pk")[:limit]:
        waiting[notice.person_id].append(notice)
    return sum(_mail(notices, now) for notices in waiting.values())


@transaction.atomic
def _mail(notices: Sequence[Notice], now: datetime) -> int:
    """Decide about the waiting notices of one person."""
    person = notices[0].person
    chosen = getattr(person, "notice_preference", None) or NoticePreference()
    if not person.is_active or not person.email or chosen.mail == MailTime.NEVER:
        _decided(notices, now)
        return 0
    if chosen.mail == MailTime.AT_ONCE:
        _decided(notices, now)
        for notice in notices:
            _leave([notice], chosen.language, f"notice:{notice.pk}", now)
        return len(notices)
    day = localtime(now).date()
    due = [notice for notice in notices if _is_due(notice, now)]
    if not due:
        return 0
    _decided(due, now)
    unread = [notice for notice in due if notice.read_at is None]
    if unread:
        _leave(unread, chosen.language, f"digest:{person.pk}:{day}:{unread[0].pk}", now)
    return bool(unread)


def _is_due(notice: Notice, now: datetime) -> bool:
    """Whether a digest's hour lies between the notice and now."""
    said = localtime(notice.created_at)
    digest = datetime.combine(said.date(), DIGEST_FROM, said.tzinfo)
    return now >= (digest if said < digest else digest + timedelta(days=1))


def _decided(notices: Sequence[Notice], now: datetime) -> None:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=now)


def _leave(notices: Sequence[Notice], language: str, key: str, now: datetime) -> None:
    first = notices[0]
    subject = first.text("title", language)
    if len(notices) > 1:
        subject = _DIGEST_SUBJECT[language].format(count=len(notices))
    body = "\n\n".join(_paragraph(notice, language, len(notices) > 1) for notice in notices)
    leave_mail(key=key, recipient=first.person.email, subject=subject, body=body, now=now)


def _paragraph(notice: Notice, language: str, with_title: bool) -> str:
    lines = [notice.text("title", language)] if with_title else []
    url = f"{settings.SITE_URL}{notice.path}"
    return "\n".join([*lines, notice.text("body", language), _NEXT[language].format(url=url)])
