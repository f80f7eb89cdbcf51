"""Plans, runs and versions over HTTP; for people with a role in the season's region."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.preconditions import seen_version
from api.schema import operation
from api.touring import bodies
from api.touring.serializers import (
    ContractedRow,
    LockRow,
    PlanDifference,
    PlanRow,
    PublicationRow,
    RunDetail,
    RunRow,
    VersionDetail,
    VersionDiffRow,
    VersionRow,
)
from api.touring.views import renamed
from api.views import PrivateView
from touring import tasks
from touring.models import Plan, PlanVersion, Publication, Run, StopLock
from touring.permissions import requests_visible_to, seasons_visible_to
from touring.services import branching, publication, runs, seasons, stops


class PlanView(PrivateView):
    """What concerns plans of the seasons that the caller may see."""

    resource = "plans"

    @property
    def visible(self) -> QuerySet[Plan]:
        return Plan.objects.filter(season__in=seasons_visible_to(self.request.user, self.today))

    def plan(self, pk: int) -> Plan:
        return get_object_or_404(self.visible.select_related("season__region"), pk=pk)


class PlanList(PlanView):
    @operation(answers=PlanRow, paged=True, query=bodies.PlanQuery)
    def get(self, request: Request) -> Response:
        asked = renamed(self.query(bodies.PlanQuery), season="season__slug")
        return self.page(PlanRow, self.visible.filter(**asked), ordering=("-pk",))

    @operation(answers=PlanRow, status=201, body=bodies.PlanBody)
    def post(self, request: Request) -> Response:
        """Begin a line of versions for a season."""
        plan = seasons.draft_plan(**self.body(bodies.PlanBody), by=request.user, now=self.now)
        return self.row(
            PlanRow,
            Plan.objects.filter(pk=plan.pk),
            status=201,
            version="sequence",
            location=reverse("api-plan", args=[plan.pk]),
        )


class PlanItem(PlanView):
    @operation(answers=PlanRow)
    def get(self, request: Request, pk: int) -> Response:
        return self.row(PlanRow, self.visible.filter(pk=pk), version="sequence")


class LockList(PlanView):
    @operation(answers=LockRow, paged=True)
    def get(self, request: Request, pk: int) -> Response:
        """What a planner has decided and the engine must keep."""
        return self.page(LockRow, StopLock.objects.filter(plan=self.plan(pk)), ordering=("pk",))


class LockItem(PlanView):
    @operation(answers=LockRow, body=bodies.LockBody)
    def put(self, request: Request, pk: int, code: str) -> Response:
        """Decide which unit opens at the request's host on which day."""
        plan = self.plan(pk)
        lock = seasons.lock_stop(
            plan=plan,
            request=get_object_or_404(self._requests(plan), code=code),
            **self.body(bodies.LockBody),
            by=request.user,
            now=self.now,
        )
        return self.row(LockRow, StopLock.objects.filter(pk=lock.pk))

    @operation(status=204)
    def delete(self, request: Request, pk: int, code: str) -> Response:
        """Leave the request's stop to the planner again."""
        plan = self.plan(pk)
        wanted = get_object_or_404(self._requests(plan), code=code)
        seasons.unlock_stop(plan=plan, request=wanted, by=request.user, now=self.now)
        return Response(status=204)

    def _requests(self, plan: Plan) -> QuerySet:
        return requests_visible_to(self.request.user, self.today).filter(season=plan.season)


class PlanRunList(PlanView):
    @operation(answers=RunRow, paged=True)
    def get(self, request: Request, pk: int) -> Response:
        return self.page(RunRow, Run.objects.filter(plan=self.plan(pk)), ordering=("-pk",))

    @operation(answers=RunDetail, status=202, body=bodies.RunBody)
    def post(self, request: Request, pk: int) -> Response:
        """Ask for a computation; read the run to see how far it is."""
        run = runs.request_run(
            plan=self.plan(pk), **self.body(bodies.RunBody), by=request.user, now=self.now
        )
        # Promptness only: the timetable finds a run that nobody was woken for.
        transaction.on_commit(partial(tasks.execute_run.delay, run.pk), robust=True)
        return self.row(
            RunDetail,
            Run.objects.filter(pk=run.pk),
            status=202,
            location=reverse("api-run", args=[run.pk]),
        )


class PlanVersionList(PlanView):
    @operation(answers=VersionRow, paged=True)
    def get(self, request: Request, pk: int) -> Response:
        versions = PlanVersion.objects.filter(plan=self.plan(pk))
        return self.page(VersionRow, versions, ordering=("-number",))


class PlanVersionDiff(PlanView):
    @operation(answers=PlanDifference)
    def get(self, request: Request, pk: int, before: int, after: int) -> Response:
        """Stops added, removed and moved from one version to another; kilometres, value, equity."""
        plan = self.plan(pk)
        first, second = (
            get_object_or_404(PlanVersion.objects.filter(plan=plan), number=number)
            for number in (before, after)
        )
        return Response(branching.compare_versions(plan=plan, before=first, after=second))


class PublicationList(PlanView):
    @operation(answers=PublicationRow, paged=True)
    def get(self, request: Request, pk: int) -> Response:
        published = Publication.objects.filter(plan=self.plan(pk))
        return self.page(PublicationRow, published, ordering=("-number",))


class PublishPlan(PlanView):
    @operation(answers=PublicationRow, body=bodies.PublishBody, if_match=True)
    def post(self, request: Request, pk: int) -> Response:
        """Make a version the tour of its season; going back is publishing an older one."""
        plan = self.plan(pk)
        seen = seen_version(request, current=plan.sequence)
        body = self.body(bodies.PublishBody)
        version = PlanVersion.objects.filter(plan=plan, number=body["version"]).first()
        if version is None:
            raise ValidationError({"version": f"The plan has no version {body['version']}."})
        published = publication.publish_version(
            version_id=version.pk,
            seen_sequence=seen,
            message=body["message"],
            by=request.user,
            now=self.now,
        )
        return self.row(PublicationRow, Publication.objects.filter(pk=published.pk))


class UndoPublication(PlanView):
    @operation(answers=PublicationRow, body=bodies.UndoPublicationBody, if_match=True)
    def post(self, request: Request, pk: int) -> Response:
        """Within a day of the newest publication: what held before it holds again."""
        plan = self.plan(pk)
        published = publication.undo_publication(
            plan_id=plan.pk,
            seen_sequence=seen_version(request, current=plan.sequence),
            **self.body(bodies.UndoPublicationBody),
            by=request.user,
            now=self.now,
        )
        return self.row(PublicationRow, Publication.objects.filter(pk=published.pk))


class ContractPlan(PlanView):
    @operation(answers=ContractedRow, body=bodies.ContractBody)
    def post(self, request: Request, pk: int) -> Response:
        """Record signed agreements for the plan's stops, all or those named."""
        uids = self.body(bodies.ContractBody).get("stops")
        number = stops.contract_stops(plan=self.plan(pk), uids=uids, by=request.user, now=self.now)
        return Response({"contracted": number})


class RunView(PlanView):
    resource = "runs"

    @property
    def visible_runs(self) -> QuerySet[Run]:
        return Run.objects.filter(plan__in=self.visible)


class RunList(RunView):
    @operation(answers=RunRow, paged=True)
    def get(self, request: Request) -> Response:
        return self.page(RunRow, self.visible_runs, ordering=("-pk",))


class RunItem(RunView):
    @operation(answers=RunDetail)
    def get(self, request: Request, pk: int) -> Response:
        return self.row(RunDetail, self.visible_runs.filter(pk=pk))


class CancelRun(RunView):
    @operation(answers=RunDetail)
    def post(self, request: Request, pk: int) -> Response:
        """Stop it; one that is being computed keeps the best plan found so far."""
        run = get_object_or_404(
            self.visible_runs.filter(job__isnull=False).select_related("plan__season__region"),
            pk=pk,
        )
        runs.cancel_run(run=run, by=request.user, now=self.now)
        return self.row(RunDetail, Run.objects.filter(pk=pk))


class VersionView(PlanView):
    resource = "versions"

    @property
    def visible_versions(self) -> QuerySet[PlanVersion]:
        return PlanVersion.objects.filter(plan__in=self.visible)


class VersionItem(VersionView):
    @operation(answers=VersionDetail)
    def get(self, request: Request, pk: int) -> Response:
        """A version with its stops and the reason for every request without one."""
        return self.row(VersionDetail, self.visible_versions.filter(pk=pk))


class VersionDiffItem(VersionView):
    @operation(answers=VersionDiffRow, query=bodies.DiffQuery)
    def get(self, request: Request, pk: int) -> Response:
        """What changes from `before`, else from the published or the earlier version, to this."""
        after = get_object_or_404(
            self.visible_versions.select_related("plan__published_version"), pk=pk
        )
        number = self.query(bodies.DiffQuery).get("before")
        others = PlanVersion.objects.filter(plan=after.plan)
        if number is not None:
            before = get_object_or_404(others, number=number)
        else:
            earlier = others.filter(number__lt=after.number).order_by("-number")
            before = after.plan.published_version or earlier.first() or after
        difference = publication.diff_versions(before, after)
        return Response(
            {
                "before": before.number,
                "after": after.number,
                "added": difference.added,
                "removed": difference.removed,
                "moved": difference.moved,
                "unchanged": difference.unchanged,
                "value": difference.value,
            }
        )
