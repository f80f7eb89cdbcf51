from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories.venues import RegionFactory, UserFactory, VenueFactory
from venues.models import ApiKey, Region
from venues.queries import region_by_code
from venues.services.keys import authenticate

pytestmark = pytest.mark.django_db


def test_issue_api_key_prints_a_key_that_works(capsys):
    UserFactory(username="sync")

    call_command("issue_api_key", "sync", "日历同步", "--scope", "write:events", "--days", "30")

    plain = capsys.readouterr().out.strip()
    assert authenticate(plain, timezone.now()) == ApiKey.objects.get()


def test_issue_api_key_says_what_is_wrong():
    UserFactory(username="sync")

    with pytest.raises(CommandError, match="There is no user “nobody”"):
        call_command("issue_api_key", "nobody", "x", "--scope", "read")
    with pytest.raises(CommandError, match="scopes: Use read, write, or an area"):
        call_command("issue_api_key", "sync", "x", "--scope", "admin")


def test_replace_region_gives_a_county_its_new_code(capsys):
    venue = VenueFactory(region=RegionFactory(code="510922", name_zh="射洪县"))
    words = ("replace_region", "510922", "510981", "射洪市", "--on", "2019-11-01")

    call_command(*words)

    assert capsys.readouterr().out == "510922 leads to 510981 射洪市 from 2019-11-01 on.\n"
    venue.refresh_from_db()
    assert venue.region == region_by_code("510922") == Region.objects.get(code="510981")
    with pytest.raises(CommandError, match="510922 was closed on 2019-11-01 already"):
        call_command(*words)
    with pytest.raises(CommandError, match="There is no region 1"):
        call_command("replace_region", "1", "2", "x", "--on", "2019-11-01")
