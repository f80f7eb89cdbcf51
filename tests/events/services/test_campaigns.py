"""Campaigns: who leads, which events they take, and what happens when a partner leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from events.enums import Admission, CampaignState, ParticipationState
from events.errors import InvalidCampaign, NotRegistering, StaleCampaign, WrongState
from events.feeds.about import about_events
from events.ical.entry import Text
from events.models import Campaign, Participation
from events.queries import EventFilter, events
from events.services.campaigns import (
    CampaignValues,
    Partner,
    announce_campaign,
    campaign_values_of,
    change_campaign,
    close_campaign,
    open_campaign,
)
from events.services.participation import (
    decide_participation,
    join_campaign,
    leave_campaign,
    withdraw_partner,
)
from events.stats.campaigns import by_province
from tests.factories.events import (
    CampaignFactory,
    CampaignPartnerFactory,
    EventFactory,
    OccurrenceFactory,
    ParticipationFactory,
)
from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.errors import NotAllowed
from venues.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def lead():
    return OrganisationFactory(slug="cast")


@pytest.fixture
def officer(lead):
    """Leads campaigns of the lead."""
    return MembershipFactory(role=Role.NATION_OFFICER, organisation=lead).user


@pytest.fixture
def campaign(lead):
    return CampaignFactory(slug="day", name_zh="科普日", lead=lead)


@pytest.fixture
def museum(campaign):
    """A venue whose organisation is a partner."""
    partner = CampaignPartnerFactory(campaign=campaign)
    return VenueFactory(organisation=partner.organisation)


@pytest.fixture
def publisher(museum):
    return MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=museum).user


@pytest.fixture
def event(museum):
    return OccurrenceFactory(event=EventFactory(venue=museum)).event


def shown(slug: str = "day") -> list[str]:
    asked = EventFilter.parse({"campaign": [slug]}, today=date(2026, 11, 1))
    return [found.uid for found in events(asked)]


def values(lead, **changes) -> CampaignValues:
    return replace(
        CampaignValues(
            name=Text("科技周", "Science week"),
            lead=lead,
            starts_on=date(2027, 5, 20),
            ends_on=date(2027, 5, 28),
        ),
        **changes,
    )


def test_a_campaign_is_opened_as_a_draft_announced_and_closed_by_its_lead(lead, officer, now):
    partner = OrganisationFactory()
    stated = values(lead, partners=(Partner(partner, "sponsor"),), theme=Text("光"))

    opened = open_campaign(slug="week", values=stated, by=officer, now=now)
    announced = announce_campaign(campaign_id=opened.pk, seen_version=1, by=officer, now=now)
    closed = close_campaign(campaign_id=opened.pk, seen_version=2, by=officer, now=now)

    assert opened.state == CampaignState.DRAFT
    assert campaign_values_of(Campaign.objects.get(slug="week")) == stated
    assert (announced.state, closed.state, closed.version) == ("announced", "closed", 3)


def test_only_the_lead_opens_and_changes_and_only_what_was_seen(lead, officer, campaign, now):
    with pytest.raises(NotAllowed):
        open_campaign(slug="week", values=values(lead), by=UserFactory(), now=now)
    elsewhere = replace(campaign_values_of(campaign), lead=OrganisationFactory())
    with pytest.raises(NotAllowed):
        change_campaign(
            campaign_id=campaign.pk, seen_version=1, values=elsewhere, by=officer, now=now
        )
    with pytest.raises(StaleCampaign):
        change_campaign(
            campaign_id=campaign.pk, seen_version=7, values=values(lead), by=officer, now=now
        )


def test_every_problem_of_a_campaign_is_named_at_once(lead, officer, now):
    wrong = values(
        lead,
        name=Text("", "x"),
        kind="party",
        url="javascript:alert(1)",
        ends_on=date(2027, 5, 20),
        registration_opens_on=date(2027, 3, 1),
        registration_closes_on=date(2027, 3, 1),
        partners=(Partner(lead),),
    )

    with pytest.raises(InvalidCampaign) as refusal:
        open_campaign(slug="we ek", values=wrong, by=officer, now=now)

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == [
        "slug", "name", "url", "kind", "partners", "ends_on", "registration_closes_on",
    ]  # fmt: skip


def test_a_partners_event_joins_at_once_and_calendars_are_told(campaign, event, publisher, now):
    row = join_campaign(
        campaign_id=campaign.pk, event_id=event.pk, organisation=None, by=publisher, now=now
    )

    event.refresh_from_db()
    assert (row.state, row.organisation) == ("accepted", event.venue.organisation)
    assert (event.sequence, event.changed_at) == (1, now)
    assert shown() == [event.uid]
    (label,) = about_events([event.pk])[event.pk].campaigns
    assert (label.slug, label.name.zh) == ("day", "科普日")


def test_where_the_lead_wants_to_look_first_an_event_waits(
    campaign, event, publisher, officer, now
):
    Campaign.objects.update(admission=Admission.NOBODY)
    ids = {"campaign_id": campaign.pk, "event_id": event.pk}

    row = join_campaign(**ids, organisation=None, by=publisher, now=now)
    assert (row.state, shown()) == (ParticipationState.PROPOSED, [])
    with pytest.raises(NotAllowed):
        decide_participation(**ids, accept=True, is_key=False, by=publisher, now=now)

    accepted = decide_participation(**ids, accept=True, is_key=True, by=officer, now=now)
    assert (accepted.state, accepted.is_key_activity, shown()) == ("accepted", True, [event.uid])

    declined = decide_participation(**ids, accept=False, is_key=True, by=officer, now=now)
    assert (declined.state, declined.is_key_activity, shown()) == ("declined", False, [])


@pytest.mark.parametrize(
    "days",
    [
        {"registration_opens_on": date(2027, 1, 1)},
        {"registration_closes_on": date(2026, 1, 1)},
        {"state": CampaignState.CLOSED},
    ],
)
def test_events_join_only_while_registration_is_open(campaign, event, publisher, now, days):
    Campaign.objects.update(**days)

    with pytest.raises(NotRegistering):
        join_campaign(
            campaign_id=campaign.pk, event_id=event.pk, organisation=None, by=publisher, now=now
        )


def test_events_of_strangers_join_only_a_campaign_for_anyone(campaign, now):
    stranger = EventFactory()
    by = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=stranger.venue).user
    ids = {"campaign_id": campaign.pk, "event_id": stranger.pk, "organisation": None}

    with pytest.raises(NotRegistering):
        join_campaign(**ids, by=by, now=now)
    Campaign.objects.update(admission=Admission.ANYONE)

    assert join_campaign(**ids, by=by, now=now).state == ParticipationState.ACCEPTED


def test_a_partner_that_withdraws_takes_its_events_from_the_campaign_and_not_from_its_own(
    campaign, event, publisher, museum, now
):
    other = OccurrenceFactory().event
    ParticipationFactory(campaign=campaign, event=other, organisation=campaign.lead)
    join_campaign(
        campaign_id=campaign.pk, event_id=event.pk, organisation=None, by=publisher, now=now
    )
    speaker = MembershipFactory(role=Role.MUSEUM_PUBLISHER, organisation=museum.organisation).user
    ids = {"campaign_id": campaign.pk, "organisation_id": museum.organisation_id}

    with pytest.raises(NotAllowed):
        withdraw_partner(**ids, by=publisher, now=now)
    withdraw_partner(**ids, by=speaker, now=now + timedelta(hours=1))

    event.refresh_from_db()
    assert shown() == [other.uid]
    assert [found.uid for found in events(EventFilter(venues=(museum.slug,)))] == [event.uid]
    assert event.sequence == 2
    again = withdraw_partner(**ids, by=speaker, now=now + timedelta(hours=2))
    assert again.version == 2


def test_an_event_leaves_and_may_come_back(campaign, event, publisher, now):
    ids = {"campaign_id": campaign.pk, "event_id": event.pk, "by": publisher, "now": now}
    with pytest.raises(WrongState):
        leave_campaign(**ids)
    join_campaign(**ids, organisation=None)

    assert leave_campaign(**ids).state == ParticipationState.WITHDRAWN
    assert shown() == []
    assert join_campaign(**ids, organisation=None).state == ParticipationState.ACCEPTED
    assert Participation.objects.count() == 1


def test_a_renamed_campaign_raises_the_events_that_show_its_name(
    campaign, event, officer, publisher, now
):
    join_campaign(
        campaign_id=campaign.pk, event_id=event.pk, organisation=None, by=publisher, now=now
    )
    renamed = replace(campaign_values_of(campaign), name=Text("科普月"))

    change_campaign(campaign_id=campaign.pk, seen_version=1, values=renamed, by=officer, now=now)

    event.refresh_from_db()
    assert event.sequence == 2


def test_a_draft_campaign_is_found_by_nobody(lead):
    CampaignFactory(slug="secret", state=CampaignState.DRAFT)

    with pytest.raises(Exception, match="there is no campaign 'secret'"):
        shown("secret")


def test_totals_by_province_are_the_sum_of_the_events(campaign, django_assert_num_queries):
    anhui = RegionFactory(code="340000", level=1, name_zh="安徽")
    hefei = RegionFactory(code="340100", level=2, parent=anhui)
    gansu = RegionFactory(code="620000", level=1, name_zh="甘肃")
    for region in (hefei, anhui, gansu, None):
        venue = VenueFactory(region=region) if region else None
        made = OccurrenceFactory(event=EventFactory(venue=venue)).event
        ParticipationFactory(campaign=campaign, event=made)
    ParticipationFactory(campaign=campaign, event=EventFactory(moderation="draft"))
    ParticipationFactory(campaign=campaign, state="declined", event=EventFactory())

    with django_assert_num_queries(2):
        shares = by_province(campaign)

    assert [(each.code, each.events, each.dates, each.venues) for each in shares] == [
        ("340000", 2, 2, 2),
        ("620000", 1, 1, 1),
        (None, 1, 1, 0),
    ]
