"""Who may have a host's own schedule, and for how long (hazard A9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from events.models import PrivateFeed
from events.services.private_feeds import hand_out_private_feed, revoke_private_feed
from tests.factories.venues import MembershipFactory, UserFactory, VenueFactory
from venues.errors import NotAllowed
from venues.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei")


@pytest.fixture
def contact(venue):
    return MembershipFactory(role=Role.HOST_CONTACT, venue=venue).user


def path_of(address: str, settings) -> str:
    return address.removeprefix(settings.SITE_URL)


def test_a_host_contact_reads_the_schedule_by_a_secret_address(
    client, venue, contact, now, settings
):
    row, address = hand_out_private_feed(venue=venue, by=contact, now=now)

    answer = client.get(path_of(address, settings))

    token = address.rpartition("/")[2].removesuffix(".ics")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(token) >= 43
    assert token not in row.token_hash
    assert PrivateFeed.objects.get().owner == contact


def test_nobody_without_a_role_gets_an_address(venue, now):
    with pytest.raises(NotAllowed):
        hand_out_private_feed(venue=venue, by=UserFactory(), now=now)
    assert not PrivateFeed.objects.exists()


def test_a_revoked_address_leads_nowhere_and_the_next_one_works_case_a9(
    client, venue, contact, now, settings
):
    row, old = hand_out_private_feed(venue=venue, by=contact, now=now)
    _, new = hand_out_private_feed(venue=venue, by=contact, now=now)

    revoke_private_feed(feed_id=row.pk, by=contact, now=now)
    revoke_private_feed(feed_id=row.pk, by=contact, now=now + timedelta(days=1))

    assert client.get(path_of(old, settings)).status_code == 404
    assert client.get(path_of(new, settings)).status_code == 200
    row.refresh_from_db()
    assert row.revoked_at == now


def test_only_the_owner_and_the_administrator_revoke(venue, contact, now):
    row, _ = hand_out_private_feed(venue=venue, by=contact, now=now)
    colleague = MembershipFactory(role=Role.HOST_CONTACT, venue=venue).user
    administrator = MembershipFactory(role=Role.ADMINISTRATOR, region=venue.region).user

    with pytest.raises(NotAllowed):
        revoke_private_feed(feed_id=row.pk, by=colleague, now=now)
    revoke_private_feed(feed_id=row.pk, by=administrator, now=now)

    row.refresh_from_db()
    assert row.revoked_at == now
