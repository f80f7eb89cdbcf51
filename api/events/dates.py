"""Single dates of an event: listed, cancelled, moved, worded differently, put back."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.events.serializers import (
    DateMoveBody,
    EventBody,
    EventDetail,
    OccurrenceRow,
    PauseBody,
    ResumeBody,
    WordingBody,
    values_changed,
)
from api.events.views import EventView
from api.preconditions import seen_version
from api.schema import operation
from events.models import Event, Occurrence
from events.services import editing, pauses, splitting


class DateList(EventView):
    @operation(answers=OccurrenceRow, paged=True)
    def get(self, request: Request, uid: str) -> Response:
        """The event's dates, those that are over and cancelled ones included."""
        event = get_object_or_404(self.seen(uid))
        return self.page(
            OccurrenceRow,
            Occurrence.objects.filter(event=event),
            ordering=("starts_at", "pk"),
        )


class DateView(EventView):
    """One date, by its ``key`` or its ``original_start``."""

    def stated(self, request: Request, uid: str, key: str) -> dict[str, Any]:
        """What every service about a date takes."""
        event = get_object_or_404(self.seen(uid))
        return {
            "event_id": event.pk,
            "original_start": _original_start(event, key),
            "seen_sequence": seen_version(request, current=event.sequence),
            "by": request.user,
            "now": self.now,
        }


class CancelDate(DateView):
    @operation(answers=EventDetail, if_match=True)
    def post(self, request: Request, uid: str, key: str) -> Response:
        """Say that this date does not take place; calendars keep it as cancelled."""
        return self.event(editing.cancel_date(**self.stated(request, uid, key)))


class MoveDate(DateView):
    @operation(answers=EventDetail, body=DateMoveBody, if_match=True)
    def post(self, request: Request, uid: str, key: str) -> Response:
        """Move this date; its identity stays."""
        return self.event(
            editing.move_date(**self.stated(request, uid, key), **self.body(DateMoveBody))
        )


class RestoreDate(DateView):
    @operation(answers=EventDetail, if_match=True)
    def post(self, request: Request, uid: str, key: str) -> Response:
        """Make this date as the rule gives it again."""
        return self.event(editing.restore_date(**self.stated(request, uid, key)))


class DescribeDate(DateView):
    @operation(answers=EventDetail, body=WordingBody, if_match=True)
    def post(self, request: Request, uid: str, key: str) -> Response:
        """Say what is different on this date: another title, place or address."""
        words = self.body(WordingBody, partial=True)
        return self.event(editing.describe_date(**self.stated(request, uid, key), texts=words))


class SplitSeries(DateView):
    @operation(answers=EventDetail, status=201, body=EventBody, if_match=True, refuses=(409,))
    def post(self, request: Request, uid: str, key: str) -> Response:
        """Begin a new series with this date and all that follow; the old one ends before it.

        What is sent is different in the new series, the rest is as it was.
        """
        stated = self.stated(request, uid, key)
        event = get_object_or_404(self.seen(uid))
        values = splitting.values_from(event, stated["original_start"])
        changed = values_changed(values, self.body(EventBody, partial=True))
        return self.event(splitting.split_series(**stated, values=changed), status=201)


class PauseEvent(EventView):
    @operation(answers=EventDetail, body=PauseBody, if_match=True, refuses=(409,))
    def post(self, request: Request, uid: str) -> Response:
        """Cancel all dates from a day on, until further notice or up to another day."""
        event = get_object_or_404(self.seen(uid))
        paused = pauses.pause_event(
            event_id=event.pk,
            seen_sequence=seen_version(request, current=event.sequence),
            by=request.user,
            now=self.now,
            **self.body(PauseBody),
        )
        return self.event(paused)


class ResumeEvent(EventView):
    @operation(answers=EventDetail, body=ResumeBody, if_match=True, refuses=(409,))
    def post(self, request: Request, uid: str) -> Response:
        """Let dates take place again from a day on; those in between stay cancelled."""
        event = get_object_or_404(self.seen(uid))
        resumed = pauses.resume_event(
            event_id=event.pk,
            seen_sequence=seen_version(request, current=event.sequence),
            by=request.user,
            now=self.now,
            **self.body(ResumeBody),
        )
        return self.event(resumed)


def _original_start(event: Event, key: str) -> str:
    """The date's original start; the start itself is understood in place of the key."""
    dates = Occurrence.objects.filter(event=event)
    found = dates.filter(key=key).first() or dates.filter(original_start=key).first()
    if found is None:
        raise Http404
    return found.original_start
