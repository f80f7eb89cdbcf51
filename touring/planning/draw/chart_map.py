"""The map: hosts, homes and routes as points and lines; no borders."""

from __future__ import annotations

import math
from collections.abc import Callable

from touring.planning.draw.scene import Row
from touring.planning.draw.svg import FAINT, INK, LINE, PAPER, label, tag, titled
from touring.planning.problem import Problem

Point = tuple[float, float]
Place = Callable[[Point], Point]


def route_map(
    problem: Problem, rows: list[Row], colours: dict[str, str], *, top: float, width: float
) -> tuple[str, float]:
    """The map's markup and its lower edge. Plate carrée, true to scale at the middle latitude."""
    points = [(host.lat, host.lon) for host in problem.hosts]
    points += [unit.home for unit in problem.units]
    if not points:
        return "", top
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    shrink = max(0.1, math.cos(math.radians((min(lats) + max(lats)) / 2)))
    tall = max(max(lats) - min(lats), 0.02)
    wide = max((max(lons) - min(lons)) * shrink, 0.02)
    scale = min((width - 60) / wide, 760 / tall)
    left = (width - wide * scale) / 2

    def place(point: tuple[float, float]) -> tuple[float, float]:
        x = left + (point[1] - min(lons)) * shrink * scale
        return x, top + 30 + (max(lats) - point[0]) * scale

    bottom = top + 60 + tall * scale
    dot = 4.0 if len(problem.hosts) <= 150 else 2.5 if len(problem.hosts) <= 600 else 1.6
    frame = tag("rect", x=1, y=top, width=width - 2, height=bottom - top, fill=PAPER, stroke=LINE)
    routes = [_route(problem, row, colours, place, dot) for row in rows if row.stops]
    hosts = _hosts(problem, rows, colours, place, dot)
    homes = _homes(problem, place, dot)
    return tag("g", frame + "".join(routes) + hosts + homes), bottom


def _route(problem: Problem, row: Row, colours: dict[str, str], place: Place, dot: float) -> str:
    unit = problem.units[row.unit]
    way = [unit.home]
    way += [(problem.hosts[stop.host].lat, problem.hosts[stop.host].lon) for stop in row.stops]
    if unit.returns_home:
        way.append(unit.home)
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(place, way))
    line = tag(
        "path",
        d=path,
        fill="none",
        stroke=colours[unit.exhibition or ""],
        stroke_width=max(0.5, dot * 0.35),
        stroke_opacity=0.6,
        stroke_linejoin="round",
    )
    return titled(f"{unit.id}: {len(row.stops)} stops, {row.km:,.0f} km", line)


def _hosts(
    problem: Problem, rows: list[Row], colours: dict[str, str], place: Place, dot: float
) -> str:
    shown: dict[int, list[str]] = {}
    for row in rows:
        for stop in row.stops:
            shown.setdefault(stop.host, []).append(problem.units[row.unit].exhibition or "")
    crowded = len(problem.hosts) > 150
    parts = []
    for h, host in enumerate(problem.hosts):
        x, y = place((host.lat, host.lon))
        visits = shown.get(h, [])
        circle = tag(
            "circle",
            cx=x,
            cy=y,
            r=dot,
            fill=colours[visits[0]] if visits else PAPER,
            stroke=INK if visits else FAINT,
            stroke_width=0.6,
        )
        name = "" if crowded else label(host.id, x=x + dot + 1.5, y=y + 3, font_size=8, fill=FAINT)
        parts.append(titled(f"{host.id}: {len(visits)} stops", circle + name))
    return "".join(parts)


def _homes(problem: Problem, place: Place, dot: float) -> str:
    parts = []
    for home in sorted({unit.home for unit in problem.units}):
        x, y = place(home)
        size = dot * 2.2
        square = tag(
            "rect",
            x=x - size / 2,
            y=y - size / 2,
            width=size,
            height=size,
            fill=INK,
            stroke=PAPER,
            stroke_width=1,
        )
        units = [unit.id for unit in problem.units if unit.home == home]
        listed = ", ".join(units[:20]) + (" …" if len(units) > 20 else "")
        parts.append(titled(f"Home of {listed}", square))
    return "".join(parts)
