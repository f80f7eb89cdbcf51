"""Events, their dates and their feeds over HTTP."""

from __future__ import annotations

from django.utils.timezone import localdate
from rest_framework.request import Request
from rest_framework.response import Response

from api.events.filters import EVENT_PARAMETERS, filter_asked
from api.events.serializers import EventDetail, EventRow, FacetCounts, OccurrenceRow
from api.schema import operation
from api.views import ResourceView
from events.models import Event
from events.queries import EventFilter, events, occurrences
from events.queries.facets import facets

_EVENT_ORDER = {"start": "start_date", "changed_at": "changed_at"}
_OCCURRENCE_ORDER = {"start": "starts_at", "changed_at": "event__changed_at"}


class FilteredView(ResourceView):
    """What answers the event filter of :func:`events.queries.events`."""

    def filter_asked(self) -> EventFilter:
        return filter_asked(self.request.query_params, today=localdate(self.now))


class EventList(FilteredView):
    resource = "events"

    @operation(answers=EventRow, paged=True, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Events the public may see; cancelled ones are among them and say so."""
        asked = self.filter_asked()
        return self.page(EventRow, events(asked), ordering=_ordering(asked, _EVENT_ORDER))


class EventItem(ResourceView):
    resource = "events"

    @operation(answers=EventDetail)
    def get(self, request: Request, uid: str) -> Response:  # noqa: ARG002
        return self.row(
            EventDetail, Event.objects.shown_to_all().filter(public_uid=uid), version="sequence"
        )


class EventFacets(FilteredView):
    resource = "events"

    @operation(answers=FacetCounts, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """How many events of the filter there are per kind, audience, topic, venue and region."""
        return Response(facets(events(self.filter_asked())))


class OccurrenceList(FilteredView):
    resource = "occurrences"

    @operation(answers=OccurrenceRow, paged=True, query=EVENT_PARAMETERS)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """The dates of events, one row each."""
        asked = self.filter_asked()
        return self.page(
            OccurrenceRow, occurrences(asked), ordering=_ordering(asked, _OCCURRENCE_ORDER)
        )


def _ordering(asked: EventFilter, columns: dict[str, str]) -> tuple[str, str]:
    wanted = asked.ordering or "start"
    sign = "-" if wanted.startswith("-") else ""
    return f"{sign}{columns[wanted.removeprefix('-')]}", f"{sign}pk"
