"""What a crew and a host report from a stop, one form each, short enough for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from touring.models import Agreement, ConditionMoment, ItemState, Stop
from touring.services import records
from venues.permissions import Actor
from web.pages.desk.inputs import day_field, moment_field

EXHIBITS = 4
MOST_YUAN = 100_000_000


class StopReport(forms.Form):
    """A form about one stop; :meth:`keep` hands it to its service, which may refuse."""

    def __init__(self, *args: Any, stop: Stop, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stop = stop

    @staticmethod
    def recorded(_stop: Stop) -> dict[str, Any]:
        """What the form begins with: what was recorded before, where it is recorded once."""
        return {}

    def keep(self, *, by: Actor, now: datetime) -> None:
        raise NotImplementedError


class AgreementForm(StopReport):
    """The terms; a draft until the day of the signature is entered."""

    terms_version = forms.CharField(label=_("Version of the terms"), max_length=40, required=False)
    fee_yuan = forms.IntegerField(
        label=_("Fee, in yuan"), min_value=0, max_value=MOST_YUAN, initial=0
    )
    deposit_yuan = forms.IntegerField(
        label=_("Deposit, in yuan"), min_value=0, max_value=MOST_YUAN, initial=0
    )
    insurance = forms.CharField(label=_("Insurance"), max_length=300, required=False)
    cancel_terms = forms.CharField(
        label=_("If one side cancels"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    signed_on = day_field(_("Signed on (not yet: leave empty)"), required=False)
    signed_for_host_by = forms.CharField(
        label=_("Signed for the host by"), max_length=100, required=False
    )

    @staticmethod
    def recorded(stop: Stop) -> dict[str, Any]:
        agreement = Agreement.objects.filter(stop=stop).first()
        names = [one.name for one in fields(records.Terms)]
        return {name: getattr(agreement, name) for name in names} if agreement else {}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        signed = given.get("signed_on")
        if bool(signed) != bool(given.get("signed_for_host_by")) and "signed_on" not in self.errors:
            told = gettext("Give the day and who signed, or neither: then it is a draft.")
            self.add_error("signed_for_host_by" if signed else "signed_on", told)
        return given

    def keep(self, *, by: Actor, now: datetime) -> None:
        terms = records.Terms(**self.cleaned_data)
        records.record_agreement(stop=self.stop, terms=terms, by=by, now=now)


class ConditionForm(StopReport):
    """The whole set, or single exhibits; each may bring a photograph."""

    moment = forms.ChoiceField(
        label=_("When"),
        choices=(
            (ConditionMoment.ARRIVAL, _("unpacked")),
            (ConditionMoment.DEPARTURE, _("packed")),
        ),
        widget=forms.RadioSelect,
        initial=ConditionMoment.ARRIVAL,
    )
    unpacked_at = moment_field(_("Unpacked or packed at"))
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        states = (
            ("", "–"),
            (ItemState.GOOD, _("good")),
            (ItemState.WORN, _("worn")),
            (ItemState.DAMAGED, _("damaged")),
            (ItemState.MISSING, _("missing")),
        )
        for number in range(1, EXHIBITS + 1):
            numbered = {"number": number}
            self.fields[f"exhibit_{number}"] = forms.CharField(
                label=gettext("Exhibit %(number)d") % numbered,
                max_length=100,
                required=number == 1,
                initial=gettext("all exhibits") if number == 1 else "",
            )
            self.fields[f"state_{number}"] = forms.ChoiceField(
                label=gettext("State of exhibit %(number)d") % numbered,
                choices=states,
                required=number == 1,
                initial=ItemState.GOOD if number == 1 else "",
            )
            self.fields[f"happened_{number}"] = forms.CharField(
                label=gettext("What happened to exhibit %(number)d") % numbered,
                max_length=300,
                required=False,
            )
            self.fields[f"photo_{number}"] = forms.FileField(
                label=gettext("Photograph of exhibit %(number)d") % numbered,
                required=False,
                widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png"}),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, EXHIBITS + 1):
            exhibit, state = given.get(f"exhibit_{number}"), given.get(f"state_{number}")
            if number > 1 and bool(exhibit) != bool(state):
                self.add_error(
                    f"state_{number}", gettext("Give the exhibit and its state, or none.")
                )
            is_bad = state in (ItemState.DAMAGED, ItemState.MISSING)
            if is_bad and not given.get(f"happened_{number}"):
                self.add_error(f"happened_{number}", gettext("Say what happened."))
        return given

    def keep(self, *, by: Actor, now: datetime) -> None:
        given = self.cleaned_data
        records.report_condition(
            stop=self.stop,
            moment=given["moment"],
            unpacked_at=given["unpacked_at"],
            note=given["note"],
            items=list(self._items()),
            photos=list(self._photos()),
            by=by,
            now=now,
        )

    def _items(self) -> Iterator[records.SeenItem]:
        given = self.cleaned_data
        for number in range(1, EXHIBITS + 1):
            if exhibit := given[f"exhibit_{number}"]:
                said = given[f"happened_{number}"]
                yield records.SeenItem(exhibit, given[f"state_{number}"], said)

    def _photos(self) -> Iterator[tuple[str, str, bytes]]:
        for number in range(1, EXHIBITS + 1):
            photo = self.cleaned_data[f"photo_{number}"]
            if photo:
                yield self.cleaned_data[f"exhibit_{number}"], photo.name, photo.read()


class HandoverForm(StopReport):
    handed_by = forms.CharField(label=_("Handed over by"), max_length=100)
    taken_by = forms.CharField(label=_("Taken over by"), max_length=100)
    crates = forms.IntegerField(label=_("Crates"), min_value=0, max_value=30_000)
    missing = forms.CharField(label=_("What is missing"), max_length=1000, required=False)

    def keep(self, *, by: Actor, now: datetime) -> None:
        records.record_handover(stop=self.stop, **self.cleaned_data, by=by, now=now)


class TrainingForm(StopReport):
    first_date = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    trained_guides = forms.IntegerField(label=_("Guides trained"), min_value=1, max_value=10_000)
    trainer = forms.CharField(label=_("Trainer"), max_length=100, required=False)

    def keep(self, *, by: Actor, now: datetime) -> None:
        given = dict(self.cleaned_data)
        end_date = given.pop("last_day") + timedelta(days=1)
        records.record_training(stop=self.stop, end_date=end_date, **given, by=by, now=now)


class CountForm(StopReport):
    """Four fields; a day said again replaces what was said."""

    day = day_field(_("Day"))
    visits = forms.IntegerField(label=_("Visits"), min_value=0, max_value=1_000_000)
    youth = forms.IntegerField(
        label=_("of them children and youth"), min_value=0, max_value=1_000_000, required=False
    )
    elderly = forms.IntegerField(
        label=_("of them elderly people"), min_value=0, max_value=1_000_000, required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        parts = (given.get("youth") or 0) + (given.get("elderly") or 0)
        if parts > (given.get("visits") or 0) and "visits" not in self.errors:
            self.add_error("visits", gettext("The groups are more than all visits; correct one."))
        return given

    def keep(self, *, by: Actor, now: datetime) -> None:
        given = self.cleaned_data
        groups = {name: given[name] for name in ("youth", "elderly") if given[name] is not None}
        count = records.DayCount(given["day"], given["visits"], groups)
        records.record_counts(stop=self.stop, counts=[count], by=by, now=now)


class SummaryForm(StopReport):
    text = forms.CharField(
        label=_("How it went"), max_length=10_000, widget=forms.Textarea({"rows": 6})
    )

    def keep(self, *, by: Actor, now: datetime) -> None:
        records.hand_in_summary(stop=self.stop, text=self.cleaned_data["text"], by=by, now=now)
