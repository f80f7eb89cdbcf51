"""Exhibitions, units, seasons, requests, plans and stops for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet, BaseModelForm
from django.http import HttpRequest
from django.utils import timezone

from events.admin import Refusing
from touring.models import (
    Exhibition,
    Plan,
    PlannedStop,
    PlanVersion,
    Publication,
    PublishedChange,
    RequestWindow,
    Run,
    Season,
    Stop,
    StopLock,
    TourRequest,
    Unit,
    UnitAvailability,
    UnitMaintenance,
)
from touring.services import publication, requests, runs, seasons, stops, units
from touring.services.units import MaintenanceNeed
from venues.spans import DaySpan

RUN_SECONDS = 60.0


class Kept:
    """Rows are not deleted here."""

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ReadOnly(Kept):
    """Rows that only services write."""

    def has_add_permission(self, _request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ReasonForm(ActionForm):
    """The reason some actions ask for, beside the list of actions."""

    reason = forms.CharField(max_length=200, required=False)


def _reason_in(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:200]


@admin.register(Exhibition)
class ExhibitionAdmin(Kept, Refusing):
    list_display = ("slug", "title_zh", "title_en", "owner", "setup_days", "strike_days")
    search_fields = ("slug", "title_zh", "title_en")
    exclude = ("changed_at",)

    def save_model(
        self, request: HttpRequest, obj: Exhibition, _form: BaseModelForm, _change: bool
    ) -> None:
        units.record_exhibition(exhibition=obj, by=request.user, now=timezone.now())


class AvailabilityInline(admin.TabularInline):
    model = UnitAvailability
    extra = 0


class MaintenanceInline(admin.TabularInline):
    model = UnitMaintenance
    extra = 0


@admin.register(Unit)
class UnitAdmin(Kept, Refusing):
    list_display = ("code", "kind", "exhibition", "serial", "home", "is_active")
    list_filter = ("kind", "is_active")
    list_select_related = ("exhibition", "home")
    search_fields = ("code", "serial", "exhibition__title_zh")
    autocomplete_fields = ("exhibition",)
    raw_id_fields = ("home", "operator", "regions")
    exclude = ("changed_at",)
    inlines = (AvailabilityInline, MaintenanceInline)

    def save_model(
        self, request: HttpRequest, obj: Unit, _form: BaseModelForm, _change: bool
    ) -> None:
        units.record_unit(unit=obj, by=request.user, now=timezone.now())

    def save_formset(
        self, request: HttpRequest, form: BaseModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if not formset.has_changed():
            return
        rows = [
            one.cleaned_data
            for one in formset.forms
            if one.cleaned_data and not one.cleaned_data.get("DELETE")
        ]
        given = {"unit": form.instance, "by": request.user, "now": timezone.now()}
        if formset.model is UnitAvailability:
            spans = [DaySpan(row["first_date"], row["end_date"]) for row in rows]
            units.set_availability(spans=spans, **given)
        else:
            needs = [
                MaintenanceNeed(row["days"], row["earliest_date"], row["latest_date"])
                for row in rows
            ]
            units.set_maintenance(needs=needs, **given)


@admin.register(Season)
class SeasonAdmin(Kept, Refusing):
    list_display = ("slug", "name_zh", "region", "first_date", "end_date")
    list_select_related = ("region",)
    search_fields = ("slug", "name_zh")
    raw_id_fields = ("region",)
    filter_horizontal = ("units",)
    exclude = ("created_at",)

    def save_model(
        self, request: HttpRequest, obj: Season, _form: BaseModelForm, change: bool
    ) -> None:
        now = timezone.now()
        if change:
            seasons.record_season(season=obj, by=request.user, now=now)
            return
        opened = seasons.open_season(
            slug=obj.slug,
            name_zh=obj.name_zh,
            name_en=obj.name_en,
            region=obj.region,
            first_date=obj.first_date,
            end_date=obj.end_date,
            units=(),  # chosen units are saved with the form's other relations
            rules=obj.rules,
            objective=obj.objective,
            by=request.user,
            now=now,
        )
        obj.pk, obj.created_at = opened.pk, opened.created_at
        obj._state.adding = False


class WindowInline(ReadOnly, admin.TabularInline):
    model = RequestWindow
    extra = 0


@admin.register(TourRequest)
class TourRequestAdmin(ReadOnly, Refusing):
    list_display = ("code", "season", "venue", "stay_days", "value", "must", "state")
    list_filter = ("season", "state")
    list_select_related = ("season", "venue")
    search_fields = ("code", "venue__name_zh", "venue__slug")
    inlines = (WindowInline,)
    action_form = ReasonForm
    actions = ("accept", "reject", "withdraw")

    @admin.action(description="受理 / Accept")
    def accept(self, request: HttpRequest, rows: QuerySet) -> None:
        self._decide(request, rows, requests.accept_request, "accepted")

    @admin.action(description="不受理（须填原因） / Reject, with a reason")
    def reject(self, request: HttpRequest, rows: QuerySet) -> None:
        reason = _reason_in(request)
        self._decide(request, rows, requests.reject_request, "rejected", reason=reason)

    @admin.action(description="撤回 / Withdraw")
    def withdraw(self, request: HttpRequest, rows: QuerySet) -> None:
        self._decide(request, rows, requests.withdraw_request, "withdrawn")

    def _decide(
        self, request: HttpRequest, rows: QuerySet, service: Callable, done: str, **more: Any
    ) -> None:
        def act(row: TourRequest) -> object:
            return service(
                request_id=row.pk,
                seen_version=row.version,
                by=request.user,
                now=timezone.now(),
                **more,
            )

        self.each(request, rows, act, done)


@admin.register(Plan)
class PlanAdmin(Kept, Refusing):
    list_display = ("name_zh", "season", "published_version", "sequence")
    list_filter = ("season",)
    list_select_related = ("season", "published_version__plan")
    fields = ("season", "name_zh", "name_en", "published_version", "sequence")
    actions = ("compute",)

    def get_readonly_fields(self, _request: HttpRequest, obj: Plan | None = None) -> list[str]:
        written_by_services = ["published_version", "sequence"]
        return [*written_by_services, "season"] if obj else written_by_services

    def save_model(
        self, request: HttpRequest, obj: Plan, form: BaseModelForm, change: bool
    ) -> None:
        by, now = request.user, timezone.now()
        if change:
            seasons.rename_plan(
                plan_id=obj.pk, name_zh=obj.name_zh, name_en=obj.name_en, by=by, now=now
            )
            return
        made = seasons.draft_plan(
            season=obj.season, name_zh=obj.name_zh, name_en=obj.name_en, by=by, now=now
        )
        obj.pk, obj.created_at = made.pk, made.created_at
        obj._state.adding = False

    @admin.action(description=f"计算新版本（{RUN_SECONDS:.0f}秒） / Compute a new version")
    def compute(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(plan: Plan) -> object:
            return runs.request_run(
                plan=plan, seconds=RUN_SECONDS, by=request.user, now=timezone.now()
            )

        self.each(request, rows, act, "a worker will compute it")


@admin.register(StopLock)
class StopLockAdmin(Refusing):
    list_display = ("plan", "unit", "request", "opens_on", "reason")
    list_select_related = ("plan", "unit", "request")
    raw_id_fields = ("plan", "unit", "request")

    def save_model(
        self, request: HttpRequest, obj: StopLock, _form: BaseModelForm, _change: bool
    ) -> None:
        lock = seasons.lock_stop(
            plan=obj.plan,
            unit=obj.unit,
            request=obj.request,
            opens_on=obj.opens_on,
            reason=obj.reason,
            by=request.user,
            now=timezone.now(),
        )
        obj.pk = lock.pk

    def delete_model(self, request: HttpRequest, obj: StopLock) -> None:
        seasons.unlock_stop(plan=obj.plan, request=obj.request, by=request.user, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        self.each(request, queryset, lambda lock: self.delete_model(request, lock), "unlocked")


@admin.register(Run)
class RunAdmin(ReadOnly, Refusing):
    list_display = ("id", "plan", "state", "seconds", "work", "seed", "requested_by", "created_at")
    list_select_related = ("plan", "job", "requested_by")
    list_filter = ("plan__season",)
    actions = ("cancel",)

    @admin.display(description="state")
    def state(self, run: Run) -> str:
        return run.job.state if run.job else ""

    @admin.action(description="停止计算，保留目前最好的方案 / Stop, keep the best plan so far")
    def cancel(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(run: Run) -> object:
            return runs.cancel_run(run=run, by=request.user, now=timezone.now())

        self.each(request, rows, act, "asked to stop")


class PlannedStopInline(ReadOnly, admin.TabularInline):
    model = PlannedStop
    fields = ("unit", "request", "space", "departs_on", "arrives_on", "opens_on", "closes_on")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("unit", "request", "space")


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnly, Refusing):
    list_display = ("plan", "number", "total", "bound", "gap", "created_at")
    list_filter = ("plan",)
    list_select_related = ("plan",)
    inlines = (PlannedStopInline,)
    actions = ("publish",)

    @admin.display(description="value")
    def total(self, version: PlanVersion) -> float | None:
        return version.value.get("total")

    @admin.action(description="发布 / Publish")
    def publish(self, request: HttpRequest, rows: QuerySet) -> None:
        if len(rows) != 1:
            self.message_user(request, "Choose one version.", messages.ERROR)
            return

        def act(version: PlanVersion) -> object:
            return publication.publish_version(
                version_id=version.pk,
                seen_sequence=version.plan.sequence,
                by=request.user,
                now=timezone.now(),
            )

        self.each(request, rows, act, "published")


@admin.register(Stop)
class StopAdmin(ReadOnly, Refusing):
    list_display = ("uid", "unit", "venue", "space", "opens_on", "closes_on", "state")
    list_filter = ("state", "plan")
    list_select_related = ("unit", "venue", "space")
    search_fields = ("uid", "unit__code", "venue__name_zh")
    action_form = ReasonForm
    actions = ("contract", "cancel")

    @admin.action(description="已签约，公开 / Contracted: make public")
    def contract(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(stop: Stop) -> object:
            return stops.contract_stop(
                stop_id=stop.pk, seen_version=stop.version, by=request.user, now=timezone.now()
            )

        self.each(request, rows, act, "contracted")

    @admin.action(description="取消（可填原因） / Cancel")
    def cancel(self, request: HttpRequest, rows: QuerySet) -> None:
        def act(stop: Stop) -> object:
            return stops.cancel_stop(
                stop_id=stop.pk,
                seen_version=stop.version,
                reason=_reason_in(request),
                by=request.user,
                now=timezone.now(),
            )

        self.each(request, rows, act, "cancelled")


class PublishedChangeInline(ReadOnly, admin.TabularInline):
    model = PublishedChange
    fields = ("request", "before", "after")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("request")


@admin.register(Publication)
class PublicationAdmin(ReadOnly, Refusing):
    list_display = ("plan", "number", "version", "published_at", "published_by", "message")
    list_select_related = ("plan", "version", "published_by")
    inlines = (PublishedChangeInline,)
