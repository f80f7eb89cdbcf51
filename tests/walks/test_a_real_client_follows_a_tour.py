"""vdirsyncer and khal, a synchroniser and a calendar that people use, subscribe to a region."""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.factories.touring import ExhibitionFactory, UnitFactory
from tests.factories.venues import ClosureFactory, MembershipFactory, RegionFactory
from tests.walks.test_planner_publishes_a_plan import ask, compute
from touring.models import Stop
from touring.services.publication import publish_version
from touring.services.seasons import draft_plan, open_season
from touring.services.stops import contract_stops
from venues.models import RegionLevel, Role, Venue

pytestmark = [pytest.mark.clients, pytest.mark.django_db(transaction=True)]


class RealClient:
    """A person's computer: vdirsyncer brings the feed, khal shows it."""

    def __init__(self, programs: dict[str, Path], folder: Path, url: str) -> None:
        self.programs, self.folder = programs, folder
        (folder / "calendar").mkdir()
        (folder / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{folder}/status"\n'
            '[pair tour]\na = "mine"\nb = "theirs"\ncollections = null\n'
            'conflict_resolution = "b wins"\n'
            f'[storage mine]\ntype = "filesystem"\npath = "{folder}/calendar"\nfileext = ".ics"\n'
            f'[storage theirs]\ntype = "http"\nurl = "{url}"\n'
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[tour]]\npath = {folder}/calendar\n"
            "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
        )

    def subscribe(self) -> None:
        self._run("vdirsyncer", "-c", "vdirsyncer", "discover")

    def synchronise(self) -> None:
        self._run("vdirsyncer", "-c", "vdirsyncer", "sync")

    def shown_on(self, day: date) -> list[str]:
        """What khal lists for the day: title and status."""
        text = self._run(
            *("khal", "-c", "khal", "list", day.isoformat(), "1d"),
            *("--day-format", "", "--format", "{title}|{status}"),
        )
        return sorted(line.strip() for line in text.splitlines() if line.strip())

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [self.programs[program], *arguments],
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            input="y\n" * 4,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"
        return done.stdout


def test_moved_and_cancelled_stops_reach_a_real_client(
    live_server, calendar_clients, clock, now, tmp_path
):
    province = RegionFactory(code="340000", name_zh="安徽省", level=RegionLevel.PROVINCE)
    planner = MembershipFactory(role=Role.TOUR_PLANNER, region=province).user
    light = ExhibitionFactory(slug="light", title_zh="光的秘密", title_en="Secrets of Light")
    season = open_season(
        slug="anhui-2027",
        name_zh="安徽2027年巡展",
        region=province,
        first_date=date(2027, 1, 1),
        end_date=date(2028, 1, 1),
        units=[UnitFactory(code="AH-01", exhibition=light, home__region=province)],
        by=planner,
        now=now,
    )
    spring, summer = date(2027, 3, 1), date(2027, 6, 1)
    ask(season, "lujiang", [(spring, spring + timedelta(days=30))], planner, now)
    moved = ask(season, "shucheng", [(summer, summer + timedelta(days=90))], planner, now)
    plan = draft_plan(season=season, name_zh="第一方案", by=planner, now=now)
    first = compute(plan, planner, now)
    publish_version(version_id=first.pk, seen_sequence=0, by=planner, now=now)
    contract_stops(plan=plan, by=planner, now=now)
    opening = Stop.objects.get(uid=moved).opens_on

    person = RealClient(
        calendar_clients, tmp_path, f"{live_server.url}/feeds/regions/340000.ics?lang=zh"
    )
    person.subscribe()
    person.synchronise()
    assert person.shown_on(spring) == ["光的秘密|CONFIRMED"]
    assert person.shown_on(opening) == ["光的秘密|CONFIRMED"]

    later = clock.pass_(days=1)
    for slug, day in (("lujiang", spring + timedelta(days=9)), ("shucheng", opening)):
        ClosureFactory(
            venue=Venue.objects.get(slug=slug), first_date=day, end_date=day + timedelta(days=3)
        )
    second = compute(plan, planner, later)
    publish_version(version_id=second.pk, seen_sequence=1, by=planner, now=later)
    person.synchronise()

    new_opening = Stop.objects.get(uid=moved).opens_on
    assert new_opening > opening
    assert person.shown_on(spring) == ["已取消：光的秘密|CANCELLED"]
    assert person.shown_on(opening) == []
    assert person.shown_on(new_opening) == ["光的秘密|CONFIRMED"]
