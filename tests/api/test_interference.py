"""What somebody may not see changes no byte of what they see (A6): lists, counts, calendars, tags."""

from __future__ import annotations

import random
import re
from datetime import date, time

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from events.enums import Moderation
from events.services.occurrences import refresh_occurrences
from events.services.private_feeds import hand_out_private_feed
from tests.api.scenes import SCENES
from tests.factories import events as of_events
from tests.factories import touring as of_touring
from tests.factories import venues as of_venues
from touring.models import FacilityReport, RequestState
from venues.models import Job, JobKind, Role
from venues.services.keys import issue_api_key
from venues.services.notices import leave_notice

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

STRANGERS = ("anonymous", "nobody", "stranger")
AT_HOME = ("reader", "editor", "publisher", "host", "planner", "administrator")
CASES = [(who, "museum") for who in STRANGERS] + [
    (who, "foreign_museum") for who in (*AT_HOME, "anonymous", "nobody")
]
WORD = "秘密"
OWN_TO_AN_ANSWER = {
    "Set-Cookie",
    "X-Request-ID",
    "Content-Security-Policy",
    "Content-Length",
    "Expires",
}
OWN_MARKS = (
    rb'"instance":"[^"]*"|nonce="[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|data-token="[^"]*"'
)
FILTERS = {
    "/api/v1/events/": (
        f"q={WORD}",
        "kind=workshop",
        "venue=museum",
        "venue=foreign",
        "topic=light",
    ),
    "/api/v1/events/facets/": ("", f"q={WORD}", "venue=museum"),
    "/api/v1/occurrences/": ("", "venue=museum", "region=C", f"q={WORD}"),
    "/api/v1/campaigns/": ("",),
    "/api/v1/stops/": ("venue=museum", "unit=U-2", "venue=foreign"),
    "/api/v1/venues/": ("", f"q={WORD}", "near=117,31"),
    "/api/v1/tour-requests/": ("", "state=submitted"),
    "/api/v1/memberships/": ("",),
    "/api/v1/runs/": ("",),
    "/feeds/search.ics": (f"q={WORD}", "venue=museum"),
    "/feeds/near.ics": ("lat=31.0&lon=117.0&km=500",),
    "/rpde/events": ("",),
    "/whats-on/": ("", f"q={WORD}"),
}
SUBJECTS = (
    "regions/C",
    "regions/Q",
    "venues/museum",
    "venues/foreign",
    "topics/light",
    "exhibitions/light",
    "units/U-1",
    "units/U-2",
    "campaigns/day",
    "campaigns/hidden",
)
PAGES = (
    "/",
    "/account/",
    "/desk/plans/",
    "/desk/plans/{plan.pk}/",
    "/events/{shown.public_uid}/",
    "/events/{shown.public_uid}.ics",
    "/events/{draft.public_uid}/",
    "/events/{draft.public_uid}.ics",
    "/sitemap.xml",
    *(f"/sitemaps/{section}-1.xml" for section in ("events", "venues", "campaigns", "regions")),
)
HIDDEN = (  # the addresses of what is hidden, asked before it is there and after
    "/api/v1/events/hidden-draft/",
    "/api/v1/events/hidden-hosts/",
    "/events/hidden-draft/",
    "/events/hidden-draft.ics",
    "/events/hidden-hosts.ics",
    "/events/hidden-hosts.json",
    "/api/v1/campaigns/hidden/",
    "/api/v1/campaigns/hidden/stats/",
    "/api/v1/stops/hidden/",
    "/api/v1/tour-requests/HIDDEN/",
    "/api/v1/holds/hidden/",
    "/api/v1/plans/987654/",
    "/api/v1/plans/987654/board/",
    "/desk/plans/987654/",
    "/api/v1/jobs/987654/",
    "/api/v1/sources/hidden/",
)


def _addresses(network):
    reads = [scene.address for scene in SCENES.values() if scene.method == "get"]
    reads += [f"{path}?{query}" for path, queries in FILTERS.items() for query in queries]
    reads += [f"/{subject}/" for subject in SUBJECTS]
    reads += [
        f"/feeds/{subject}.{form}" for subject in SUBJECTS for form in ("ics", "atom", "json")
    ]
    return [one.format(**network.rows) for one in reads] + [
        one.format(**network.rows) for one in (*PAGES, *HIDDEN)
    ]


def _stage(network):
    """What everybody may see and the hidden rows hang on: it is there from the beginning.

    The unit rests where none of those who look keeps units, or its line would be theirs to see.
    """
    rows = network.rows
    rows["stage_home"] = of_touring.PlacedVenueFactory()
    rows["stage_space"] = of_venues.SpaceFactory(venue=rows["stage_home"], code="stage")
    rows["stage_unit"] = of_touring.UnitFactory(code="U-9", home=rows["stage_home"])
    for place, region in (("museum", rows["province"]), ("foreign_museum", rows["abroad"])):
        rows[f"season of {place}"] = of_touring.SeasonFactory(slug=f"s-{place}", region=region)
        rows[f"lead of {place}"] = of_venues.OrganisationFactory(slug=f"o-{place}", region=region)


def _hide(network, place):
    """One more row of everything that only the people of ``place`` may see."""
    rows, venue = network.rows, network.rows[place]
    now = timezone.now()
    person = of_venues.MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user
    _hide_events(rows, venue, rows[f"lead of {place}"], now)
    _hide_tours(rows, venue, rows[f"season of {place}"], person)
    issue_api_key(user=person, name="hidden", scopes=["read"], now=now)
    said = (WORD, WORD)
    leave_notice(
        person=person, kind="run-done", key="hidden", title=said, body=said, path="/", now=now
    )
    hand_out_private_feed(venue=venue, by=person, now=now)


def _hide_events(rows, venue, lead, now):
    source = of_events.SourceFactory(slug="hidden", kind="subscription", venue=venue)
    of_events.SubscriptionFactory(source=source)
    campaign = of_events.CampaignFactory(slug="hidden", state="draft", lead=lead)
    for name, moderation in {
        "draft": Moderation.DRAFT,
        "submitted": Moderation.SUBMITTED,
        "archived": Moderation.ARCHIVED,
        "hosts": Moderation.PUBLISHED,
    }.items():
        event = of_events.EventFactory(
            source=source,
            uid=f"hidden-{name}",
            public_uid=f"hidden-{name}",
            title_zh=WORD,
            venue=venue,
            moderation=moderation,
            start_date=rows["shown"].start_date,
            start_time=time(11),
            end_time=time(12),
            visibility="hosts" if name == "hosts" else "public",
        )
        event.topics.add(rows["topic"])
        refresh_occurrences(event, now=now)
        of_events.ParticipationFactory(
            campaign=campaign, event=event, state="proposed", decided_at=None
        )


def _hide_tours(rows, venue, season, person):
    of_touring.TourRequestFactory(
        code="HIDDEN", season=season, venue=venue, state=RequestState.SUBMITTED
    )
    plan = of_touring.PlanFactory(pk=987654, season=season)
    of_touring.PlanVersionFactory(plan=plan, number=1)
    of_touring.RunFactory(plan=plan)
    Job.objects.create(
        pk=987654, kind=JobKind.PLANNING_RUN, requested_by=person, created_at=timezone.now()
    )
    place = {"unit": rows["stage_unit"], "venue": venue, "space": None}
    of_touring.StopFactory(uid="hidden", opens_on=date(2029, 1, 1), **place)
    of_touring.HoldFactory(uid="hidden", **place | {"space": rows["stage_space"]})
    FacilityReport.objects.create(venue=venue, number=7, submitted_at=timezone.now())


@pytest.fixture
def staged(network, monkeypatch):
    """The network at one moment that does not pass."""
    moment = timezone.now()
    _stage(network)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return network


def _client(network, who):
    client = APIClient(raise_request_exception=False)
    if who != "anonymous":
        client.force_login(network.people[who])
    return client


def _answers(client, addresses):
    """What each address answers, without the marks that every answer has of its own."""
    cache.clear()
    return {address: _said(client.get(address)) for address in addresses}


def _said(answer):
    content = b"".join(answer) if answer.streaming else answer.content
    headers = {name: value for name, value in answer.items() if name not in OWN_TO_AN_ANSWER}
    return answer.status_code, headers, re.sub(OWN_MARKS, b"", content)


def _seen_through(network, who, place, addresses):
    """The addresses at which ``who`` notices that something was hidden at ``place``."""
    client = _client(network, who)
    before = _answers(client, addresses)
    with transaction.atomic():
        _hide(network, place)
        after = _answers(client, addresses)
        transaction.set_rollback(True)
    return [
        (who, place, address, _difference(before[address], after[address]))
        for address in addresses
        if before[address] != after[address]
    ]


def _difference(before, after):
    """Where two answers part."""
    one, other = repr(before), repr(after)
    parted = (place for place, pair in enumerate(zip(one, other, strict=False)) if len({*pair}) > 1)
    start = max(next(parted, 0) - 20, 0)
    return one[start : start + 80], other[start : start + 80]


def test_A6_what_is_hidden_changes_no_byte_that_others_read(staged):
    addresses = _addresses(staged)
    chance = random.Random(20261123)
    seen = _seen_through(staged, "anonymous", "museum", addresses)
    for who, place in CASES[1:]:
        seen += _seen_through(staged, who, place, chance.sample(addresses, 12))

    assert seen == []


@pytest.mark.long
@pytest.mark.parametrize(("who", "place"), CASES)
def test_A6_what_is_hidden_changes_no_byte_at_any_address(staged, who, place):
    assert _seen_through(staged, who, place, _addresses(staged)) == []


def test_A6_the_hidden_rows_are_there_for_those_who_may(staged):
    _hide(staged, "museum")
    client = _client(staged, "administrator")

    answers = [client.get(f"/api/v1/{path}/") for path in ("events/hidden-draft", "stops/hidden")]

    assert [answer.status_code for answer in answers] == [200, 200]
