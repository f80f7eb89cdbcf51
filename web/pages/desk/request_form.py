"""The form in which a museum asks for a tour; every problem is said at once, beside its field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from touring.models import Exhibition, RequestCall, Season, TourRequest
from touring.services.requests import MOST_STAY_DAYS, WantedWindow, Wish
from venues.models import Venue
from web.pages.desk.inputs import day_field
from web.pages.page import language

WINDOWS = 3
_PREFERENCES = (1.0, 0.8, 0.6)
_FORM_OF_FIELD = {"windows": "first_1", "call": "answers"}


class RequestForm(forms.Form):
    """Whole days; of a window the last day counts. The first window is liked best."""

    venue = forms.ModelChoiceField(label=_("Place"), queryset=Venue.objects.none())
    answers = forms.ChoiceField(label=_("In answer to"))
    stay_days = forms.IntegerField(
        label=_("Days open to the public"), min_value=1, max_value=MOST_STAY_DAYS, initial=60
    )
    first_1 = day_field(_("First choice, from"))
    last_1 = day_field(_("First choice, to"))
    first_2 = day_field(_("Second choice, from"), required=False)
    last_2 = day_field(_("Second choice, to"), required=False)
    first_3 = day_field(_("Third choice, from"), required=False)
    last_3 = day_field(_("Third choice, to"), required=False)
    exhibitions = forms.ModelMultipleChoiceField(
        label=_("Only these exhibitions (none: any)"),
        queryset=Exhibition.objects.order_by("slug"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    expected_visits = forms.IntegerField(
        label=_("Visits expected"), required=False, min_value=0, max_value=2**31 - 1
    )
    contact_email = forms.EmailField(label=_("Mail address for questions"), required=False)
    note = forms.CharField(
        label=_("What else is to be known"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        venues: QuerySet[Venue],
        calls: list[RequestCall],
        seasons: list[Season],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        code = language()
        self.calls = {f"call:{one.slug}": one for one in calls}
        self.seasons = {f"season:{one.slug}": one for one in seasons}
        self.fields["venue"].queryset = venues
        self.fields["venue"].label_from_instance = lambda venue: venue.name(code)
        self.fields["exhibitions"].label_from_instance = lambda one: one.text("title", code)
        answerable = {**self.calls, **self.seasons}
        self.fields["answers"].choices = [(key, one.name(code)) for key, one in answerable.items()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, WINDOWS + 1):
            first, last = given.get(f"first_{number}"), given.get(f"last_{number}")
            if (first is None) != (last is None) and not self._is_marked(number):
                self.add_error(f"last_{number}", _("Give both days, or none."))
            elif first is not None and last is not None:
                self._judge_window(number, first, last)
        return given

    @property
    def season(self) -> Season:
        call = self.call
        return call.season if call else self.seasons[self.cleaned_data["answers"]]

    @property
    def call(self) -> RequestCall | None:
        return self.calls.get(self.cleaned_data["answers"])

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            venue=given["venue"],
            stay_days=given["stay_days"],
            windows=list(self._windows()),
            exhibitions=list(given["exhibitions"]),
            expected_visits=given["expected_visits"],
            contact_email=given["contact_email"],
            note=given["note"],
        )

    def refuse(self, problems: list[dict[str, str]]) -> None:
        """Put a service's objections beside the fields they are about."""
        for problem in problems:
            name = problem.get("field", "").partition("[")[0]
            name = _FORM_OF_FIELD.get(name, name)
            self.add_error(name if name in self.fields else None, problem["message"])

    def _is_marked(self, number: int) -> bool:
        return bool({f"first_{number}", f"last_{number}"} & set(self.errors))

    def _judge_window(self, number: int, first: date, last: date) -> None:
        stay = self.cleaned_data.get("stay_days")
        answers = self.cleaned_data.get("answers")
        days = (last - first).days + 1
        if days < 1:
            self.add_error(f"last_{number}", _("It ends before it begins: exchange the days."))
        elif stay and days < stay:
            told = _("%(days)d days are fewer than the %(stay)d asked for: make one longer.")
            self.add_error(f"last_{number}", told % {"days": days, "stay": stay})
        elif answers and (last < self.season.first_date or first >= self.season.end_date):
            told = _("Outside the season, which lasts from %(first)s to %(last)s.")
            season = self.season
            words = {"first": season.first_date, "last": season.end_date - timedelta(days=1)}
            self.add_error(f"first_{number}", told % words)

    def _windows(self) -> Iterator[WantedWindow]:
        for number, preference in enumerate(_PREFERENCES, start=1):
            first = self.cleaned_data[f"first_{number}"]
            last = self.cleaned_data[f"last_{number}"]
            if first and last:
                yield WantedWindow(first, last + timedelta(days=1), preference)


def initial_of(request: TourRequest) -> dict[str, Any]:
    """The form filled in from a request."""
    filled: dict[str, Any] = {
        "venue": request.venue,
        "answers": f"call:{request.call.slug}" if request.call else f"season:{request.season.slug}",
        "stay_days": request.stay_days,
        "exhibitions": list(request.exhibitions.all()),
        "expected_visits": request.expected_visits,
        "contact_email": request.contact_email,
        "note": request.note,
    }
    for number, window in enumerate(request.windows.all()[:WINDOWS], start=1):
        filled[f"first_{number}"] = window.first_date
        filled[f"last_{number}"] = window.end_date - timedelta(days=1)
    return filled
