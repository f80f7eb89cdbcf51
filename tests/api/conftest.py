"""Callers of the interface and a small network for them to act in."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from events.enums import Moderation
from events.models import Event, ImportRun, LocalEdit
from events.services.journal import Journal
from events.services.occurrences import refresh_occurrences
from events.services.private_feeds import hand_out_private_feed
from tests.factories import events as of_events
from tests.factories import touring as of_touring
from tests.factories import venues as of_venues
from touring.models import (
    ConditionPhoto,
    ConditionReport,
    FacilityReport,
    Pairing,
    Publication,
    RequestAttachment,
    RequestState,
    ServiceVisit,
    StopState,
    Suspension,
    Vehicle,
)
from touring.services.papers import keep_paper
from touring.services.uploads import commit, hand_in
from venues.imports.workbook import read_table
from venues.models import Job, JobKind, Role
from venues.services.keys import issue_api_key
from venues.services.notices import leave_notice


@pytest.fixture
def anyone(db) -> APIClient:
    """A caller without a key."""
    return APIClient()


@dataclass
class Network:
    """A province with one county and one museum in it, a foreign province with another."""

    rows: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["rows"][name]
        except KeyError:
            raise AttributeError(name) from None

    def caller(self, name: str) -> APIClient:
        """``anonymous``, or somebody with a key of both scopes."""
        client = APIClient()
        if name != "anonymous":
            _, plain = issue_api_key(
                user=self.people[name], name="k", scopes=["read", "write"], now=timezone.now()
            )
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {plain}")
        return client


ROLES = {
    "reader": (Role.READER, "province"),
    "editor": (Role.MUSEUM_EDITOR, "museum"),
    "publisher": (Role.MUSEUM_PUBLISHER, "museum"),
    "host": (Role.HOST_CONTACT, "museum"),
    "planner": (Role.TOUR_PLANNER, "province"),
    "administrator": (Role.ADMINISTRATOR, "province"),
    "stranger": (Role.ADMINISTRATOR, "abroad"),
}


@pytest.fixture(scope="module")
def network_of_module(django_db_setup, django_db_blocker) -> Iterator[Network]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_network()
        transaction.set_rollback(True)


@pytest.fixture
def network(network_of_module, db) -> Network:
    """One row of everything, and one person per role; ``stranger`` administers elsewhere.

    Built once for a module: ``db`` takes back what each of its tests writes.
    """
    return deepcopy(network_of_module)


def build_network() -> Network:
    made = Network()
    rows = made.rows
    rows["province"] = of_venues.RegionFactory(code="P", level=1)
    rows["county"] = of_venues.RegionFactory(code="C", level=3, parent=rows["province"])
    rows["abroad"] = of_venues.RegionFactory(code="Q", level=1)
    rows["organisation"] = of_venues.OrganisationFactory(slug="org", region=rows["province"])
    rows["museum"] = of_touring.PlacedVenueFactory(
        slug="museum", region=rows["county"], organisation=rows["organisation"]
    )
    rows["foreign_museum"] = of_touring.PlacedVenueFactory(slug="foreign", region=rows["abroad"])
    rows["space"] = of_venues.SpaceFactory(venue=rows["museum"], code="hall", area_m2=800)
    rows["closure"] = of_venues.ClosureFactory(
        venue=rows["museum"], first_date=date(2030, 1, 1), end_date=date(2030, 2, 1)
    )
    rows["opening_rule"] = of_venues.OpeningRuleFactory(venue=rows["museum"])
    for name, (role, scope) in ROLES.items():
        made.people[name] = of_venues.UserFactory(username=name)
        place = "venue" if scope == "museum" else "region"
        of_venues.MembershipFactory(
            user=made.people[name], role=role, **{"venue": None, place: rows[scope]}
        )
    made.people["nobody"] = of_venues.UserFactory(username="nobody")
    _own(rows, made.people)
    _events(rows)
    rows["private_feed"], _ = hand_out_private_feed(
        venue=rows["museum"], by=made.people["host"], now=timezone.now()
    )
    _tours(rows, made.people)
    _files(rows, made.people["publisher"])
    return made


@patch("touring.services.uploads.read_table_isolated", read_table)  # a process each takes long
def _files(rows: dict[str, Any], owner: Any) -> None:
    """One file that was looked at, and one that was taken over."""
    for name, title in (("upload", "光"), ("taken_over", "影")):
        row = hand_in(
            kind="events",
            place="museum",
            content=f"标题,日期\n{title},2027-04-01\n".encode(),
            by=owner,
            now=timezone.now(),
        )
        rows[name] = row
    commit(upload_id=rows["taken_over"].pk, by=owner, now=timezone.now())


def _own(rows: dict[str, Any], people: dict[str, Any]) -> None:
    """What belongs to one person: a membership, a key, a notice."""
    rows["membership"] = people["host"].memberships.get()
    rows["key"], _ = issue_api_key(
        user=people["planner"], name="own", scopes=["read"], now=timezone.now()
    )
    rows["notice"] = leave_notice(
        person=people["planner"],
        kind="run-done",
        key="run:1",
        title=("求解完成", "The run is done"),
        body=("请查看方案。", "Look at the plan."),
        path="/",
        now=timezone.now(),
    )


def _events(rows: dict[str, Any]) -> None:
    rows["topic"] = of_events.TopicFactory(slug="light")
    source = of_events.SourceFactory(slug="local")
    rows["api_source"] = of_events.SourceFactory(slug="cms", kind="api", venue=rows["museum"])
    diary = of_events.SourceFactory(slug="diary", kind="subscription", venue=rows["museum"])
    rows["diary"] = of_events.SubscriptionFactory(source=diary)
    rows["import_run"] = ImportRun.objects.create(
        source=diary,
        started_at=timezone.now(),
        finished_at=timezone.now(),
        outcome="changed",
        journal=Journal().packed(),
    )
    in_a_week = timezone.localdate() + timedelta(days=7)
    for name, moderation in {
        "draft": Moderation.DRAFT,
        "submitted": Moderation.SUBMITTED,
        "shown": Moderation.PUBLISHED,
        "cancelled": Moderation.PUBLISHED,
        "for_hosts": Moderation.PUBLISHED,
    }.items():
        rows[name] = event = of_events.EventFactory(
            source=source,
            uid=name,
            venue=rows["museum"],
            moderation=moderation,
            start_date=in_a_week,
            start_time=time(10),
            end_time=time(11),
            visibility="hosts" if name == "for_hosts" else "public",
            status="cancelled" if name == "cancelled" else "scheduled",
        )
        refresh_occurrences(event, now=timezone.now())
    rows["series"] = of_events.EventFactory(
        source=source,
        uid="series",
        venue=rows["museum"],
        start_date=in_a_week,
        rrule="FREQ=WEEKLY;COUNT=3",
    )
    refresh_occurrences(rows["series"], now=timezone.now())
    rows["series_date"] = rows["series"].occurrences.last()
    rows["in_a_week"] = in_a_week
    rows["paused"] = of_events.EventFactory(
        source=source,
        uid="paused",
        venue=rows["museum"],
        start_date=in_a_week,
        rrule="FREQ=WEEKLY;COUNT=3",
        pauses=[{"first": in_a_week.isoformat(), "end": "", "reason_zh": "", "reason_en": ""}],
    )
    refresh_occurrences(rows["paused"], now=timezone.now())
    of_events.OccurrenceFactory(event=of_events.EventFactory(venue=rows["foreign_museum"]))
    LocalEdit.objects.create(event=rows["shown"], field="title", edited_at=timezone.now())
    rows["shown_date"] = rows["shown"].occurrences.get()
    lead = rows["organisation"]
    rows["campaign"] = of_events.CampaignFactory(slug="day", lead=lead)
    rows["planned"] = of_events.CampaignFactory(slug="planned", lead=lead, state="draft")
    rows["partner"] = of_events.CampaignPartnerFactory(
        campaign=rows["campaign"], organisation__slug="partner"
    )
    rows["participation"] = of_events.ParticipationFactory(
        campaign=rows["campaign"], event=rows["shown"], state="proposed", decided_at=None
    )


def _tours(rows: dict[str, Any], people: dict[str, Any]) -> None:
    rows["exhibition"] = of_touring.ExhibitionFactory(slug="light")
    home = of_touring.PlacedVenueFactory(slug="depot", region=rows["province"])
    rows["unit"], rows["second_unit"], rows["third_unit"] = (
        of_touring.UnitFactory(code=code, exhibition=rows["exhibition"], home=home)
        for code in ("U-1", "U-2", "U-3")
    )
    rows["season"] = of_touring.SeasonFactory(
        slug="2027", region=rows["province"], units=[rows["unit"]]
    )
    of = {"season": rows["season"], "venue": rows["museum"]}
    rows["request"] = of_touring.TourRequestFactory(code="R-1", state=RequestState.SUBMITTED, **of)
    rows["accepted"] = of_touring.TourRequestFactory(code="R-2", **of)
    called = of_touring.SeasonFactory(slug="called", region=rows["province"])
    rows["call"] = of_touring.RequestCallFactory(slug="call", season=called)
    rows["drafted"] = of_touring.TourRequestFactory(
        code="R-3",
        call=rows["call"],
        programme=rows["call"].programme,
        year=rows["call"].year,
        county=rows["county"],
        state=RequestState.DRAFT,
        season=called,
        venue=rows["museum"],
    )
    rows["paper"] = keep_paper(
        RequestAttachment(request=rows["drafted"]),
        name="safety.pdf",
        content=b"%PDF-1.7",
        by=people["host"],
        now=timezone.now(),
    )
    rows["plan"] = of_touring.PlanFactory(season=rows["season"])
    job = {"kind": JobKind.PLANNING_RUN, "requested_by": people["planner"]}
    rows["run"] = of_touring.RunFactory(plan=rows["plan"])
    rows["run"].job = Job.objects.create(
        subject=str(rows["run"].pk), created_at=timezone.now(), **job
    )
    rows["run"].save()
    rows["job"] = rows["run"].job
    rows["version"] = of_touring.PlanVersionFactory(plan=rows["plan"], number=1)
    Publication.objects.create(
        plan=rows["plan"], number=1, version=rows["version"], published_at=timezone.now()
    )
    of_touring.PlannedStopFactory(
        version=rows["version"],
        unit=rows["unit"],
        request=rows["accepted"],
        space=rows["space"],
        origin=home,
        opens_on=date(2027, 6, 1),
    )
    of_touring.StopLockFactory(
        plan=rows["plan"],
        unit=rows["unit"],
        request=rows["accepted"],
        opens_on=date(2027, 6, 1),
    )
    rows["proposed"] = of_touring.StopFactory(
        uid="proposed", unit=rows["second_unit"], venue=rows["museum"], space=rows["space"]
    )
    rows["first_hold"], rows["second_hold"] = (
        of_touring.HoldFactory(
            uid=f"hold-{rank}",
            unit=rows["unit"],
            venue=rows["museum"],
            space=rows["space"],
            opens_on=date(2029, 5, 1),
            expires_on=date(2199, 1, 1),
            rank=rank,
        )
        for rank in (1, 2)
    )
    rows["facilities"] = FacilityReport.objects.create(
        venue=rows["museum"], number=1, submitted_at=timezone.now()
    )
    today = timezone.localdate()
    rows["vehicle"] = Vehicle.objects.create(unit=rows["unit"], plate="V-1", issued_on=today)
    rows["visit"] = ServiceVisit.objects.create(
        vehicle=rows["vehicle"],
        point=rows["museum"],
        day=today,
        demand={"教室": "1"},
        demanded_at=timezone.now(),
    )
    rows["pairing"] = Pairing.objects.create(
        code="PAIR-1",
        donor=rows["partner"].organisation,
        recipient=rows["county"],
        first_date=date(2026, 1, 1),
        end_date=date(2190, 1, 1),
        yearly_stops=1,
        created_at=timezone.now(),
    )
    rows["suspension"] = Suspension.objects.create(
        region=rows["county"],
        first_date=date(2031, 1, 1),
        end_date=date(2031, 2, 1),
        reason_zh="洪水",
        declared_at=timezone.now(),
    )
    rows["contracted"] = of_touring.StopFactory(
        uid="contracted",
        unit=rows["third_unit"],
        venue=rows["museum"],
        state=StopState.CONTRACTED,
        opens_on=date(2028, 3, 1),
    )
    seen = ConditionReport.objects.create(
        stop=rows["contracted"],
        moment="departure",
        unpacked_at=timezone.now(),
        reported_at=timezone.now(),
    )
    rows["photo"] = keep_paper(
        ConditionPhoto(report=seen, exhibit="E-1"),
        name="E-1.png",
        content=b"\x89PNG\r\n\x1a\n",
        by=people["planner"],
        now=timezone.now(),
    )


@pytest.fixture
def draft(network) -> Event:
    return network.draft
