"""The season: exhibitions, units, and what the counties ask for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from touring.models import Exhibition, Plan, Season, TourRequest, Unit
from touring.services.requests import WantedWindow, Wish, accept_request, submit_request
from touring.services.seasons import draft_plan, lock_stop, open_season
from touring.services.units import MaintenanceNeed, set_maintenance
from venues.models import Organisation, Region, Venue
from venues.permissions import Actor

_EXHIBITIONS = {
    "light": ("光影奇境", "Light and Shadow"),
    "sound": ("声音的秘密", "The Secret of Sound"),
    "force": ("力与机械", "Force and Machines"),
    "life": ("生命密码", "Code of Life"),
    "space": ("飞向太空", "Into Space"),
}
_NEEDS = {"area_m2": 400, "clear_height_m": 3.0, "power_kw": 20}
_UNITS = 13
_OBJECTIVE = {
    "mode": "weighted",
    "km_cost": 0.002,
    "floor_penalty": 20,
    "must_penalty": 200,
    "change_penalty": 5,
}
_SEED = 20270101


def first_date_near(today: date) -> date:
    """The first of January nearest to ``today``, so that the demo is always under way or ahead."""
    return date(today.year + (today.month >= 7), 1, 1)


def load_exhibitions(*, owner: Organisation, now: datetime) -> list[Exhibition]:
    return [
        Exhibition.objects.create(
            slug=slug,
            title_zh=f"流动科技馆“{zh}”",
            title_en=f"Mobile museum “{en}”",
            description_zh=f"五十件可以动手的展品，主题：{zh}。免费参观。",
            description_en=f"Fifty hands-on exhibits about {en.lower()}. Free entry.",
            owner=owner,
            exhibit_count=50,
            requires=_NEEDS,
            setup_days=4,
            strike_days=2,
            changed_at=now,
        )
        for slug, (zh, en) in _EXHIBITIONS.items()
    ]


def load_units(
    *, exhibitions: Sequence[Exhibition], hubs: Sequence[Venue], province: Region, now: datetime
) -> list[Unit]:
    """Thirteen sets, shared out over the exhibitions and the hubs they rest at."""
    units = []
    for number in range(1, _UNITS + 1):
        unit = Unit.objects.create(
            code=f"AH-{number:02d}",
            exhibition=exhibitions[number % len(exhibitions)],
            serial=f"第{number}套",
            operator=hubs[0].organisation,
            home=hubs[number % len(hubs)],
            changed_at=now,
        )
        unit.regions.add(province)
        units.append(unit)
    return units


def load_season(
    *, province: Region, units: Sequence[Unit], halls: Sequence[Venue], by: Actor, now: datetime
) -> Plan:
    """The season with its requests accepted, one stop locked, and an empty plan."""
    first = first_date_near(now.date())
    end = date(first.year + 2, 1, 1)
    season = open_season(
        slug=f"anhui-{first.year}",
        name_zh=f"安徽流动科技馆巡展 {first.year}–{first.year + 1}",
        name_en=f"Anhui mobile museum tour {first.year}–{first.year + 1}",
        region=province,
        first_date=first,
        end_date=end,
        units=units,
        rules=_rules(first, province),
        objective=_OBJECTIVE,
        by=by,
        now=now,
    )
    for unit in units:
        needs = [MaintenanceNeed(10, date(first.year, 7, 1), date(first.year + 1, 4, 1))]
        set_maintenance(unit=unit, needs=needs, by=by, now=now)
    requests = list(_ask(season, halls, by=by, now=now))
    plan = draft_plan(season=season, name_zh="巡展方案", name_en="Tour plan", by=by, now=now)
    lock_stop(
        plan=plan,
        unit=units[0],
        request=requests[0],
        opens_on=date(first.year, 3, 15),
        reason="开幕式日期已经公布",
        by=by,
        now=now,
    )
    return plan


def _rules(first: date, province: Region) -> dict[str, object]:
    spring_festival = [
        [date(year, 1, 28).isoformat(), date(year, 2, 18).isoformat()]
        for year in (first.year, first.year + 1)
    ]
    prefectures = province.children.filter(valid_to__isnull=True).order_by("code")
    return {
        "travel": {"circuity": 1.3, "km_per_day": 500},
        "gaps": {"any_gap_days": 180, "same_exhibition_gap_days": 720},
        "no_work": spring_festival,
        "regions": [{"id": one.code, "min_stops": 2} for one in prefectures],
    }


def _ask(
    season: Season, halls: Sequence[Venue], *, by: Actor, now: datetime
) -> Iterator[TourRequest]:
    """Two stops for every county, one a year; the worth grows with a made-up need."""
    chance = random.Random(_SEED)
    for hall in halls:
        need = chance.uniform(5, 15)
        for year in (0, 1):
            wish = Wish(
                venue=hall,
                stay_days=chance.choice((60, 60, 75, 90)),
                windows=_windows(season.first_date, year, chance),
                expected_visits=chance.randrange(15, 50) * 1000,
                contact_email=f"{hall.region.code}@counties.orrery.example",
            )
            yield _accepted(season, wish, round(need * (1 - 0.2 * year), 1), by=by, now=now)
    yield _accepted(season, _impossible(season, halls[-1]), 9.0, by=by, now=now)


def _windows(first: date, year: int, chance: random.Random) -> list[WantedWindow]:
    january = date(first.year + year, 1, 1)
    half = january + timedelta(days=182)
    end = date(first.year + year + 1, 1, 1)
    halves = [(january, half), (half - timedelta(days=30), end)]
    chance.shuffle(halves)
    (liked, liked_end), (other, other_end) = halves
    return [WantedWindow(liked, liked_end, 1.0), WantedWindow(other, other_end, 0.8)]


def _impossible(season: Season, hall: Venue) -> Wish:
    """Sixty days asked for inside the no-work weeks: no set-up can fall there."""
    opens = season.first_date.replace(month=2, day=1)
    return Wish(
        venue=hall,
        stay_days=60,
        windows=[WantedWindow(opens, opens + timedelta(days=62), 1.0)],
        note="只能在春节假期后立即开展",
    )


def _accepted(season: Season, wish: Wish, value: float, *, by: Actor, now: datetime) -> TourRequest:
    request = submit_request(season=season, wish=wish, by=by, now=now)
    return accept_request(
        request_id=request.pk, seen_version=request.version, value=value, by=by, now=now
    )


def load_tour_abroad(
    *, exhibition: Exhibition, home: Venue, host: Venue, by: Actor, now: datetime
) -> Plan:
    """One set that leaves Beijing for Kathmandu (+05:45) and comes back."""
    first = first_date_near(now.date())
    unit = Unit.objects.create(
        code="INT-01",
        exhibition=exhibition,
        serial="国际巡展",
        operator=home.organisation,
        home=home,
        km_per_day=400,
        changed_at=now,
    )
    season = open_season(
        slug=f"abroad-{first.year}",
        name_zh=f"国际巡展 {first.year}",
        name_en=f"International tour {first.year}",
        region=host.region,
        first_date=first,
        end_date=date(first.year + 1, 1, 1),
        units=[unit],
        rules={"travel": {"circuity": 1.3, "km_per_day": 400}},
        objective=_OBJECTIVE,
        by=by,
        now=now,
    )
    wish = Wish(
        venue=host,
        stay_days=90,
        windows=[WantedWindow(date(first.year, 3, 1), date(first.year, 9, 1), 1.0)],
        exhibitions=[exhibition],
        note="“一带一路”国际巡展",
    )
    _accepted(season, wish, 20.0, by=by, now=now)
    return draft_plan(
        season=season, name_zh="国际巡展方案", name_en="International plan", by=by, now=now
    )
