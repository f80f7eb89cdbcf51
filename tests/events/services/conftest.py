from __future__ import annotations

import pytest

from events.models import Subscription
from events.services.subscriptions import subscribe
from tests.factories.venues import MembershipFactory, VenueFactory
from venues.models import Role


@pytest.fixture
def subscription(now) -> Subscription:
    venue = VenueFactory(slug="hefei", timezone="Asia/Shanghai")
    by = MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue).user
    return subscribe(url="webcal://museum.example/a.ics", venue=venue, by=by, now=now)
