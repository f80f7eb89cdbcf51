"""The rules that stops keep among each other: H5, H7, H8, H10, H11."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from touring.planning.check.network import Known, Network, Visit, grouped
from touring.planning.check.violation import Violation
from touring.planning.problem import Rotation

_WEEK = 7


def shared_violations(network: Network, known: Known) -> list[Violation]:
    visits = known.all_visits()
    found: list[Violation] = []
    found += _room_at_hosts(visits)
    found += _served_once(visits)
    found += _far_enough_apart(network, visits)
    found += _locks_kept(network, known)
    found += _crews_cope(network, visits)
    for rotation in network.problem.rotations:
        found += _rotates(network, known, rotation)
    return found


def _room_at_hosts(visits: list[Visit]) -> Iterator[Violation]:
    for group in grouped(visits, "id").values():
        for visit in group:
            here = [o for o in group if o.arrive <= visit.arrive < o.leave]
            if len(here) > visit.host.parallel:
                yield visit.broke(
                    "H5",
                    f"{len(here)} stops at {visit.host.id} on day {visit.arrive}, "
                    f"{visit.host.parallel} fit",
                    (visit.arrive, visit.arrive + 1),
                )


def _served_once(visits: list[Visit]) -> Iterator[Violation]:
    times = Counter(visit.request.id for visit in visits)
    for visit in visits:
        if times[visit.request.id] > 1:
            yield visit.broke("H7", f"the request is served {times[visit.request.id]} times")


def _far_enough_apart(network: Network, visits: list[Visit]) -> Iterator[Violation]:
    gaps = network.problem.gaps
    for place, group in grouped(visits, "place_group").items():
        past = [(h.close, h.exhibition) for h in network.problem.history if h.place_group == place]
        for visit in group:
            earlier = [(o.close, o.unit.exhibition) for o in group if o.close <= visit.open]
            for close, exhibition in (*past, *earlier):
                same = exhibition is not None and exhibition == visit.unit.exhibition
                least = max(gaps.any_gap_days, gaps.same_exhibition_gap_days if same else 0)
                if visit.open - close < least:
                    yield visit.broke(
                        "H7",
                        f"opens {visit.open - close} days after a stop in {place} closed, "
                        f"{least} are needed",
                        (close, visit.open),
                    )


def _locks_kept(network: Network, known: Known) -> Iterator[Violation]:
    kept = {(v.unit.id, v.request.id, v.open) for v in known.all_visits()}
    for lock in network.problem.locked:
        if (lock.unit, lock.request, lock.open) not in kept:
            yield Violation(
                "H8", lock.unit, lock.request, lock.open, lock.open + 1, "the lock is not kept"
            )


def _crews_cope(network: Network, visits: list[Visit]) -> Iterator[Violation]:
    begun: dict[str, list[int]] = defaultdict(list)
    for visit in visits:
        if visit.unit.crew is not None:
            begun[visit.unit.crew] += [visit.arrive, visit.close]
    for crew in network.problem.crews:
        for day in sorted(set(begun[crew.id])):
            week = [other for other in begun[crew.id] if day <= other < day + _WEEK]
            if len(week) > crew.per_week:
                yield Violation(
                    "H10",
                    "",
                    "",
                    day,
                    day + _WEEK,
                    f"crew {crew.id} begins {len(week)} set-ups and strikes in 7 days, "
                    f"{crew.per_week} are possible",
                )


def _rotates(network: Network, known: Known, rotation: Rotation) -> Iterator[Violation]:
    table: dict[tuple[int, str], Visit] = {}
    for unit in rotation.units:
        for visit in known.visits[unit]:
            period = _period_of(visit, rotation)
            if period is None:
                yield visit.broke("H11", f"lies in no period of rotation {rotation.id}")
            elif (period, unit) in table:
                yield visit.broke("H11", f"is the second stop of {unit} in period {period}")
            elif visit.host.id not in rotation.hosts:
                yield visit.broke("H11", f"{visit.host.id} is no host of rotation {rotation.id}")
            else:
                table[period, unit] = visit
    yield from _every_cell_filled(rotation, table)
    yield from _hosts_see_each_once(table)
    yield from _swaps(network, rotation, table)


def _period_of(visit: Visit, rotation: Rotation) -> int | None:
    middle = (visit.open + visit.close) // 2
    return next((i for i, (a, b) in enumerate(rotation.periods) if a <= middle < b), None)


def _every_cell_filled(
    rotation: Rotation, table: dict[tuple[int, str], Visit]
) -> Iterator[Violation]:
    for period, (first, end) in enumerate(rotation.periods):
        for unit in rotation.units:
            if (period, unit) not in table:
                yield Violation("H11", unit, "", first, end, f"has no stop in period {period}")
        for host in rotation.hosts:
            units = sum(
                (period, unit) in table and table[period, unit].host.id == host
                for unit in rotation.units
            )
            if units != 1:
                message = f"{units} units stand at {host} in period {period}"
                yield Violation("H11", "", "", first, end, message)


def _hosts_see_each_once(table: dict[tuple[int, str], Visit]) -> Iterator[Violation]:
    times = Counter((unit, visit.host.id) for (_, unit), visit in table.items())
    for (_, unit), visit in sorted(table.items()):
        if times[unit, visit.host.id] > 1:
            yield visit.broke("H11", f"{visit.host.id} sees {unit} more than once")


def _swaps(
    network: Network, rotation: Rotation, table: dict[tuple[int, str], Visit]
) -> Iterator[Violation]:
    moving: Counter[int] = Counter()
    for later in range(1, len(rotation.periods)):
        boundary = rotation.periods[later][0]
        for unit in rotation.units:
            old, new = table.get((later - 1, unit)), table.get((later, unit))
            if old is not None and old.close < boundary - rotation.swap_days:
                yield old.broke("H11", f"closes before the swap around day {boundary}")
            if new is not None and new.open > boundary + rotation.swap_days:
                yield new.broke("H11", f"opens after the swap around day {boundary}")
            if old is not None and new is not None:
                days = network.days(new.unit, old.host.id, new.host.id)
                moving.update(range(new.arrive - days, new.arrive))
    for day, units in sorted(moving.items()):
        if rotation.trucks is not None and units > rotation.trucks:
            message = f"{units} units move, there are {rotation.trucks} trucks"
            yield Violation("H11", "", "", day, day + 1, message)
