"""Regions, organisations and venues over HTTP."""

from __future__ import annotations

from django.utils.timezone import localdate
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import operation
from api.venues import filters
from api.venues.serializers import OrganisationRow, RegionRow, VenueDetail, VenueRow
from api.views import ResourceView
from venues.models import Organisation, Region, Venue


class RegionList(ResourceView):
    resource = "regions"

    @operation(answers=RegionRow, paged=True, query=filters.RegionQuery)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        asked = self.query(filters.RegionQuery)
        regions = filters.regions_asked(Region.objects.all(), asked, today=localdate(self.now))
        return self.page(RegionRow, regions, ordering=("code",))


class RegionItem(ResourceView):
    resource = "regions"

    @operation(answers=RegionRow)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002
        return self.row(RegionRow, Region.objects.filter(code=code), former=("region", code))


class OrganisationList(ResourceView):
    resource = "organisations"

    @operation(answers=OrganisationRow, paged=True, query=filters.OrganisationQuery)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        asked = self.query(filters.OrganisationQuery)
        organisations = filters.organisations_asked(Organisation.objects.all(), asked)
        return self.page(OrganisationRow, organisations, ordering=("slug",))


class OrganisationItem(ResourceView):
    resource = "organisations"

    @operation(answers=OrganisationRow)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        return self.row(OrganisationRow, Organisation.objects.filter(slug=slug))


class VenueList(ResourceView):
    resource = "venues"

    @operation(answers=VenueRow, paged=True, query=filters.VenueQuery)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        asked = self.query(filters.VenueQuery)
        return self.page(
            VenueRow, filters.venues_asked(Venue.objects.all(), asked), ordering=("slug",)
        )


class VenueItem(ResourceView):
    resource = "venues"

    @operation(answers=VenueDetail)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002
        return self.row(
            VenueDetail, Venue.objects.filter(slug=slug), version="version", former=("venue", slug)
        )
