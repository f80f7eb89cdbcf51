"""Regions, organisations and venues over HTTP."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from api.preconditions import seen_version
from api.schema import operation
from api.venues import filters
from api.venues.bodies import ClosureBody, VenueBody
from api.venues.serializers import (
    ClosureRow,
    JobRow,
    OrganisationRow,
    RegionRow,
    SpaceRow,
    VenueDetail,
    VenueRow,
)
from api.venues.spaces import space_of
from api.views import PrivateView, ResourceView
from venues.models import Closure, Job, Organisation, Region, Space, Venue
from venues.permissions import jobs_visible_to
from venues.services import closures, jobs, venues


class RegionList(ResourceView):
    resource = "regions"

    @operation(answers=RegionRow, paged=True, query=filters.RegionQuery)
    def get(self, request: Request) -> Response:
        asked = self.query(filters.RegionQuery)
        regions = filters.regions_asked(Region.objects.all(), asked, today=self.today)
        return self.page(RegionRow, regions, ordering=("code",))


class RegionItem(ResourceView):
    resource = "regions"

    @operation(answers=RegionRow)
    def get(self, request: Request, code: str) -> Response:
        return self.row(RegionRow, Region.objects.filter(code=code), former=("region", code))


class OrganisationList(ResourceView):
    resource = "organisations"

    @operation(answers=OrganisationRow, paged=True, query=filters.OrganisationQuery)
    def get(self, request: Request) -> Response:
        asked = self.query(filters.OrganisationQuery)
        organisations = filters.organisations_asked(Organisation.objects.all(), asked)
        return self.page(OrganisationRow, organisations, ordering=("slug",))


class OrganisationItem(ResourceView):
    resource = "organisations"

    @operation(answers=OrganisationRow)
    def get(self, request: Request, slug: str) -> Response:
        return self.row(OrganisationRow, Organisation.objects.filter(slug=slug))


class JobList(PrivateView):
    resource = "jobs"

    @operation(answers=JobRow, paged=True, query=filters.JobQuery)
    def get(self, request: Request) -> Response:
        """The long work you asked for, newest first."""
        asked = self.query(filters.JobQuery)
        return self.page(JobRow, jobs_visible_to(request.user).filter(**asked), ordering=("-pk",))


class JobItem(PrivateView):
    resource = "jobs"

    @operation(answers=JobRow)
    def get(self, request: Request, pk: int) -> Response:
        return self.row(JobRow, jobs_visible_to(request.user).filter(pk=pk))


class CancelJob(PrivateView):
    resource = "jobs"

    @operation(answers=JobRow)
    def post(self, request: Request, pk: int) -> Response:
        """Cancel what waits; ask what runs to stop. What is over stays as it is."""
        job = get_object_or_404(jobs_visible_to(request.user), pk=pk)
        jobs.request_cancel(job_id=job.pk, by=request.user, now=self.now)
        return self.row(JobRow, Job.objects.filter(pk=pk))


class VenueView(ResourceView):
    resource = "venues"

    def answer(self, venue: Venue, *, status: int = 200) -> Response:
        return self.row(
            VenueDetail,
            Venue.objects.filter(pk=venue.pk),
            status=status,
            version="version",
            location=reverse("api-venue", args=[venue.slug]) if status == 201 else None,
        )


class VenueList(VenueView):
    @operation(answers=VenueRow, paged=True, query=filters.VenueQuery)
    def get(self, request: Request) -> Response:
        asked = self.query(filters.VenueQuery)
        return self.page(
            VenueRow, filters.venues_asked(Venue.objects.all(), asked), ordering=("slug",)
        )

    @operation(answers=VenueDetail, status=201, body=VenueBody)
    def post(self, request: Request) -> Response:
        """Register a venue in a region that you administer."""
        venue = venues.register_venue(**self.body(VenueBody), by=request.user, now=self.now)
        return self.answer(venue, status=201)


class VenueItem(VenueView):
    @operation(answers=VenueDetail)
    def get(self, request: Request, slug: str) -> Response:
        return self.row(
            VenueDetail, Venue.objects.filter(slug=slug), version="version", former=("venue", slug)
        )

    @operation(answers=VenueDetail, body=VenueBody, if_match=True)
    def patch(self, request: Request, slug: str) -> Response:
        """Change what is sent; a former slug keeps leading to the new one."""
        venue = get_object_or_404(Venue, slug=slug)
        changed = venues.change_venue(
            venue_id=venue.pk,
            seen_version=seen_version(request, current=venue.version),
            changes=self.body(VenueBody, partial=True),
            by=request.user,
            now=self.now,
        )
        return self.answer(changed)


class SpaceList(ResourceView):
    resource = "venues"

    @operation(answers=SpaceRow, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        venue = get_object_or_404(Venue, slug=slug)
        return self.page(SpaceRow, Space.objects.filter(venue=venue), ordering=("code",))


class ClosureList(ResourceView):
    resource = "venues"

    @operation(answers=ClosureRow, paged=True)
    def get(self, request: Request, slug: str) -> Response:
        closures_of = Closure.objects.filter(venue=get_object_or_404(Venue, slug=slug))
        return self.page(ClosureRow, closures_of, ordering=("first_date", "pk"))

    @operation(answers=ClosureRow, status=201, body=ClosureBody)
    def post(self, request: Request, slug: str) -> Response:
        """Close the venue, or one of its spaces, on some days; saying so twice changes nothing."""
        venue = get_object_or_404(Venue, slug=slug)
        body = self.body(ClosureBody)
        body["space"] = space_of(venue, body["space"])
        closure = closures.add_closure(venue=venue, **body, by=request.user, now=self.now)
        return self.row(ClosureRow, Closure.objects.filter(pk=closure.pk), status=201)


class ClosureItem(ResourceView):
    resource = "venues"

    @operation(status=204)
    def delete(self, request: Request, slug: str, pk: int) -> Response:
        """Lift the closure as a whole."""
        closure = get_object_or_404(
            Closure.objects.select_related("venue"), venue__slug=slug, pk=pk
        )
        closures.remove_closure(closure=closure, by=request.user, now=self.now)
        return Response(status=204)
