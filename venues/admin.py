"""The network for staff. Where a service has a rule, the pages go through it.

``RegionPath`` (kept by services), idempotency records and the rate gate are not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from venues.errors import DomainError
from venues.models import (
    ApiKey,
    AuditEntry,
    Closure,
    FormerAddress,
    GeocodeAnswer,
    Geocoding,
    HolidayDay,
    HolidayTable,
    Job,
    Membership,
    Notice,
    OpeningRule,
    Organisation,
    Region,
    RegionIndicator,
    RegionTag,
    SchoolTerm,
    Space,
    Venue,
)
from venues.services import (
    closures,
    jobs,
    keys,
    memberships,
    opening,
    organisations,
    regions,
    venues,
)
from venues.spans import DaySpan


class Refusing(admin.ModelAdmin):
    """Says a refusal of the domain on the page instead of failing; nothing is written then."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            self.say(request, refusal)
            return HttpResponseRedirect(request.get_full_path())

    def say(self, request: HttpRequest, refusal: DomainError, about: object = "") -> None:
        prefix = f"{about}: " if about else ""
        self.message_user(request, prefix + refusal.message, messages.ERROR)
        for problem in refusal.detail.get("problems", []):
            message = f"{problem['field']}: {problem['message']}"
            self.message_user(request, message, messages.ERROR)

    def each(
        self, request: HttpRequest, rows: QuerySet, act: Callable[[Any], object], done: str
    ) -> None:
        """Do ``act`` with every selected row, and say what was refused."""
        for row in rows:
            try:
                act(row)
            except DomainError as refusal:
                self.say(request, refusal, about=row)
            else:
                self.message_user(request, f"{row}: {done}")


class ReadOnly(Refusing):
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Undeletable(Refusing):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _stated(form: forms.ModelForm, facts: Collection[str], *, changed: bool) -> dict[str, Any]:
    """What the form says about ``facts``: all of them, or what was changed."""
    names = form.changed_data if changed else form.cleaned_data
    return {name: form.cleaned_data[name] for name in names if name in facts}


def _become(shown: models.Model, written: models.Model) -> None:
    """Let the row that the page goes on with be the one that a service has written."""
    shown.__dict__.update(written.__dict__)


# ---- places


class VenueForm(forms.ModelForm):
    """``seen_version`` is the version the page was made from."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self.instance.version


@admin.register(Venue)
class VenueAdmin(Refusing):
    form = VenueForm
    list_display = ("name_zh", "slug", "kind", "status", "region", "geocoding", "changed_at")
    list_filter = ("kind", "status", "geocoding", "coordinates_source", "meets_standard")
    search_fields = ("name_zh", "name_en", "slug", "address_zh", "region__name_zh", "region__code")
    autocomplete_fields = ("region", "organisation")
    readonly_fields = ("geocoding", "version", "changed_at")
    list_select_related = ("region",)
    actions = ("look_up_again",)

    def save_model(self, request: HttpRequest, obj: Venue, form: Any, change: bool) -> None:
        stated = _stated(form, venues.FACTS, changed=change)
        if change:
            written = venues.change_venue(
                venue_id=obj.pk,
                seen_version=form.cleaned_data["seen_version"],
                changes=stated,
                by=request.user,
                now=timezone.now(),
            )
        else:
            written = venues.register_venue(by=request.user, now=timezone.now(), **stated)
        _become(obj, written)

    @admin.action(description="Look up the address again", permissions=["change"])
    def look_up_again(self, request: HttpRequest, rows: QuerySet[Venue]) -> None:
        asked = rows.exclude(address_zh="").filter(geocoding=Geocoding.NOT_FOUND)
        count = asked.update(geocoding=Geocoding.PENDING)
        self.message_user(request, f"{count} addresses will be looked up.")


@admin.register(Space)
class SpaceAdmin(Refusing):
    list_display = ("name_zh", "code", "venue", "area_m2", "capacity")
    search_fields = ("name_zh", "name_en", "code", "venue__name_zh", "venue__slug")
    autocomplete_fields = ("venue",)
    list_select_related = ("venue",)

    def get_readonly_fields(self, request: HttpRequest, obj: Space | None = None) -> list[str]:
        return ["venue"] if obj else []

    def save_model(self, request: HttpRequest, obj: Space, form: Any, change: bool) -> None:
        stated = _stated(form, set(form.cleaned_data), changed=change)
        by, now = request.user, timezone.now()
        if change:
            stored = Space.objects.get(pk=obj.pk)
            written = venues.change_space(space=stored, changes=stated, by=by, now=now)
        else:
            written = venues.add_space(venue=stated.pop("venue"), by=by, now=now, **stated)
        _become(obj, written)

    def delete_model(self, request: HttpRequest, obj: Space) -> None:
        venues.remove_space(space=obj, by=request.user, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Space]) -> None:
        self.each(request, queryset, lambda row: self.delete_model(request, row), "removed")


@admin.register(Closure)
class ClosureAdmin(Refusing):
    """Entered and lifted, not changed: services join what touches."""

    list_display = ("venue", "space", "first_date", "end_date", "reason_zh")
    list_filter = (("first_date", admin.DateFieldListFilter),)
    search_fields = ("venue__name_zh", "venue__slug", "reason_zh")
    autocomplete_fields = ("venue", "space")
    list_select_related = ("venue", "space")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Closure, form: Any, change: bool) -> None:
        stated = dict(form.cleaned_data)
        span = DaySpan(stated.pop("first_date"), stated.pop("end_date"))
        written = closures.add_closure(span=span, by=request.user, now=timezone.now(), **stated)
        _become(obj, written)

    def delete_model(self, request: HttpRequest, obj: Closure) -> None:
        closures.remove_closure(closure=obj, by=request.user, now=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Closure]) -> None:
        self.each(request, queryset, lambda row: self.delete_model(request, row), "lifted")


@admin.register(OpeningRule)
class OpeningRuleAdmin(Refusing):
    list_display = ("venue", "version", "changed_at")
    search_fields = ("venue__name_zh", "venue__slug")
    autocomplete_fields = ("venue",)
    readonly_fields = ("version", "changed_by", "changed_at")
    list_select_related = ("venue",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "venue") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: OpeningRule, form: Any, change: bool) -> None:
        written = opening.set_opening_rules(
            venue=obj.venue,
            document=form.cleaned_data["document"],
            by=request.user,
            now=timezone.now(),
        )
        _become(obj, written)


# ---- calendars


class HolidayDayInline(admin.TabularInline):
    model = HolidayDay
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(HolidayTable)
class HolidayTableAdmin(ReadOnly, Undeletable):
    """Tables come by the commands ``seed_holidays`` and ``import_holidays``."""

    list_display = ("country", "year", "region", "status", "source", "created_at", "replaced_at")
    list_filter = ("country", "status", ("replaced_at", admin.EmptyFieldListFilter))
    list_select_related = ("region",)
    inlines = (HolidayDayInline,)


@admin.register(SchoolTerm)
class SchoolTermAdmin(ReadOnly, Undeletable):
    """Terms come by the command ``import_school_terms``."""

    list_display = ("region", "school_year", "name_zh", "first_day", "end_day", "source")
    list_filter = ("school_year",)
    search_fields = ("region__name_zh", "region__code")
    list_select_related = ("region",)


# ---- regions


class RegionIndicatorInline(admin.TabularInline):
    model = RegionIndicator
    extra = 0


@admin.register(Region)
class RegionAdmin(Undeletable):
    """Codes are replaced and regions merged by the command ``replace_region`` and by services."""

    list_display = ("code", "name_zh", "name_en", "level", "kind", "parent", "valid_to")
    list_filter = ("level", "country", "kind", "tags", ("valid_to", admin.EmptyFieldListFilter))
    search_fields = ("code", "name_zh", "name_en")
    autocomplete_fields = ("parent",)
    filter_horizontal = ("tags",)
    list_select_related = ("parent",)
    readonly_fields = ("valid_to", "replaced_by", "changed_at")
    inlines = (RegionIndicatorInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        return [*self.readonly_fields, *(["code", "level", "country"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Region, form: Any, change: bool) -> None:
        stated, by, now = form.cleaned_data, request.user, timezone.now()
        if change:
            region = Region.objects.get(pk=obj.pk)
            regions.rename_region(
                region=region, name_zh=stated["name_zh"], name_en=stated["name_en"], by=by, now=now
            )
            if "parent" in form.changed_data:
                regions.move_region(region=region, parent=stated["parent"], by=by, now=now)
        else:
            names = ("code", "name_zh", "name_en", "level", "kind", "country", "valid_from")
            region = regions.create_region(
                parent=stated["parent"], by=by, now=now, **{name: stated[name] for name in names}
            )
        plain = ["kind", "valid_from", "lat", "lon", "coordinates_source"]
        for name in plain:
            setattr(region, name, stated[name])
        region.save(update_fields=plain)
        _become(obj, region)


@admin.register(RegionTag)
class RegionTagAdmin(Refusing):
    list_display = ("code", "name_zh", "name_en")
    search_fields = ("code", "name_zh", "name_en")


@admin.register(RegionIndicator)
class RegionIndicatorAdmin(Refusing):
    list_display = ("region", "name", "year", "value", "source")
    list_filter = ("name", "year")
    search_fields = ("region__code", "region__name_zh", "name", "source")
    autocomplete_fields = ("region",)
    list_select_related = ("region",)


# ---- organisations and people


@admin.register(Organisation)
class OrganisationAdmin(Refusing):
    list_display = ("name_zh", "slug", "kind", "level", "region", "is_active")
    list_filter = ("kind", "level", "is_active")
    search_fields = ("name_zh", "name_en", "short_name", "slug", "credit_code")
    autocomplete_fields = ("region", "parent_admin", "parent_guidance")
    readonly_fields = ("changed_at",)
    list_select_related = ("region",)

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        stated = _stated(form, organisations.FACTS, changed=change)
        by, now = request.user, timezone.now()
        if change:
            written = organisations.change_organisation(
                organisation_id=obj.pk, changes=stated, by=by, now=now
            )
        else:
            written = organisations.register_organisation(by=by, now=now, **stated)
        _become(obj, written)


@admin.register(Membership)
class MembershipAdmin(Refusing):
    """Given by the service and ended by the action; what was held is never rewritten."""

    list_display = ("user", "role", "region", "organisation", "venue", "valid_from", "valid_to")
    list_filter = ("role", ("valid_to", admin.EmptyFieldListFilter))
    search_fields = ("user__username", "user__email", "region__name_zh", "region__code",
                     "organisation__name_zh", "venue__name_zh")  # fmt: skip
    autocomplete_fields = ("user", "region", "organisation", "venue")
    list_select_related = ("user", "region", "organisation", "venue")
    actions = ("end",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        written = memberships.grant_membership(
            person=obj.user,
            role=obj.role,
            place=obj.place,
            valid_from=obj.valid_from,
            valid_to=obj.valid_to,
            by=request.user,
            now=timezone.now(),
        )
        _become(obj, written)

    @admin.action(description="End at once", permissions=["add"])
    def end(self, request: HttpRequest, rows: QuerySet[Membership]) -> None:
        by, now = request.user, timezone.now()
        self.each(
            request,
            rows,
            lambda row: memberships.end_membership(membership_id=row.pk, by=by, now=now),
            "ended",
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(Undeletable, ReadOnly):
    list_display = ("at", "actor_name", "via", "action", "subject_type", "subject_label", "address")
    list_filter = ("via", "action", "subject_type")
    search_fields = ("actor_name", "subject_label", "subject_id", "request_id", "note")
    date_hierarchy = "at"


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    list_display = ("created_at", "person", "kind", "title_zh", "read_at", "mailed_at")
    list_filter = ("kind", ("read_at", admin.EmptyFieldListFilter))
    search_fields = ("person__username", "title_zh", "title_en")
    list_select_related = ("person",)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """Keys are issued by the command ``issue_api_key``: a page would keep the secret in a cookie."""

    list_display = ("name", "prefix", "user", "scopes", "expires_at", "revoked_at", "last_used_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "prefix", "user__username")
    exclude = ("key_hash",)
    list_select_related = ("user",)
    actions = ("revoke",)

    @admin.action(description="Revoke at once", permissions=["delete"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiKey]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda key: keys.revoke_api_key(key=key, by=request.user, now=now),
            "revoked",
        )


# ---- what the installation keeps


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ("id", "kind", "subject", "state", "attempts", "requested_by", "created_at",
                    "heartbeat_at", "finished_at")  # fmt: skip
    list_filter = ("state", "kind")
    search_fields = ("subject", "lease_owner", "error")
    list_select_related = ("requested_by",)
    actions = ("cancel",)

    @admin.action(description="Cancel", permissions=["delete"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Job]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda job: jobs.request_cancel(job_id=job.pk, by=request.user, now=now),
            "will be cancelled",
        )


@admin.register(FormerAddress)
class FormerAddressAdmin(ReadOnly):
    list_display = ("kind", "former", "current")
    list_filter = ("kind",)
    search_fields = ("former", "current")


@admin.register(GeocodeAnswer)
class GeocodeAnswerAdmin(ReadOnly):
    """Delete an answer to have the address asked again."""

    list_display = ("provider", "query", "lat", "lon", "asked_at")
    list_filter = ("provider", ("lat", admin.EmptyFieldListFilter))
    search_fields = ("query",)
