"""Taking in a file of units: everything of it, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from touring.errors import InvalidUnit
from touring.imports.units_sheet import read_units
from touring.models import Exhibition, Unit
from touring.permissions import can_change_unit
from touring.services.units import record_unit
from venues.imports.columns import TypedRow
from venues.imports.workbook import RowProblem, Table
from venues.models import Organisation, Region, Venue
from venues.permissions import Actor

Facts = dict[str, Any]
"""What a file can say of a unit, as JSON: slugs and codes for what it names."""
_PLAIN = (
    *("kind", "serial", "returns_home", "km_per_day", "free_km"),
    *("max_km", "max_days_out", "rest_days", "is_active"),
)


@dataclass(frozen=True)
class UnitsTaken:
    """What the file did; with any problem, nothing. ``changed``: code → facts before and after."""

    created: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Facts, Facts]] = field(default_factory=dict)
    unchanged: int = 0
    problems: tuple[RowProblem, ...] = ()


def facts_of(unit: Unit) -> Facts:
    return {
        **{name: getattr(unit, name) for name in _PLAIN},
        "exhibition": unit.exhibition.slug,
        "operator": unit.operator.slug if unit.operator else None,
        "home": unit.home.slug,
        "regions": sorted(region.code for region in unit.regions.all()),
    }


def take_units(content: bytes | Table, *, by: Actor, now: datetime) -> UnitsTaken:
    """Record a file of units; the same file a second time changes nothing.

    A row means the unit with its code, else a new one. An empty cell says nothing about a unit
    that exists. All problems of all rows are told at once.

    Raises:
        UnreadableFile: it is not a table at all.
    """
    with transaction.atomic():
        taken = _Intake(by, now).read(content).write()
        if taken.problems:
            transaction.set_rollback(True)
    return taken


def set_facts(unit: Unit, facts: Facts, *, by: Actor, now: datetime) -> None:
    """Let a unit say again what :func:`facts_of` said of it.

    Raises:
        NotAllowed, InvalidUnit: as :func:`~touring.services.units.record_unit`.
    """
    for name in _PLAIN:
        setattr(unit, name, facts[name])
    unit.exhibition = Exhibition.objects.get(slug=facts["exhibition"])
    operator = facts["operator"]
    unit.operator = Organisation.objects.get(slug=operator) if operator else None
    unit.home = Venue.objects.get(slug=facts["home"])
    record_unit(unit=unit, by=by, now=now)
    unit.regions.set(Region.objects.filter(code__in=facts["regions"]))


@dataclass
class _Intake:
    """One pass over a file against the network as it is in memory."""

    by: Actor
    now: datetime
    wanted: list[tuple[TypedRow, Unit, list[Region] | None]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def read(self, content: bytes | Table) -> _Intake:
        rows, self.problems = read_units(content)
        self._exhibitions = _by_words(Exhibition.objects.all(), "slug", "title_zh")
        self._organisations = _by_words(Organisation.objects.all(), "slug", "name_zh")
        self._venues = _by_words(Venue.objects.select_related("region"), "slug", "name_zh")
        valid = Region.objects.valid_on(timezone.localdate(self.now))
        self._regions = _by_words(valid, "code", "name_zh")
        known = Unit.objects.select_for_update(of=("self",)).order_by("pk")
        named = known.select_related("exhibition", "home__region", "operator")
        self._known = {unit.code: unit for unit in named.prefetch_related("regions")}
        self._seen: dict[str, int] = {}
        for row in rows:
            self._take(row)
        return self

    def write(self) -> UnitsTaken:
        created: list[str] = []
        changed: dict[str, tuple[Facts, Facts]] = {}
        unchanged = 0
        for row, unit, regions in [] if self.problems else self.wanted:
            before = facts_of(self._known[unit.code]) if unit.pk else None
            try:
                if before is None or before != _after(unit, regions):
                    record_unit(unit=unit, by=self.by, now=self.now)
                    if regions is not None:
                        unit.regions.set(regions)
            except InvalidUnit as refusal:
                self.problems.append(row.problem("code", refusal.message))
                continue
            after = facts_of(unit)
            if before is None:
                created.append(unit.code)
            elif before != after:
                changed[unit.code] = before, after
            else:
                unchanged += 1
        self.problems.sort(key=lambda problem: (problem.row, len(problem.cell), problem.cell))
        return UnitsTaken(tuple(created), changed, unchanged, tuple(self.problems))

    def _take(self, row: TypedRow) -> None:
        said = {name: value for name, value in row.values.items() if value is not None}
        code = said.get("code")
        exhibition = self._one(row, "exhibition", self._exhibitions)
        operator = self._one(row, "operator", self._organisations)
        home = self._one(row, "home", self._venues)
        regions = self._several(row, said.get("regions"))
        if code is None or exhibition is None or home is None:
            return  # each of them is a problem already
        if (first := self._seen.setdefault(code, row.number)) < row.number:
            self.problems.append(
                row.problem("code", f"Stands in row {first} already. Delete one of them.")
            )
            return
        before = self._known.get(code)
        unit = Unit(code=code) if before is None else _copy(before)
        for name in _PLAIN:
            if name in said:
                setattr(unit, name, said[name])
        unit.exhibition, unit.home = exhibition, home
        if operator is not None:
            unit.operator = operator
        if self._may(row, before, unit):
            self.wanted.append((row, unit, regions))

    def _may(self, row: TypedRow, before: Unit | None, unit: Unit) -> bool:
        on = timezone.localdate(self.now)
        for known in (before, unit):
            if known is not None and not can_change_unit(self.by, known, on):
                message = f"You do not decide about units of {known.home}; ask its planners."
                self.problems.append(row.problem("home", message))
                return False
        return True

    def _one(self, row: TypedRow, name: str, known: Mapping[str, list]) -> Any:
        word = row.values.get(name)
        return None if word is None else self._found(row, name, word, known)

    def _several(self, row: TypedRow, words: tuple[str, ...] | None) -> list[Region] | None:
        if words is None:
            return None
        found = [self._found(row, "regions", word, self._regions) for word in words]
        return [region for region in found if region is not None]

    def _found(self, row: TypedRow, name: str, word: str, known: Mapping[str, list]) -> Any:
        found = known.get(word, [])
        if len(found) == 1:
            return found[0]
        remedy = (
            "write its code or address name (slug)" if found else "correct it or register it first"
        )
        message = f"There are {len(found)} called “{word}”: {remedy}."
        self.problems.append(row.problem(name, message))
        return None


def _by_words(rows: Iterable[Any], *names: str) -> dict[str, list[Any]]:
    """What a word may mean: an identifier means its own row alone, a name all that share it."""
    identifier, *others = names
    known: dict[str, list[Any]] = defaultdict(list)
    rows = list(rows)
    for row in rows:
        known[getattr(row, identifier)] = [row]
    identified = set(known)
    for row in rows:
        for name in others:
            if (word := getattr(row, name)) not in identified:
                known[word].append(row)
    return known


def _copy(unit: Unit) -> Unit:
    """Another object of the same row, so that the known one stays as it was."""
    values = {f.attname: getattr(unit, f.attname) for f in Unit._meta.concrete_fields}
    copy = Unit(**values)
    copy._state.adding, copy._state.db = False, unit._state.db
    copy.operator = unit.operator
    return copy


def _after(unit: Unit, regions: list[Region] | None) -> Facts:
    """What recording would make of the unit."""
    facts = facts_of(unit)
    return facts if regions is None else facts | {"regions": sorted(r.code for r in regions)}
