"""Staff work with tours in the admin; writes go through the services, refusals are said."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse
from django.utils import timezone

from tests.factories.touring import HoldFactory, PlannedStopFactory, PlanVersionFactory, UnitFactory
from tests.factories.venues import ClosureFactory, RegionFactory
from touring.models import (
    Hold,
    PlannedStop,
    PlanVersion,
    Publication,
    PublishedChange,
    Run,
    Stop,
    Suspension,
    TourRequest,
    Unit,
)
from venues.models import Job, JobState

pytestmark = pytest.mark.django_db

TOURING = [model for model in site._registry if model._meta.app_label == "touring"]


@pytest.fixture
def staff(admin_client):
    return admin_client


@pytest.fixture
def version(plan):
    made = PlanVersionFactory(plan=plan, number=1, value={"total": 10})
    PlannedStopFactory(
        version=made,
        unit=Unit.objects.get(code="AH-01"),
        request=TourRequest.objects.get(code="AH-2027-001"),
    )
    return made


def act(client, model, action: str, *rows, **more) -> list[str]:
    """Choose rows and an action; what the page then says."""
    answer = client.post(
        reverse(f"admin:touring_{model._meta.model_name}_changelist"),
        {"action": action, "_selected_action": [row.pk for row in rows], **more},
        follow=True,
    )
    return [str(message) for message in answer.context["messages"]]


@pytest.mark.parametrize("model", TOURING, ids=lambda model: model._meta.model_name)
def test_every_list_opens(staff, model, version):
    assert (
        staff.get(reverse(f"admin:touring_{model._meta.model_name}_changelist")).status_code == 200
    )


@pytest.mark.parametrize("model", [PlanVersion, Publication, Stop, Run, TourRequest])
def test_what_services_write_is_read_only(staff, model):
    name = model._meta.model_name
    assert staff.get(reverse(f"admin:touring_{name}_add")).status_code == 403
    assert not site._registry[model].has_delete_permission(None)
    assert not site._registry[model].has_change_permission(None)


def test_a_version_is_published_contracted_and_cancelled(staff, version):
    assert act(staff, PlanVersion, "publish", version) == [f"{version}: published"]
    stop = Stop.objects.get()

    assert act(staff, Stop, "contract", stop) == ["AH-2027-001: contracted"]
    stop.refresh_from_db()
    assert act(staff, Stop, "cancel", stop, reason="flood") == ["AH-2027-001: cancelled"]

    stop.refresh_from_db()
    assert (stop.state, stop.reason) == ("cancelled", "flood")
    detail = reverse("admin:touring_publication_change", args=[Publication.objects.get().pk])
    assert "AH-2027-001" in staff.get(detail).content.decode()


def test_a_refused_publication_is_said_and_leaves_nothing(staff, version):
    venue = TourRequest.objects.get(code="AH-2027-001").venue
    ClosureFactory(venue=venue, first_date=date(2027, 3, 5), end_date=date(2027, 3, 6))

    (said,) = act(staff, PlanVersion, "publish", version)

    assert "no longer keeps the rules" in said
    assert (Stop.objects.count(), PublishedChange.objects.count()) == (0, 0)


def test_a_plan_is_computed_and_the_run_cancelled(staff, plan):
    act(staff, type(plan), "compute", plan)
    run = Run.objects.get()
    assert run.job.state == JobState.QUEUED

    act(staff, Run, "cancel", run)
    assert Job.objects.get(pk=run.job_id).state == JobState.CANCELLED


def test_requests_are_decided_and_a_rejection_needs_its_reason(staff, plan):
    request = TourRequest.objects.get(code="AH-2027-001")

    (said,) = act(staff, TourRequest, "reject", request)
    assert "tell the host why" in said

    act(staff, TourRequest, "reject", request, reason="too small")
    request.refresh_from_db()
    assert (request.state, request.reason) == ("rejected", "too small")


def test_a_units_availability_goes_through_the_service(staff):
    unit = UnitFactory(code="AH-77")
    form = {
        "code": unit.code,
        "kind": unit.kind,
        "exhibition": unit.exhibition_id,
        "home": unit.home_id,
        "km_per_day": 500,
        "free_km": 0,
        "rest_days": 0,
        "is_active": "on",
        "returns_home": "on",
        "maintenance-TOTAL_FORMS": 0,
        "maintenance-INITIAL_FORMS": 0,
        "availability-TOTAL_FORMS": 2,
        "availability-INITIAL_FORMS": 0,
        "availability-0-first_date": "2027-01-01",
        "availability-0-end_date": "2027-03-01",
        "availability-1-first_date": "2027-02-01",
        "availability-1-end_date": "2027-04-01",
    }
    address = reverse("admin:touring_unit_change", args=[unit.pk])

    refused = staff.post(address, form, follow=True)
    assert any("share days" in str(message) for message in refused.context["messages"])
    assert unit.availability.count() == 0

    staff.post(address, form | {"availability-1-first_date": "2027-03-01"})
    assert unit.availability.count() == 2


def test_a_version_shows_its_stops(staff, version):
    page = staff.get(reverse("admin:touring_planversion_change", args=[version.pk]))

    assert PlannedStop.objects.get().request.code in page.content.decode()


def test_staff_lift_a_suspension_and_release_a_hold_through_the_services(staff):
    suspended = Suspension.objects.create(
        region=RegionFactory(),
        first_date=date(2027, 3, 1),
        end_date=date(2027, 3, 5),
        reason_zh="洪水",
        declared_at=timezone.now(),
    )
    hold = HoldFactory()

    act(staff, Suspension, "lift", suspended)
    act(staff, Hold, "release", hold)
    again = act(staff, Suspension, "lift", suspended)

    suspended.refresh_from_db()
    hold.refresh_from_db()
    assert suspended.lifted_at is not None
    assert hold.state == "released"
    assert "lifted at" in again[0]
