"""A plan as one SVG picture: the season's rows, the map below. Same plan, same bytes."""

from __future__ import annotations

from touring.planning.draw.chart_map import route_map
from touring.planning.draw.scene import UNTITLED, day_name, rows_of
from touring.planning.draw.season import season_chart
from touring.planning.draw.svg import FAINT, INK, PALETTE, PAPER, label, tag, text_of
from touring.planning.problem import Problem
from touring.planning.result import Plan

__all__ = ["drawing"]

_WIDTH = 1500.0
_FONTS = "'Noto Sans','Noto Sans CJK SC','Microsoft YaHei',Arial,sans-serif"


def drawing(problem: Problem, plan: Plan) -> str:
    """The SVG document.

    Parameters
    ----------
    plan
        Names only units and requests of the problem.
    """
    rows = rows_of(problem, plan)
    names = sorted({unit.exhibition or "" for unit in problem.units})
    colours = {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}
    chart, edge = season_chart(problem, rows, colours, top=86, width=_WIDTH)
    picture, bottom = route_map(problem, rows, colours, top=edge + 24, width=_WIDTH)
    title = f"Season {problem.name}" if problem.name else "Season"
    served = len({stop.request for stop in plan.stops})
    told = (
        f"{len(problem.units)} units serve {served} of {len(problem.requests)} requests from "
        f"{day_name(problem, 0)} to {day_name(problem, problem.days)}, "
        f"{sum(row.km for row in rows):,.0f} km in all."
    )
    head = [
        tag("title", text_of(title), id="title"),
        tag(
            "desc",
            text_of(f"{told} One row per unit; below, a map of hosts and routes."),
            id="desc",
        ),
        _hatch(),
        tag("rect", width=_WIDTH, height=bottom + 10, fill=PAPER),
        label(title, x=12, y=26, font_size=18, font_weight="bold", fill=INK),
        label(told, x=12, y=46, font_size=12, fill=FAINT),
        _legend(colours),
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + tag(
            "svg",
            "".join(head) + chart + picture,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_WIDTH:.0f} {bottom + 10:.0f}",
            width=_WIDTH,
            height=round(bottom + 10),
            role="img",
            aria_labelledby="title desc",
            font_family=_FONTS,
        )
        + "\n"
    )


def _legend(colours: dict[str, str]) -> str:
    parts, x = [], 12.0
    entries: list[tuple[str, dict[str, object]]] = [
        (name or UNTITLED, {"fill": colour}) for name, colour in list(colours.items())[:12]
    ]
    entries += [
        ("maintenance", {"fill": "url(#hatch)", "stroke": FAINT}),
        ("locked", {"fill": PAPER, "stroke": INK, "stroke_width": 1.6}),
        ("not available", {"fill": "#e6e9ec"}),
        ("no set-up or strike", {"fill": "#f4ead5"}),
    ]
    for name, look in entries:
        parts.append(tag("rect", x=x, y=58, width=14, height=10, **look))
        parts.append(label(name, x=x + 18, y=67, font_size=11, fill=INK))
        x += 30 + sum(12.0 if ord(c) > 0x2E80 else 6.4 for c in name)
    parts.append(tag("line", x1=x, y1=63, x2=x + 14, y2=63, stroke=INK, stroke_width=2))
    parts.append(label("travel", x=x + 18, y=67, font_size=11, fill=INK))
    return tag("g", "".join(parts))


def _hatch() -> str:
    line = tag("path", d="M0 6L6 0", stroke=FAINT, stroke_width=1.2)
    pattern = tag("pattern", line, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return tag("defs", pattern)
