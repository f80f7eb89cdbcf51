from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.errors import Invalid, NotAllowed
from venues.models import AuditEntry, Membership, Notice, Role
from venues.permissions import SYSTEM, can_edit_venue, may_grant, memberships_visible_to
from venues.services.memberships import end_membership, grant_membership

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def province():
    return RegionFactory(level=1, name_zh="安徽省")


@pytest.fixture
def county(province):
    return RegionFactory(level=3, parent=RegionFactory(level=2, parent=province))


def _give(now, **changes):
    return grant_membership(**{"by": SYSTEM, "now": now, "person": UserFactory(), **changes})


def test_grant_membership_gives_the_role_and_says_so_to_the_person(now, county):
    boss = MembershipFactory(region=county, role=Role.ADMINISTRATOR).user
    venue, anna = VenueFactory(region=county, name_zh="长丰科技馆"), UserFactory()

    given = _give(now, person=anna, role=Role.MUSEUM_EDITOR, place=venue, by=boss)

    assert can_edit_venue(anna, venue, localdate(now))
    entry = AuditEntry.objects.get(action="membership.grant")
    assert (entry.actor_name, entry.subject_id) == (boss.username, str(given.pk))
    assert entry.after["role"] == "museum_editor"
    notice = Notice.objects.get(person=anna)
    assert notice.body_zh == "您现在是“长丰科技馆”的场馆编辑。请查看您可以做什么。"
    assert notice.body_en == "You are now museum editor of 长丰科技馆. See what you can do there."


def test_grant_membership_said_twice_is_one_membership(now, county):
    anna = UserFactory()

    first = _give(now, person=anna, role=Role.READER, place=county)
    second = _give(now, person=anna, role=Role.READER, place=county)

    assert first == second
    assert AuditEntry.objects.filter(action="membership.grant").count() == 1


@pytest.mark.parametrize(
    ("giver", "role", "may"),
    [
        (Role.ADMINISTRATOR, Role.ADMINISTRATOR, True),
        (Role.ADMINISTRATOR, Role.AUDITOR, True),
        (Role.PREFECTURE_OFFICER, Role.COUNTY_OFFICER, True),
        (Role.PREFECTURE_OFFICER, Role.PREFECTURE_OFFICER, False),
        (Role.PREFECTURE_OFFICER, Role.ADMINISTRATOR, False),
        (Role.COUNTY_OFFICER, Role.HOST_CONTACT, True),
        (Role.MUSEUM_PUBLISHER, Role.MUSEUM_EDITOR, True),
        (Role.MUSEUM_PUBLISHER, Role.MUSEUM_PUBLISHER, False),
        (Role.TOUR_PLANNER, Role.READER, False),
        (Role.READER, Role.READER, False),
    ],
)
def test_A5_nobody_gives_more_than_their_own_role_allows(now, province, county, giver, role, may):
    user = MembershipFactory(region=province, role=giver).user

    assert may_grant(user, role, county, localdate(now)) is may
    assert not may_grant(user, role, RegionFactory(), localdate(now))


def test_nobody_gives_roles_above_their_own_place(now, province, county):
    boss = MembershipFactory(region=county, role=Role.ADMINISTRATOR).user

    with pytest.raises(NotAllowed, match="may not give this role there"):
        _give(now, role=Role.READER, place=province, by=boss)
    with pytest.raises(NotAllowed):
        _give(now, role=Role.READER, place=OrganisationFactory(region=province), by=boss)

    assert Membership.objects.count() == 1


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_an_officers_role_belongs_to_its_level(now, level):
    roles = [
        Role.NATION_OFFICER,
        Role.PROVINCE_OFFICER,
        Role.PREFECTURE_OFFICER,
        Role.COUNTY_OFFICER,
    ]
    region = RegionFactory(level=level)
    association = OrganisationFactory(region=region, level=level)

    for role in roles:
        for place in (region, association):
            if roles.index(role) == level:
                assert _give(now, role=role, place=place).place == place
            else:
                with pytest.raises(Invalid, match="cannot be given"):
                    _give(now, role=role, place=place)
        with pytest.raises(Invalid):
            _give(now, role=role, place=VenueFactory(region=region))


def test_grant_membership_names_every_problem_at_once(now, county):
    today = localdate(now)

    with pytest.raises(Invalid) as refusal:
        _give(
            now,
            person=UserFactory(is_active=False),
            role=Role.PROVINCE_OFFICER,
            place=county,
            valid_from=today,
            valid_to=today,
        )

    problems = refusal.value.detail["problems"]
    assert [one["field"] for one in problems] == ["person", "valid_to", "role"]


def test_A10_end_membership_acts_at_once_and_keeps_the_history(now):
    membership = MembershipFactory(valid_from=localdate(now) - timedelta(days=30))
    user, venue = membership.user, membership.venue
    assert can_edit_venue(user, venue, localdate(now))

    end_membership(membership_id=membership.pk, by=SYSTEM, now=now)

    assert not can_edit_venue(user, venue, localdate(now))
    membership.refresh_from_db()
    assert (membership.role, membership.valid_to) == (Role.MUSEUM_EDITOR, localdate(now))
    assert AuditEntry.objects.get().after == {"valid_to": "2026-11-02"}
    assert end_membership(membership_id=membership.pk, by=SYSTEM, now=now) == membership
    assert AuditEntry.objects.count() == 1


def test_a_membership_that_had_not_begun_is_kept_in_the_audit_log_only(now):
    membership = MembershipFactory(valid_from=localdate(now))

    end_membership(membership_id=membership.pk, by=SYSTEM, now=now)

    assert not Membership.objects.exists()
    assert AuditEntry.objects.get().before["role"] == "museum_editor"


def test_people_may_end_their_own_roles_and_nobody_elses(now):
    mine, other = MembershipFactory(), MembershipFactory()

    end_membership(membership_id=mine.pk, by=mine.user, now=now)

    with pytest.raises(NotAllowed, match="may not end"):
        end_membership(membership_id=other.pk, by=mine.user, now=now)
    mine.user.is_active = False
    with pytest.raises(NotAllowed):
        end_membership(membership_id=mine.pk, by=mine.user, now=now)


def test_memberships_are_seen_by_their_holders_and_by_those_above(now, province, county):
    today = localdate(now)
    held = MembershipFactory(venue=VenueFactory(region=county))
    boss = MembershipFactory(region=province, role=Role.ADMINISTRATOR)
    reader = MembershipFactory(region=province, role=Role.READER)
    MembershipFactory()

    assert list(memberships_visible_to(held.user, today)) == [held]
    assert set(memberships_visible_to(boss.user, today)) == {held, boss, reader}
    assert list(memberships_visible_to(reader.user, today)) == [reader]
    assert not memberships_visible_to(None, today).exists()
