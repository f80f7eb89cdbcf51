"""What a user may see and change of the events, where the page of rights does not say it all."""

from __future__ import annotations

from datetime import date

import pytest

from events.enums import Moderation, Visibility
from events.models import Event
from events.permissions import edited_by, participations_visible_to, visible_to
from tests.factories.events import (
    CampaignFactory,
    EventFactory,
    ParticipationFactory,
    SourceFactory,
)
from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
    VenueFactory,
)
from venues.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

ON = date(2026, 11, 2)


@pytest.fixture
def venue():
    return VenueFactory(slug="here")


@pytest.fixture
def drafts(venue) -> dict[str, Event]:
    """A draft for every way an event has to a venue: its own, its source's, both, neither."""
    ours, theirs = SourceFactory(slug="ours", venue=venue), SourceFactory(slug="theirs")
    ways = {
        "here, theirs": {"venue": venue, "source": theirs},
        "online, ours": {"venue": None, "source": ours},
        "online, theirs": {"venue": None, "source": theirs},
        "elsewhere, ours": {"source": ours},
        "elsewhere, theirs": {"source": theirs},
    }
    return {
        name: EventFactory(uid=name, moderation=Moderation.DRAFT, **way)
        for name, way in ways.items()
    }


def _seen(question, user) -> set[str]:
    return set(question(user, ON).values_list("uid", flat=True))


@pytest.mark.parametrize("question", [visible_to, edited_by])
@pytest.mark.parametrize("role", [Role.MUSEUM_EDITOR, Role.MUSEUM_PUBLISHER, Role.ADMINISTRATOR])
def test_an_event_is_judged_by_its_venue_and_an_online_one_by_that_of_its_source(
    venue, drafts, question, role
):
    user = MembershipFactory(role=role, venue=venue).user

    assert _seen(question, user) == {"here, theirs", "online, ours"}


def test_auditors_see_drafts_and_change_none(venue, drafts):
    user = MembershipFactory(role=Role.AUDITOR, venue=venue).user

    assert _seen(visible_to, user) == {"here, theirs", "online, ours"}
    assert _seen(edited_by, user) == set()


def test_hosts_see_what_is_published_for_hosts_alone(venue, drafts):
    user = MembershipFactory(role=Role.HOST_CONTACT, venue=venue).user
    Event.objects.exclude(uid="online, ours").update(
        moderation=Moderation.PUBLISHED, visibility=Visibility.HOSTS
    )

    assert _seen(visible_to, user) == {"here, theirs"}
    assert _seen(edited_by, user) == set()


def test_without_a_role_only_what_is_public_is_seen(drafts):
    assert _seen(visible_to, UserFactory()) == set()
    assert _seen(visible_to, UserFactory(is_superuser=True)) == set(drafts)
    EventFactory(uid="public")

    assert _seen(visible_to, UserFactory()) == {"public"}


@pytest.mark.parametrize("role", [Role.MUSEUM_PUBLISHER, Role.PROVINCE_OFFICER, Role.ADMINISTRATOR])
def test_a_campaigns_events_are_seen_by_who_leads_it(role):
    lead = OrganisationFactory()
    ours = ParticipationFactory(campaign=CampaignFactory(lead=lead))
    ParticipationFactory()
    user = MembershipFactory(role=role, organisation=lead).user

    assert list(participations_visible_to(user, ON)) == [ours]


def test_a_campaigns_events_are_seen_by_who_edits_them(venue):
    ours = ParticipationFactory(event__venue=venue)
    ParticipationFactory()
    user = MembershipFactory(role=Role.MUSEUM_EDITOR, venue=venue).user

    assert list(participations_visible_to(user, ON)) == [ours]
    assert not participations_visible_to(UserFactory(), ON).exists()
