"""Networks out of a seed: what museums may type in, much of it unwise, through the services.

Equal seeds make equal networks. Every way an event can end up is likely to occur within ten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.contrib.auth.models import User

from events.enums import Accessibility, Audience, EventKind, ImageLicence, OrganiserRole, Status
from events.ical.entry import Text
from events.models import Campaign, Event, Topic
from events.services import editing, publishing, statuses
from events.services.values import EventValues, Organiser, Picture, values_of
from tests.factories.events import CampaignFactory, ParticipationFactory, TopicFactory
from tests.factories.venues import OrganisationFactory, RegionFactory, UserFactory, VenueFactory
from venues.models import Organisation, Region, RegionLevel, Venue

SECRET = "不可外传"
"""Stands in the title of everything that the public must never see."""

EVENTS = 14
ZONES = (
    *("Asia/Shanghai", "Asia/Urumqi", "Asia/Kathmandu", "Asia/Tehran", "Europe/London"),
    *("America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca"),
    *("Pacific/Apia", "Pacific/Chatham", "UTC"),
)
WORDS = (
    *("光的故事", "看得见的声音", "Sound, made; visible", "back\\slash\\n", '“引号”: "quoted"'),
    *(
        "👩‍🔬🧪🏳️‍🌈",
        "e\u0301te\u0301",
        "\u202eright to left\u202c",
        "<script>alert(1)</script>",
        "&amp; <b>",
    ),
    *(
        "line\r\nBEGIN:VEVENT\r\nUID:x",
        "nul\x00bell\x07esc\x1b[31m",
        "sep\u2028par\u2029nel\x85",
        "𠮷野家",
    ),
    *(
        "END:VCALENDAR\n",
        "=?utf-8?B?eA==?=",
        "{{ 7*7 }} ${x} %(name)s %s",
        "  blanks\t and tabs  ",
        "٣٤٥",
    ),
)
RULES = (
    *(
        "FREQ=DAILY;COUNT=5;INTERVAL=2",
        "FREQ=WEEKLY;COUNT=6;BYDAY=SA,SU",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=5",
    ),
    *(
        "FREQ=MONTHLY;BYDAY=-1SU;COUNT=4",
        "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4",
        "FREQ=YEARLY;COUNT=2",
    ),
)


@dataclass(frozen=True)
class Network:
    province: Region
    venues: list[Venue]
    topic: Topic
    campaign: Campaign
    events: list[Event]

    @property
    def calendars(self) -> list[str]:
        """Addresses of calendars, without their endings."""
        return [
            f"/feeds/regions/{self.province.code}",
            *(f"/feeds/venues/{venue.slug}" for venue in self.venues),
            f"/feeds/topics/{self.topic.slug}",
            f"/feeds/campaigns/{self.campaign.slug}",
        ]


def network(seed: int, *, now: datetime) -> Network:
    """A province with venues, their programme, one campaign and one topic, changed since."""
    chance = Random(seed)  # the same network for the same seed
    by = UserFactory(is_superuser=True)
    province = RegionFactory(code=f"{seed % 90 + 10}0000", level=RegionLevel.PROVINCE, name_zh="省")
    makers = [
        OrganisationFactory(
            region=province, name_zh=_line(chance), website="https://museum.example/"
        )
        for _ in range(3)
    ]
    venues = [_venue(chance, province, makers) for _ in range(chance.randint(2, 4))]
    topic = TopicFactory(name_zh=_line(chance), name_en=chance.choice(("", "light, sound")))
    campaign = CampaignFactory(lead=makers[0], name_zh=_line(chance))
    made = now - timedelta(days=2)
    events = []
    for number in range(EVENTS):
        values = _values(chance, venues, makers, topic, made)
        event = editing.create_event(values=values, by=by, now=made + timedelta(minutes=number))
        events.append(_lived(chance, event, campaign, by=by, now=now - timedelta(hours=9)))
    return Network(province, venues, topic, campaign, events)


def _venue(chance: Random, province: Region, makers: list[Organisation]) -> Venue:
    is_placed = chance.random() < 0.7
    return VenueFactory(
        region=RegionFactory(parent=province, name_zh=_line(chance)[:60]),
        organisation=chance.choice(makers),
        name_zh=_line(chance),
        name_en=chance.choice(("", "Science, Museum")),
        address_zh=chance.choice(("", "黄山路446号；东门")),
        timezone=chance.choice(ZONES),
        lat=round(chance.uniform(-89, 89), 6) if is_placed else None,
        lon=round(chance.uniform(-179, 179), 6) if is_placed else None,
        coordinates_source="survey" if is_placed else "",
    )


def _values(
    chance: Random, venues: list[Venue], makers: list[Organisation], topic: Topic, now: datetime
) -> EventValues:
    venue = chance.choice([*venues, None])
    start, end = _span(chance, now.date())
    price = chance.choice((None, None, Decimal("20"), Decimal("0.50")))
    is_repeated = chance.random() < 0.4 and (end - start) < timedelta(days=1, hours=1)
    return EventValues(
        title=_text(chance, 60),
        description=_text(chance, 4_000),
        location=_text(chance, 60) if chance.random() < 0.2 else Text(""),
        start=start,
        end=end,
        timezone=venue.timezone if venue else chance.choice(ZONES),
        venue=venue,
        organisers=tuple(
            Organiser(maker, chance.choice(list(OrganiserRole)).value)
            for maker in chance.sample(makers, chance.randint(0, 2))
        ),
        kind=chance.choice([kind for kind in EventKind if kind != EventKind.LOGISTICS]).value,
        visibility=chance.choice(("public", "public", "public", "hosts")),
        url=chance.choice(("", "https://museum.example/a?b=c,d;e#f")),
        registration_url=chance.choice(("", "https://museum.example/book")),
        access_url=chance.choice(("", "", "https://meet.example/room;1")),
        contact=_text(chance, 60),
        audiences=_some(chance, [each.value for each in Audience]),
        accessibility=_some(chance, [each.value for each in Accessibility]),
        topics=(topic.slug,) if chance.random() < 0.5 else (),
        languages=_some(chance, ["zh", "en", "zh-yue"]),
        grades=tuple(sorted(chance.sample(range(13), chance.randint(0, 3)))),
        age_min=chance.choice((None, 0, 6)),
        age_max=chance.choice((None, 6, 99)),
        is_free=False if price else chance.choice((None, True, False)),
        price_amount=price,
        price_currency="CNY" if price else "",
        price=_text(chance, 40),
        images=_images(chance),
        rrule=chance.choice(RULES) if is_repeated else "",
    )


def _span(chance: Random, today: date) -> tuple[date, date]:
    """Hours of one day, whole days, a run of months, a night, or a moment without length."""
    first = today + timedelta(days=chance.randint(-40, 200))
    opens = datetime.combine(first, datetime.min.time()) + timedelta(
        minutes=chance.randint(0, 1439)
    )
    return chance.choice(
        [
            (opens, opens + timedelta(minutes=chance.randint(15, 300))),
            (opens, opens),
            (opens, opens + timedelta(hours=30)),
            (first, first + timedelta(days=1)),
            (first, first + timedelta(days=chance.randint(2, 150))),
        ]
    )


def _lived(chance: Random, event: Event, campaign: Campaign, *, by: User, now: datetime) -> Event:
    """What became of the event since: published, joined, moved, cancelled, archived, or nothing."""
    if chance.random() < 0.1 or event.visibility == "hosts":
        values = replace(values_of(event), title=Text(SECRET))
        event = editing.change_event(
            event_id=event.pk, seen_sequence=event.sequence, values=values, by=by, now=now
        )
        return (
            event
            if event.visibility != "hosts"
            else _step(publishing.publish_event, event, by, now)
        )
    event = _step(publishing.publish_event, event, by, now)
    if chance.random() < 0.3:
        ParticipationFactory(campaign=campaign, event=event)
    fate = chance.choice(("nothing", "dates", "dates", "moved", "cancelled", "archived", "status"))
    now += timedelta(hours=chance.randint(1, 7))
    if fate == "dates" and event.is_repeated:
        return _with_changed_dates(chance, event, by, now)
    if fate == "moved":
        values = values_of(event)
        later = timedelta(days=chance.randint(1, 9))
        values = replace(values, start=values.start + later, end=values.end + later)
        return editing.change_event(
            event_id=event.pk, seen_sequence=event.sequence, values=values, by=by, now=now
        )
    if fate == "cancelled":
        return _step(editing.cancel_event, event, by, now)
    if fate == "archived":
        return _step(publishing.archive_event, event, by, now)
    if fate == "status":
        status = chance.choice((Status.POSTPONED, Status.FULL, Status.TENTATIVE))
        return statuses.change_status(
            event_id=event.pk, seen_sequence=event.sequence, status=status.value, by=by, now=now
        )
    return event


def _with_changed_dates(chance: Random, event: Event, by: User, now: datetime) -> Event:
    """One date cancelled, one moved, one reworded, as far as there are dates."""
    rows = list(event.occurrences.filter(starts_at__gt=now).order_by("starts_at")[:3])
    chance.shuffle(rows)
    for row, change in zip(rows, ("cancel", "move", "word"), strict=False):
        named = {"event_id": event.pk, "original_start": row.original_start}
        named |= {"seen_sequence": event.sequence, "by": by, "now": now}
        if change == "cancel":
            event = editing.cancel_date(**named)
        elif change == "word":
            texts = {"title_zh": _line(chance), "description_en": chance.choice(WORDS)}
            event = editing.describe_date(**named, texts=texts)
        else:
            original = type(values_of(event).start).fromisoformat(row.original_start)
            start = original + timedelta(days=1)
            event = editing.move_date(**named, start=start, end=start + event.wall_duration)
    return event


def _step(take, event: Event, by: User, now: datetime) -> Event:
    return take(event_id=event.pk, seen_sequence=event.sequence, by=by, now=now)


def _images(chance: Random) -> tuple[Picture, ...]:
    licences = chance.sample(list(ImageLicence), chance.randint(0, 2))
    return tuple(
        Picture(
            f"https://{'own' if licence in ('own_pages', 'unknown') else 'free'}.example/{licence}.jpg",
            Text(_line(chance)),
            credit="李梅",
            licence=licence.value,
        )
        for licence in licences
    )


def _some(chance: Random, values: list[str]) -> tuple[str, ...]:
    return tuple(chance.sample(values, chance.randint(0, min(3, len(values)))))


def _line(chance: Random) -> str:
    """Up to 60 characters that some museum typed in; never without any that can be read."""
    words = " ".join(chance.sample(WORDS, chance.randint(1, 3)))
    clean = "".join(sign for sign in words if sign.isprintable())
    return f"馆{clean}"[:60].strip()


def _text(chance: Random, longest: int) -> Text:
    """As typed, control characters included; sometimes long, sometimes in one language alone."""
    times = chance.choice((1, 1, 3, 200))
    chinese = "题" + "，".join(chance.choice(WORDS) for _ in range(times))
    english = chance.choice(("", "T " + chance.choice(WORDS)))
    return Text(chinese[:longest], english[:longest])
