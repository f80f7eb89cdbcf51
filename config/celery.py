"""The Celery application and the one timetable of everything that happens by itself.

A message only wakes a worker up; what is to be done stands in rows (``venues.models.Job``,
``events.models.OutgoingMail``, ...). Each entry below finds the rows nobody was woken for.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("orrery")
app.config_from_object("config.queueing", namespace="")
app.autodiscover_tasks(["venues", "events", "touring", "web"])

app.conf.beat_schedule = {
    "reclaim jobs whose worker died": {"task": "venues.reclaim_jobs", "schedule": 10.0},
    "look up addresses without coordinates": {"task": "venues.geocode_pending", "schedule": 60.0},
    "forget what retention says": {"task": "venues.purge_expired", "schedule": 86_400.0},
    "forget old mail and feed marks": {"task": "events.purge_expired", "schedule": 86_400.0},
    "run planning jobs nobody was woken for": {
        "task": "touring.run_queued",
        "schedule": 5.0,
        "options": {"expires": 5.0},  # while a long run goes on, old messages would only pile up
    },
    "mind the deadlines of tour requests": {"task": "touring.mind_deadlines", "schedule": 900.0},
    "send mail left in the outbox": {"task": "events.deliver_mail", "schedule": 15.0},
    "leave mail for notices, and the daily digest": {
        "task": "events.mail_notices",
        "schedule": 15.0,
    },
    "read answers to invitations": {"task": "events.read_replies", "schedule": 60.0},
    "tell invitees of changed events": {"task": "events.update_invitations", "schedule": 60.0},
    "take in what hosts answered": {"task": "touring.take_in_answers", "schedule": 30.0},
    "read subscribed calendars again": {"task": "events.refresh_subscriptions", "schedule": 300.0},
    "find the feeds that changes concern": {
        "task": "events.settle_changes",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "publish calendars as files": {
        "task": "web.publish_feeds",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "forget feeds nobody polls": {"task": "events.forget_unread_feeds", "schedule": 86_400.0},
    "tell museums of calendars that are silent": {
        "task": "events.tell_of_silence",
        "schedule": 86_400.0,
    },
    "let series follow the days their venues open": {
        "task": "events.follow_opening_changes",
        "schedule": 30.0,
    },
    "extend occurrences to the horizon": {
        "task": "events.extend_occurrences",
        "schedule": 86_400.0,
    },
}


@task_prerun.connect
def _know_origin(*, task_id: str = "", **_: Any) -> None:
    """What a worker writes into the audit log came from this task."""
    from venues.services.audit import acting_in_task  # needs the app registry, which comes later

    acting_in_task(task_id)
