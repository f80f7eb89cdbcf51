"""What a place says it offers a visiting exhibition: the form, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from venues.models import Space, Venue
from web.pages.page import language

FIGURES = {
    "area_m2": _("Usable area, m²"),
    "clear_height_m": _("Clear height, m"),
    "floor_load_kg_m2": _("Load the floor bears, kg/m²"),
    "power_kw": _("Electric power, kW"),
    "door_width_m": _("Width of the doors, m"),
    "door_height_m": _("Height of the doors, m"),
    "lift_load_kg": _("Load of the goods lift, kg"),
    "truck_length_m": _("Longest truck that fits, m"),
    "crate_store_m2": _("Store for crates, m²"),
}
COUNTS = {
    "floor": _("Floor"),
    "capacity_at_once": _("Visitors at once"),
    "capacity_per_day": _("Visitors a day"),
}
YES_OR_NO = {
    "three_phase": _("Three-phase current"),
    "has_hvac": _("Air conditioning"),
    "has_network": _("Network"),
    "is_accessible": _("Step-free access"),
}
LOWEST_FLOOR = -20
WORDS = {**FIGURES, **COUNTS, **YES_OR_NO}


class FacilityForm(forms.Form):
    """Begins with what is known of the venue; what is left empty is not stated."""

    space = forms.ModelChoiceField(
        label=_("Only this room"), queryset=Space.objects.none(), required=False
    )

    def __init__(self, *args: Any, venue: Venue, **options: Any) -> None:
        known = {name: getattr(venue, name) for name in WORDS}
        super().__init__(*args, initial=known, **options)
        self.fields["space"].queryset = venue.spaces.order_by("code")
        self.fields["space"].empty_label = "–"
        code = language()
        self.fields["space"].label_from_instance = lambda space: space.text("name", code)
        for name, label in FIGURES.items():
            self.fields[name] = forms.FloatField(
                label=label, required=False, min_value=0, max_value=1_000_000
            )
        for name, label in COUNTS.items():
            least = LOWEST_FLOOR if name == "floor" else 0
            self.fields[name] = forms.IntegerField(
                label=label, required=False, min_value=least, max_value=1_000_000
            )
        for name, label in YES_OR_NO.items():
            self.fields[name] = forms.BooleanField(label=label, required=False)
        self.fields["note"] = forms.CharField(
            label=_("Note"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
        )

    def given(self) -> dict[str, Any]:
        """What the service asks for."""
        said = self.cleaned_data
        facts = {name: said[name] for name in WORDS if said[name] is not None}
        return {"space": said["space"], "facts": facts, "note": said["note"]}


def in_words(facts: Mapping[str, Any]) -> list[str]:
    """The facts in the page's language, as they were stated; those nobody named stay as they are."""
    told = []
    for name, value in facts.items():
        label = str(WORDS.get(name, name))
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        elif isinstance(value, float):
            value = f"{value:g}"
        told.append(f"{label}: {value}")
    return told
