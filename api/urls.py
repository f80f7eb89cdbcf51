"""The addresses of version 1. Each works with and without its final slash, for every method."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import IntConverter

from api.documents import DocsView, SchemaView
from api.events import views as events
from api.venues import views as venues
from api.views import NoSuchAddress


class IdConverter(IntConverter):
    """A row's number; what no database's integer holds is no number of ours."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")

documented: tuple[URLPattern, ...] = (
    path("venues/", venues.VenueList.as_view()),
    path("venues/<str:slug>/", venues.VenueItem.as_view()),
    path("regions/", venues.RegionList.as_view()),
    path("regions/<str:code>/", venues.RegionItem.as_view()),
    path("organisations/", venues.OrganisationList.as_view()),
    path("organisations/<str:slug>/", venues.OrganisationItem.as_view()),
    path("events/", events.EventList.as_view()),
    path("events/facets/", events.EventFacets.as_view()),
    path("events/<str:uid>/", events.EventItem.as_view()),
    path("occurrences/", events.OccurrenceList.as_view()),
)

urlpatterns = [
    *documented,
    *(path(str(pattern.pattern).rstrip("/"), pattern.callback) for pattern in documented),
    path("schema/", SchemaView.as_view(patterns=documented)),
    path("docs/", DocsView.as_view(patterns=documented)),
    re_path("", NoSuchAddress.as_view()),
]
