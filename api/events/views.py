"""Events, their dates and their feeds over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.events.filters import EVENT_PARAMETERS, MyEventQuery, filter_asked
from api.events.serializers import (
    EventBody,
    EventDetail,
    EventRow,
    FacetCounts,
    OccurrenceRow,
    ReturnBody,
    StatusBody,
    TopicRow,
    values_changed,
    values_from,
)
from api.preconditions import seen_version
from api.schema import operation
from api.views import PrivateView, ResourceView
from events.models import Event, Topic
from events.permissions import edited_by, visible_to
from events.queries import EventFilter, events, occurrences
from events.queries.facets import facets
from events.services import editing, publishing, pushing, statuses
from events.services.values import values_of

_EVENT_ORDER = {"start": "start_date", "changed_at": "changed_at"}
_OCCURRENCE_ORDER = {"start": "starts_at", "changed_at": "event__changed_at"}


class FilteredView(ResourceView):
    """What answers the event filter of :func:`events.queries.events`."""

    def filter_asked(self) -> EventFilter:
        return filter_asked(self.request.query_params, today=self.today)


class EventView(ResourceView):
    """What concerns one event that the caller may see."""

    resource = "events"

    def seen(self, uid: str) -> QuerySet[Event]:
        seen = visible_to(self.request.user, self.today)
        return seen.filter(public_uid=uid)

    def event(self, event: Event, *, status: int = 200) -> Response:
        return self.row(
            EventDetail,
            Event.objects.filter(pk=event.pk),
            status=status,
            version="sequence",
            location=reverse("api-event", args=[event.public_uid]) if status == 201 else None,
        )


class EventList(FilteredView, EventView):
    @operation(answers=EventRow, paged=True, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:
        """Events the public may see; cancelled ones are among them and say so."""
        asked = self.filter_asked()
        return self.page(EventRow, events(asked), ordering=_ordering(asked, _EVENT_ORDER))

    @operation(answers=EventDetail, status=201, body=EventBody)
    def post(self, request: Request) -> Response:
        """Write a draft; `publish` shows it to the world."""
        event = editing.create_event(
            values=values_from(self.body(EventBody)), by=request.user, now=self.now
        )
        return self.event(event, status=201)


class EventItem(EventView):
    @operation(answers=EventDetail)
    def get(self, request: Request, uid: str) -> Response:
        return self.row(EventDetail, self.seen(uid), version="sequence")

    @operation(answers=EventDetail, body=EventBody, if_match=True, refuses=(409,))
    def patch(self, request: Request, uid: str) -> Response:
        """Change what is sent; the rest stays. A published event only its publishers change."""
        event = get_object_or_404(self.seen(uid))
        seen = seen_version(request, current=event.sequence)
        values = values_changed(values_of(event), self.body(EventBody, partial=True))
        changed = editing.change_event(
            event_id=event.pk, seen_sequence=seen, values=values, by=request.user, now=self.now
        )
        return self.event(changed)


class MyEventList(PrivateView):
    resource = "events"

    @operation(answers=EventRow, paged=True, query=MyEventQuery)
    def get(self, request: Request) -> Response:
        """Events of the venues you edit, drafts and entries for hosts included."""
        asked = self.query(MyEventQuery)
        mine = edited_by(request.user, self.today)
        return self.page(EventRow, mine.filter(**asked), ordering=("-changed_at", "-pk"))


class EventStep(EventView):
    """One step of an event's way; ``take`` is the service that takes it."""

    step: ClassVar[Callable[..., Event]]

    @operation(answers=EventDetail, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        event = get_object_or_404(self.seen(uid))
        seen = seen_version(request, current=event.sequence)
        take = type(self).step
        return self.event(
            take(event_id=event.pk, seen_sequence=seen, by=request.user, now=self.now)
        )


class PublishEvent(EventStep):
    """Show the event to the world."""

    step = publishing.publish_event


class SubmitEvent(EventStep):
    """Ask those who may publish to do so."""

    step = publishing.submit_event


class ReturnEvent(EventView):
    @operation(answers=EventDetail, body=ReturnBody, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Give a submitted event back to its editors, and tell them why."""
        event = get_object_or_404(self.seen(uid))
        returned = publishing.return_event(
            event_id=event.pk,
            seen_sequence=seen_version(request, current=event.sequence),
            reason=self.body(ReturnBody)["reason"],
            by=request.user,
            now=self.now,
        )
        return self.event(returned)


class ArchiveEvent(EventStep):
    """Take the event out of sight; what does not take place is to be cancelled instead."""

    step = publishing.archive_event


class CancelEvent(EventStep):
    """Say that the event does not take place; calendars keep it as cancelled."""

    step = editing.cancel_event


class ReinstateEvent(EventStep):
    """Take back a cancellation."""

    step = editing.reinstate_event


class EventStatus(EventView):
    @operation(answers=EventDetail, body=StatusBody, if_match=True)
    def post(self, request: Request, uid: str) -> Response:
        """Say how the event stands: postponed, moved online, full, as announced again."""
        event = get_object_or_404(self.seen(uid))
        changed = statuses.change_status(
            event_id=event.pk,
            seen_sequence=seen_version(request, current=event.sequence),
            status=self.body(StatusBody)["status"],
            by=request.user,
            now=self.now,
        )
        return self.event(changed)


class PushedEvent(EventView):
    @operation(answers=EventDetail, also=201, body=EventBody, refuses=(409, 412))
    def put(self, request: Request, source: str, uid: str) -> Response:
        """Make the event as sent, under the sender's own identifier; 201 when there was none.

        A new one is published at once when you may publish, otherwise it waits as submitted.
        ``If-Match`` may be sent; without it the sender's word counts.
        """
        current = Event.objects.filter(source__slug=source, uid=uid).first()
        seen = None
        if "If-Match" in request.headers:
            seen = seen_version(request, current=current.sequence if current else -1)
        event, is_new = pushing.push_event(
            source_slug=source,
            uid=uid,
            values=values_from(self.body(EventBody)),
            by=request.user,
            now=self.now,
            seen_sequence=seen,
        )
        return self.event(event, status=201 if is_new else 200)


class EventFacets(FilteredView):
    resource = "events"

    @operation(answers=FacetCounts, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:
        """How many events of the filter there are per kind, audience, topic, venue and region."""
        return Response(facets(events(self.filter_asked())))


class TopicList(ResourceView):
    resource = "topics"

    @operation(answers=TopicRow, paged=True)
    def get(self, request: Request) -> Response:
        """The vocabulary: topics with their broader ones and successors."""
        return self.page(TopicRow, Topic.objects.all(), ordering=("slug",))


class OccurrenceList(FilteredView):
    resource = "occurrences"

    @operation(answers=OccurrenceRow, paged=True, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:
        """The dates of events, one row each."""
        asked = self.filter_asked()
        return self.page(
            OccurrenceRow, occurrences(asked), ordering=_ordering(asked, _OCCURRENCE_ORDER)
        )


def _ordering(asked: EventFilter, columns: dict[str, str]) -> tuple[str, str]:
    wanted = asked.ordering or "start"
    sign = "-" if wanted.startswith("-") else ""
    return f"{sign}{columns[wanted.removeprefix('-')]}", f"{sign}pk"
