"""The addresses of version 1. Each works with and without its final slash, for every method."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import IntConverter

from api import private_feeds
from api.account import views as account
from api.documents import DocsView, SchemaView
from api.events import campaigns, dates
from api.events import views as events
from api.events.bulk import PushedEventList
from api.events.invitations import EventInvitationList
from api.events.local_edits import LocalEditItem, LocalEditList
from api.feeds import FeedList
from api.imports import CommitUpload, UndoUpload, UploadItem, UploadList, sheet_template
from api.inbound import inbound_mail
from api.sources import views as sources
from api.touring import (
    board,
    drafts,
    holds,
    pairings,
    plans,
    request_steps,
    stop_steps,
    stops,
    suspensions,
    transport,
    vehicles,
)
from api.touring import views as touring
from api.venues import audit, calendars, opening
from api.venues import views as venues
from api.views import NoSuchAddress


class IdConverter(IntConverter):
    """A row's number; what no database's integer holds is no number of ours."""

    regex = "[0-9]{1,18}"


register_converter(IdConverter, "id")

documented: tuple[URLPattern, ...] = (
    path("venues/", venues.VenueList.as_view()),
    path("venues/<str:slug>/", venues.VenueItem.as_view(), name="api-venue"),
    path("venues/<str:slug>/spaces/", venues.SpaceList.as_view()),
    path("venues/<str:slug>/closures/", venues.ClosureList.as_view()),
    path("venues/<str:slug>/closures/<id:pk>/", venues.ClosureItem.as_view()),
    path("venues/<str:slug>/opening-rules/", opening.OpeningRules.as_view()),
    path("venues/<str:slug>/open-days/", opening.OpenDays.as_view()),
    path("regions/", venues.RegionList.as_view()),
    path("regions/<str:code>/", venues.RegionItem.as_view()),
    path("regions/<str:code>/school-terms/", calendars.SchoolTermList.as_view()),
    path("regions/<str:code>/school-terms/preview/", calendars.SchoolTermPreview.as_view()),
    path("holiday-tables/", calendars.HolidayTableList.as_view()),
    path("holiday-tables/preview/", calendars.HolidayTablePreview.as_view()),
    path("organisations/", venues.OrganisationList.as_view()),
    path("organisations/<str:slug>/", venues.OrganisationItem.as_view()),
    path("memberships/", account.MembershipList.as_view()),
    path("memberships/<id:pk>/", account.MembershipItem.as_view(), name="api-membership"),
    path("memberships/<id:pk>/end/", account.EndMembership.as_view()),
    path("keys/", account.KeyList.as_view()),
    path("keys/<id:pk>/", account.KeyItem.as_view(), name="api-key"),
    path("notices/", account.NoticeList.as_view()),
    path("notices/read/", account.ReadNotices.as_view()),
    path("notices/preference/", account.NoticeChoice.as_view()),
    path("notices/<id:pk>/", account.NoticeItem.as_view()),
    path("notices/<id:pk>/read/", account.ReadNotice.as_view()),
    path("audit/", audit.AuditList.as_view()),
    path("jobs/", venues.JobList.as_view()),
    path("jobs/<id:pk>/", venues.JobItem.as_view()),
    path("jobs/<id:pk>/cancel/", venues.CancelJob.as_view()),
    path("events/", events.EventList.as_view()),
    path("events/facets/", events.EventFacets.as_view()),
    path("events/mine/", events.MyEventList.as_view()),
    path("events/by-source/<str:source>/", PushedEventList.as_view()),
    path("events/by-source/<str:source>/<str:uid>/", events.PushedEvent.as_view()),
    path("events/<str:uid>/", events.EventItem.as_view(), name="api-event"),
    path("events/<str:uid>/invitations/", EventInvitationList.as_view()),
    path("events/<str:uid>/local-edits/", LocalEditList.as_view()),
    path("events/<str:uid>/local-edits/<str:field>/", LocalEditItem.as_view()),
    path("events/<str:uid>/submit/", events.SubmitEvent.as_view()),
    path("events/<str:uid>/return/", events.ReturnEvent.as_view()),
    path("events/<str:uid>/publish/", events.PublishEvent.as_view()),
    path("events/<str:uid>/archive/", events.ArchiveEvent.as_view()),
    path("events/<str:uid>/cancel/", events.CancelEvent.as_view()),
    path("events/<str:uid>/reinstate/", events.ReinstateEvent.as_view()),
    path("events/<str:uid>/status/", events.EventStatus.as_view()),
    path("events/<str:uid>/dates/", dates.DateList.as_view()),
    path("events/<str:uid>/dates/<str:key>/cancel/", dates.CancelDate.as_view()),
    path("events/<str:uid>/dates/<str:key>/move/", dates.MoveDate.as_view()),
    path("events/<str:uid>/dates/<str:key>/restore/", dates.RestoreDate.as_view()),
    path("events/<str:uid>/dates/<str:key>/describe/", dates.DescribeDate.as_view()),
    path("events/<str:uid>/dates/<str:key>/split/", dates.SplitSeries.as_view()),
    path("events/<str:uid>/pause/", dates.PauseEvent.as_view()),
    path("events/<str:uid>/resume/", dates.ResumeEvent.as_view()),
    path("topics/", events.TopicList.as_view()),
    path("campaigns/", campaigns.CampaignList.as_view()),
    path("campaigns/<str:slug>/", campaigns.CampaignItem.as_view(), name="api-campaign"),
    path("campaigns/<str:slug>/announce/", campaigns.AnnounceCampaign.as_view()),
    path("campaigns/<str:slug>/close/", campaigns.CloseCampaign.as_view()),
    path("campaigns/<str:slug>/stats/", campaigns.CampaignStatsItem.as_view()),
    path(
        "campaigns/<str:slug>/partners/<str:organisation>/withdraw/",
        campaigns.WithdrawPartner.as_view(),
    ),
    path("campaigns/<str:slug>/events/", campaigns.ParticipationList.as_view()),
    path("campaigns/<str:slug>/events/<str:uid>/decide/", campaigns.DecideParticipation.as_view()),
    path("campaigns/<str:slug>/events/<str:uid>/leave/", campaigns.LeaveCampaign.as_view()),
    path("sources/", sources.SourceList.as_view()),
    path("sources/<str:slug>/", sources.SourceItem.as_view(), name="api-source"),
    path("sources/<str:slug>/runs/", sources.SourceRunList.as_view()),
    path("sources/<str:slug>/read/", sources.ReadSource.as_view()),
    path("sources/<str:slug>/confirm/", sources.ConfirmSource.as_view()),
    path("sources/<str:slug>/undo/", sources.UndoSource.as_view()),
    path("occurrences/", events.OccurrenceList.as_view()),
    path("imports/", UploadList.as_view()),
    path("imports/<id:pk>/", UploadItem.as_view(), name="api-import"),
    path("imports/<id:pk>/commit/", CommitUpload.as_view()),
    path("imports/<id:pk>/undo/", UndoUpload.as_view()),
    path("feeds/", FeedList.as_view()),
    path("private-feeds/", private_feeds.PrivateFeedList.as_view()),
    path("private-feeds/<id:pk>/revoke/", private_feeds.RevokePrivateFeed.as_view()),
    path("exhibitions/", touring.ExhibitionList.as_view()),
    path("exhibitions/<str:slug>/", touring.ExhibitionItem.as_view()),
    path("units/", touring.UnitList.as_view()),
    path("units/<str:code>/", touring.UnitItem.as_view()),
    path("seasons/", touring.SeasonList.as_view()),
    path("seasons/<str:slug>/", touring.SeasonItem.as_view(), name="api-season"),
    path("seasons/<str:slug>/need-index/", touring.NeedIndex.as_view()),
    path("tour-requests/", touring.TourRequestList.as_view()),
    path("tour-requests/<str:code>/", touring.TourRequestItem.as_view(), name="api-tour-request"),
    path("tour-requests/<str:code>/accept/", touring.AcceptTourRequest.as_view()),
    path("tour-requests/<str:code>/reject/", touring.RejectTourRequest.as_view()),
    path("tour-requests/<str:code>/withdraw/", touring.WithdrawTourRequest.as_view()),
    path("tour-requests/<str:code>/steps/", request_steps.TourRequestStepList.as_view()),
    path("tour-requests/<str:code>/versions/", request_steps.TourRequestVersionList.as_view()),
    path("tour-requests/<str:code>/papers/", request_steps.TourRequestPaperList.as_view()),
    path("tour-requests/<str:code>/papers/<id:pk>/", request_steps.TourRequestPaper.as_view()),
    path("calls/", request_steps.CallList.as_view()),
    path("stops/", stops.StopList.as_view()),
    path("stops/mine/", stops.MyStopList.as_view()),
    path("stops/<str:uid>/", stops.StopItem.as_view(), name="api-stop"),
    path("stops/<str:uid>/contract/", stops.ContractStop.as_view()),
    path("stops/<str:uid>/cancel/", stops.CancelStop.as_view()),
    path("stops/<str:uid>/steps/", stop_steps.StopSteps.as_view()),
    path("stops/<str:uid>/agreement/", stop_steps.StopAgreement.as_view()),
    path("stops/<str:uid>/trainings/", stop_steps.StopTrainingList.as_view()),
    path("stops/<str:uid>/condition-reports/", stop_steps.StopConditionList.as_view()),
    path(
        "stops/<str:uid>/condition-reports/photos/<id:pk>/", stop_steps.StopConditionPhoto.as_view()
    ),
    path("stops/<str:uid>/handover/", stop_steps.StopHandover.as_view()),
    path("stops/<str:uid>/report/", stop_steps.StopReport.as_view()),
    path("units/<str:code>/moves/", transport.MoveList.as_view()),
    path("units/<str:code>/crates/", transport.CrateList.as_view()),
    path("units/<str:code>/customs-documents/", transport.CustomsList.as_view()),
    path("units/<str:code>/breakdowns/", transport.BreakdownList.as_view()),
    path("pairings/", pairings.PairingList.as_view()),
    path("pairings/<str:code>/", pairings.PairingItem.as_view(), name="api-pairing"),
    path("pairings/<str:code>/end/", pairings.EndPairing.as_view()),
    path("vehicles/", vehicles.VehicleList.as_view()),
    path("vehicles/<str:plate>/", vehicles.VehicleItem.as_view()),
    path("vehicles/<str:plate>/readings/", vehicles.ReadingList.as_view()),
    path("visits/", vehicles.VisitList.as_view()),
    path("visits/<id:pk>/", vehicles.VisitItem.as_view(), name="api-visit"),
    path("visits/<id:pk>/feedback/", vehicles.VisitFeedback.as_view()),
    path("suspensions/", suspensions.SuspensionList.as_view()),
    path("suspensions/<id:pk>/", suspensions.SuspensionItem.as_view(), name="api-suspension"),
    path("suspensions/<id:pk>/lift/", suspensions.LiftSuspension.as_view()),
    path("venues/<str:slug>/facility-reports/", stop_steps.FacilityReportList.as_view()),
    path(
        "venues/<str:slug>/facility-reports/<id:number>/approve/",
        stop_steps.ApproveFacilityReport.as_view(),
    ),
    path("holds/", holds.HoldList.as_view()),
    path("holds/<str:uid>/", holds.HoldItem.as_view(), name="api-hold"),
    path("holds/<str:uid>/release/", holds.ReleaseHold.as_view()),
    path("holds/<str:uid>/challenge/", holds.ChallengeHold.as_view()),
    path("holds/<str:uid>/confirm/", holds.ConfirmHold.as_view()),
    path("plans/", plans.PlanList.as_view()),
    path("plans/<id:pk>/", plans.PlanItem.as_view(), name="api-plan"),
    path("plans/<id:pk>/board/", board.BoardItem.as_view()),
    path("plans/<id:pk>/locks/", plans.LockList.as_view()),
    path("plans/<id:pk>/locks/<str:code>/", plans.LockItem.as_view()),
    path("plans/<id:pk>/runs/", plans.PlanRunList.as_view()),
    path("plans/<id:pk>/versions/", plans.PlanVersionList.as_view()),
    path("plans/<id:pk>/versions/<id:before>/diff/<id:after>/", plans.PlanVersionDiff.as_view()),
    path("plans/<id:pk>/draft/", drafts.KeepDraft.as_view()),
    path("plans/<id:pk>/draft/check/", drafts.JudgeDraft.as_view()),
    path("plans/<id:pk>/draft/vacancies/", drafts.DraftVacancies.as_view()),
    path("plans/<id:pk>/publications/", plans.PublicationList.as_view()),
    path("plans/<id:pk>/publish/", plans.PublishPlan.as_view()),
    path("plans/<id:pk>/undo/", plans.UndoPublication.as_view()),
    path("plans/<id:pk>/contract/", plans.ContractPlan.as_view()),
    path("runs/", plans.RunList.as_view()),
    path("runs/<id:pk>/", plans.RunItem.as_view(), name="api-run"),
    path("runs/<id:pk>/cancel/", plans.CancelRun.as_view()),
    path("versions/<id:pk>/", plans.VersionItem.as_view(), name="api-version"),
    path("versions/<id:pk>/diff/", plans.VersionDiffItem.as_view()),
)

urlpatterns = [
    *documented,
    *(path(str(pattern.pattern).rstrip("/"), pattern.callback) for pattern in documented),
    path("imports/templates/<str:kind>.xlsx", sheet_template),
    path("seasons/<str:slug>/tour-requests.xlsx", request_steps.TourRequestWorkbook.as_view()),
    re_path("^inbound-mail/?$", inbound_mail),
    path("schema/", SchemaView.as_view(patterns=documented)),
    path("docs/", DocsView.as_view(patterns=documented)),
    re_path("", NoSuchAddress.as_view()),
]
