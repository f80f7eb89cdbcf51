"""Events for staff. What is written goes through the services, as from everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms.models import BaseModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from events.enums import Accessibility, Attendance, Audience, ClosedDays, Sector
from events.errors import InvalidEvent
from events.ical.entry import Text
from events.models import (
    Campaign,
    CampaignPartner,
    Event,
    EventImage,
    EventOrganiser,
    ImportRun,
    Invitation,
    Occurrence,
    OutgoingMail,
    Participation,
    ReceivedMail,
    Source,
    Subscription,
    Topic,
)
from events.models.choices import choices
from events.models.event import BILINGUAL
from events.services import answers, campaigns, editing, outbox, publishing, subscriptions
from events.services.checking import checked
from events.services.undo import undo_last
from events.services.values import LISTS, EventValues, Organiser, Picture
from venues.errors import DomainError
from venues.models import Venue


class _ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, _request: HttpRequest, *_: Any) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class Refusing(admin.ModelAdmin):
    """Says a refusal of the domain on the page instead of failing; nothing is written then."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def each(
        self, request: HttpRequest, rows: QuerySet, act: Callable[[Any], object], done: str
    ) -> None:
        """Do ``act`` with every selected row, and say what was refused."""
        for row in rows:
            try:
                act(row)
            except DomainError as refusal:
                self.message_user(request, f"{row}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{row}: {done}")


class OccurrenceInline(_ReadOnly, admin.TabularInline):
    model = Occurrence
    fields = readonly_fields = ("starts_at", "ends_at", "original_start", "is_cancelled")
    extra = 0
    max_num = 0


class OrganiserInline(admin.TabularInline):
    model = EventOrganiser
    fields = ("organisation", "role")
    raw_id_fields = ("organisation",)
    extra = 0


class ImageForm(forms.ModelForm):
    url = forms.CharField(max_length=500)


class ImageInline(admin.TabularInline):
    model = EventImage
    form = ImageForm
    fields = ("url", "alt_zh", "alt_en", "credit", "licence")
    extra = 0


def _several(enum: type[StrEnum]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=[(member.value, member.value) for member in enum], required=False
    )


class EventForm(forms.ModelForm):
    """An event as an editor states it; ``seen_sequence`` is the version the page was made from."""

    seen_sequence = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)
    audiences = _several(Audience)
    sectors = _several(Sector)
    accessibility = _several(Accessibility)
    attendance = forms.ChoiceField(
        choices=[("", "as venue and address say"), *choices(Attendance)], required=False
    )
    on_closed_days = forms.ChoiceField(
        choices=choices(ClosedDays), required=False, help_text="days on which the venue is closed"
    )
    url = forms.CharField(max_length=500, required=False)
    access_url = forms.CharField(max_length=500, required=False)
    registration_url = forms.CharField(max_length=500, required=False)

    class Meta:
        model = Event
        fields = (
            *("title_zh", "title_en", "kind", "venue", "visibility", "audiences", "topics"),
            *("sectors", "languages", "grades", "age_min", "age_max", "is_free"),
            *("price_amount", "price_currency", "price_zh", "price_en", "url"),
            *("start_date", "start_time", "end_date", "end_time"),
            *("timezone", "rrule", "rdates", "exdates", "lunar_rule", "lunar_until"),
            *("on_closed_days", "description_zh", "description_en"),
            *("location_zh", "location_en", "attendance", "access_url", "registration_url"),
            *("contact_zh", "contact_en", "accessibility"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title_zh"].required = False
        self.initial["seen_sequence"] = self.instance.sequence

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.values = checked(_values(cleaned))
            except InvalidEvent as refusal:
                for problem in refusal.detail["problems"]:
                    self.add_error(_field(problem["field"]), problem["message"])
            except (ValueError, TypeError) as refusal:
                self.add_error(None, f"A date cannot be read: {refusal}")
        return cleaned


def _field(name: str) -> str:
    """The form's field that shows a problem of the values' field."""
    bilingual = {name: f"{name}_zh" for name in BILINGUAL}
    return bilingual.get(name, {"start": "start_date", "end": "end_date"}.get(name, name))


def _values(cleaned: dict[str, Any]) -> EventValues:
    def when(name: str) -> Any:
        day, clock = cleaned[f"{name}_date"], cleaned[f"{name}_time"]
        return day if clock is None else datetime.combine(day, clock)

    start = when("start")
    read = type(start).fromisoformat
    plain = {
        name: cleaned[name]
        for name in (
            *("venue", "kind", "visibility", "is_free", "url", "timezone", "rrule"),
            *("age_min", "age_max", "price_amount", "price_currency", "attendance"),
            *("access_url", "registration_url"),
            *("lunar_rule", "lunar_until"),
        )
    } | {"on_closed_days": cleaned["on_closed_days"] or ClosedDays.KEEP}
    facts: dict[str, Any] = (
        plain
        | {name: tuple(cleaned[name] or ()) for name in LISTS}
        | {name: Text(cleaned[f"{name}_zh"], cleaned[f"{name}_en"]) for name in BILINGUAL}
    )
    return EventValues(
        start=start,
        end=when("end"),
        topics=tuple(topic.slug for topic in cleaned["topics"]),
        rdates=tuple(read(each) for each in cleaned["rdates"] or []),
        exdates=tuple(read(each) for each in cleaned["exdates"] or []),
        **facts,
    )


def _rows(formsets: Any) -> dict[str, Any]:
    """Organisers and pictures as the formsets have them; removed ones are not among them."""
    stated = {
        formset.model: [row for row in formset.cleaned_data if row and not row.get("DELETE", False)]
        for formset in formsets
        if formset.model in (EventOrganiser, EventImage)
    }
    return {
        "organisers": tuple(
            Organiser(row["organisation"], row["role"]) for row in stated.get(EventOrganiser, ())
        ),
        "images": tuple(
            Picture(row["url"], Text(row["alt_zh"], row["alt_en"]), row["credit"], row["licence"])
            for row in stated.get(EventImage, ())
        ),
    }


@admin.register(Event)
class EventAdmin(Refusing):
    form = EventForm
    inlines = (OrganiserInline, ImageInline, OccurrenceInline)
    list_display = ("title_zh", "venue", "start_date", "moderation", "status", "source")
    list_filter = ("moderation", "status", "kind", "visibility")
    list_select_related = ("venue", "source")
    search_fields = ("title_zh", "title_en", "uid", "public_uid")
    autocomplete_fields = ("topics",)
    raw_id_fields = ("venue",)
    readonly_fields = (
        *("public_uid", "source", "moderation", "return_reason", "status", "sequence"),
        *("translation", "changed_at"),
    )
    actions = ("publish", "archive", "cancel", "reinstate")

    def get_fields(self, _request: HttpRequest, obj: Event | None = None) -> list[str]:
        shown = [*EventForm.Meta.fields, "seen_sequence"]
        return [*self.readonly_fields, *shown] if obj else shown

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False  # events are cancelled or archived

    def save_model(
        self, request: HttpRequest, obj: Event, form: BaseModelForm, change: bool
    ) -> None:
        """Writes nothing yet: organisers and pictures stand in the formsets."""

    def save_related(
        self, request: HttpRequest, form: BaseModelForm, formsets: Any, change: bool
    ) -> None:
        for formset in formsets:
            formset.save(commit=False)  # the history page asks what changed in it
        values = replace(form.values, **_rows(formsets))
        now = timezone.now()
        if change:
            saved = editing.change_event(
                event_id=form.instance.pk,
                seen_sequence=form.cleaned_data["seen_sequence"],
                values=values,
                by=request.user,
                now=now,
            )
        else:
            saved = editing.create_event(values=values, by=request.user, now=now)
        form.instance.__dict__.update(saved.__dict__)

    @admin.action(description="Publish")
    def publish(self, request: HttpRequest, rows: QuerySet[Event]) -> None:
        self._step(request, rows, publishing.publish_event, "published")

    @admin.action(description="Archive (taken out of sight)")
    def archive(self, request: HttpRequest, rows: QuerySet[Event]) -> None:
        self._step(request, rows, publishing.archive_event, "archived")

    @admin.action(description="Cancel (calendars are told)")
    def cancel(self, request: HttpRequest, rows: QuerySet[Event]) -> None:
        self._step(request, rows, editing.cancel_event, "cancelled")

    @admin.action(description="Take back the cancellation")
    def reinstate(self, request: HttpRequest, rows: QuerySet[Event]) -> None:
        self._step(request, rows, editing.reinstate_event, "takes place again")

    def _step(
        self, request: HttpRequest, rows: QuerySet[Event], take: Callable[..., Event], done: str
    ) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda event: take(
                event_id=event.pk, seen_sequence=event.sequence, by=request.user, now=now
            ),
            done,
        )


_CHOSEN = ("is_active", "arrival", "field_policy", "skips_known")


class SubscriptionForm(forms.ModelForm):
    address = forms.CharField(max_length=500, help_text="https://… or webcal://…")
    venue = forms.ModelChoiceField(queryset=Venue.objects.order_by("slug"))

    class Meta:
        model = Subscription
        fields = ()


@admin.register(Subscription)
class SubscriptionAdmin(Refusing):
    list_display = ("source", "url", "is_active", "succeeded_at", "failed_since", "next_fetch_at")
    list_select_related = ("source",)
    readonly_fields = ("source", "url", "succeeded_at", "failed_since", "next_fetch_at", "report")
    actions = ("read_soon", "confirm_missing", "undo_last")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = SubscriptionForm
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *_CHOSEN) if obj else ("address", "venue")

    def get_readonly_fields(self, _request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False  # stop it by "is active"; its events stay

    def save_model(
        self, request: HttpRequest, obj: Subscription, form: BaseModelForm, change: bool
    ) -> None:
        if change:
            chosen = form.cleaned_data
            subscriptions.set_policy(
                subscription_id=obj.pk,
                by=request.user,
                now=timezone.now(),
                arrival=chosen["arrival"],
                fields=chosen["field_policy"] or {},
                skips_known=chosen["skips_known"],
                is_active=chosen["is_active"],
            )
            return
        made = subscriptions.subscribe(
            url=form.cleaned_data["address"],
            venue=form.cleaned_data["venue"],
            by=request.user,
            now=timezone.now(),
        )
        obj.__dict__.update(made.__dict__)

    @admin.action(description="Read with the next round")
    def read_soon(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda row: subscriptions.read_soon(subscription_id=row.pk, by=request.user, now=now),
            "will be read with the next round",
        )

    @admin.action(description="Missing events are really gone")
    def confirm_missing(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda row: subscriptions.confirm_missing(
                subscription_id=row.pk, by=request.user, now=now
            ),
            "missing events will be cancelled",
        )

    @admin.action(description="Take back the last reading (within a day)")
    def undo_last(self, request: HttpRequest, rows: QuerySet[Subscription]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda row: undo_last(source=row.source, by=request.user, now=now),
            "the events are what they were before the last reading",
        )


class TopicForm(forms.ModelForm):
    uri = forms.CharField(max_length=300, required=False)


@admin.register(ImportRun)
class ImportRunAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("source", "started_at", "outcome", "http_status", "counts", "quarantine_count")
    list_filter = ("outcome",)
    list_select_related = ("source",)
    exclude = ("journal",)


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    form = TopicForm
    list_display = ("slug", "name_zh", "name_en", "broader", "replaced_by")
    search_fields = ("slug", "name_zh", "name_en")


class PartnerInline(_ReadOnly, admin.TabularInline):
    model = CampaignPartner
    fields = readonly_fields = ("organisation", "role", "withdrawn_at")
    extra = 0


class ParticipationInline(_ReadOnly, admin.TabularInline):
    model = Participation
    fields = readonly_fields = ("event", "organisation", "state", "is_key_activity", "decided_at")
    extra = 0


@admin.register(Campaign)
class CampaignAdmin(_ReadOnly, Refusing):
    """Campaigns are written by their leads, over the interface; staff may announce and close."""

    fields = readonly_fields = (
        *("slug", "kind", "state", "name_zh", "name_en", "theme_zh", "theme_en", "lead"),
        *("starts_on", "ends_on", "registration_opens_on", "registration_closes_on"),
        *("materials_due_on", "admission", "url", "changed_at"),
    )
    inlines = (PartnerInline, ParticipationInline)
    list_display = ("slug", "name_zh", "kind", "lead", "starts_on", "ends_on", "state")
    list_filter = ("state", "kind")
    list_select_related = ("lead",)
    search_fields = ("slug", "name_zh", "name_en")
    actions = ("announce", "close")

    @admin.action(description="Announce")
    def announce(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        self._step(request, rows, campaigns.announce_campaign, "announced")

    @admin.action(description="Close (takes no more events)")
    def close(self, request: HttpRequest, rows: QuerySet[Campaign]) -> None:
        self._step(request, rows, campaigns.close_campaign, "closed")

    def _step(
        self,
        request: HttpRequest,
        rows: QuerySet[Campaign],
        take: Callable[..., Campaign],
        done: str,
    ) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda row: take(
                campaign_id=row.pk, seen_version=row.version, by=request.user, now=now
            ),
            done,
        )


@admin.register(Source)
class SourceAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("slug", "name_zh", "kind", "venue")
    list_filter = ("kind",)
    list_select_related = ("venue",)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "recipient", "subject", "state", "attempts", "error")
    list_filter = ("state",)
    search_fields = ("recipient", "subject")
    fields = ("key", "message_id", "recipient", "subject", "text", "state", "attempts", "error")
    actions = ("send_again",)

    @admin.display(description="body")
    def text(self, mail: OutgoingMail) -> str:
        return "(holds a secret address)" if mail.holds_secret else mail.body

    @admin.action(description="Try the given up ones again")
    def send_again(self, request: HttpRequest, rows: QuerySet[OutgoingMail]) -> None:
        if not request.user.is_superuser:
            raise PermissionDenied
        for mail in rows:
            outbox.send_again(mail_id=mail.pk, now=timezone.now())


@admin.register(Invitation)
class InvitationAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ("key", "address", "said", "sequence", "standing_answer", "answered_at")
    list_filter = ("said", "answer")
    search_fields = ("key", "address")
    fields = (
        *("key", "address", "name", "language", "said", "sequence", "due_at", "answer"),
        *("answered_at", "comment", "delegated_to", "proposal", "record"),
    )


@admin.register(ReceivedMail)
class ReceivedMailAdmin(_ReadOnly, Refusing):
    """Answers by mail, those in quarantine first of all."""

    list_display = ("received_at", "sender", "subject", "invitation", "verdict", "reason", "words")
    list_filter = ("verdict", "reason")
    list_select_related = ("invitation",)
    search_fields = ("sender", "subject")
    fields = (
        *("received_at", "sender", "subject", "message_id", "invitation", "verdict", "reason"),
        *("words", "answer"),
    )
    actions = ("apply_anyway", "dismiss")

    @admin.action(description="Apply the answer all the same")
    def apply_anyway(self, request: HttpRequest, rows: QuerySet[ReceivedMail]) -> None:
        now = timezone.now()
        self.each(
            request,
            rows,
            lambda row: answers.apply_anyway(mail_id=row.pk, by=request.user, now=now),
            "applied",
        )

    @admin.action(description="Put away without effect")
    def dismiss(self, request: HttpRequest, rows: QuerySet[ReceivedMail]) -> None:
        self.each(
            request, rows, lambda row: answers.dismiss(mail_id=row.pk, by=request.user), "put away"
        )
