"""Fields of the desk's forms that several of them have."""

from __future__ import annotations

from typing import Any

from django import forms


def day_field(label: Any, *, required: bool = True, **options: Any) -> forms.DateField:
    """A calendar day, chosen with the browser's own calendar."""
    widget = forms.DateInput({"type": "date"}, "%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, **options)


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment on the wall clock of the place, to the minute."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, **options)
