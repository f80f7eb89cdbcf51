"""Codes and slugs of a filter become rows, along successors and former addresses."""

from __future__ import annotations

from dataclasses import dataclass

from events.models import Campaign, Topic
from events.queries.filter import EventFilter, invalid_filter
from venues.models import FormerAddress, Region, Venue

MAX_SUCCESSIONS = 10


@dataclass(frozen=True)
class Scope:
    """Primary keys; ``None`` where the filter asks for nothing of the kind.

    ``refids`` are texts: what they name belongs to higher storeys, so an unknown one is
    simply something that has no events.
    """

    region_ids: frozenset[int] | None = None
    venue_ids: frozenset[int] | None = None
    topic_ids: frozenset[int] | None = None
    exhibition_refids: frozenset[str] | None = None
    unit_refids: frozenset[str] | None = None
    campaign_ids: frozenset[int] | None = None


def scope_of(asked: EventFilter) -> Scope:
    """Look up what the filter names; no query for what it does not name.

    A replaced region stands for its successor, a topic for the narrower ones too.

    Raises:
        InvalidFilter: regions, venues, topics or campaigns that have never existed (or, of
            campaigns, were not announced), all at once.
    """
    regions, no_regions = _regions(asked.regions)
    venues, no_venues = _venues(asked.venues)
    topics, no_topics = _topics(asked.topics)
    campaigns, no_campaigns = _campaigns(asked.campaigns)
    problems = [
        *_unknown("region", no_regions, "check the code, such as 340100"),
        *_unknown("venue", no_venues, "check the slug in the venue's address"),
        *_unknown("topic", no_topics, "check the slug in the list of topics"),
        *_unknown("campaign", no_campaigns, "check the slug in the list of campaigns"),
    ]
    if problems:
        raise invalid_filter(problems)
    return Scope(
        region_ids=regions if asked.regions else None,
        venue_ids=venues if asked.venues else None,
        topic_ids=topics if asked.topics else None,
        exhibition_refids=_refids("exhibition", asked.exhibitions),
        unit_refids=_refids("unit", asked.units),
        campaign_ids=campaigns if asked.campaigns else None,
    )


def current_region(region: Region) -> Region:
    """The region that stands for ``region`` today: itself, or the end of its successions."""
    for _ in range(MAX_SUCCESSIONS):
        if region.replaced_by is None:
            break
        region = region.replaced_by
    return region


def _regions(codes: tuple[str, ...]) -> tuple[frozenset[int], list[str]]:
    if not codes:
        return frozenset(), []
    current = dict(_current("region", codes))
    wanted = {code: current.get(code, code) for code in codes}
    found = {
        region.code: current_region(region).pk
        for region in Region.objects.filter(code__in={*codes, *wanted.values()}).select_related(
            "replaced_by"
        )
    }
    lost = [code for code in codes if code not in found and wanted[code] not in found]
    return frozenset(found.values()), lost


def _venues(slugs: tuple[str, ...]) -> tuple[frozenset[int], list[str]]:
    if not slugs:
        return frozenset(), []
    current = dict(_current("venue", slugs))
    wanted = {slug: current.get(slug, slug) for slug in slugs}
    found = dict(
        Venue.objects.filter(slug__in={*slugs, *wanted.values()})
        .order_by()
        .values_list("slug", "pk")
    )
    lost = [slug for slug in slugs if slug not in found and wanted[slug] not in found]
    return frozenset(found.values()), lost


def _topics(slugs: tuple[str, ...]) -> tuple[frozenset[int], list[str]]:
    """A vocabulary is some hundred rows: read whole, walked in memory."""
    if not slugs:
        return frozenset(), []
    rows = list(Topic.objects.values_list("pk", "slug", "broader_id", "replaced_by_id"))
    by_slug = {slug: pk for pk, slug, _, _ in rows}
    lost = [slug for slug in slugs if slug not in by_slug]
    found = {by_slug[slug] for slug in slugs if slug in by_slug}
    grown = True
    while grown:
        more = {
            pk for pk, _, broader, successor in rows if broader in found or successor in found
        } | {successor for pk, _, _, successor in rows if pk in found and successor}
        grown = not more <= found
        found |= more
    return frozenset(found), lost


def _campaigns(slugs: tuple[str, ...]) -> tuple[frozenset[int], list[str]]:
    if not slugs:
        return frozenset(), []
    announced = Campaign.objects.shown_to_all().filter(slug__in=slugs).order_by()
    found = dict(announced.values_list("slug", "pk"))
    return frozenset(found.values()), [slug for slug in slugs if slug not in found]


def _refids(kind: str, codes: tuple[str, ...]) -> frozenset[str] | None:
    if not codes:
        return None
    return frozenset(f"{kind}:{code}" for code in {*codes, *dict(_current(kind, codes)).values()})


def _current(kind: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(
        FormerAddress.objects.filter(kind=kind, former__in=codes).values_list("former", "current")
    )


def _unknown(parameter: str, codes: list[str], remedy: str) -> list[dict[str, str]]:
    return [
        {"parameter": parameter, "message": f"there is no {parameter} {code!r}; {remedy}"}
        for code in codes
    ]
