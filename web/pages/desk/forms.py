"""What an editor fills in: an event with its repetition in everyday words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from events.enums import Audience, EventKind
from events.feeds.labels import AUDIENCES, KINDS
from events.ical.entry import Text
from events.models import Event
from events.recurrence.rule import UnsupportedRule, parse_rule
from events.services.values import EventValues, values_of
from venues.models import Venue
from web.pages.desk.inputs import day_field
from web.pages.page import language

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FORM_OF_FIELD = {
    "title": "title_zh",
    "start": "start_date",
    "end": "end_time",
    "description": "description_zh",
    "rrule": "repeats",
}


class EventForm(forms.Form):
    """An event on one wall clock; ``repeats`` with its own fields, or any rule as text."""

    REPEATS = (
        ("", _("does not repeat")),
        ("WEEKLY", _("every week on the same weekday")),
        ("BIWEEKLY", _("every second week on the same weekday")),
        ("MONTHLY", _("every month on the same day")),
        ("MONTHLY_DAY", _("every month on the same weekday, such as the first Saturday")),
        ("DAILY", _("every day")),
        ("RULE", _("as the rule below says")),
    )

    venue = forms.ModelChoiceField(label=_("Place"), queryset=Venue.objects.none())
    title_zh = forms.CharField(label=_("Title"), max_length=300)
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    start_date = day_field(_("Day"))
    start_time = forms.TimeField(
        label=_("Begins"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    end_date = day_field(_("Last day"), required=False)
    end_time = forms.TimeField(
        label=_("Ends"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    repeats = forms.ChoiceField(label=_("Repeats"), choices=REPEATS, required=False)
    until = day_field(_("Until"), required=False)
    rule = forms.CharField(label=_("Rule (RFC 5545)"), max_length=2000, required=False)
    description_zh = forms.CharField(
        label=_("Description"), required=False, widget=forms.Textarea({"rows": 4})
    )
    description_en = forms.CharField(
        label=_("Description in English"), required=False, widget=forms.Textarea({"rows": 4})
    )
    audiences = forms.MultipleChoiceField(
        label=_("For whom"), required=False, widget=forms.CheckboxSelectMultiple
    )
    price = forms.ChoiceField(
        label=_("Price"),
        required=False,
        choices=(("", _("not known")), ("free", _("free")), ("paid", _("not free"))),
    )
    url = forms.URLField(label=_("More about it"), required=False, assume_scheme="https")

    def __init__(self, *args: Any, venues: QuerySet[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        code = language()
        self.fields["venue"].queryset = venues
        self.fields["venue"].label_from_instance = lambda venue: venue.name(code)
        kinds = [kind for kind in EventKind if kind is not EventKind.LOGISTICS]
        self.fields["kind"].choices = [(one.value, KINDS[one].in_language(code)) for one in kinds]
        people = [(one.value, AUDIENCES[one].in_language(code)) for one in Audience]
        self.fields["audiences"].choices = people

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("repeats") == "RULE":
            try:
                parse_rule(given.get("rule", ""))
            except UnsupportedRule as refusal:
                self.add_error("rule", str(refusal))
        if bool(given.get("start_time")) != bool(given.get("end_time")):
            self.add_error("end_time", _("Give both times, or none for whole days."))
        return given

    def values(self, before: EventValues | None = None) -> EventValues:
        """The event as the form says it; what the form has no field for stays as ``before``."""
        given = self.cleaned_data
        start, end = self._span()
        said: dict[str, Any] = {
            "title": Text(given["title_zh"], given["title_en"]),
            "start": start,
            "end": end,
            "timezone": given["venue"].timezone,
            "venue": given["venue"],
            "kind": given["kind"],
            "description": Text(given["description_zh"], given["description_en"]),
            "audiences": tuple(given["audiences"]),
            "is_free": {"free": True, "paid": False}.get(given["price"]),
            "url": given["url"],
            "rrule": self._rrule(start),
        }
        return replace(before, **said) if before else EventValues(**said)

    def refuse(self, problems: list[dict[str, str]]) -> None:
        """Put a service's objections beside the fields they are about."""
        for problem in problems:
            name = problem.get("field", "")
            name = _FORM_OF_FIELD.get(name, name)
            self.add_error(name if name in self.fields else None, problem["message"])

    def _span(self) -> tuple[date, date] | tuple[datetime, datetime]:
        given = self.cleaned_data
        first, last = given["start_date"], given["end_date"] or given["start_date"]
        if given["start_time"] is None:
            return first, last + timedelta(days=1)
        begins, ends = given["start_time"], given["end_time"]
        over_midnight = last == first and ends < begins
        return (
            datetime.combine(first, begins),
            datetime.combine(last + timedelta(days=int(over_midnight)), ends),
        )

    def _rrule(self, start: date) -> str:
        given = self.cleaned_data
        repeats = given["repeats"]
        if repeats in ("", "RULE"):
            return given["rule"] if repeats else ""
        weekday = _DAYS[start.weekday()]
        parts = {
            "WEEKLY": f"FREQ=WEEKLY;BYDAY={weekday}",
            "BIWEEKLY": f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
            "MONTHLY": f"FREQ=MONTHLY;BYMONTHDAY={start.day}",
            "MONTHLY_DAY": f"FREQ=MONTHLY;BYDAY={(start.day + 6) // 7}{weekday}",
            "DAILY": "FREQ=DAILY",
        }[repeats]
        return f"{parts};UNTIL={_until(given['until'], start)}" if given["until"] else parts


def initial_of(event: Event) -> dict[str, Any]:
    """The form filled in from an event."""
    values = values_of(event)
    start, end = values.start, values.end
    is_timed = isinstance(start, datetime) and isinstance(end, datetime)
    last = end if is_timed else end - timedelta(days=1)
    return {
        "venue": values.venue,
        "title_zh": values.title.zh,
        "title_en": values.title.en,
        "kind": values.kind,
        "start_date": event.start_date,
        "start_time": event.start_time,
        "end_date": event.end_date if is_timed else last,
        "end_time": event.end_time,
        "repeats": "RULE" if values.rrule else "",
        "rule": values.rrule,
        "description_zh": values.description.zh,
        "description_en": values.description.en,
        "audiences": list(values.audiences),
        "price": {True: "free", False: "paid", None: ""}[values.is_free],
        "url": values.url,
    }


def _until(last: date, start: date) -> str:
    """UNTIL has the form of DTSTART (RFC 5545 3.3.10); wall clock, as rules are stored here."""
    if isinstance(start, datetime):
        return f"{datetime.combine(last, time(23, 59, 59)):%Y%m%dT%H%M%S}"
    return f"{last:%Y%m%d}"
