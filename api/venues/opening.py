"""Opening rules and open days of venues over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import InvalidParameters
from api.fields import Day
from api.preconditions import seen_version
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.views import ResourceView
from venues.lunar import lunar_day, solar_term
from venues.models import OpeningRule, Venue
from venues.opening import Because, OpenDay, OpeningBook, Session
from venues.queries import opening_books
from venues.services import opening

LONGEST_DAYS = 400


class OpenDaysQuery(StrictSerializer):
    start = Day(help_text="first day")
    end = Day(help_text=f"first day no longer wanted; at most {LONGEST_DAYS} days after start")


class OpeningRulesBody(StrictSerializer):
    document = serializers.JSONField(help_text="week, on_holidays, lunar_closures, seasons, …")


class OpeningRulesRow(RowSerializer):
    document = serializers.JSONField()
    version = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class SessionRow(serializers.Serializer):
    opens = serializers.CharField(help_text="wall clock of the venue")
    closes = serializers.CharField()
    last_entry = serializers.CharField(allow_null=True)


class OpenDayRow(serializers.Serializer):
    day = serializers.DateField()
    is_open = serializers.BooleanField(allow_null=True, help_text="null: nobody has said")
    sessions = SessionRow(many=True)
    because = serializers.ChoiceField([each.value for each in Because])
    reason_zh = serializers.CharField()
    reason_en = serializers.CharField()
    is_provisional = serializers.BooleanField(help_text="that year's holidays are not published")
    lunar = serializers.CharField(help_text="腊月廿三")
    solar_term = serializers.CharField()
    mark = serializers.ChoiceField(["", "休", "班"], help_text="by the holiday table")


class OpenDayRows(serializers.Serializer):
    results = OpenDayRow(many=True)


class OpeningRules(ResourceView):
    resource = "venues"

    @operation(answers=OpeningRulesRow)
    def get(self, request: Request, slug: str) -> Response:
        """The rules by which the venue opens, as one document."""
        return self._answer(slug)

    @operation(answers=OpeningRulesRow, body=OpeningRulesBody, if_match=True)
    def put(self, request: Request, slug: str) -> Response:
        """Replace the rules as a whole; where there are none yet, `If-Match` is not needed."""
        venue = get_object_or_404(Venue, slug=slug)
        body = self.body(OpeningRulesBody)
        rule = OpeningRule.objects.filter(venue=venue).first()
        opening.set_opening_rules(
            venue=venue,
            document=body["document"],
            seen_version=0 if rule is None else seen_version(request, current=rule.version),
            by=request.user,
            now=self.now,
        )
        return self._answer(slug)

    def _answer(self, slug: str) -> Any:
        rules = OpeningRule.objects.filter(venue__slug=slug)
        return self.row(OpeningRulesRow, rules, version="version")


class OpenDays(ResourceView):
    resource = "venues"

    @operation(answers=OpenDayRows, query=OpenDaysQuery)
    def get(self, request: Request, slug: str) -> Response:
        """Each day from `start` up to `end`: open or not, when, and why."""
        asked = self.query(OpenDaysQuery)
        first, end = asked["start"], asked["end"]
        if not 0 < (end - first).days <= LONGEST_DAYS:
            raise InvalidParameters({"end": f"Must be 1 to {LONGEST_DAYS} days after start."})
        venue = get_object_or_404(Venue.objects.select_related("region"), slug=slug)
        book = opening_books([venue], first, end)[venue.pk]
        return Response({"results": [_row(day, book) for day in book.days(first, end)]})


def _row(found: OpenDay, book: OpeningBook) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "is_open": found.is_open,
        "sessions": [_session(session) for session in found.sessions],
        "because": found.because.value,
        "reason_zh": found.reason_zh,
        "reason_en": found.reason_en,
        "is_provisional": found.is_provisional,
        "lunar": _lunar(found.day),
        "solar_term": solar_term(found.day),
        "mark": book.calendar.fact(found.day).mark,
    }


def _lunar(day: date) -> str:
    lunar = lunar_day(day)
    return lunar.text if lunar is not None else ""


def _session(session: Session) -> dict[str, str | None]:
    last = session.last_entry
    return {
        "opens": f"{session.opens:%H:%M}",
        "closes": f"{session.closes:%H:%M}",
        "last_entry": None if last is None else f"{last:%H:%M}",
    }
