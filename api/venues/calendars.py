"""Holiday tables and the terms of schools over HTTP: read, looked at before, put in force."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.imports import FileField
from api.parsers import FileJsonParser
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.views import ResourceView
from venues.imports.isolated import read_table_isolated
from venues.models import HolidayStatus, HolidayTable, Region, SchoolTerm
from venues.permissions import can_keep_calendars, require
from venues.services import holidays, school_terms


class HolidayTableRow(RowSerializer):
    id = serializers.IntegerField(source="pk")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2")
    region = serializers.CharField(source="region.code", allow_null=True, help_text="none: all")
    year = serializers.IntegerField()
    status = serializers.ChoiceField(HolidayStatus.values)
    source = serializers.CharField()
    created_at = serializers.DateTimeField()
    replaced_at = serializers.DateTimeField(allow_null=True, help_text="none: in force")


class SheetBody(StrictSerializer):
    content = FileField(help_text="the .xlsx or .csv file in base64, at most 10 MB")


class HolidaySheetBody(SheetBody):
    year = serializers.IntegerField(min_value=1, max_value=9999)
    country = serializers.RegexField("^[A-Z]{2}$", default="CN")
    region = serializers.SlugRelatedField(
        slug_field="code", queryset=Region.objects.all(), allow_null=True, default=None
    )


class HolidayTableBody(HolidaySheetBody):
    status = serializers.ChoiceField(HolidayStatus.values)
    source = serializers.CharField(max_length=300, help_text="the notice, with number and date")


class ProblemRow(serializers.Serializer):
    row = serializers.IntegerField()
    cell = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class HolidaysPreviewRow(serializers.Serializer):
    added = serializers.ListField(child=serializers.DateField())
    changed = serializers.ListField(child=serializers.DateField())
    removed = serializers.ListField(child=serializers.DateField())
    unchanged = serializers.IntegerField()
    problems = ProblemRow(many=True)


class SchoolTermRow(RowSerializer):
    school_year = serializers.IntegerField(help_text="in which it begins")
    first_day = serializers.DateField()
    end_day = serializers.DateField(help_text="first day of the vacation")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    source = serializers.CharField()


class TermsBody(SheetBody):
    source = serializers.CharField(max_length=300)


class TermPreviewRow(serializers.Serializer):
    school_year = serializers.IntegerField()
    first_day = serializers.DateField()
    end_day = serializers.DateField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class TermsPreviewRow(serializers.Serializer):
    terms = TermPreviewRow(many=True)
    replaced = serializers.IntegerField(help_text="terms of the same school years")
    problems = ProblemRow(many=True)


class CalendarView(ResourceView):
    resource = "venues"
    parser_classes = [FileJsonParser]

    def require_keeper(self, country: str, region: Region | None) -> None:
        """Before a file is opened for somebody."""
        allowed = can_keep_calendars(self.request.user, country, region, self.today)
        require(allowed, "You do not keep the calendars of this country or region.")


class HolidayTableList(CalendarView):
    @operation(answers=HolidayTableRow, paged=True)
    def get(self, request: Request) -> Response:
        """Holiday tables, those in force and those they replaced."""
        return self.page(HolidayTableRow, HolidayTable.objects.all(), ordering=("-year", "-pk"))

    @operation(answers=HolidayTableRow, status=201, body=HolidayTableBody)
    def post(self, request: Request) -> Response:
        """Put a table in force; the one before stays as history."""
        asked = self.body(HolidayTableBody)
        self.require_keeper(asked["country"], asked["region"])
        table = holidays.import_holidays(
            read_table_isolated(asked.pop("content")), **asked, by=request.user, now=self.now
        )
        return self.row(HolidayTableRow, HolidayTable.objects.filter(pk=table.pk), status=201)


class HolidayTablePreview(CalendarView):
    @operation(answers=HolidaysPreviewRow, body=HolidaySheetBody)
    def post(self, request: Request) -> Response:
        """What a file would change, with every problem; nothing is written."""
        asked = self.body(HolidaySheetBody)
        self.require_keeper(asked["country"], asked["region"])
        content = read_table_isolated(asked.pop("content"))
        return Response(_plain(asdict(holidays.preview_holidays(content, **asked))))


class SchoolTermList(CalendarView):
    @operation(answers=SchoolTermRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        """The terms that were entered for the region itself."""
        region = get_object_or_404(Region, code=code)
        terms = SchoolTerm.objects.filter(region=region)
        return self.page(SchoolTermRow, terms, ordering=("first_day", "pk"))

    @operation(answers=TermsPreviewRow, status=201, body=TermsBody)
    def post(self, request: Request, code: str) -> Response:
        """Write the terms of a sheet; each school year in it replaces what stood for that year."""
        region = get_object_or_404(Region, code=code)
        asked = self.body(TermsBody)
        self.require_keeper(region.country, region)
        content = read_table_isolated(asked["content"])
        preview = school_terms.preview_school_terms(content, region=region)
        school_terms.import_school_terms(
            content, region=region, source=asked["source"], by=request.user, now=self.now
        )
        return Response(_terms(preview), status=201)


class SchoolTermPreview(CalendarView):
    @operation(answers=TermsPreviewRow, body=SheetBody)
    def post(self, request: Request, code: str) -> Response:
        """What a file would do, with every problem; nothing is written."""
        region = get_object_or_404(Region, code=code)
        asked = self.body(SheetBody)
        self.require_keeper(region.country, region)
        content = read_table_isolated(asked["content"])
        return Response(_terms(school_terms.preview_school_terms(content, region=region)))


def _terms(preview: school_terms.TermsPreview) -> dict[str, Any]:
    return {
        "terms": [
            {
                "school_year": term.school_year,
                "first_day": term.span.first.isoformat(),
                "end_day": term.span.end.isoformat(),
                "name_zh": term.name_zh,
                "name_en": term.name_en,
            }
            for term in preview.terms
        ],
        "replaced": preview.replaced,
        "problems": [problem.told() for problem in preview.problems],
    }


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """With days as ISO texts."""
    return {
        name: [each.isoformat() if isinstance(each, date) else each for each in value]
        if isinstance(value, tuple | list)
        else value
        for name, value in found.items()
    }
