"""Calendars kept elsewhere: how they are read, how that goes, and what people decide about it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.sources.serializers import (
    ImportRunRow,
    PolicyBody,
    SourceBody,
    SourceDetail,
    SourceRow,
    UndoBody,
)
from api.views import PrivateView
from events.models import ImportRun, Source
from events.permissions import sources_edited_by
from events.services import subscriptions, undo
from venues.models import Venue


class SourceView(PrivateView):
    """What concerns calendars of the venues that the caller edits."""

    resource = "sources"

    @property
    def edited(self) -> QuerySet[Source]:
        mine = sources_edited_by(self.request.user, self.today)
        return mine.filter(subscription__isnull=False)

    def source(self, slug: str) -> Source:
        return get_object_or_404(self.edited.select_related("subscription"), slug=slug)

    def answer(self, source: Source, *, status: int = 200) -> Response:
        return self.row(
            SourceDetail,
            Source.objects.filter(pk=source.pk),
            status=status,
            location=reverse("api-source", args=[source.slug]) if status == 201 else None,
        )


class SourceList(SourceView):
    @operation(answers=SourceRow, paged=True)
    def get(self, request: Request) -> Response:
        return self.page(SourceRow, self.edited, ordering=("slug",))

    @operation(answers=SourceDetail, status=201, body=SourceBody)
    def post(self, request: Request) -> Response:
        """Have a calendar read from now on; the same address and venue again are the same source."""
        body = self.body(SourceBody)
        venue = Venue.objects.filter(slug=body["venue"]).first()
        if venue is None:
            raise ValidationError({"venue": "There is no venue of this name."})
        made = subscriptions.subscribe(url=body["url"], venue=venue, by=request.user, now=self.now)
        return self.answer(made.source, status=201)


class SourceItem(SourceView):
    @operation(answers=SourceDetail)
    def get(self, request: Request, slug: str) -> Response:
        """How the calendar is: last success, what is in quarantine and why, what can be undone."""
        return self.answer(self.source(slug))

    @operation(answers=SourceDetail, body=PolicyBody)
    def patch(self, request: Request, slug: str) -> Response:
        """Choose how new events arrive, whose word counts per field, or stop reading."""
        source = self.source(slug)
        body = self.body(PolicyBody, partial=True)
        subscriptions.set_policy(
            subscription_id=source.subscription.pk,
            by=request.user,
            now=self.now,
            arrival=body.get("arrival"),
            fields=body.get("fields_kept"),
            skips_known=body.get("skips_known"),
            is_active=body.get("is_active"),
        )
        return self.answer(source)


class SourceRunList(SourceView):
    @operation(answers=ImportRunRow, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        """What each reading did, the latest first."""
        runs = ImportRun.objects.filter(source=self.source(slug))
        return self.page(ImportRunRow, runs, ordering=("-started_at", "-pk"))


class ReadSource(SourceView):
    @operation(answers=SourceDetail, status=202)
    def post(self, request: Request, slug: str) -> Response:
        """Have the calendar read with the next round instead of when it is due."""
        source = self.source(slug)
        subscriptions.read_soon(
            subscription_id=source.subscription.pk, by=request.user, now=self.now
        )
        return self.answer(source, status=202)


class ConfirmSource(SourceView):
    @operation(answers=SourceDetail, status=202)
    def post(self, request: Request, slug: str) -> Response:
        """Believe at the next reading what the file says, however many events are missing in it."""
        source = self.source(slug)
        subscriptions.confirm_missing(
            subscription_id=source.subscription.pk, by=request.user, now=self.now
        )
        return self.answer(source, status=202)


class UndoSource(SourceView):
    @operation(answers=SourceDetail, body=UndoBody, refuses=(409,))
    def post(self, request: Request, slug: str) -> Response:
        """Make the events what they were before the run; it must be the last that changed any."""
        source = self.source(slug)
        run = get_object_or_404(ImportRun, source=source, pk=self.body(UndoBody)["run"])
        undo.undo_run(run_id=run.pk, by=request.user, now=self.now)
        return self.answer(source)
