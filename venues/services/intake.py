"""Taking in a network file of venues: look first, then write everything or nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from venues.errors import Invalid
from venues.geocoding import Coordinates
from venues.imports.venues_sheet import VenueRow, read_venues
from venues.imports.workbook import RowProblem, Table
from venues.models import FormerAddress, Organisation, Region, RegionLevel, Venue
from venues.permissions import Actor, may
from venues.services.venues import may_give_to, settle_place, venue_problems

FARTHEST_FROM_SEAT_KM = 500
"""No point of a county or prefecture of China lies farther from its seat."""


@dataclass(frozen=True)
class VenuesPreview:
    """What a file would do. With any problem it does nothing."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    problems: tuple[RowProblem, ...]


def preview_venues(content: bytes | Table, *, by: Actor | None, now: datetime) -> VenuesPreview:
    """What :func:`import_venues` would do now, with all problems of all rows; writes nothing.

    A row means the venue with its slug, else the one of that name in that region; otherwise it is
    a new one. An empty cell says nothing about a venue that exists.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    return _Intake(by=by, now=now).read(content).preview()


@transaction.atomic
def import_venues(content: bytes | Table, *, by: Actor | None, now: datetime) -> VenuesPreview:
    """Write a network file of venues, all of it; the same file a second time changes nothing.

    Venues with an address but no coordinates are left for the geocoder.

    Raises:
        UnreadableFile: it is not a table at all.
        Invalid: there are problems; ``detail["problems"]`` has them all, nothing was written.
    """
    list(Venue.objects.select_for_update().order_by("pk").values_list("pk"))
    intake = _Intake(by=by, now=now).read(content)
    outcome = intake.preview()
    if outcome.problems:
        raise Invalid(
            f"The file has {len(outcome.problems)} problems; nothing was written.",
            problems=[problem.told() for problem in outcome.problems],
        )
    Venue.objects.bulk_create(intake.new, batch_size=500)
    for venue in intake.changed:
        venue.save()
    return outcome


@dataclass
class _Intake:
    """One pass over a file against the network as it is in memory."""

    by: Actor | None
    now: datetime
    new: list[Venue] = field(default_factory=list)
    changed: list[Venue] = field(default_factory=list)
    unchanged: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Columns of the present row with a problem before it was looked at."""
    first: int = 0
    """Where the problems of the present row begin."""

    def read(self, content: bytes | Table) -> _Intake:
        rows, self.problems = read_venues(content)
        self._know_the_network()
        columns: dict[int, set[str]] = defaultdict(set)
        for problem in self.problems:
            columns[problem.row].add(problem.column)
        for row in rows:
            self.refused, self.first = columns[row.typed.number], len(self.problems)
            self._take(row)
        self.problems.sort(key=lambda problem: (problem.row, len(problem.cell), problem.cell))
        return self

    def preview(self) -> VenuesPreview:
        return VenuesPreview(
            created=tuple(venue.slug for venue in self.new),
            changed=tuple(venue.slug for venue in self.changed),
            unchanged=self.unchanged,
            problems=tuple(self.problems),
        )

    def _know_the_network(self) -> None:
        on = localdate(self.now)
        self.regions = {r.code: r for r in Region.objects.select_related("replaced_by", "parent")}
        self.regions_by_name: dict[str, list[Region]] = defaultdict(list)
        for region in Region.objects.valid_on(on).select_related("parent"):
            self.regions_by_name[region.name_zh].append(region)
        self.organisations: dict[str, list[Organisation]] = defaultdict(list)
        for organisation in Organisation.objects.all():
            for word in {organisation.slug, organisation.name_zh}:
                self.organisations[word].append(organisation)
        self.by_slug: dict[str, Venue] = {}
        self.by_name: dict[tuple[int, str], Venue] = {}
        for venue in Venue.objects.select_related("region"):
            self.by_slug[venue.slug] = venue
            self.by_name.setdefault((venue.region_id, venue.name_zh), venue)
        leading = FormerAddress.objects.filter(kind="venue")
        self.former_slugs = set(leading.values_list("former", flat=True))
        self.allowed: dict[int, bool] = {}  # regions
        self.given: dict[int, bool] = {}  # organisations
        self.seen: dict[str, int] = {}  # slug → row

    # ---- one row

    def _take(self, row: VenueRow) -> None:
        region = self._region(row)
        organisation = self._organisation(row)
        if region is None or not self._may(row, "region", region):
            self._check(row, Venue(**{"slug": "any", "changed_at": self.now, **row.facts}), None)
            return
        facts = dict(row.facts, region=region)
        if organisation is not None:
            facts["organisation"] = organisation
        before = self._existing(row, region)
        if before is not None and not self._may(row, "slug", before.region):
            return
        venue = self._new(row, facts) if before is None else _copy_with(before, facts)
        if venue.slug in self.seen:
            message = f"The same venue as in row {self.seen[venue.slug]}; delete one of them."
            self.problems.append(row.typed.problem("name_zh", message))
            return
        self.seen[venue.slug] = row.typed.number
        if before is not None and all(getattr(before, name) == facts[name] for name in facts):
            self.unchanged += 1
            return
        settle_place(venue, before)
        self._check(row, venue, before)
        if before is None:
            self.new.append(venue)
        else:
            venue.version, venue.changed_at = before.version + 1, self.now
            self.changed.append(venue)

    def _new(self, row: VenueRow, facts: dict) -> Venue:
        slug = facts.pop("slug", None) or self._free_slug(facts["region"].code)
        if facts["region"].country != "CN" and "timezone" not in facts:
            message = "Must be given outside China: an IANA zone such as Asia/Kathmandu."
            self.problems.append(row.typed.problem("timezone", message))
        if slug in self.former_slugs:
            message = f"“{slug}” still leads to another venue. Choose another."
            self.problems.append(row.typed.problem("slug", message))
        return Venue(slug=slug, changed_at=self.now, **facts)

    def _free_slug(self, code: str) -> str:
        number = 1
        while (slug := f"{code.lower()}-{number}") in self._taken():
            number += 1
        return slug

    def _taken(self) -> _Taken:
        return _Taken((self.by_slug, self.seen, self.former_slugs))

    def _existing(self, row: VenueRow, region: Region) -> Venue | None:
        if "slug" in row.facts:
            return self.by_slug.get(row.facts["slug"])
        return self.by_name.get((region.pk, row.facts.get("name_zh", "")))

    def _region(self, row: VenueRow) -> Region | None:
        if row.region is None:
            return None  # its absence is a problem already
        region = self.regions.get(row.region)
        while region is not None and region.replaced_by is not None:
            region = self.regions[region.replaced_by.code]
        found = [region] if region is not None else self.regions_by_name.get(row.region, [])
        if len(found) == 1:
            return found[0]
        if found:
            choices = "、".join(f"{r.code} ({r.parent.name_zh if r.parent else ''})" for r in found)
            message = f"“{row.region}” is the name of several regions; write the code: {choices}."
        else:
            message = f"There is no region “{row.region}”. Write its code, such as 510981."
        self.problems.append(row.typed.problem("region", message))
        return None

    def _organisation(self, row: VenueRow) -> Organisation | None:
        if row.organisation is None:
            return None
        found = self.organisations.get(row.organisation, [])
        if len(found) != 1:
            message = f"“{row.organisation}” is the name of {len(found)} organisations. " + (
                f"Write one of: {', '.join(sorted(o.slug for o in found))}."
                if found
                else "Register it first, or leave the cell empty."
            )
            self.problems.append(row.typed.problem("organisation", message))
            return None
        if not self._may_give_to(row, found[0]):
            return None
        return found[0]

    def _may(self, row: VenueRow, column: str, region: Region) -> bool:
        if region.pk not in self.allowed:
            on = localdate(self.now)
            self.allowed[region.pk] = may(self.by, "venue.register", on=on, region=region)
        if not self.allowed[region.pk]:
            message = f"You do not administer {region.code} {region.name_zh}."
            self.problems.append(row.typed.problem(column, message))
        return self.allowed[region.pk]

    def _may_give_to(self, row: VenueRow, organisation: Organisation) -> bool:
        if organisation.pk not in self.given:
            venue = Venue(organisation=organisation)
            self.given[organisation.pk] = may_give_to(self.by, venue, localdate(self.now))
        if not self.given[organisation.pk]:
            message = f"You do not administer {organisation.slug} {organisation.name_zh}."
            self.problems.append(row.typed.problem("organisation", message))
        return self.given[organisation.pk]

    def _check(self, row: VenueRow, venue: Venue, before: Venue | None) -> None:
        refused = self.refused | {problem.column for problem in self.problems[self.first :]}
        for problem in venue_problems(venue, on=localdate(self.now), before=before):
            found = row.typed.problem(problem["field"], problem["message"])
            if found.column not in refused:
                self.problems.append(found)
        if message := _too_far(venue):
            self.problems.append(row.typed.problem("lat", message))


@dataclass(frozen=True)
class _Taken:
    collections: tuple

    def __contains__(self, slug: str) -> bool:
        return any(slug in taken for taken in self.collections)


def _copy_with(before: Venue, facts: dict) -> Venue:
    values = {f.attname: getattr(before, f.attname) for f in Venue._meta.concrete_fields}
    venue = Venue(**values)
    venue._state.adding, venue._state.db = False, before._state.db
    for name, value in facts.items():
        setattr(venue, name, value)
    return venue


def _point(row: Venue | Region) -> Coordinates | None:
    if row.lat is None or row.lon is None or abs(row.lat) > 90 or abs(row.lon) > 180:
        return None
    return Coordinates(row.lat, row.lon)


def _too_far(venue: Venue) -> str:
    if venue.region_id is None or venue.region.level < RegionLevel.PREFECTURE:
        return ""
    place, seat = _point(venue), _point(venue.region)
    if place is None or seat is None:
        return ""
    km = place.km_to(seat)
    if km <= FARTHEST_FROM_SEAT_KM:
        return ""
    return f"Lies {km:,.0f} km from {venue.region.name_zh}. Correct the coordinates or the region."
