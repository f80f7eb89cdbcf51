"""The form with which somebody stands in line for a unit or a place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from touring.models import HoldSubject, Unit
from venues.models import Venue
from web.pages.desk.inputs import day_field


class HoldForm(forms.Form):
    """``last_day`` counts. Codes are offered, and any other may be written."""

    subject = forms.ChoiceField(
        label=_("What is held"),
        choices=((HoldSubject.UNIT, _("a unit")), (HoldSubject.PLACE, _("a place"))),
        widget=forms.RadioSelect,
        initial=HoldSubject.UNIT,
    )
    unit = forms.CharField(label=_("Code of the unit"), max_length=40)
    venue = forms.CharField(label=_("Code of the museum"), max_length=80)
    opens_on = day_field(_("Opens"))
    last_day = day_field(_("Last day open"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"].widget.attrs["list"] = "units"
        self.fields["venue"].widget.attrs["list"] = "venues"

    def clean_unit(self) -> Unit:
        code = self.cleaned_data["unit"]
        found = Unit.objects.filter(code=code, is_active=True).select_related("exhibition", "home")
        return _one(found.first(), _("There is no such unit; choose one of the list."))

    def clean_venue(self) -> Venue:
        found = Venue.objects.filter(slug=self.cleaned_data["venue"]).select_related("region")
        return _one(found.first(), _("There is no such museum; choose one of the list."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("opens_on"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins: exchange the days."))
        return given

    def given(self) -> dict[str, Any]:
        """What the service asks for."""
        said = dict(self.cleaned_data)
        last_day = said.pop("last_day")
        return {**said, "closes_on": last_day + timedelta(days=1)}


def _one(found: Any, told: Any) -> Any:
    if found is None:
        raise forms.ValidationError(told)
    return found
