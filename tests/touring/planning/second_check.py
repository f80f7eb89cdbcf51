"""The rules H1-H13 and the value a second time: slow, obvious, day by day, for tests alone.

Written from the words of the problem (see :mod:`touring.planning.problem`) as plain quantifiers over
stops and days. Nothing of ``check``, ``objective`` or the solvers is used, nor the arrays of
``Problem``; distances come from geopy, where the engine uses pyproj.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from geopy.distance import geodesic

from touring.planning.problem import Maintenance, Problem, Unit
from touring.planning.result import MaintenanceSpan, Plan, Stop

# Code, unit, request, and the first day where neither unit nor request is to blame.
Finding = tuple[str, str, str, int | None]


@lru_cache(maxsize=200_000)
def _geodesic_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    return float(geodesic(here, there).km)


@dataclass(frozen=True)
class Being:
    """A stop with its days: at the host on every day of ``there``, open on every day of ``shown``."""

    stop: Stop
    unit: Unit
    request: Any
    host: Any

    @property
    def a(self) -> int:
        return self.stop.open - self.unit.setup_days

    @property
    def o(self) -> int:
        return self.stop.open

    @property
    def c(self) -> int:
        return self.stop.open + self.request.stay_days

    @property
    def l(self) -> int:  # noqa: E743 - the letter of the written rules
        return self.c + self.unit.strike_days

    @property
    def there(self) -> set[int]:
        return set(range(self.a, self.l))

    @property
    def shown(self) -> set[int]:
        return set(range(self.o, self.c))


class SecondCheck:
    """One plan of one problem, judged and valued by enumeration."""

    def __init__(self, problem: Problem, plan: Plan, previous: Plan | None = None) -> None:
        self.problem, self.plan, self.previous = problem, plan, previous
        self.units = {unit.id: unit for unit in problem.units}
        self.hosts = {host.id: host for host in problem.hosts}
        self.requests = {request.id: request for request in problem.requests}
        self.beings = [
            Being(
                stop,
                self.units[stop.unit],
                self.requests[stop.request],
                self.hosts[self.requests[stop.request].host],
            )
            for stop in plan.stops
            if stop.unit in self.units and stop.request in self.requests
        ]

    # -- distances

    def km(self, unit: Unit, here: str | None, there: str | None) -> float:
        """Between hosts; ``None`` is the unit's home."""
        matrix = self.problem.travel.matrix
        if matrix is not None:
            row, column = (
                matrix.points.index(f"home:{unit.id}" if one is None else one)
                for one in (here, there)
            )
            return float(matrix.km[row, column])
        ends = [
            unit.home if one is None else (self.hosts[one].lat, self.hosts[one].lon)
            for one in (here, there)
        ]
        return 0.0 if ends[0] == ends[1] else self.problem.travel.circuity * _geodesic_km(*ends)

    def days(self, unit: Unit, here: str | None, there: str | None) -> int:
        matrix = self.problem.travel.matrix
        if matrix is not None and matrix.days is not None:
            row, column = (
                matrix.points.index(f"home:{unit.id}" if one is None else one)
                for one in (here, there)
            )
            return int(matrix.days[row, column])
        pace = unit.km_per_day if unit.km_per_day is not None else self.problem.travel.km_per_day
        return math.ceil(max(0.0, self.km(unit, here, there) - unit.free_km) / pace)

    # -- a unit's season

    def season(self, unit: Unit) -> list[Being]:
        mine = [being for being in self.beings if being.unit.id == unit.id]
        return sorted(mine, key=lambda being: (being.a, being.request.id))

    def spans(self, unit: Unit) -> list[MaintenanceSpan]:
        return sorted(span for span in self.plan.maintenance if span.unit == unit.id)

    def span_of(self, being: Being) -> tuple[int, int] | None:
        for first, end in being.unit.available:
            if all(first <= day < end for day in being.there):
                return first, end
        return None

    def maintained_between(self, one: Being, two: Being) -> bool:
        return any(one.l <= s.first and s.end <= two.a for s in self.spans(one.unit))

    def must_pass_home(self, one: Being, two: Being) -> bool:
        apart = self.span_of(one) != self.span_of(two)
        return self.maintained_between(one, two) or (one.unit.returns_home and apart)

    def rest_between(self, one: Being, two: Being) -> int:
        """Days between being back home and leaving again."""
        unit = one.unit
        back = one.l + self.days(unit, one.host.id, None)
        return two.a - self.days(unit, None, two.host.id) - back

    def ends_at_home(self, unit: Unit) -> bool:
        last = self.season(unit)[-1]
        return unit.returns_home or any(span.first >= last.l for span in self.spans(unit))

    def ways(self, unit: Unit) -> Iterator[tuple[bool, ...]]:
        """Every way to go home in gaps where a rest may lie, the forced ones included."""
        pairs = list(itertools.pairwise(self.season(unit)))
        choices = []
        for one, two in pairs:
            if self.must_pass_home(one, two):
                choices.append((True,))
            elif (
                unit.max_days_out is not None
                and self.span_of(one) == self.span_of(two)
                and self.rest_between(one, two) >= unit.rest_days
            ):
                choices.append((False, True))
            else:
                choices.append((False,))
        yield from itertools.product(*choices)

    def trips_hold(self, unit: Unit, way: tuple[bool, ...]) -> bool:
        season = self.season(unit)
        trip = [season[0]]
        trips = [trip]
        for being, home in zip(season[1:], way, strict=True):
            if home:
                trip = []
                trips.append(trip)
            trip.append(being)
        for trip in trips:
            left = trip[0].a - self.days(unit, None, trip[0].host.id)
            comes_home = trip is not trips[-1] or self.ends_at_home(unit)
            back = trip[-1].l + (self.days(unit, trip[-1].host.id, None) if comes_home else 0)
            if back - left > (unit.max_days_out or 0):
                return False
        return True

    def legs(self, unit: Unit, way: tuple[bool, ...]) -> list[tuple[str | None, str | None]]:
        season = self.season(unit)
        legs: list[tuple[str | None, str | None]] = [(None, season[0].host.id)]
        for (one, two), home in zip(itertools.pairwise(season), way, strict=True):
            if home:
                legs += [(one.host.id, None), (None, two.host.id)]
            else:
                legs.append((one.host.id, two.host.id))
        if self.ends_at_home(unit):
            legs.append((season[-1].host.id, None))
        return legs

    def chosen_legs(self, unit: Unit) -> list[tuple[str | None, str | None]]:
        """The legs of least kilometres among the ways that H9 allows; the forced ones otherwise."""
        if not self.season(unit):
            return []
        ways = list(self.ways(unit))
        if unit.max_days_out is not None:
            forced = tuple(
                self.must_pass_home(one, two) for one, two in itertools.pairwise(self.season(unit))
            )
            ways = [way for way in ways if self.trips_hold(unit, way)] or [forced]
        return min(
            (self.legs(unit, way) for way in ways),
            key=lambda legs: sum(self.km(unit, *leg) for leg in legs),
        )

    def km_of(self, unit: Unit) -> float:
        return sum(self.km(unit, *leg) for leg in self.chosen_legs(unit))

    # -- regions

    def lies_in(self, host: Any, region: str) -> bool:
        parents = {one.id: one.parent for one in self.problem.regions}
        here = host.region
        while here is not None:
            if here == region:
                return True
            here = parents.get(here)
        return False

    # -- the rules

    def findings(self) -> set[Finding]:
        rules = [
            *(self.h1(), self.h2(), self.h3(), self.h4(), self.h5(), self.h6(), self.h7()),
            *(self.h8(), self.h9(), self.h10(), self.h11(), self.h12(), self.h13()),
        ]
        return set(itertools.chain(self.strangers(), *rules))

    def strangers(self) -> Iterator[Finding]:
        for stop in self.plan.stops:
            if stop.unit not in self.units or stop.request not in self.requests:
                yield "ID", stop.unit, stop.request, None
        for span in self.plan.maintenance:
            if span.unit not in self.units:
                yield "ID", span.unit, "", None

    def h1(self) -> Iterator[Finding]:
        for unit in self.problem.units:
            for one, two in itertools.pairwise(self.season(unit)):
                if two.a < one.l + self.days(unit, one.host.id, two.host.id):
                    yield "H1", unit.id, two.request.id, None

    def h2(self) -> Iterator[Finding]:
        for unit in self.problem.units:
            season = self.season(unit)
            for being in season:
                if self.span_of(being) is None:
                    yield "H2", unit.id, being.request.id, None
            for first, end in unit.available:
                inside = [being for being in season if self.span_of(being) == (first, end)]
                if not inside:
                    continue
                opening, closing = inside[0], inside[-1]
                earlier = season[: season.index(opening)]
                start = None
                if earlier and not unit.returns_home:
                    home = self.maintained_between(earlier[-1], opening)
                    start = None if home else earlier[-1].host.id
                if opening.a < first + self.days(unit, start, opening.host.id):
                    yield "H2", unit.id, opening.request.id, None
                if unit.returns_home and closing.l + self.days(unit, closing.host.id, None) > end:
                    yield "H2", unit.id, closing.request.id, None

    def h3(self) -> Iterator[Finding]:
        for unit in self.problem.units:
            season, spans = self.season(unit), self.spans(unit)
            answered = self._most_answered(unit, spans)
            if (season and answered < len(unit.maintenance)) or answered < len(spans):
                yield "H3", unit.id, "", None
            for one, two in itertools.combinations(spans, 2):
                if set(range(one.first, one.end)) & set(range(two.first, two.end)):
                    yield "H3", unit.id, "", None
            for span in spans:
                yield from self._h3_of(unit, season, span)

    def _h3_of(self, unit: Unit, season: list[Being], span: MaintenanceSpan) -> Iterator[Finding]:
        for being in season:
            if being.there & set(range(span.first, span.end)):
                yield "H3", unit.id, being.request.id, None
        before = [being for being in season if being.l <= span.first]
        after = [being for being in season if being.a >= span.end]
        if before and before[-1].l + self.days(unit, before[-1].host.id, None) > span.first:
            yield "H3", unit.id, before[-1].request.id, None
        if after and span.end + self.days(unit, None, after[0].host.id) > after[0].a:
            yield "H3", unit.id, after[0].request.id, None

    def _most_answered(self, unit: Unit, spans: list[MaintenanceSpan]) -> int:
        """How many needs the spans can answer at most, by trying every assignment."""

        def answers(span: MaintenanceSpan, need: Maintenance) -> bool:
            days = range(span.first, span.end)
            return (
                len(days) == need.days
                and all(need.earliest <= day < need.latest for day in days)
                and any(all(f <= day < e for day in days) for f, e in unit.available)
            )

        needs: list[Maintenance | None] = [*unit.maintenance, *([None] * len(spans))]
        return max(
            (
                sum(
                    need is not None and answers(s, need) for s, need in zip(spans, of, strict=True)
                )
                for of in itertools.permutations(needs, len(spans))
            ),
            default=0,
        )

    def h4(self) -> Iterator[Finding]:
        for being in self.beings:
            host, request = being.host, being.request
            no_work = [
                day for f, e in (*self.problem.no_work, *host.no_work) for day in range(f, e)
            ]
            closed = {day for f, e in host.blackouts for day in range(f, e)}
            working = set(range(being.a, being.o)) | set(range(being.c, being.l))
            inside = any(all(w.first <= d < w.end for d in being.shown) for w in request.windows)
            season = all(0 <= day < self.problem.days for day in being.there)
            if not inside or not season or being.there & closed or working & set(no_work):
                yield "H4", being.unit.id, request.id, None

    def h5(self) -> Iterator[Finding]:
        for host in self.problem.hosts:
            here = [being for being in self.beings if being.host.id == host.id]
            for day in sorted({day for being in here for day in being.there}):
                present = [being for being in here if day in being.there]
                if len(present) > host.parallel:
                    for being in present:
                        if being.a == day:
                            yield "H5", being.unit.id, being.request.id, None

    def h6(self) -> Iterator[Finding]:
        for being in self.beings:
            unit, request, host = being.unit, being.request, being.host
            wanted = request.exhibitions is None or unit.exhibition in request.exhibitions
            equipped = all(host.offers.get(k, 0) >= least for k, least in unit.requires.items())
            near = unit.regions is None or any(self.lies_in(host, one) for one in unit.regions)
            pairs = [(pair.unit, pair.request) for pair in self.problem.forbidden]
            if not (wanted and equipped and near) or (unit.id, request.id) in pairs:
                yield "H6", unit.id, request.id, None

    def h7(self) -> Iterator[Finding]:
        gaps = self.problem.gaps
        for being in self.beings:
            if sum(other.request.id == being.request.id for other in self.beings) > 1:
                yield "H7", being.unit.id, being.request.id, None
            group = being.host.place_group
            if group is None:
                continue
            closes = [
                (stop.close, stop.exhibition)
                for stop in self.problem.history
                if stop.place_group == group
            ] + [
                (other.c, other.unit.exhibition)
                for other in self.beings
                if other.host.place_group == group and other.c <= being.o
            ]
            for close, exhibition in closes:
                between = being.o - close
                same = exhibition is not None and exhibition == being.unit.exhibition
                if between < gaps.any_gap_days or (
                    same and between < gaps.same_exhibition_gap_days
                ):
                    yield "H7", being.unit.id, being.request.id, None

    def h8(self) -> Iterator[Finding]:
        for lock in self.problem.locked:
            if not any(
                (stop.unit, stop.request, stop.open) == (lock.unit, lock.request, lock.open)
                for stop in self.plan.stops
            ):
                yield "H8", lock.unit, lock.request, None

    def h9(self) -> Iterator[Finding]:
        for unit in self.problem.units:
            season = self.season(unit)
            if not season:
                continue
            if unit.max_km is not None and self.km_of(unit) > unit.max_km + 1e-6:
                yield "H9", unit.id, "", None
            if unit.max_days_out is None:
                continue
            for one, two in itertools.pairwise(season):
                if self.must_pass_home(one, two) and self.rest_between(one, two) < unit.rest_days:
                    yield "H9", unit.id, two.request.id, None
            if not any(self.trips_hold(unit, way) for way in self.ways(unit)):
                yield "H9", unit.id, season[0].request.id, None

    def h10(self) -> Iterator[Finding]:
        for crew in self.problem.crews:
            begun = [
                day
                for being in self.beings
                if being.unit.crew == crew.id
                for day in (being.a, being.c)
            ]
            for day in range(min(begun, default=0), max(begun, default=0) + 1):
                if day in begun and sum(day <= one <= day + 6 for one in begun) > crew.per_week:
                    yield "H10", "", "", day

    def h11(self) -> Iterator[Finding]:
        for rotation in self.problem.rotations:
            cells: dict[tuple[int, str], list[Being]] = {}
            for being in self.beings:
                if being.unit.id not in rotation.units:
                    continue
                middle = (being.o + being.c) // 2
                periods = [p for p, (f, e) in enumerate(rotation.periods) if f <= middle < e]
                cell = cells.setdefault((periods[0], being.unit.id), []) if periods else None
                if cell is None or being.host.id not in rotation.hosts:
                    yield "H11", being.unit.id, being.request.id, None
                else:
                    cell.append(being)
            yield from self._h11_square(rotation, cells)
            yield from self._h11_swaps(rotation, cells)

    def _h11_square(
        self, rotation: Any, cells: dict[tuple[int, str], list[Being]]
    ) -> Iterator[Finding]:
        for cell in cells.values():
            cell.sort(key=lambda being: (being.a, being.request.id))
            for second in cell[1:]:
                yield "H11", second.unit.id, second.request.id, None
            del cell[1:]
        for p, (first, _) in enumerate(rotation.periods):
            standing = [cells[p, unit][0] for unit in rotation.units if cells.get((p, unit))]
            for unit in rotation.units:
                if not cells.get((p, unit)):
                    yield "H11", unit, "", None
            for host in rotation.hosts:
                if sum(being.host.id == host for being in standing) != 1:
                    yield "H11", "", "", first
        for unit in rotation.units:
            season = [cell[0] for (_, one), cell in cells.items() if one == unit and cell]
            for being in season:
                if sum(other.host.id == being.host.id for other in season) > 1:
                    yield "H11", unit, being.request.id, None

    def _h11_swaps(
        self, rotation: Any, cells: dict[tuple[int, str], list[Being]]
    ) -> Iterator[Finding]:
        moving: list[tuple[str, int]] = []
        for p in range(1, len(rotation.periods)):
            boundary = rotation.periods[p][0]
            for unit in rotation.units:
                old, new = cells.get((p - 1, unit)), cells.get((p, unit))
                if old and old[0].c < boundary - rotation.swap_days:
                    yield "H11", unit, old[0].request.id, None
                if new and new[0].o > boundary + rotation.swap_days:
                    yield "H11", unit, new[0].request.id, None
                if old and new:
                    ways = self.days(new[0].unit, old[0].host.id, new[0].host.id)
                    moving += [(unit, new[0].a - back) for back in range(1, ways + 1)]
        if rotation.trucks is not None:
            for day in {day for _, day in moving}:
                if sum(one == day for _, one in moving) > rotation.trucks:
                    yield "H11", "", "", day

    def h12(self) -> Iterator[Finding]:
        for being in self.beings:
            papers = [
                p for p in being.unit.customs if (being.host.region or "").startswith(p.country)
            ]
            if papers and not any(all(p.first <= d < p.end for d in being.there) for p in papers):
                yield "H12", being.unit.id, being.request.id, None

    def h13(self) -> Iterator[Finding]:
        for being in self.beings:
            allowed = being.request.days_allowed
            if allowed is not None and not being.shown <= set(allowed):
                yield "H13", being.unit.id, being.request.id, None

    # -- the value

    def worth_of(self, being: Being) -> float:
        inside = [
            w.preference
            for w in being.request.windows
            if all(w.first <= day < w.end for day in being.shown)
        ]
        return float(being.request.value * max(inside, default=0.0))

    def parts(self) -> dict[str, Any]:
        weights = self.problem.objective
        coverage = sum(self.worth_of(being) for being in self.beings)
        km = sum(self.km_of(unit) for unit in self.problem.units)
        floors = self.floors()
        musts = sum(
            request.must and all(b.request.id != request.id for b in self.beings)
            for request in self.problem.requests
        )
        changed = self.changed()
        idle = sum(self.idle_days(unit) for unit in self.problem.units)
        costs = {
            "km_cost": weights.km_cost * km,
            "floor_penalty": weights.floor_penalty * sum(floors.values()),
            "must_penalty": weights.must_penalty * musts,
            "change_penalty": weights.change_penalty * sum(stop.weight for stop in changed),
            "idle_cost": weights.idle_cost * idle,
        }
        return {
            **costs,
            "total": coverage - sum(costs.values()),
            "coverage": coverage,
            "km": km,
            "shortfall": sum(floors.values()),
            "unserved_musts": musts,
            "changes": len(changed),
            "idle_days": idle,
            "lowest_ratio": self.lowest_ratio() if weights.mode == "max_min" else None,
            "floors": floors,
        }

    def floors(self) -> dict[tuple[str, str, str], float]:
        """What is missing, in stops or value, by kind, id and measure."""
        missing: dict[tuple[str, str, str], float] = {}
        for region in self.problem.regions:
            inside = [being for being in self.beings if self.lies_in(being.host, region.id)]
            missing |= self._floor("region", region, inside)
            if region.min_township_share is not None:
                townships = sum(being.request.township for being in inside)
                share = region.min_township_share * len(inside) - townships
                missing["region", region.id, "township_share"] = share
        for pairing in self.problem.pairings:
            inside = [
                being
                for being in self.beings
                if self.lies_in(being.host, pairing.region)
                and (pairing.units is None or being.unit.id in pairing.units)
            ]
            missing |= self._floor("pairing", pairing, inside)
        return {key: amount for key, amount in missing.items() if amount > 0}

    def _floor(
        self, kind: str, floor: Any, inside: list[Being]
    ) -> dict[tuple[str, str, str], float]:
        missing = {}
        if floor.min_stops is not None:
            missing[kind, floor.id, "stops"] = float(floor.min_stops - len(inside))
        if floor.min_value is not None:
            served = sum(self.worth_of(being) for being in inside)
            missing[kind, floor.id, "value"] = floor.min_value - served
        return missing

    def changed(self) -> list[Stop]:
        return [
            old
            for old in (self.previous.stops if self.previous is not None else ())
            if old.confirmed
            and not any(
                (new.unit, new.request, new.open) == (old.unit, old.request, old.open)
                for new in self.plan.stops
            )
        ]

    def idle_days(self, unit: Unit) -> int:
        available = len({day for f, e in unit.available for day in range(f, e)})
        season = self.season(unit)
        if not season:
            return available
        at_work = sum(len(being.there) for being in season)
        travel = sum(self.days(unit, *leg) for leg in self.chosen_legs(unit))
        maintained = sum(span.end - span.first for span in self.spans(unit))
        return max(0, available - at_work - travel - maintained)

    def lowest_ratio(self) -> float:
        ratios = []
        regions = self.problem.objective.regions or [one.id for one in self.problem.regions]
        for region in regions:
            wanted = sum(
                request.value
                for request in self.problem.requests
                if self.lies_in(self.hosts[request.host], region)
            )
            served = sum(self.worth_of(b) for b in self.beings if self.lies_in(b.host, region))
            if wanted > 0:
                ratios.append(served / wanted)
        return min(ratios, default=1.0)
