"""Stops as calendar entries, handed through the events' one door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import QuerySet

from events.ical.entry import Entry, Text
from events.models import SourceKind
from events.services.sources import SyncReport, source_named, sync_source
from touring.models import Plan, Stop, StopState, UnitKind
from touring.models.stop import FREEING_STATES, PUBLIC_STATES
from touring.services.hosting import invite_hosts


def sync_plan(plan: Plan, *, now: datetime) -> SyncReport:
    """Make the calendar equal to the plan's holding stops; what is no longer held is cancelled."""
    return _sync(f"touring-plan-{plan.pk}", plan.name_zh, Stop.objects.filter(plan=plan), now)


def sync_stop(stop: Stop, *, now: datetime) -> SyncReport:
    """The same for one stop: with its plan, or by itself where it was placed by hand."""
    if stop.plan is not None:
        return sync_plan(stop.plan, now=now)
    return _sync(f"touring-stop-{stop.pk}", stop.uid, Stop.objects.filter(pk=stop.pk), now)


def _sync(slug: str, name: str, stops: QuerySet[Stop], now: datetime) -> SyncReport:
    source = source_named(slug=slug, kind=SourceKind.TOURING, name=name, now=now)
    known = list(
        stops.select_related("unit__exhibition", "venue", "origin", "request").order_by("uid")
    )
    invite_hosts(known, now=now)
    held = [stop for stop in known if stop.state not in FREEING_STATES]
    return sync_source(source=source, entries=list(entries_of(held)), now=now)


def entries_of(stops: Iterable[Stop]) -> Iterator[Entry]:
    """The calendar entries of holding stops.

    The run under the stop's own uid is for everybody and exists only once the stop is contracted;
    the journey, the installation and the strike are for the hosts, as ``UID-move``,
    ``UID-install`` and ``UID-strike``. An option is ``UID-hold`` alone, for the hosts. A suspended
    run is tentative. All are entries of whole days in the venue's zone.
    """
    for stop in stops:
        if stop.state in (StopState.OPTION, StopState.CHALLENGED):
            title = Text(f"占位：{_shown(stop).zh}", f"Hold: {_shown(stop).en}")
            yield _logistics(stop, "hold", title, stop.arrives_on, stop.leaves_on)
            continue
        if stop.state in PUBLIC_STATES:
            yield _run(stop)
        if stop.departs_on < stop.arrives_on:
            yield _logistics(stop, "move", _move_title(stop), stop.departs_on, stop.arrives_on)
        if stop.arrives_on < stop.opens_on:
            title = Text(f"布展：{_shown(stop).zh}", f"Installation: {_shown(stop).en}")
            yield _logistics(stop, "install", title, stop.arrives_on, stop.opens_on)
        if stop.closes_on < stop.leaves_on:
            title = Text(f"撤展：{_shown(stop).zh}", f"Strike: {_shown(stop).en}")
            yield _logistics(stop, "strike", title, stop.closes_on, stop.leaves_on)


def _run(stop: Stop) -> Entry:
    is_vehicle = stop.unit.kind == UnitKind.VEHICLE
    suspended = stop.state == StopState.SUSPENDED
    title = _title(stop)
    if suspended:
        title = Text(f"（暂停）{title.zh}", f"(Suspended) {title.en or title.zh}")
    return Entry(
        uid=stop.uid,
        title=title,
        status="TENTATIVE" if suspended else "CONFIRMED",
        description=_told(stop) if suspended else _described(stop),
        start=stop.opens_on,
        end=stop.closes_on,
        timezone=stop.venue.timezone,
        venue=stop.venue.slug,
        kind="caravan_visit" if is_vehicle else "exhibition",
        refids=_refids(stop),
    )


def _described(stop: Stop) -> Text:
    exhibition = stop.unit.exhibition
    return Text(exhibition.description_zh, exhibition.description_en)


def _told(stop: Stop) -> Text:
    """The description under a sentence for those who planned to come."""
    words = _described(stop)
    return Text(
        f"因故暂停，恢复时间另行通知。\n{words.zh}".strip(),
        f"Suspended for the time being; new dates will be announced.\n{words.en}".strip(),
    )


def _logistics(stop: Stop, what: str, title: Text, start: date, end: date) -> Entry:
    last = date.fromordinal(stop.closes_on.toordinal() - 1)
    return Entry(
        uid=f"{stop.uid}-{what}",
        title=title,
        description=Text(
            f"{stop.unit.code}；展期 {stop.opens_on} 至 {last}",
            f"{stop.unit.code}; open {stop.opens_on} to {last}",
        ),
        start=start,
        end=end,
        timezone=stop.venue.timezone,
        venue=stop.venue.slug,
        kind="logistics",
        visibility="hosts",
        refids=_refids(stop),
    )


def _title(stop: Stop) -> Text:
    exhibition = stop.unit.exhibition
    return Text(exhibition.title_zh, exhibition.title_en)


def _shown(stop: Stop) -> Text:
    title = _title(stop)
    return Text(f"{title.zh}（{stop.unit.code}）", f"{title.en or title.zh} ({stop.unit.code})")


def _move_title(stop: Stop) -> Text:
    if stop.origin is None:
        return Text(f"运输：{_shown(stop).zh}", f"Transport: {_shown(stop).en}")
    origin = stop.origin
    return Text(
        f"运输：{_shown(stop).zh}，自{origin.name_zh}",
        f"Transport: {_shown(stop).en} from {origin.name('en')}",
    )


def _refids(stop: Stop) -> tuple[str, ...]:
    return (f"exhibition:{stop.unit.exhibition.slug}", f"unit:{stop.unit.code}")
