"""The staff's pages, as a superuser and as staff whose memberships do not reach."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from tests.factories.venues import (
    ClosureFactory,
    MembershipFactory,
    OpeningRuleFactory,
    OrganisationFactory,
    RegionFactory,
    SpaceFactory,
    UserFactory,
    VenueFactory,
)
from venues.models import (
    Closure,
    FormerAddress,
    GeocodeAnswer,
    HolidayDay,
    IdempotencyRecord,
    Job,
    NoticePreference,
    OpeningChange,
    OpeningRule,
    Organisation,
    OrganisationPath,
    RateGate,
    Region,
    RegionIndicator,
    RegionPath,
    RegionTag,
    SchoolTerm,
    Space,
    Upload,
    Venue,
)
from venues.permissions import SYSTEM
from venues.services.holidays import seed_holidays
from venues.services.jobs import enqueue
from venues.services.keys import authenticate, issue_api_key
from venues.services.notices import leave_notice

pytestmark = pytest.mark.django_db

OURS = [
    model for model in apps.get_app_config("venues").get_models() if model in admin.site._registry
]


@pytest.fixture
def staff(client):
    """A client logged in as a superuser."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def stranger(client):
    """A client of staff with every permission of the admin, and no membership."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="venues"))
    client.force_login(user)
    return client


def _url(model, page, *arguments):
    return reverse(f"admin:venues_{model._meta.model_name}_{page}", args=arguments)


def _form(client, url) -> dict:
    """The fields of a page as a browser would send them back."""
    answer = client.get(url)
    assert answer.status_code == 200
    forms = [answer.context["adminform"].form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    fields = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                fields[bound.html_name] = value
    return fields


def _post(client, url, **changes):
    answer = client.post(url, _form(client, url) | changes)
    assert answer.context is None, answer.context["errors"]  # a redirect: the form was accepted
    return answer


def _messages(answer) -> list[str]:
    return [str(message) for message in answer.wsgi_request._messages]


def test_every_row_that_people_look_after_has_a_page_and_the_others_none(staff, now):
    hidden = {
        HolidayDay,
        OpeningChange,
        Upload,
        RegionPath,
        OrganisationPath,
        RateGate,
        IdempotencyRecord,
        NoticePreference,
    }
    assert set(apps.get_app_config("venues").get_models()) - set(OURS) == hidden
    region = RegionFactory(parent=RegionFactory(level=2))
    venue = VenueFactory(region=region, organisation=OrganisationFactory(region=region))
    ClosureFactory(
        venue=venue, space=SpaceFactory(venue=venue), first_date=date(2026, 1, 1),
        end_date=date(2026, 1, 2),
    )  # fmt: skip
    MembershipFactory(venue=venue)
    issue_api_key(user=UserFactory(), name="k", scopes=["read"], now=now)
    enqueue(kind="planning_run", subject="1", by=None, now=now)
    RegionTag.objects.create(code="border", name_zh="边境")
    RegionIndicator.objects.create(region=region, name="population", year=2020, value=1, source="")
    FormerAddress.objects.create(kind="venue", former="a", current="b")
    seed_holidays(years=[2026], by=SYSTEM, now=now)
    OpeningRuleFactory(venue=venue)
    SchoolTerm.objects.create(
        region=region, school_year=2026, first_day=date(2026, 9, 1), end_day=date(2027, 1, 20),
        source="x", changed_at=now,
    )  # fmt: skip
    GeocodeAnswer.objects.create(provider="x", query="y", asked_at=now)
    leave_notice(
        person=UserFactory(), kind="k", key="k", title=("t", ""), body=("b", ""), path="/", now=now
    )

    for model in OURS:
        assert staff.get(_url(model, "changelist"), {"q": "1"}).status_code == 200
        row = model._base_manager.first()
        assert staff.get(_url(model, "change", row.pk)).status_code == 200, model


def test_lists_of_venues_need_the_same_queries_for_any_number(staff, django_assert_max_num_queries):
    for count in (1, 3):
        VenueFactory.create_batch(count)
        with django_assert_max_num_queries(8):
            assert staff.get(_url(Venue, "changelist")).status_code == 200


def test_a_venue_is_registered_and_changed_through_the_services(staff):
    region = RegionFactory()

    added = _post(
        staff, _url(Venue, "add"), slug="hefei", name_zh="合肥馆", kind="science_museum",
        region=region.pk, address_zh="黄山路",
    )  # fmt: skip
    venue = Venue.objects.get()
    changed = _post(staff, _url(Venue, "change", venue.pk), slug="hefei-museum")

    assert (added.status_code, changed.status_code) == (302, 302)
    assert (venue.geocoding, venue.version) == ("pending", 1)
    venue.refresh_from_db()
    assert (venue.slug, venue.version) == ("hefei-museum", 2)
    assert list(FormerAddress.objects.values_list("former", "current")) == [
        ("hefei", "hefei-museum")
    ]


def test_a_refusal_is_said_on_the_page_and_nothing_is_written(staff):
    venue = VenueFactory(version=4, timezone="Asia/Shanghai")
    url = _url(Venue, "change", venue.pk)

    wrong_zone = _post(staff, url, timezone="Asia/Hefei")
    outdated = _form(staff, url) | {"name_zh": "新", "seen_version": 3}
    stale = staff.post(url, outdated)

    assert "timezone: Must be an IANA time zone such as Asia/Shanghai or Asia/Kathmandu." in (
        _messages(wrong_zone)
    )
    assert "The venue has changed in the meantime." in _messages(stale)
    venue.refresh_from_db()
    assert (venue.version, venue.timezone) == (4, "Asia/Shanghai")


def test_staff_without_a_membership_change_nothing(stranger):
    venue = VenueFactory(name_zh="旧")
    region = RegionFactory(name_zh="旧")
    organisation = OrganisationFactory(name_zh="旧")

    for model, row in ((Venue, venue), (Region, region), (Organisation, organisation)):
        answer = _post(stranger, _url(model, "change", row.pk), name_zh="新")
        assert answer.status_code == 302
        row.refresh_from_db()
        assert row.name_zh == "旧"
    stranger.post(
        _url(Closure, "add"),
        {"venue": venue.pk, "first_date": "2026-05-01", "end_date": "2026-05-02"},
    )
    assert Closure.objects.count() == 0


def test_regions_are_created_and_moved_with_their_paths(staff):
    province, other = RegionFactory(level=1), RegionFactory(level=1)
    _post(
        staff, _url(Region, "add"), code="340104", name_zh="蜀山区", level=3, country="CN",
        parent=province.pk, lat="31.85", lon="117.26", coordinates_source="survey",
    )  # fmt: skip
    region = Region.objects.get(code="340104")
    assert (region.lat, list(Region.objects.under(province))) == (31.85, [region, province])

    _post(staff, _url(Region, "change", region.pk), parent=other.pk, kind="市辖区")

    region.refresh_from_db()
    assert (region.kind, region.parent) == ("市辖区", other)
    assert list(Region.objects.under(province)) == [province]


def test_spaces_and_closures_go_through_the_services(staff):
    venue = VenueFactory()
    _post(staff, _url(Space, "add"), venue=venue.pk, code="hall", name_zh="厅")
    space = Space.objects.get()
    _post(staff, _url(Space, "change", space.pk), area_m2="300")
    for first, end in (("2026-05-01", "2026-05-03"), ("2026-05-03", "2026-05-05")):
        _post(staff, _url(Closure, "add"), venue=venue.pk, first_date=first, end_date=end)

    closure = Closure.objects.get()
    space.refresh_from_db()
    venue.refresh_from_db()
    assert space.area_m2 == 300
    assert (closure.first_date, closure.end_date) == (date(2026, 5, 1), date(2026, 5, 5))
    assert venue.version == 5
    staff.post(
        _url(Closure, "changelist"),
        {"action": "delete_selected", "_selected_action": [closure.pk], "post": "yes"},
    )
    assert Closure.objects.count() == 0


def test_keys_are_revoked_jobs_cancelled_and_addresses_asked_again(staff):
    now = timezone.now()
    key, plain = issue_api_key(user=UserFactory(), name="k", scopes=["read"], now=now)
    job = enqueue(kind="planning_run", subject="1", by=None, now=now)
    venue = VenueFactory(address_zh="路", geocoding="not_found")

    for row, action in ((key, "revoke"), (job, "cancel"), (venue, "look_up_again")):
        staff.post(_url(type(row), "changelist"), {"action": action, "_selected_action": [row.pk]})

    assert authenticate(plain, timezone.now()) is None
    assert Job.objects.get().state == "cancelled"
    assert Venue.objects.get().geocoding == "pending"
    assert key.key_hash not in staff.get(_url(type(key), "change", key.pk)).content.decode()


def test_opening_rules_are_written_through_the_service(staff):
    venue = VenueFactory()
    _post(staff, _url(OpeningRule, "add"), venue=venue.pk, document='{"week": {}}')
    rule = OpeningRule.objects.get()
    assert (rule.document, rule.version) == ({"week": {}}, 1)

    refused = staff.post(
        _url(OpeningRule, "change", rule.pk), {"document": '{"week": {"mon": 1}, "x": 2}'}
    )

    assert _messages(refused)[-3:] == [
        "The opening rules cannot be understood.",
        "x: Unknown key; delete it.",
        "week.mon: Must be a list.",
    ]
    rule.refresh_from_db()
    assert rule.version == 1
