"""What is recorded around requests and stops, for staff to look at: holds, calls, papers, vehicles."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from events.admin import Refusing
from touring.admin.tours import ReadOnly
from touring.models import (
    FacilityReport,
    Hold,
    Move,
    Pairing,
    RequestCall,
    RequestQuota,
    RequestStep,
    ServiceVisit,
    Suspension,
    Vehicle,
)
from touring.services import holds, suspension


@admin.register(Hold)
class HoldAdmin(ReadOnly, Refusing):
    list_display = ("uid", "subject", "unit", "venue", "arrives_on", "leaves_on", "rank", "state")
    list_filter = ("state", "subject")
    list_select_related = ("unit", "venue")
    search_fields = ("uid", "unit__code", "venue__name_zh")
    actions = ("release",)

    @admin.action(description="释放 / Release")
    def release(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(hold: Hold) -> object:
            return holds.release_hold(
                hold_id=hold.pk, seen_version=hold.version, by=request.user, now=timezone.now()
            )

        self.each(request, rows, act, "released")


@admin.register(Suspension)
class SuspensionAdmin(ReadOnly, Refusing):
    list_display = ("region", "first_date", "end_date", "reason_zh", "declared_at", "lifted_at")
    list_select_related = ("region",)
    actions = ("lift",)

    @admin.action(description="解除 / Lift")
    def lift(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(row: Suspension) -> object:
            return suspension.lift_suspension(
                suspension_id=row.pk, by=request.user, now=timezone.now()
            )

        self.each(request, rows, act, "lifted")


class QuotaInline(ReadOnly, admin.TabularInline):
    model = RequestQuota
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("region")


@admin.register(RequestCall)
class RequestCallAdmin(ReadOnly, Refusing):
    list_display = ("slug", "name_zh", "season", "programme", "year", "opens_on", "closes_on")
    list_filter = ("programme", "year")
    list_select_related = ("season",)
    inlines = (QuotaInline,)


@admin.register(RequestStep)
class RequestStepAdmin(ReadOnly, Refusing):
    list_display = ("request", "operation", "from_state", "to_state", "actor", "at", "due_on")
    list_filter = ("operation",)
    list_select_related = ("request", "actor")
    search_fields = ("request__code",)


@admin.register(Pairing)
class PairingAdmin(ReadOnly, Refusing):
    list_display = ("code", "donor", "recipient", "first_date", "end_date", "yearly_stops")
    list_select_related = ("donor", "recipient")
    search_fields = ("code", "donor__name_zh", "recipient__name_zh")


@admin.register(Vehicle)
class VehicleAdmin(ReadOnly, Refusing):
    list_display = ("plate", "unit", "model_type", "issued_on", "retired_on")
    list_select_related = ("unit",)
    search_fields = ("plate", "unit__code")


@admin.register(ServiceVisit)
class ServiceVisitAdmin(ReadOnly, Refusing):
    list_display = ("vehicle", "point", "day", "people", "km", "feedback_at")
    list_select_related = ("vehicle", "point")


@admin.register(FacilityReport)
class FacilityReportAdmin(ReadOnly, Refusing):
    list_display = ("venue", "number", "submitted_at", "approved_at", "valid_until")
    list_select_related = ("venue",)
    search_fields = ("venue__name_zh",)


@admin.register(Move)
class MoveAdmin(ReadOnly, Refusing):
    list_display = ("unit", "origin", "destination", "departs_at", "arrives_at", "carrier")
    list_select_related = ("unit", "origin", "destination")
