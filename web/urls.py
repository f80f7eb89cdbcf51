"""Addresses of calendars and pages. Those handed out once never change."""

from __future__ import annotations

from django.urls import path, re_path

from web import feeds, health, news, oembed, robots, rpde, sitemap
from web.pages import (
    embed,
    invitations,
    larger,
    plan_sheets,
    posters,
    style,
    views,
    whats_on,
    workbench,
)
from web.pages.desk import (
    calls,
    closures,
    facilities,
    figures,
    files,
    followers,
    people,
    sources,
    today,
)
from web.pages.desk import events as desk_events
from web.pages.desk import holds as desk_holds
from web.pages.desk import requests as desk_requests
from web.pages.desk import stops as desk_stops

_CALENDAR = (
    r"(?P<kind>regions|venues|exhibitions|units|topics|audiences|campaigns)/(?P<subject>[^/]+)"
)

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("feeds/search.ics", feeds.search, name="feed-search"),
    path("feeds/near.ics", feeds.near, name="feed-near"),
    path("feeds/s/<str:code>.ics", feeds.saved_search, name="feed-saved-search"),
    path("feeds/private/<str:token>.ics", feeds.private_schedule, name="feed-private"),
    path("feeds/<str:kind>/<str:subject>.ics", feeds.by_subject, name="feed"),
    re_path(r"^events/(?P<uid>.+)\.ics$", feeds.one_event, name="event-ics"),
    re_path(r"^feeds/search\.(?P<form>atom|json)$", news.search),
    re_path(r"^feeds/near\.(?P<form>atom|json)$", news.near),
    re_path(r"^feeds/s/(?P<code>[^/]+)\.(?P<form>atom|json)$", news.saved_search),
    re_path(r"^feeds/(?P<kind>[^/]+)/(?P<subject>[^/]+)\.(?P<form>atom|json)$", news.by_subject),
    re_path(r"^events/(?P<uid>.+)\.(?P<form>atom|json)$", news.one_event),
    path("rpde/events", rpde.changes),
    path("robots.txt", robots.robots),
    path("oembed", oembed.oembed, name="oembed"),
    re_path(rf"^embed/(?P<kind>{oembed.EMBEDDED})/(?P<subject>[^/]+)/$", embed.embed, name="embed"),
    path("sitemap.xml", sitemap.index),
    re_path(
        r"^sitemaps/(?P<section>events|venues|campaigns|regions)-(?P<number>[1-9]\d{0,5})\.xml$",
        lambda request, section, number: sitemap.section(request, section, int(number)),
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("larger/", larger.larger, name="larger"),
    path("", views.home, name="home"),
    path("whats-on/", whats_on.whats_on, name="whats-on"),
    path("whats-on/follow/", whats_on.follow, name="follow"),
    path("s/<slug:code>/", whats_on.saved_search, name="saved-search"),
    path("desk/", today.today, name="desk"),
    path("desk/events/", desk_events.event_list, name="desk-events"),
    path("desk/events/new/", desk_events.new_event, name="desk-new-event"),
    path("desk/events/<str:uid>/", desk_events.event_page, name="desk-event"),
    path("desk/events/<str:uid>/edit/", desk_events.edit_event, name="desk-edit-event"),
    path("desk/events/<str:uid>/dates/<slug:step>/", desk_events.date_step, name="desk-date-step"),
    path("desk/events/<str:uid>/<slug:step>/", desk_events.take_step, name="desk-event-step"),
    path("desk/review/", desk_events.review, name="desk-review"),
    path("desk/followers/", followers.followers, name="desk-followers"),
    path("desk/files/", files.file_list, name="desk-files"),
    path("desk/files/<int:pk>/", files.file_page, name="desk-file"),
    path("desk/files/<int:pk>/<slug:step>/", files.file_step, name="desk-file-step"),
    path("desk/closures/", closures.closure_list, name="desk-closures"),
    path("desk/closures/<int:pk>/lift/", closures.lift, name="desk-lift-closure"),
    path("desk/calendars/", sources.source_list, name="desk-sources"),
    path("desk/calendars/new/", sources.subscribe, name="desk-subscribe"),
    path("desk/calendars/<int:pk>/", sources.source_page, name="desk-source"),
    path("desk/calendars/<int:pk>/<slug:step>/", sources.source_step, name="desk-source-step"),
    path("desk/calls/", calls.call_list, name="desk-calls"),
    path("desk/calls/new/", calls.new_call, name="desk-new-call"),
    path("desk/facilities/", facilities.report_list, name="desk-facilities"),
    path("desk/facilities/new/", facilities.new_report, name="desk-new-facilities"),
    path("desk/facilities/<int:pk>/approve/", facilities.approve, name="desk-approve-facilities"),
    path("desk/requests/", desk_requests.request_list, name="desk-requests"),
    path("desk/requests/new/", desk_requests.new_request, name="desk-new-request"),
    path("desk/requests/<str:code>/", desk_requests.request_page, name="desk-request"),
    path("desk/requests/<str:code>/edit/", desk_requests.edit_request, name="desk-edit-request"),
    path(
        "desk/requests/<str:code>/<slug:step>/", desk_requests.take_step, name="desk-request-step"
    ),
    path("desk/holds/", desk_holds.hold_list, name="desk-holds"),
    path("desk/holds/new/", desk_holds.new_hold, name="desk-new-hold"),
    path("desk/holds/<str:uid>/<slug:step>/", desk_holds.take_step, name="desk-hold-step"),
    path("desk/stops/", desk_stops.stop_list, name="desk-stops"),
    path("desk/stops/<str:uid>/", desk_stops.stop_page, name="desk-stop"),
    path("desk/stops/<str:uid>/steps/<slug:step>/", desk_stops.lead_on, name="desk-stop-step"),
    path("desk/stops/<str:uid>/<slug:form>/", desk_stops.report, name="desk-stop-report"),
    path("desk/people/", people.people, name="desk-people"),
    path("desk/people/<int:pk>/end/", people.end, name="desk-end-membership"),
    path("desk/keys/", people.keys, name="desk-keys"),
    path("desk/keys/<int:pk>/end/", people.revoke, name="desk-revoke-key"),
    path("desk/notices/", people.notices, name="desk-notices"),
    path("desk/notices/<slug:step>/", people.notice_step, name="desk-notice-step"),
    path("desk/figures/", figures.figure_list, name="desk-figures"),
    path("desk/figures/<slug:name>/", figures.figure, name="desk-figure"),
    path("desk/figures/<slug:name>.csv", figures.figure_table, name="desk-figure-table"),
    path("desk/figures/<slug:name>.svg", figures.figure_drawing, name="desk-figure-drawing"),
    path("desk/plans/", workbench.plans, name="plans"),
    path("desk/plans/<int:pk>/", workbench.workbench, name="workbench"),
    path("desk/plans/<int:pk>/season.xlsx", plan_sheets.workbook, name="plan-workbook"),
    path("desk/plans/<int:pk>/season.pdf", plan_sheets.paper, name="plan-paper"),
    path("desk/plans/<int:pk>/shares.json", plan_sheets.shares, name="plan-shares"),
    path("desk/plans/<int:pk>/season.svg", workbench.drawing, name="plan-drawing"),
    re_path(r"^whats-on/poster\.(?P<form>png|pdf)$", posters.search_poster, name="search-poster"),
    re_path(
        r"^s/(?P<code>[-\w]+)/poster\.(?P<form>png|pdf)$",
        posters.search_poster,
        name="saved-search-poster",
    ),
    path("style/", style.style, name="style"),
    re_path(
        r"^events/(?P<uid>[^/]+)/poster\.(?P<form>png|pdf)$",
        posters.event_poster,
        name="event-poster",
    ),
    re_path(rf"^{_CALENDAR}/poster\.(?P<form>png|pdf)$", posters.poster, name="poster"),
    re_path(rf"^{_CALENDAR}/programme/$", posters.programme, name="programme"),
    re_path(rf"^{_CALENDAR}/programme\.pdf$", posters.programme_sheet, name="programme-sheet"),
    path("events/<str:uid>/", views.event, name="event"),
    re_path(rf"^{_CALENDAR}/$", views.calendar, name="calendar"),
]
