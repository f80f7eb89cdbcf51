"""Requests on their way through the levels: calls, steps, earlier versions, papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.imports import XLSX
from api.parsers import FileJsonParser
from api.schema import operation
from api.touring import bodies
from api.touring.serializers import (
    CallRow,
    PaperDetail,
    PaperRow,
    RequestStepRow,
    RequestVersionRow,
    TourRequestRow,
    paper_with_content,
)
from api.touring.views import TourRequestView
from api.views import ResourceView
from touring.models import (
    RequestAttachment,
    RequestCall,
    RequestStep,
    RequestVersion,
    Season,
    TourRequest,
)
from touring.services import approval, calls, export, papers

_STEPS: dict[str, Callable[..., TourRequest]] = {
    "submit": approval.submit_draft,
    "endorse": approval.endorse_request,
    "consolidate": approval.consolidate_request,
    "wait": approval.let_wait,
    "return": approval.return_request,
}


class CallList(ResourceView):
    resource = "tour-requests"

    @operation(answers=CallRow, paged=True)
    def get(self, request: Request) -> Response:
        """Who may ask for what, and until when."""
        return self.page(CallRow, RequestCall.objects.all(), ordering=("-opens_on", "slug"))

    @operation(answers=CallRow, status=201, body=bodies.CallBody)
    def post(self, request: Request) -> Response:
        """Call for requests, with quotas for regions below the season's."""
        body = self.body(bodies.CallBody)
        call = calls.open_call(**body, by=request.user, now=self.now)
        return self.row(CallRow, RequestCall.objects.filter(pk=call.pk), status=201)


class TourRequestStepList(TourRequestView):
    @operation(answers=RequestStepRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        """Every step so far: who, when, from where to where, and by when the next is due."""
        steps = RequestStep.objects.filter(request=self._wanted(code))
        return self.page(RequestStepRow, steps, ordering=("pk",))

    @operation(answers=TourRequestRow, body=bodies.RequestStepBody, if_match=True)
    def post(self, request: Request, code: str) -> Response:
        """Take the next step; acceptance and rejection have addresses of their own."""
        looked_at = self.looked_at(code)
        body = self.body(bodies.RequestStepBody)
        chosen, reason = body["operation"], body["reason"]
        given: dict[str, Any] = {"reason": reason} if chosen == "return" else {}
        return self.answer(_STEPS[chosen](**looked_at, **given))

    def _wanted(self, code: str) -> TourRequest:
        return get_object_or_404(self.visible, code=code)


class TourRequestVersionList(TourRequestView):
    @operation(answers=RequestVersionRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        """What was asked for before, and what each change changed."""
        wanted = get_object_or_404(self.visible, code=code)
        return self.page(
            RequestVersionRow, RequestVersion.objects.filter(request=wanted), ordering=("number",)
        )


class TourRequestWorkbook(TourRequestView):
    """``GET /api/v1/seasons/SLUG/tour-requests.xlsx``: what you may see of the season's requests."""

    def get(self, request: Request, slug: str) -> HttpResponseBase:
        season = get_object_or_404(Season, slug=slug)
        workbook = export.export_requests(season=season, by=request.user, now=self.now)
        response = HttpResponse(workbook, content_type=XLSX)
        response.headers["Content-Disposition"] = f'attachment; filename="{season.slug}.xlsx"'
        return response


class TourRequestPaperList(TourRequestView):
    parser_classes = [FileJsonParser]

    @operation(answers=PaperRow, paged=True)
    def get(self, request: Request, code: str) -> Response:
        return self.page(PaperRow, self._papers(code), ordering=("pk",))

    @operation(answers=PaperRow, status=201, body=bodies.PaperBody)
    def post(self, request: Request, code: str) -> Response:
        """Add a PDF, picture, .docx or .xlsx of at most 10 MiB."""
        wanted = get_object_or_404(self.visible, code=code)
        paper = papers.attach_to_request(
            request_id=wanted.pk, **self.body(bodies.PaperBody), by=request.user, now=self.now
        )
        return self.row(PaperRow, RequestAttachment.objects.filter(pk=paper.pk), status=201)

    def _papers(self, code: str) -> QuerySet[RequestAttachment]:
        wanted = get_object_or_404(self.visible, code=code)
        return RequestAttachment.objects.filter(request=wanted)


class TourRequestPaper(TourRequestView):
    @operation(answers=PaperDetail)
    def get(self, request: Request, code: str, pk: int) -> Response:
        """The file itself, as Base64."""
        wanted = get_object_or_404(self.visible, code=code)
        paper = get_object_or_404(RequestAttachment, request=wanted, pk=pk)
        return Response(paper_with_content(paper, now=self.now))
