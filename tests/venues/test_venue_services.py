from __future__ import annotations

from datetime import date

import pytest

from tests.factories.venues import (
    MembershipFactory,
    OrganisationFactory,
    RegionFactory,
    SpaceFactory,
    UserFactory,
    VenueFactory,
)
from venues.errors import Invalid, NotAllowed, Stale
from venues.models import Closure, FormerAddress, Role, Space, Venue
from venues.permissions import SYSTEM
from venues.services.addresses import current_address, leave_address
from venues.services.closures import add_closure, remove_closure
from venues.services.organisations import change_organisation, register_organisation
from venues.services.venues import (
    add_space,
    change_space,
    change_venue,
    register_venue,
    remove_space,
)
from venues.spans import DaySpan

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def _facts(**changes):
    return {
        "slug": "hefei",
        "name_zh": "合肥市科技馆",
        "kind": "science_museum",
        "region": changes.pop("region", None) or RegionFactory(),
        **changes,
    }


def _problems(refusal):
    return [(p["field"], p["message"]) for p in refusal.value.detail["problems"]]


def test_register_venue_stores_what_it_was_told(now):
    venue = register_venue(
        by=SYSTEM, now=now, **_facts(lat=31.85, lon=117.26, address_zh="黄山路446号", area_m2=800)
    )

    stored = Venue.objects.get()
    assert (stored.pk, stored.slug, stored.version, stored.changed_at) == (
        venue.pk, "hefei", 1, now,
    )  # fmt: skip
    assert (stored.coordinates_source, stored.geocoding) == ("operator", "not_needed")
    assert (stored.timezone, stored.area_m2) == ("Asia/Shanghai", 800)


def test_a_venue_with_an_address_alone_waits_for_coordinates(now):
    venue = register_venue(by=SYSTEM, now=now, **_facts(address_zh="黄山路446号"))

    assert (venue.lat, venue.coordinates_source, venue.geocoding) == (None, "", "pending")


def test_register_venue_names_every_problem_at_once(now):
    closed = RegionFactory(
        code="510922",
        name_zh="射洪县",
        valid_to=date(2019, 11, 1),
        replaced_by=RegionFactory(code="510981", name_zh="射洪市"),
    )

    with pytest.raises(Invalid) as refusal:
        register_venue(
            by=SYSTEM,
            now=now,
            **_facts(
                slug="he fei",
                name_zh="合肥\x0b馆",
                kind="palace",
                region=closed,
                timezone="Asia/Hefei",
                lat=31.0,
                website="ftp://example.org",
                area_m2=-1.0,
                power_kw=float("nan"),
            ),
        )

    assert _problems(refusal) == [
        (
            "slug",
            "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        ("kind", "Value 'palace' is not a valid choice."),
        ("name_zh", "Holds control characters (U+000B); remove them."),
        ("website", "Must begin with https:// or http://."),
        ("area_m2", "Must be a number that is not negative."),
        ("power_kw", "Must be a number that is not negative."),
        ("timezone", "Must be an IANA time zone such as Asia/Shanghai or Asia/Kathmandu."),
        ("lon", "Give both coordinates, or neither."),
        ("region", "510922 射洪县 was closed on 2019-11-01. Use 510981 射洪市."),
    ]
    assert Venue.objects.count() == 0


@pytest.mark.parametrize("timezone", ["", "Europe", "../etc/passwd", "A" * 300, "Asia/Kathmandu"])
def test_I4_a_timezone_is_a_known_name_and_never_a_path(now, timezone):
    try:
        register_venue(by=SYSTEM, now=now, **_facts(timezone=timezone))
    except Invalid as refusal:
        fields = {problem["field"] for problem in refusal.detail["problems"]}
        assert fields == {"timezone"}
        assert timezone != "Asia/Kathmandu"
    else:
        assert timezone == "Asia/Kathmandu"


def test_only_an_administrator_of_the_region_registers_there(now):
    region = RegionFactory()
    editor = MembershipFactory(region=region, role=Role.MUSEUM_EDITOR).user
    administrator = MembershipFactory(region=region, role=Role.ADMINISTRATOR).user

    with pytest.raises(NotAllowed):
        register_venue(by=editor, now=now, **_facts(region=region))
    assert register_venue(by=administrator, now=now, **_facts(region=region)).region == region


def test_change_venue_raises_the_version_once_and_not_without_a_change(now):
    venue = VenueFactory(name_zh="旧名")

    changed = change_venue(
        venue_id=venue.pk, seen_version=1, changes={"name_zh": "新名"}, by=SYSTEM, now=now
    )
    again = change_venue(
        venue_id=venue.pk, seen_version=2, changes={"name_zh": "新名"}, by=SYSTEM, now=now
    )

    assert (changed.name_zh, changed.version, changed.changed_at) == ("新名", 2, now)
    assert again.version == Venue.objects.get().version == 2


def test_change_venue_refuses_when_a_colleague_was_faster(now):
    venue = VenueFactory(version=3)

    with pytest.raises(Stale) as refusal:
        change_venue(venue_id=venue.pk, seen_version=2, changes={"floor": 1}, by=SYSTEM, now=now)

    assert refusal.value.detail == {"version": 3}


def test_a_renamed_slug_leaves_its_address(now):
    venue = VenueFactory(slug="first")
    for version, slug in enumerate(["second", "third"], start=1):
        change_venue(
            venue_id=venue.pk, seen_version=version, changes={"slug": slug}, by=SYSTEM, now=now
        )

    assert current_address("venue", "first") == current_address("venue", "second") == "third"
    assert current_address("venue", "third") is None
    assert current_address("region", "first") is None


def test_a_slug_that_leads_elsewhere_cannot_be_taken(now):
    renamed = VenueFactory(slug="first", name_zh="甲馆")
    change_venue(
        venue_id=renamed.pk, seen_version=1, changes={"slug": "second"}, by=SYSTEM, now=now
    )
    region = RegionFactory()
    found = []
    for slug in ("first", "second"):
        with pytest.raises(Invalid) as refusal:
            register_venue(by=SYSTEM, now=now, **_facts(slug=slug, region=region))
        found += _problems(refusal)

    assert found == [
        ("slug", "“first” was, and still leads to, 甲馆. Choose another."),
        ("slug", "“second” is the address of 甲馆. Choose another."),
    ]
    back = change_venue(
        venue_id=renamed.pk, seen_version=2, changes={"slug": "first"}, by=SYSTEM, now=now
    )
    assert back.slug == "first"
    assert list(FormerAddress.objects.values_list("former", "current")) == [("second", "first")]


def test_leave_address_keeps_chains_short_and_never_circular():
    leave_address(kind="unit", former="a", current="b")
    leave_address(kind="unit", former="b", current="c")
    leave_address(kind="unit", former="c", current="a")

    rows = FormerAddress.objects.values_list("former", "current")
    assert set(rows) == {("b", "a"), ("c", "a")}


def test_A3_moving_a_venue_asks_at_both_ends(now):
    here, there = RegionFactory(), RegionFactory()
    venue = VenueFactory(region=here)
    only_here = MembershipFactory(region=here, role=Role.ADMINISTRATOR).user
    both = UserFactory()
    for region in (here, there):
        MembershipFactory(user=both, region=region, role=Role.ADMINISTRATOR)
    foreign = OrganisationFactory(region=there)

    for changes in ({"region": there}, {"organisation": foreign}):
        with pytest.raises(NotAllowed):
            change_venue(venue_id=venue.pk, seen_version=1, changes=changes, by=only_here, now=now)

    moved = change_venue(
        venue_id=venue.pk, seen_version=1, changes={"region": there}, by=both, now=now
    )
    assert moved.region == there


def test_A5_what_follows_from_other_facts_cannot_be_stated(now):
    venue = VenueFactory()

    with pytest.raises(TypeError, match="version"):
        change_venue(venue_id=venue.pk, seen_version=1, changes={"version": 9}, by=SYSTEM, now=now)


def test_coordinates_follow_the_address_until_somebody_states_them(now):
    venue = VenueFactory(
        address_zh="旧", lat=31.0, lon=117.0, coordinates_source="geocoder", geocoding="found"
    )

    def change(version, **changes):
        return change_venue(
            venue_id=venue.pk, seen_version=version, changes=changes, by=SYSTEM, now=now
        )

    readdressed = change(1, address_zh="新")
    assert (readdressed.lat, readdressed.geocoding) == (31.0, "pending")
    stated = change(2, lat=31.5, lon=117.5)
    assert (stated.coordinates_source, stated.geocoding) == ("operator", "not_needed")
    cleared = change(3, lat=None, lon=None)
    assert (cleared.coordinates_source, cleared.geocoding) == ("", "pending")


def test_spaces_are_added_changed_and_removed_with_the_venues_version(now):
    venue = VenueFactory()
    space = add_space(venue=venue, by=SYSTEM, now=now, code="hall-1", name_zh="一号厅", area_m2=300)
    changed = change_space(space=space, changes={"area_m2": 320}, by=SYSTEM, now=now)
    with pytest.raises(Invalid) as refusal:
        add_space(venue=venue, by=SYSTEM, now=now, code="hall-1", name_zh="又一厅")

    assert changed.area_m2 == 320
    assert _problems(refusal) == [("code", "“hall-1” exists in this venue; choose another.")]
    remove_space(space=changed, by=SYSTEM, now=now)
    assert Space.objects.count() == 0
    assert Venue.objects.get().version == 4


def test_A4_a_space_cannot_be_moved_into_another_venue(now):
    space, foreign = SpaceFactory(), VenueFactory()

    with pytest.raises(TypeError, match="venue"):
        change_space(space=space, changes={"venue": foreign}, by=SYSTEM, now=now)


# ---- closures


def _span(first, end):
    return DaySpan(date(2026, 12, first), date(2026, 12, end))


def _closed():
    rows = Closure.objects.order_by("first_date", "end_date")
    return [(row.first_date.day, row.end_date.day, row.reason_zh) for row in rows]


def test_closures_for_the_same_reason_become_one_where_they_touch(now):
    venue = VenueFactory()
    for first, end in ((1, 5), (10, 12), (5, 7), (6, 10), (2, 3)):
        add_closure(venue=venue, span=_span(first, end), reason_zh="检修", by=SYSTEM, now=now)

    assert _closed() == [(1, 12, "检修")]
    venue.refresh_from_db()
    assert venue.version == 5  # the last one said nothing new


def test_closures_for_other_reasons_or_places_stay_apart(now):
    venue = VenueFactory()
    space = SpaceFactory(venue=venue)
    add_closure(venue=venue, span=_span(1, 5), reason_zh="检修", by=SYSTEM, now=now)
    add_closure(venue=venue, span=_span(3, 8), reason_zh="春节", by=SYSTEM, now=now)
    other = add_closure(
        venue=venue, space=space, span=_span(4, 6), reason_zh="检修", by=SYSTEM, now=now
    )

    assert _closed() == [(1, 5, "检修"), (3, 8, "春节"), (4, 6, "检修")]
    remove_closure(closure=other, by=SYSTEM, now=now)
    assert _closed() == [(1, 5, "检修"), (3, 8, "春节")]


def test_add_closure_refuses_a_foreign_space_and_strangers(now):
    venue = VenueFactory()

    with pytest.raises(Invalid) as refusal:
        add_closure(venue=venue, space=SpaceFactory(code="x"), span=_span(1, 2), by=SYSTEM, now=now)
    with pytest.raises(NotAllowed):
        add_closure(venue=venue, span=_span(1, 2), by=UserFactory(), now=now)

    assert _problems(refusal) == [("space", f"x is not a space of {venue.slug}.")]
    assert Closure.objects.count() == 0


# ---- organisations


def test_organisations_have_two_parents_and_no_circles(now):
    region = RegionFactory()

    def register(slug, **facts):
        return register_organisation(
            by=SYSTEM, now=now, slug=slug, name_zh=slug, kind="association", region=region, **facts
        )

    nation = register("nation")
    province = register("province", parent_guidance=nation)
    county = register("county", parent_admin=nation, parent_guidance=province)

    with pytest.raises(Invalid) as refusal:
        change_organisation(
            organisation_id=nation.pk,
            changes={"parent_guidance": county, "slug": "county", "kind": "club"},
            by=SYSTEM,
            now=now,
        )
    assert _problems(refusal) == [
        ("kind", "Value 'club' is not a valid choice."),
        ("slug", "“county” is the address of county. Choose another."),
        ("parent_guidance", "That organisation answers to this one; choose one above it."),
    ]
    changed = change_organisation(
        organisation_id=county.pk, changes={"slug": "xian"}, by=SYSTEM, now=now
    )
    assert (changed.slug, current_address("organisation", "county")) == ("xian", "xian")


def test_A3_an_organisation_moves_only_where_its_administrator_may(now):
    organisation, elsewhere = OrganisationFactory(), RegionFactory()
    user = MembershipFactory(organisation=organisation, role=Role.ADMINISTRATOR).user

    changed = change_organisation(
        organisation_id=organisation.pk, changes={"phone": "0551-1"}, by=user, now=now
    )
    with pytest.raises(NotAllowed):
        change_organisation(
            organisation_id=organisation.pk, changes={"region": elsewhere}, by=user, now=now
        )

    assert changed.phone == "0551-1"
