"""Files handed in: looked at, written, taken back; and empty workbooks to fill in."""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.parsers import FileJsonParser
from api.schema import operation
from api.serializers import RowSerializer, StrictSerializer
from api.views import PrivateView
from touring.services import uploads
from venues.imports.template import template
from venues.models import Upload, UploadKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@extend_schema_field({"type": "string", "contentEncoding": "base64"})
class FileField(serializers.Field):
    """Bytes as base64."""

    def to_internal_value(self, data: Any) -> bytes:
        if not isinstance(data, str):
            raise serializers.ValidationError("Send the file's bytes as base64 text.")
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            raise serializers.ValidationError("This is not base64.") from None

    def to_representation(self, value: bytes) -> str:
        return base64.b64encode(value).decode()


class UploadBody(StrictSerializer):
    kind = serializers.ChoiceField(UploadKind.values)
    content = FileField(help_text="the .xlsx, .csv or .ics file in base64, at most 10 MB")
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    place = serializers.CharField(
        max_length=80,
        required=False,
        default="",
        allow_blank=True,
        help_text="slug of the season or the venue",
    )
    mapping = serializers.DictField(
        child=serializers.CharField(max_length=80, allow_blank=True),
        required=False,
        default=dict,
        help_text="heading in the file → field; an empty field leaves the column out",
    )


class UploadRow(RowSerializer):
    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    place = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(["checked", "committed", "undone"])
    report = serializers.DictField(
        help_text="counts, created, changed (old and new), and every problem with its cell"
    )
    created_at = serializers.DateTimeField()
    committed_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class UploadView(PrivateView):
    resource = "imports"

    def upload(self, pk: int, *, status: int = 200) -> Response:
        mine = Upload.objects.filter(pk=pk, owner=self.request.user.pk)
        location = reverse("api-import", args=[pk]) if status == 201 else None
        return self.row(UploadRow, mine, status=status, location=location)


class UploadList(UploadView):
    parser_classes = [FileJsonParser]

    @operation(answers=UploadRow, paged=True)
    def get(self, request: Request) -> Response:
        """The files you handed in."""
        mine = Upload.objects.filter(owner=request.user.pk)
        return self.page(UploadRow, mine, ordering=("-created_at", "-pk"))

    @operation(answers=UploadRow, status=201, body=UploadBody)
    def post(self, request: Request) -> Response:
        """Hand in a file. Nothing is written yet: `report` says what `commit` will do."""
        asked = self.body(UploadBody)
        upload = uploads.hand_in(**asked, by=request.user, now=self.now)
        return self.upload(upload.pk, status=201)


class UploadItem(UploadView):
    @operation(answers=UploadRow)
    def get(self, request: Request, pk: int) -> Response:
        """One of your files."""
        return self.upload(pk)


class UploadStep(UploadView):
    """One step of a file's way; ``take`` is the service that takes it."""

    step: ClassVar[Any]

    @operation(answers=UploadRow)
    def post(self, request: Request, pk: int) -> Response:
        get_object_or_404(Upload.objects.filter(owner=request.user.pk), pk=pk)
        type(self).step(upload_id=pk, by=request.user, now=self.now)
        return self.upload(pk)


class CommitUpload(UploadStep):
    """Do what the report says, all of it; repeating it changes nothing."""

    step = uploads.commit


class UndoUpload(UploadStep):
    """Take it back, within 24 hours, as long as nobody changed its rows."""

    step = uploads.undo


def sheet_template(request: HttpRequest, kind: str) -> HttpResponse:
    """``GET /api/v1/imports/templates/KIND.xlsx``: headings, drop-downs, required ones bold.

    ``?lang=en`` gives the English ones.
    """
    if kind not in uploads.SHEETS:
        raise Http404
    language = "en" if request.GET.get("lang") == "en" else "zh"
    title = kind if language == "en" else UploadKind(kind).label
    workbook = template(title, uploads.SHEETS[kind], language=language)
    response = HttpResponse(workbook, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
