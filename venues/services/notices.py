"""Notices: said once to a person, read in the inbox, mailed as the person likes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from venues.errors import Invalid, field_problem
from venues.models import MailTime, Notice, NoticePreference

LANGUAGES = ("zh", "en")


def leave_notice(
    *,
    person: Any,
    kind: str,
    key: str,
    title: tuple[str, str],
    body: tuple[str, str],
    path: str,
    now: datetime,
) -> Notice:
    """Tell ``person`` something; a second call with the same ``key`` changes nothing.

    ``title`` and ``body`` are in Chinese and English; the body says what to do next, ``path``
    (``/stops/…``, on this site) leads there. The mail, if one is wanted, is left by the
    timetable.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"a notice leads to a path of this site, not to {path!r}")
    notice, _ = Notice.objects.get_or_create(
        person=person,
        key=key,
        defaults={
            "kind": kind,
            "title_zh": title[0][:200],
            "title_en": title[1][:200],
            "body_zh": body[0],
            "body_en": body[1],
            "path": path,
            "created_at": now,
        },
    )
    return notice


def inbox(person: Any) -> QuerySet[Notice]:
    """The notices of ``person``, newest first; nobody else's."""
    return Notice.objects.filter(person=person.pk)


def mark_read(*, person: Any, now: datetime, notice_id: int | None = None) -> int:
    """Mark one notice of ``person``, or all, as read; the number that was unread."""
    unread = inbox(person).filter(read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=now)


def preference_of(person: Any) -> NoticePreference:
    """How ``person`` wants to be told; an unsaved row with the defaults if nothing was said."""
    chosen = NoticePreference.objects.filter(person=person.pk).first()
    return chosen or NoticePreference(person_id=person.pk)


def choose_notices(
    *, person: Any, mail: str | None = None, language: str | None = None
) -> NoticePreference:
    """Set when ``person`` gets mail and in which language; ``None`` leaves a choice as it is.

    Raises:
        Invalid: every problem at once.
    """
    problems = []
    if mail is not None and mail not in MailTime.values:
        problems.append(field_problem("mail", "Choose at_once, daily or never."))
    if language is not None and language not in LANGUAGES:
        problems.append(field_problem("language", "Choose zh or en."))
    if problems:
        raise Invalid("The choice cannot be kept.", problems=problems)
    chosen = {"mail": mail, "language": language}
    row, _ = NoticePreference.objects.update_or_create(
        person=person, defaults={name: value for name, value in chosen.items() if value is not None}
    )
    return row
