"""Roles, keys and notices at the desk."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.venues import MembershipFactory, UserFactory, VenueFactory
from venues.models import ApiKey, Membership, NoticePreference, Role
from venues.services.notices import inbox, leave_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def venue():
    return VenueFactory(slug="hefei", name_zh="合肥科技馆", name_en="Hefei Museum")


@pytest.fixture
def publisher(venue):
    return MembershipFactory(role=Role.MUSEUM_PUBLISHER, venue=venue, region=None).user


@pytest.fixture
def desk(publisher):
    client = Client()
    client.force_login(publisher)
    return client


def test_a_publisher_gives_an_editors_role_and_ends_it(desk, venue):
    colleague = UserFactory(username="colleague")
    body = {"person": "colleague", "role": "museum_editor", "place": "hefei"}

    page = desk.post("/desk/people/?lang=en", body, follow=True).content.decode()
    given = Membership.objects.get(user=colleague)
    desk.post(f"/desk/people/{given.pk}/end/")

    assert "museum editor" in page
    assert not Membership.objects.filter(user=colleague).valid_on(timezone.localdate()).exists()


def test_a_role_beyond_ones_own_is_refused_in_words(desk, venue):
    UserFactory(username="colleague")
    body = {"person": "colleague", "role": "administrator", "place": "hefei"}

    answer = desk.post("/desk/people/?lang=zh", body)

    assert answer.status_code == 422
    assert "管理员" not in answer.content.decode()  # it is not even offered
    assert Membership.objects.count() == 1


def test_unknown_names_and_places_are_said_at_once(desk):
    body = {"person": "nobody", "role": "reader", "place": "nowhere"}

    page = desk.post("/desk/people/?lang=en", body).content.decode()

    assert "Nobody signs in with this name" in page
    assert "There is no such place" in page


def test_a_role_that_one_may_not_see_cannot_be_ended(desk):
    foreign = MembershipFactory(role=Role.MUSEUM_EDITOR, venue=VenueFactory(), region=None)

    assert desk.post(f"/desk/people/{foreign.pk}/end/").status_code == 404


def test_a_key_is_shown_once_and_can_be_ended(desk, publisher):
    shown = desk.post("/desk/keys/", {"name": "Website", "scope": "read", "days": "30"})
    key = ApiKey.objects.get(user=publisher)
    again = desk.get("/desk/keys/").content.decode()
    desk.post(f"/desk/keys/{key.pk}/end/")

    key.refresh_from_db()
    assert f'value="{key.prefix}' in shown.content.decode()
    assert f'value="{key.prefix}' not in again
    assert shown.headers["Cache-Control"].count("no-store") == 1
    assert (key.scopes, key.revoked_at is not None) == (["read"], True)


def test_nobody_ends_the_key_of_another(desk):
    other = Client()
    other.force_login(UserFactory())
    other.post("/desk/keys/", {"name": "Mine", "scope": "read", "days": "30"})

    assert desk.post(f"/desk/keys/{ApiKey.objects.get().pk}/end/").status_code == 404


def test_notices_are_read_one_by_one_and_mail_is_chosen(desk, publisher, now):
    for number in (1, 2):
        leave_notice(
            person=publisher,
            kind="x",
            key=f"x-{number}",
            title=(f"第{number}", f"Number {number}"),
            body=("正文", "Body"),
            path="/desk/holds/",
            now=now,
        )
    page = desk.get("/desk/notices/?lang=en").content.decode()
    first = inbox(publisher).get(key="x-1")

    desk.post("/desk/notices/read/", {"notice": first.pk})
    desk.post("/desk/notices/choose/", {"mail": "daily", "language": "en"})

    assert '<a href="/desk/holds/?lang=en">Number 1</a>' in page
    assert list(inbox(publisher).filter(read_at=None).values_list("key", flat=True)) == ["x-2"]
    assert NoticePreference.objects.get().mail == "daily"
