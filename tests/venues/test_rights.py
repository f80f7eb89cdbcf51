from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from venues.models import Membership, OrganisationPath, Region, RegionPath, Role, Venue
from venues.permissions import SYSTEM, may, where
from venues.rights import (
    ALONG_ORGANISATIONS,
    GRANTS,
    LEVELS,
    PLACES,
    PLANNERS,
    PUBLISHERS,
    RIGHTS,
    as_markdown,
    rights_to,
)
from venues.services.organisations import change_organisation
from venues.services.regions import move_region

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
ON = NOW.date()
PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_page_shows_the_table_that_the_program_answers_from():
    shown = PAGE.read_text().partition("<!-- rights: begin -->\n")[2]

    assert shown.partition("<!-- rights: end -->")[0] == as_markdown()


def test_every_row_names_a_place_that_is_known_and_some_role():
    assert {right.over for right in RIGHTS} <= set(PLACES)
    assert all(right.roles for right in RIGHTS)


def test_a_misspelt_operation_or_place_is_a_mistake_and_no_refusal(db):
    with pytest.raises(ValueError, match=r"venue\.edti"):
        rights_to("venue.edti")
    with pytest.raises(ValueError, match=r"venue\.edti"):
        may(SYSTEM, "venue.edti", on=ON)
    with pytest.raises(TypeError, match="venu"):
        may(None, "venue.edit", on=ON, venu=None)
    with pytest.raises(TypeError, match="venu"):
        where(None, "venue.edit", on=ON, venu="venue")


def test_officers_give_only_lower_offices_and_only_administrators_the_widest_roles():
    for giver, roles in GRANTS.items():
        if giver in LEVELS:
            assert all(LEVELS[role] > LEVELS[giver] for role in roles if role in LEVELS)
        if giver != Role.ADMINISTRATOR:
            assert not roles & (PLANNERS | PUBLISHERS | {Role.AUDITOR})


@pytest.mark.django_db
@pytest.mark.db_contract
@pytest.mark.parametrize("role", list(Role))
def test_only_officers_and_auditors_act_down_the_administrative_tree(role):
    top = OrganisationFactory()
    middle = OrganisationFactory(parent_admin=top)
    lowest = OrganisationFactory(parent_admin=middle)
    guided = OrganisationFactory(parent_guidance=top)
    venues = [VenueFactory(organisation=body) for body in (top, middle, lowest, guided)]
    user = MembershipFactory(organisation=top, role=role).user
    operation = "stop.read"
    roles = set().union(*(right.roles for right in rights_to(operation)))
    expected = [role in roles, *[role in roles and role in ALONG_ORGANISATIONS] * 2, False]

    assert [may(user, operation, on=ON, venue=venue) for venue in venues] == expected
    seen = Venue.objects.filter(where(user, operation, on=ON, venue=""))
    assert set(seen) == {venue for venue, sees in zip(venues, expected, strict=True) if sees}


@pytest.mark.django_db
@pytest.mark.db_contract
def test_rights_follow_an_organisation_to_its_new_parent(now):
    old, new = OrganisationFactory(), OrganisationFactory()
    moved = OrganisationFactory(parent_admin=old)
    venue = VenueFactory(organisation=OrganisationFactory(parent_admin=moved))
    before = MembershipFactory(organisation=old, role=Role.AUDITOR).user
    after = MembershipFactory(organisation=new, role=Role.AUDITOR).user
    assert [may(one, "event.read", on=ON, venue=venue) for one in (before, after)] == [True, False]

    change_organisation(organisation_id=moved.pk, changes={"parent_admin": new}, by=SYSTEM, now=now)

    assert [may(one, "event.read", on=ON, venue=venue) for one in (before, after)] == [False, True]
    assert OrganisationPath.objects.count() == 3


def test_A10_no_right_is_asked_for_the_day_in_greenwich():
    """Whose role ended with yesterday in Beijing could act on until eight in the morning."""
    question = re.compile(r"\b(may|can_\w+|valid_on|where|\w+_visible_to)\(.*now\.date\(\)")
    lines = [
        f"{path}: {line.strip()}"
        for app in ("venues", "events", "touring", "api", "web")
        for path in (PAGE.parents[1] / app).rglob("*.py")
        for line in path.read_text().splitlines()
        if question.search(line)
    ]

    assert lines == []


@pytest.mark.django_db
@pytest.mark.db_contract
def test_one_question_takes_one_query(django_assert_num_queries):
    venue = VenueFactory(organisation=OrganisationFactory())
    user = MembershipFactory(venue=venue).user

    with django_assert_num_queries(1):
        assert may(user, "event.read", on=ON, state="published", venue=venue)
    with django_assert_num_queries(0):
        assert not may(UserFactory.build(is_active=False), "event.read", on=ON, venue=venue)


@st.composite
def forests(draw):
    """Parents by position (``None``: a root), codes that are prefixes of one another, one move."""
    size = draw(st.integers(3, 9))
    parents = [None] + [draw(st.none() | st.integers(0, child - 1)) for child in range(1, size)]
    codes = draw(st.permutations(["1", "12", "11", "121", "js", "js2", "j", "112", "1121"]))
    return parents, codes[:size], draw(st.integers(0, size - 1))


@pytest.mark.django_db
@pytest.mark.db_contract
@settings(max_examples=15, deadline=None)
@given(forests(), st.data())
def test_A7_rights_follow_the_tree_and_never_a_prefix_of_codes(forest, data):
    Membership.objects.all().delete()
    Region.objects.update(parent=None)
    RegionPath.objects.all().delete()
    Region.objects.all().delete()
    parents, codes, holder = forest
    rows = []
    for code, parent in zip(codes, parents, strict=True):
        above = None if parent is None else rows[parent]
        rows.append(RegionFactory(code=code, level=len(rows), parent=above))
    user = MembershipFactory(region=rows[holder], role=Role.ADMINISTRATOR).user

    assert _seen(user) == _below(parents, holder)

    moved = data.draw(st.integers(1, len(rows) - 1))
    parents[moved] = data.draw(st.integers(0, moved - 1))  # earlier rows have higher levels
    move_region(region=rows[moved], parent=rows[parents[moved]], by=SYSTEM, now=NOW)

    assert _seen(user) == _below(parents, holder)


def _seen(user):
    rows = list(Region.objects.order_by("pk"))
    answers = {
        number for number, row in enumerate(rows) if may(user, "venue.register", on=ON, region=row)
    }
    found = set(Region.objects.filter(where(user, "venue.register", on=ON, region="")))
    assert found == {rows[number] for number in answers}
    return answers


def _below(parents, top):
    """Positions at and under ``top``, found by walking up from each."""

    def is_below(position):
        while position is not None:
            if position == top:
                return True
            position = parents[position]
        return False

    return {position for position in range(len(parents)) if is_below(position)}
