"""One good request for every operation, in the network of ``conftest``, and who may make it.

``EVERYONE`` reads what is public. Of the others each operation names who gets an answer; all the
rest are refused. A test compares the list with the OpenAPI document: no operation without a row.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from tests.api.conftest import ROLES

CALLERS = ("anonymous", "nobody", *ROLES)
EVERYONE = frozenset(CALLERS)
SIGNED_IN = EVERYONE - {"anonymous"}
AT_MUSEUM = frozenset(
    {"reader", "editor", "publisher", "host", "planner", "administrator"}
)  # any role over the museum
IN_PROVINCE = frozenset({"reader", "planner", "administrator"})
EDITORS = frozenset({"editor", "publisher", "administrator"})
PUBLISHERS = frozenset({"publisher", "administrator"})
HOSTS = EDITORS | {"host"}
PLANNERS = frozenset({"planner", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})


@dataclass(frozen=True)
class Scene:
    """``address`` and ``body`` may name rows of the network in braces: ``{draft.public_uid}``."""

    method: str
    address: str
    allowed: frozenset[str]
    body: Any = None
    seen: str | None = None
    """What stands in ``If-Match``."""
    status: int = 200

    def request(self, client, network, **headers: str):
        return self.send(client, network, filled(self.body, network), **headers)

    def send(self, client, network, body: Any, **headers: str):
        """The request with this very body; hostile text may hold braces."""
        address = self.address.format(**network.rows)
        if self.seen is not None:
            headers.setdefault("HTTP_IF_MATCH", f'"{self.seen.format(**network.rows)}"')
        call = getattr(client, self.method)
        if self.method in ("get", "delete"):
            return call(address, **headers)
        return call(address, body, format="json", **headers)


_DRAFTED = [{"unit": "U-1", "request": "R-2", "opens_on": "2027-06-01"}]


def filled(body: Any, network) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, network) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, network) for value in body]
    return body.format(**network.rows) if isinstance(body, str) else body


EVENT = {
    "title_zh": "光",
    "start": "2026-12-05T10:00",
    "end": "2026-12-05T11:00",
    "venue": "museum",
}
SHEET = {
    "kind": "events",
    "place": "museum",
    "name": "活动.csv",
    "content": b64encode("标题,日期\n光,2027-03-01\n".encode()).decode(),
}
HOLIDAYS = {
    "content": b64encode("日期,类型,名称\n2027-04-10,法定,州庆\n".encode()).decode(),
    "region": "C",
    "year": 2027,
}
TERMS = {
    "content": b64encode(
        "学年,名称,开学日期,放假日期\n2026,第一学期,2026-09-01,2027-01-20\n".encode()
    ).decode()
}
GUESTS = {"attendees": [{"address": "guide@museum.example", "name": "李娜"}]}
WISH = {
    "venue": "museum",
    "stay_days": 30,
    "windows": [{"first_date": "2027-02-01", "end_date": "2027-08-01"}],
}
STOP = {
    "unit": "U-1",
    "venue": "museum",
    "space": "hall",
    "opens_on": "2029-03-01",
    "closes_on": "2029-04-01",
}
_C = "/api/v1/campaigns/"
_I = "/api/v1/sources/diary/"
_A, _U = "/api/v1/pairings/", "/api/v1/units/U-1/"
_M, _E, _R, _P, _S = (
    "/api/v1/memberships/",
    "/api/v1/events/",
    "/api/v1/tour-requests/",
    "/api/v1/plans/{plan.pk}/",
    "/api/v1/stops/",
)

SCENES: dict[str, Scene] = {
    # the network
    "get_region_list": Scene("get", "/api/v1/regions/", EVERYONE),
    "get_region_item": Scene("get", "/api/v1/regions/C/", EVERYONE),
    "get_organisation_list": Scene("get", "/api/v1/organisations/", EVERYONE),
    "get_organisation_item": Scene("get", "/api/v1/organisations/org/", EVERYONE),
    "get_venue_list": Scene("get", "/api/v1/venues/", EVERYONE),
    "get_venue_item": Scene("get", "/api/v1/venues/museum/", EVERYONE),
    "post_venue_list": Scene(
        "post",
        "/api/v1/venues/",
        ADMINISTRATORS,
        {"slug": "new", "kind": "hall", "name_zh": "新", "region": "C"},
        status=201,
    ),
    "patch_venue_item": Scene(
        "patch",
        "/api/v1/venues/museum/",
        EDITORS,
        {"name_en": "Museum"},
        seen="{museum.version}",
    ),
    "get_space_list": Scene("get", "/api/v1/venues/museum/spaces/", EVERYONE),
    "get_opening_rules": Scene("get", "/api/v1/venues/museum/opening-rules/", EVERYONE),
    "put_opening_rules": Scene(
        "put",
        "/api/v1/venues/museum/opening-rules/",
        EDITORS,
        body={"document": {"week": {"tue": [{"opens": "09:00", "closes": "17:00"}]}}},
        seen="{opening_rule.version}",
    ),
    "get_open_days": Scene(
        "get", "/api/v1/venues/museum/open-days/?start=2027-02-01&end=2027-02-15", EVERYONE
    ),
    "get_closure_list": Scene("get", "/api/v1/venues/museum/closures/", EVERYONE),
    "post_closure_list": Scene(
        "post",
        "/api/v1/venues/museum/closures/",
        EDITORS,
        {"first_date": "2029-01-01", "end_date": "2029-01-08"},
        status=201,
    ),
    "delete_closure_item": Scene(
        "delete", "/api/v1/venues/museum/closures/{closure.pk}/", EDITORS, status=204
    ),
    "get_job_list": Scene("get", "/api/v1/jobs/", SIGNED_IN),
    "get_job_item": Scene("get", "/api/v1/jobs/{job.pk}/", frozenset({"planner"})),
    "post_cancel_job": Scene("post", "/api/v1/jobs/{job.pk}/cancel/", frozenset({"planner"})),
    # people; making and ending keys takes a session, which no caller here has
    "get_membership_list": Scene("get", _M, SIGNED_IN),
    "post_membership_list": Scene(
        "post",
        _M,
        PUBLISHERS,
        {"person": "nobody", "role": "museum_editor", "venue": "museum"},
        status=201,
    ),
    "get_membership_item": Scene("get", _M + "{membership.pk}/", PUBLISHERS | {"host"}),
    "post_end_membership": Scene(
        "post", _M + "{membership.pk}/end/", PUBLISHERS | {"host"}, status=204
    ),
    "get_audit_list": Scene("get", "/api/v1/audit/", SIGNED_IN),
    "get_key_list": Scene("get", "/api/v1/keys/", SIGNED_IN),
    "post_key_list": Scene(
        "post", "/api/v1/keys/", frozenset(), {"name": "k", "scopes": ["read"]}, status=201
    ),
    "get_key_item": Scene("get", "/api/v1/keys/{key.pk}/", frozenset({"planner"})),
    "delete_key_item": Scene("delete", "/api/v1/keys/{key.pk}/", frozenset(), status=204),
    "get_notice_list": Scene("get", "/api/v1/notices/", SIGNED_IN),
    "get_notice_item": Scene("get", "/api/v1/notices/{notice.pk}/", frozenset({"planner"})),
    "post_read_notice": Scene("post", "/api/v1/notices/{notice.pk}/read/", frozenset({"planner"})),
    "post_read_notices": Scene("post", "/api/v1/notices/read/", SIGNED_IN),
    "get_notice_choice": Scene("get", "/api/v1/notices/preference/", SIGNED_IN),
    "patch_notice_choice": Scene(
        "patch", "/api/v1/notices/preference/", SIGNED_IN, {"mail": "daily"}
    ),
    # events
    "get_event_list": Scene("get", _E, EVERYONE),
    "get_event_facets": Scene("get", f"{_E}facets/", EVERYONE),
    "get_my_event_list": Scene("get", f"{_E}mine/", SIGNED_IN),
    "get_event_item": Scene("get", _E + "{draft.public_uid}/", EDITORS),
    "get_occurrence_list": Scene("get", "/api/v1/occurrences/", EVERYONE),
    "get_upload_list": Scene("get", "/api/v1/imports/", SIGNED_IN),
    "post_upload_list": Scene("post", "/api/v1/imports/", EDITORS, SHEET, status=201),
    "get_upload_item": Scene("get", "/api/v1/imports/{upload.pk}/", frozenset({"publisher"})),
    "post_commit_upload": Scene(
        "post", "/api/v1/imports/{upload.pk}/commit/", frozenset({"publisher"})
    ),
    "post_undo_upload": Scene(
        "post", "/api/v1/imports/{taken_over.pk}/undo/", frozenset({"publisher"})
    ),
    "get_feed_list": Scene("get", "/api/v1/feeds/", EVERYONE),
    "post_event_list": Scene("post", _E, EDITORS, EVENT, status=201),
    "patch_event_item": Scene(
        "patch",
        _E + "{draft.public_uid}/",
        EDITORS,
        {"title_zh": "影"},
        seen="{draft.sequence}",
    ),
    "put_pushed_event_list": Scene(
        "put", f"{_E}by-source/cms/", SIGNED_IN, {"events": [{"id": "17", **EVENT}]}
    ),
    "put_pushed_event": Scene("put", f"{_E}by-source/cms/17/", EDITORS, EVENT, status=201),
    "get_event_invitation_list": Scene("get", _E + "{shown.public_uid}/invitations/", EDITORS),
    "post_event_invitation_list": Scene(
        "post", _E + "{shown.public_uid}/invitations/", EDITORS, GUESTS
    ),
    "put_event_invitation_list": Scene(
        "put", _E + "{shown.public_uid}/invitations/", EDITORS, GUESTS
    ),
    "get_local_edit_list": Scene("get", _E + "{shown.public_uid}/local-edits/", EDITORS),
    "delete_local_edit_item": Scene(
        "delete", _E + "{shown.public_uid}/local-edits/title/", PUBLISHERS, status=204
    ),
    "post_submit_event": Scene(
        "post", _E + "{draft.public_uid}/submit/", EDITORS, seen="{draft.sequence}"
    ),
    "post_return_event": Scene(
        "post",
        _E + "{submitted.public_uid}/return/",
        PUBLISHERS,
        {"reason": "for whom?"},
        seen="{submitted.sequence}",
    ),
    "post_event_status": Scene(
        "post",
        _E + "{shown.public_uid}/status/",
        PUBLISHERS,
        {"status": "full"},
        seen="{shown.sequence}",
    ),
    "get_date_list": Scene("get", _E + "{shown.public_uid}/dates/", EVERYONE),
    **{
        f"post_{step}_date": Scene(
            "post",
            _E + "{shown.public_uid}/dates/{shown_date.original_start}/" + step + "/",
            PUBLISHERS,
            body,
            seen="{shown.sequence}",
        )
        for step, body in {
            "cancel": None,
            "restore": None,
            "move": {"start": "2030-01-01T10:00", "end": "2030-01-01T11:00"},
            "describe": {"title_zh": "加场"},
        }.items()
    },
    "post_split_series": Scene(
        "post",
        _E + "{series.public_uid}/dates/{series_date.original_start}/split/",
        PUBLISHERS,
        {"title_zh": "光，下半年"},
        seen="{series.sequence}",
        status=201,
    ),
    "post_pause_event": Scene(
        "post",
        _E + "{series.public_uid}/pause/",
        PUBLISHERS,
        {"first": "{in_a_week}", "reason_zh": "展厅维修"},
        seen="{series.sequence}",
    ),
    "post_resume_event": Scene(
        "post",
        _E + "{paused.public_uid}/resume/",
        PUBLISHERS,
        {"first": "{in_a_week}"},
        seen="{paused.sequence}",
    ),
    "get_holiday_table_list": Scene("get", "/api/v1/holiday-tables/", EVERYONE),
    "post_holiday_table_list": Scene(
        "post",
        "/api/v1/holiday-tables/",
        ADMINISTRATORS,
        HOLIDAYS | {"status": "confirmed", "source": "通知〔2026〕3号"},
        status=201,
    ),
    "post_holiday_table_preview": Scene(
        "post", "/api/v1/holiday-tables/preview/", ADMINISTRATORS, HOLIDAYS
    ),
    "get_school_term_list": Scene("get", "/api/v1/regions/P/school-terms/", EVERYONE),
    "post_school_term_list": Scene(
        "post",
        "/api/v1/regions/C/school-terms/",
        ADMINISTRATORS,
        TERMS | {"source": "校历"},
        status=201,
    ),
    "post_school_term_preview": Scene(
        "post", "/api/v1/regions/C/school-terms/preview/", ADMINISTRATORS, TERMS
    ),
    "get_topic_list": Scene("get", "/api/v1/topics/", EVERYONE),
    "get_private_feed_list": Scene("get", "/api/v1/private-feeds/", SIGNED_IN),
    "post_private_feed_list": Scene(
        "post", "/api/v1/private-feeds/", AT_MUSEUM, {"venue": "museum"}, status=201
    ),
    "post_revoke_private_feed": Scene(
        "post",
        "/api/v1/private-feeds/{private_feed.pk}/revoke/",
        frozenset({"host", "administrator"}),
    ),
    # campaigns
    "get_campaign_list": Scene("get", _C, EVERYONE),
    "get_campaign_item": Scene("get", f"{_C}planned/", ADMINISTRATORS),
    "get_campaign_stats_item": Scene("get", f"{_C}day/stats/", EVERYONE),
    "post_campaign_list": Scene(
        "post",
        _C,
        ADMINISTRATORS,
        {
            "slug": "week",
            "name_zh": "科技周",
            "lead": "org",
            "starts_on": "2027-05-20",
            "ends_on": "2027-05-28",
        },
        status=201,
    ),
    "patch_campaign_item": Scene(
        "patch", f"{_C}day/", ADMINISTRATORS, {"theme_zh": "光"}, seen="{campaign.version}"
    ),
    "post_announce_campaign": Scene(
        "post", f"{_C}planned/announce/", ADMINISTRATORS, seen="{planned.version}"
    ),
    "post_close_campaign": Scene(
        "post", f"{_C}day/close/", ADMINISTRATORS, seen="{campaign.version}"
    ),
    "post_withdraw_partner": Scene("post", f"{_C}day/partners/partner/withdraw/", ADMINISTRATORS),
    "get_participation_list": Scene("get", f"{_C}day/events/", SIGNED_IN),
    "post_participation_list": Scene(
        "post", f"{_C}day/events/", EDITORS, {"event": "{draft.public_uid}"}, status=201
    ),
    "post_decide_participation": Scene(
        "post",
        _C + "day/events/{shown.public_uid}/decide/",
        ADMINISTRATORS,
        {"accept": True, "is_key": True},
    ),
    "post_leave_campaign": Scene("post", _C + "day/events/{shown.public_uid}/leave/", EDITORS),
    "post_publish_event": Scene(
        "post", _E + "{draft.public_uid}/publish/", PUBLISHERS, seen="{draft.sequence}"
    ),
    "post_archive_event": Scene(
        "post", _E + "{shown.public_uid}/archive/", PUBLISHERS, seen="{shown.sequence}"
    ),
    "post_cancel_event": Scene(
        "post", _E + "{shown.public_uid}/cancel/", PUBLISHERS, seen="{shown.sequence}"
    ),
    "post_reinstate_event": Scene(
        "post", _E + "{cancelled.public_uid}/reinstate/", PUBLISHERS, seen="{cancelled.sequence}"
    ),
    # tours
    "get_exhibition_list": Scene("get", "/api/v1/exhibitions/", EVERYONE),
    "get_exhibition_item": Scene("get", "/api/v1/exhibitions/light/", EVERYONE),
    "get_unit_list": Scene("get", "/api/v1/units/", EVERYONE),
    "get_unit_item": Scene("get", "/api/v1/units/U-1/", EVERYONE),
    "get_season_list": Scene("get", "/api/v1/seasons/", EVERYONE),
    "get_season_item": Scene("get", "/api/v1/seasons/2027/", EVERYONE),
    "get_need_index": Scene("get", "/api/v1/seasons/2027/need-index/", EVERYONE),
    "post_season_list": Scene(
        "post",
        "/api/v1/seasons/",
        PLANNERS,
        {
            "slug": "2028",
            "name_zh": "二八",
            "region": "P",
            "first_date": "2028-01-01",
            "end_date": "2029-01-01",
            "units": ["U-1"],
        },
        status=201,
    ),
    "get_tour_request_list": Scene("get", _R, SIGNED_IN),
    "get_tour_request_item": Scene("get", f"{_R}R-1/", AT_MUSEUM),
    "post_tour_request_list": Scene(
        "post", _R, HOSTS | PLANNERS, {**WISH, "season": "2027"}, status=201
    ),
    "put_tour_request_item": Scene(
        "put", f"{_R}R-1/", HOSTS | PLANNERS, WISH, seen="{request.version}"
    ),
    "post_accept_tour_request": Scene(
        "post", f"{_R}R-1/accept/", PLANNERS, {"value": 3}, seen="{request.version}"
    ),
    "post_reject_tour_request": Scene(
        "post", f"{_R}R-1/reject/", PLANNERS, {"reason": "too late"}, seen="{request.version}"
    ),
    "post_withdraw_tour_request": Scene(
        "post", f"{_R}R-1/withdraw/", HOSTS | PLANNERS, seen="{request.version}"
    ),
    "get_call_list": Scene("get", "/api/v1/calls/", EVERYONE),
    "post_call_list": Scene(
        "post",
        "/api/v1/calls/",
        PLANNERS,
        {
            "slug": "spring",
            "name_zh": "春季申报",
            "season": "2027",
            "year": 2027,
            "opens_on": "2026-12-01",
            "closes_on": "2027-01-01",
            "quotas": [{"region": "C", "most": 3}],
        },
        status=201,
    ),
    "get_pairing_list": Scene("get", _A, SIGNED_IN),
    "post_pairing_list": Scene(
        "post",
        _A,
        PLANNERS,
        {
            "code": "PAIR-2",
            "donor": "org",
            "recipient": "C",
            "first_date": "2027-01-01",
            "end_date": "2028-01-01",
            "yearly_stops": 2,
        },
        status=201,
    ),
    "get_pairing_item": Scene("get", f"{_A}PAIR-1/", IN_PROVINCE),
    "post_end_pairing": Scene("post", f"{_A}PAIR-1/end/", PLANNERS, {"end_date": "2027-01-01"}),
    "get_vehicle_list": Scene("get", "/api/v1/vehicles/", SIGNED_IN),
    "get_vehicle_item": Scene("get", "/api/v1/vehicles/V-1/", PLANNERS),
    "get_reading_list": Scene("get", "/api/v1/vehicles/V-1/readings/", PLANNERS),
    "post_reading_list": Scene(
        "post",
        "/api/v1/vehicles/V-1/readings/",
        PLANNERS,
        {"day": "2026-01-01", "km": 120},
        status=201,
    ),
    "get_visit_list": Scene("get", "/api/v1/visits/", SIGNED_IN),
    "post_visit_list": Scene(
        "post",
        "/api/v1/visits/",
        HOSTS | PLANNERS,
        {"vehicle": "V-1", "point": "museum", "day": "2190-01-01", "demand": {"场地": "操场"}},
        status=201,
    ),
    "get_visit_item": Scene("get", "/api/v1/visits/{visit.pk}/", HOSTS | PLANNERS),
    "put_visit_feedback": Scene(
        "put",
        "/api/v1/visits/{visit.pk}/feedback/",
        HOSTS | PLANNERS,
        {"feedback": {"满意": "是"}, "people": 300},
    ),
    "get_suspension_list": Scene("get", "/api/v1/suspensions/", EVERYONE),
    "post_suspension_list": Scene(
        "post",
        "/api/v1/suspensions/",
        ADMINISTRATORS,
        {
            "region": "C",
            "first_date": "2027-03-01",
            "end_date": "2027-03-15",
            "reason_zh": "洪水",
        },
        status=201,
    ),
    "get_suspension_item": Scene("get", "/api/v1/suspensions/{suspension.pk}/", ADMINISTRATORS),
    "post_lift_suspension": Scene(
        "post", "/api/v1/suspensions/{suspension.pk}/lift/", ADMINISTRATORS
    ),
    "get_crate_list": Scene("get", f"{_U}crates/", PLANNERS),
    "put_crate_list": Scene("put", f"{_U}crates/", PLANNERS, {"crates": [{"number": "1"}]}),
    "get_customs_list": Scene("get", f"{_U}customs-documents/", PLANNERS),
    "post_customs_list": Scene(
        "post",
        f"{_U}customs-documents/",
        PLANNERS,
        {"country": "NP", "first_date": "2027-01-01", "end_date": "2028-01-01"},
        status=201,
    ),
    "post_breakdown_list": Scene(
        "post",
        f"{_U}breakdowns/",
        PLANNERS,
        {"first_date": "2027-03-01", "end_date": "2027-03-15", "reason": "generator"},
        status=201,
    ),
    "get_move_list": Scene("get", f"{_U}moves/", PLANNERS),
    "get_tour_request_step_list": Scene("get", f"{_R}R-3/steps/", AT_MUSEUM),
    "post_tour_request_step_list": Scene(
        "post",
        f"{_R}R-3/steps/",
        HOSTS | PLANNERS,
        {"operation": "submit"},
        seen="{drafted.version}",
    ),
    "get_tour_request_version_list": Scene("get", f"{_R}R-3/versions/", AT_MUSEUM),
    "get_tour_request_paper_list": Scene("get", f"{_R}R-3/papers/", AT_MUSEUM),
    "post_tour_request_paper_list": Scene(
        "post",
        f"{_R}R-3/papers/",
        HOSTS | PLANNERS,
        {"name": "plan.pdf", "content": "JVBERi0xLjcK"},
        status=201,
    ),
    "get_tour_request_paper": Scene("get", _R + "R-3/papers/{paper.pk}/", AT_MUSEUM),
    "get_source_list": Scene("get", "/api/v1/sources/", SIGNED_IN),
    "post_source_list": Scene(
        "post",
        "/api/v1/sources/",
        PUBLISHERS,
        {"url": "https://museum.example/a.ics", "venue": "museum"},
        status=201,
    ),
    "get_source_item": Scene("get", _I, EDITORS),
    "patch_source_item": Scene(
        "patch", _I, PUBLISHERS, {"arrival": "queue", "fields_kept": {"title": "local"}}
    ),
    "get_source_run_list": Scene("get", f"{_I}runs/", EDITORS),
    "post_read_source": Scene("post", f"{_I}read/", EDITORS, status=202),
    "post_confirm_source": Scene("post", f"{_I}confirm/", PUBLISHERS, status=202),
    "post_undo_source": Scene("post", f"{_I}undo/", PUBLISHERS, {"run": "{import_run.pk}"}),
    "get_stop_list": Scene("get", _S, EVERYONE),
    "get_my_stop_list": Scene("get", f"{_S}mine/", SIGNED_IN),
    "get_stop_item": Scene("get", f"{_S}proposed/", AT_MUSEUM),
    "post_stop_list": Scene("post", _S, PLANNERS, STOP, status=201),
    "patch_stop_item": Scene(
        "patch",
        f"{_S}proposed/",
        PLANNERS,
        {"opens_on": "2027-04-01", "closes_on": "2027-05-01"},
        seen="{proposed.version}",
    ),
    "post_contract_stop": Scene(
        "post", f"{_S}proposed/contract/", PLANNERS, seen="{proposed.version}"
    ),
    "post_cancel_stop": Scene(
        "post", f"{_S}proposed/cancel/", PLANNERS, {"reason": "flood"}, seen="{proposed.version}"
    ),
    "get_stop_steps": Scene("get", f"{_S}contracted/steps/", AT_MUSEUM),
    "post_stop_steps": Scene(
        "post",
        f"{_S}contracted/steps/",
        PLANNERS,
        {"operation": "prepare"},
        seen="{contracted.version}",
    ),
    "put_stop_agreement": Scene(
        "put", f"{_S}proposed/agreement/", PLANNERS, {"fee_yuan": 5000, "signed_on": "2026-01-05"}
    ),
    "get_stop_training_list": Scene("get", f"{_S}contracted/trainings/", AT_MUSEUM),
    "post_stop_training_list": Scene(
        "post",
        f"{_S}contracted/trainings/",
        PLANNERS,
        {"first_date": "2028-02-01", "end_date": "2028-02-03", "trained_guides": 4},
        status=201,
    ),
    "get_stop_condition_list": Scene("get", f"{_S}contracted/condition-reports/", AT_MUSEUM),
    "get_stop_condition_photo": Scene(
        "get", _S + "contracted/condition-reports/photos/{photo.pk}/", AT_MUSEUM
    ),
    "post_stop_condition_list": Scene(
        "post",
        f"{_S}contracted/condition-reports/",
        PLANNERS,
        {
            "moment": "arrival",
            "unpacked_at": "2025-02-01T08:00:00+08:00",
            "items": [{"exhibit": "E-1", "state": "good"}],
        },
        status=201,
    ),
    "put_stop_handover": Scene(
        "put",
        f"{_S}contracted/handover/",
        PLANNERS,
        {"handed_by": "王", "taken_by": "李", "crates": 12},
    ),
    "put_stop_report": Scene("put", f"{_S}contracted/report/", HOSTS | PLANNERS, {"counts": []}),
    "post_move_list": Scene(
        "post",
        "/api/v1/units/U-1/moves/",
        PLANNERS,
        {
            "origin": "depot",
            "destination": "museum",
            "departs_at": "2028-02-01T08:00:00+08:00",
            "arrives_at": "2028-02-01T12:00:00+08:00",
        },
        status=201,
    ),
    "get_facility_report_list": Scene("get", "/api/v1/venues/museum/facility-reports/", SIGNED_IN),
    "post_facility_report_list": Scene(
        "post",
        "/api/v1/venues/museum/facility-reports/",
        HOSTS,
        {"facts": {"area_m2": 800}},
        status=201,
    ),
    "post_approve_facility_report": Scene(
        "post",
        "/api/v1/venues/museum/facility-reports/1/approve/",
        PLANNERS,
        {"valid_until": "2198-01-01"},
    ),
    "get_hold_list": Scene("get", "/api/v1/holds/", SIGNED_IN),
    "post_hold_list": Scene(
        "post",
        "/api/v1/holds/",
        HOSTS | PLANNERS,
        {
            "subject": "unit",
            "unit": "U-1",
            "venue": "museum",
            "space": "hall",
            "opens_on": "2031-03-01",
            "closes_on": "2031-04-01",
        },
        status=201,
    ),
    "get_hold_item": Scene("get", "/api/v1/holds/hold-1/", HOSTS | PLANNERS),
    "post_release_hold": Scene(
        "post", "/api/v1/holds/hold-1/release/", HOSTS | PLANNERS, seen="{first_hold.version}"
    ),
    "post_challenge_hold": Scene(
        "post", "/api/v1/holds/hold-2/challenge/", HOSTS | PLANNERS, seen="{second_hold.version}"
    ),
    "post_confirm_hold": Scene(
        "post", "/api/v1/holds/hold-1/confirm/", HOSTS | PLANNERS, seen="{first_hold.version}"
    ),
    "get_plan_list": Scene("get", "/api/v1/plans/", SIGNED_IN),
    "post_plan_list": Scene(
        "post", "/api/v1/plans/", PLANNERS, {"season": "2027", "name_zh": "乙"}, status=201
    ),
    "get_plan_item": Scene("get", _P, IN_PROVINCE),
    "get_board_item": Scene("get", f"{_P}board/", IN_PROVINCE),
    "get_lock_list": Scene("get", f"{_P}locks/", IN_PROVINCE),
    "put_lock_item": Scene(
        "put", f"{_P}locks/R-2/", PLANNERS, {"unit": "U-1", "opens_on": "2027-06-01"}
    ),
    "delete_lock_item": Scene("delete", f"{_P}locks/R-2/", PLANNERS, status=204),
    "get_plan_run_list": Scene("get", f"{_P}runs/", IN_PROVINCE),
    "post_plan_run_list": Scene("post", f"{_P}runs/", PLANNERS, {"work": 5}, status=202),
    "get_plan_version_list": Scene("get", f"{_P}versions/", IN_PROVINCE),
    "get_publication_list": Scene("get", f"{_P}publications/", IN_PROVINCE),
    "post_publish_plan": Scene(
        "post", f"{_P}publish/", PLANNERS, {"version": 1}, seen="{plan.sequence}"
    ),
    "post_undo_publication": Scene("post", f"{_P}undo/", PLANNERS, {}, seen="{plan.sequence}"),
    "post_contract_plan": Scene("post", f"{_P}contract/", PLANNERS, {}),
    "post_judge_draft": Scene(
        "post", f"{_P}draft/check/", IN_PROVINCE, {"base": 1, "stops": _DRAFTED}
    ),
    "post_draft_vacancies": Scene(
        "post",
        f"{_P}draft/vacancies/",
        IN_PROVINCE,
        {"base": 1, "stops": _DRAFTED, "request": "R-2"},
    ),
    "post_keep_draft": Scene(
        "post", f"{_P}draft/", PLANNERS, {"base": 1, "stops": _DRAFTED}, status=201
    ),
    "get_run_list": Scene("get", "/api/v1/runs/", SIGNED_IN),
    "get_run_item": Scene("get", "/api/v1/runs/{run.pk}/", IN_PROVINCE),
    "post_cancel_run": Scene("post", "/api/v1/runs/{run.pk}/cancel/", PLANNERS),
    "get_plan_version_diff": Scene("get", f"{_P}versions/1/diff/1/", IN_PROVINCE),
    "get_version_item": Scene("get", "/api/v1/versions/{version.pk}/", IN_PROVINCE),
    "get_version_diff_item": Scene("get", "/api/v1/versions/{version.pk}/diff/", IN_PROVINCE),
}
