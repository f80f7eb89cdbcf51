"""The region tree: case A7 (closure, not prefixes; codes that move; counties that merge)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    VenueFactory,
)
from touring.models import Unit
from venues.errors import Invalid, NotAllowed
from venues.models import (
    FormerAddress,
    Region,
    RegionIndicator,
    RegionLevel,
    RegionPath,
    RegionTag,
    Role,
    Venue,
)
from venues.permissions import SYSTEM
from venues.services import regions

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 12, 1)


def paths_by_hand() -> set[tuple[str, str, int]]:
    """The closure that the parents alone imply."""
    rows = {region.pk: region for region in Region.objects.all()}
    paths = set()
    for region in rows.values():
        above, depth = region, 0
        while above is not None:
            paths.add((above.code, region.code, depth))
            above, depth = rows.get(above.parent_id), depth + 1
    return paths


def stored_paths() -> set[tuple[str, str, int]]:
    rows = RegionPath.objects.values_list("ancestor__code", "descendant__code", "depth")
    paths = set(rows)
    assert len(paths) == len(rows)
    return paths


def _create(code, level, parent=None, **facts):
    return regions.create_region(
        code=code, name_zh=f"名{code}", level=level, parent=parent, by=SYSTEM, now=NOW, **facts
    )


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_A7_the_closure_stays_exact_through_random_changes(data):
    with transaction.atomic():
        _change_at_random(data)
        transaction.set_rollback(True)


def _change_at_random(data):
    # Codes whose text is a prefix of another's: 1, 11, 111, ...
    codes = iter("1" * length for length in range(1, 21))
    tree = [_create(next(codes), 0)]
    for _ in range(data.draw(st.integers(3, 12), label="changes")):
        region = data.draw(st.sampled_from(tree), label="region")
        other = data.draw(st.sampled_from(tree), label="other")
        change = data.draw(st.sampled_from(["create", "create", "move", "replace", "merge"]))
        try:
            if change == "create":
                tree.append(_create(next(codes), region.level + 1, region))
            elif change == "move":
                regions.move_region(region=region, parent=other, by=SYSTEM, now=NOW)
            elif change == "replace":
                tree.append(
                    regions.replace_region(
                        old=region, code=next(codes), name_zh="新", on=ON, by=SYSTEM, now=NOW
                    )
                )
            else:
                regions.merge_regions(merged=[region], into=other, on=ON, by=SYSTEM, now=NOW)
        except Invalid:
            pass  # refused changes must leave the closure alone, too
        tree = [Region.objects.get(pk=region.pk) for region in tree]
        assert stored_paths() == paths_by_hand()


def test_A7_a_code_that_begins_like_another_is_not_below_it():
    js, js2 = _create("js", 1), _create("js2", 1)
    inside, outside = VenueFactory(region=js), VenueFactory(region=js2)

    assert list(Venue.objects.in_region(js)) == [inside]
    assert list(Venue.objects.in_region(js2)) == [outside]


def test_A7_a_county_that_changes_provinces_takes_its_venues_along():
    first, second = _create("340000", 1), _create("320000", 1)
    county = _create("341181", 3, first)
    venue = VenueFactory(region=county)

    regions.move_region(region=county, parent=second, by=SYSTEM, now=NOW)

    assert list(Venue.objects.in_region(first)) == []
    assert list(Venue.objects.in_region(second)) == [venue]
    assert stored_paths() == paths_by_hand()


def test_a_renamed_county_keeps_its_history():
    prefecture = _create("510900", 2, _create("510000", 1))
    old = _create("510922", 3, prefecture, kind="县")
    town = _create("510922100", 4, old)
    old.tags.add(RegionTag.objects.create(code="key", name_zh="重点帮扶县"))
    venue, organisation = VenueFactory(region=old), OrganisationFactory(region=old)
    membership = MembershipFactory(region=old, role=Role.TOUR_PLANNER)
    RegionIndicator.objects.create(region=old, name="population", year=2010, value=1, source="x")

    new = regions.replace_region(
        old=old, code="510981", name_zh="射洪市", kind="县级市", on=ON, by=SYSTEM, now=NOW
    )

    old.refresh_from_db()
    assert (old.valid_to, old.replaced_by, old.name_zh) == (ON, new, "名510922")
    assert (new.parent, new.level, new.kind, new.valid_from) == (prefecture, 3, "县级市", ON)
    assert list(Venue.objects.in_region(new)) == [venue]
    assert list(new.organisations.all()) == [organisation]
    assert list(new.children.all()) == [town]
    assert [tag.code for tag in new.tags.all()] == ["key"]
    assert [(figure.year, figure.value) for figure in new.indicators.all()] == [(2010, 1)]
    membership.refresh_from_db()
    assert membership.region == new
    venue.refresh_from_db()
    assert (venue.version, venue.changed_at) == (2, NOW)
    assert list(FormerAddress.objects.values_list("kind", "former", "current")) == [
        ("region", "510922", "510981")
    ]
    assert stored_paths() == paths_by_hand()
    in_december = Region.objects.under(prefecture).valid_on(ON).values_list("code", flat=True)
    assert list(in_december) == ["510900", "510922100", "510981"]


def test_replace_region_refuses_with_every_problem_at_once():
    old = _create("510922", 3)
    _create("510981", 3)
    regions.replace_region(old=old, code="510999", name_zh="某", on=ON, by=SYSTEM, now=NOW)

    with pytest.raises(Invalid) as refusal:
        regions.replace_region(old=old, code="510981", name_zh="", on=ON, by=SYSTEM, now=NOW)

    assert refusal.value.detail["problems"] == [
        {"field": "on", "message": "510922 was closed on 2026-12-01 already."},
        {"field": "name_zh", "message": "Must not be empty."},
        {
            "field": "code",
            "message": "The code 510981 exists; merge the region into that one instead.",
        },
    ]


def test_A7_merged_counties_hand_over_places_but_not_rights():
    province = _create("340000", 1)
    first, second = _create("340801", 3, province), _create("340802", 3, province)
    venue = VenueFactory(region=first)
    held = MembershipFactory(region=first, role=Role.ADMINISTRATOR)
    RegionIndicator.objects.create(region=first, name="population", year=2020, value=1, source="x")

    ended = regions.merge_regions(merged=[first], into=second, on=ON, by=SYSTEM, now=NOW)

    assert ended == [held]
    held.refresh_from_db()
    assert (held.region, held.valid_to) == (first, ON)
    assert list(second.venues.all()) == [venue]
    assert (first.indicators.count(), second.indicators.count()) == (1, 0)
    first.refresh_from_db()
    assert (first.valid_to, first.replaced_by) == (ON, second)


def test_merge_refuses_a_region_that_contains_the_other():
    province = _create("340000", 1)
    county = _create("340801", 3, province)

    with pytest.raises(Invalid) as refusal:
        regions.merge_regions(merged=[province], into=county, on=ON, by=SYSTEM, now=NOW)

    assert refusal.value.detail["problems"] == [
        {"field": "into", "message": "340801 is 340000 or lies below it."}
    ]


def test_merge_keeps_one_link_of_a_row_that_was_linked_to_both_regions():
    relation = Unit._meta.get_field("regions")
    first, second, third = _create("1", 3), _create("2", 3), _create("3", 3)
    owner = relation.m2m_field_name() + "_id"
    links = relation.remote_field.through.objects
    for unit, region in ((7, first), (7, second), (8, first), (9, third)):
        links.create(**{owner: unit, "region": region})

    regions.merge_regions(merged=[first], into=second, on=ON, by=SYSTEM, now=NOW)

    linked = set(links.values_list(owner, "region__code"))
    links.all().delete()  # units 7, 8 and 9 do not exist; foreign keys are checked at the end
    assert linked == {(7, "2"), (8, "2"), (9, "3")}


def test_create_region_names_every_problem():
    parent = _create("340000", RegionLevel.PREFECTURE)

    with pytest.raises(Invalid) as refusal:
        regions.create_region(
            code="34 01", name_zh="\x0b", level=2, parent=parent, by=SYSTEM, now=NOW
        )

    assert [problem["field"] for problem in refusal.value.detail["problems"]] == [
        "code",
        "name_zh",
        "name_zh",
        "level",
    ]
    assert Region.objects.count() == 1


def test_only_administrators_change_the_tree():
    province = RegionFactory(level=1)
    county = RegionFactory(parent=province)
    elsewhere = RegionFactory(level=1)
    user = UserFactory()
    MembershipFactory(user=user, region=province, role=Role.ADMINISTRATOR)

    assert regions.rename_region(region=county, name_zh="新", name_en="New", by=user, now=NOW)
    with pytest.raises(NotAllowed) as refusal:
        regions.move_region(region=county, parent=elsewhere, by=user, now=NOW)
    with pytest.raises(NotAllowed):
        regions.create_region(code="X", name_zh="国", level=0, parent=None, by=user, now=NOW)

    assert refusal.value.detail == {"region": elsewhere.code}


def test_move_refuses_a_place_below_itself_and_a_wrong_level():
    province = _create("340000", 1)
    prefecture = _create("340100", 2, province)

    for parent, message in (
        (prefecture, "340100 is 340000 or lies below it."),
        (_create("350100", 2), "350100 has level 2; 340000 needs a higher one."),
    ):
        with pytest.raises(Invalid) as refusal:
            regions.move_region(region=province, parent=parent, by=SYSTEM, now=NOW)
        assert refusal.value.detail["problems"] == [{"field": "parent", "message": message}]
