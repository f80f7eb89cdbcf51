"""What museums put into their calendars by themselves: workshops and special exhibitions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from events.enums import EventKind
from events.ical.entry import Text
from events.models import Event, Topic
from events.services.editing import create_event
from events.services.publishing import publish_event
from events.services.values import EventValues, Organiser
from venues.models import Venue
from venues.permissions import Actor

_TOPICS = {
    "physics": ("物理", "Physics"),
    "space": ("航天与天文", "Space and astronomy"),
    "life": ("生命科学", "Life sciences"),
    "robots": ("机器人", "Robotics"),
}
_WORKSHOPS = {
    "physics": ("动手做：电与磁", "Hands on: electricity and magnetism"),
    "space": ("周末观星课", "Weekend stargazing class"),
    "life": ("显微镜下的世界", "The world under the microscope"),
    "robots": ("小小机器人工程师", "Young robot engineers"),
}
_SEED = 1958


def load_topics() -> None:
    for slug, (zh, en) in _TOPICS.items():
        Topic.objects.get_or_create(slug=slug, defaults={"name_zh": zh, "name_en": en})


def load_programme(*, museums: Iterable[Venue], by: Actor, now: datetime) -> list[Event]:
    """A weekly workshop and a special exhibition at every museum, published."""
    chance = random.Random(_SEED)
    events = []
    for museum in museums:
        for values in (_workshop(museum, now.date(), chance), _special(museum, now.date(), chance)):
            draft = create_event(values=values, by=by, now=now)
            events.append(
                publish_event(event_id=draft.pk, seen_sequence=draft.sequence, by=by, now=now)
            )
    return events


def _workshop(museum: Venue, today: date, chance: random.Random) -> EventValues:
    topic = chance.choice(sorted(_WORKSHOPS))
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    begins = time(chance.choice((10, 14, 15)), 0)
    start = datetime.combine(saturday, begins)
    return EventValues(
        title=Text(*_WORKSHOPS[topic]),
        description=Text(
            "每周六一场，八岁以上，名额二十人。",
            "Every Saturday, from the age of eight, 20 places.",
        ),
        start=start,
        end=start + timedelta(minutes=90),
        timezone=museum.timezone,
        venue=museum,
        organisers=_organisers(museum),
        kind=EventKind.WORKSHOP.value,
        audiences=("family", "youth"),
        topics=(topic,),
        is_free=True,
        rrule="FREQ=WEEKLY;BYDAY=SA;COUNT=40",
    )


def _special(museum: Venue, today: date, chance: random.Random) -> EventValues:
    opens = today + timedelta(days=chance.randrange(-20, 60))
    return EventValues(
        title=Text("特展：看不见的光", "Special exhibition: Invisible light"),
        start=opens,
        end=opens + timedelta(days=chance.randrange(60, 120)),
        timezone=museum.timezone,
        venue=museum,
        organisers=_organisers(museum),
        kind=EventKind.EXHIBITION.value,
        audiences=("everyone",),
        topics=("physics",),
        is_free=chance.choice((True, False)),
    )


def _organisers(museum: Venue) -> tuple[Organiser, ...]:
    return () if museum.organisation is None else (Organiser(museum.organisation),)
