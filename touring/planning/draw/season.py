"""The season as a chart: a row per unit, time to the right."""

from __future__ import annotations

from touring.planning.draw.scene import DrawnStop, Row, day_name, ticks_of
from touring.planning.draw.svg import FAINT, INK, LINE, label, tag, titled
from touring.planning.problem import Problem

LEFT, RIGHT = 120, 70


def season_chart(
    problem: Problem, rows: list[Row], colours: dict[str, str], *, top: float, width: float
) -> tuple[str, float]:
    """The chart's markup and its lower edge."""
    height = 24.0 if len(rows) <= 40 else 14.0 if len(rows) <= 150 else 9.0
    scale = (width - LEFT - RIGHT) / problem.days
    bottom = top + 22 + height * len(rows)
    parts = [_axis(problem, top, bottom, scale)]
    for i, row in enumerate(rows):
        y = top + 22 + i * height
        parts.append(_row(problem, row, colours, y, height, scale))
    return tag("g", "".join(parts)), bottom


def _axis(problem: Problem, top: float, bottom: float, scale: float) -> str:
    parts = []
    for first, end in problem.no_work:
        first, end = max(0, first), min(problem.days, end)
        if first < end:
            parts.append(
                tag(
                    "rect",
                    x=LEFT + first * scale,
                    y=top + 18,
                    width=(end - first) * scale,
                    height=bottom - top - 18,
                    fill="#f4ead5",
                )
            )
    for day, name in ticks_of(problem, 26):
        x = LEFT + day * scale
        parts.append(tag("line", x1=x, y1=top + 16, x2=x, y2=bottom, stroke=LINE))
        parts.append(label(name, x=x + 2, y=top + 12, font_size=9, fill=FAINT))
    return "".join(parts)


def _row(
    problem: Problem, row: Row, colours: dict[str, str], y: float, height: float, scale: float
) -> str:
    unit = problem.units[row.unit]
    size = min(12.0, height * 0.72)
    base = y + height / 2 + size * 0.36
    colour = colours[unit.exhibition or ""]
    parts = [
        tag("line", x1=0, y1=y, x2=LEFT + problem.days * scale + RIGHT, y2=y, stroke="#eef1f4"),
        tag("rect", x=2, y=y + height * 0.25, width=6, height=height * 0.5, fill=colour),
        label(_short(unit.id, 108 / (size * 0.58)), x=12, y=base, font_size=size, fill=INK),
        label(
            f"{row.km:,.0f} km",
            x=LEFT + problem.days * scale + RIGHT - 2,
            y=base,
            font_size=size * 0.85,
            fill=FAINT,
            text_anchor="end",
        ),
    ]
    parts += [_span(one, y, height, scale, fill="#e6e9ec", inset=0.1) for one in row.away]
    parts += [_road(one, y, height, scale) for one in row.roads]
    parts += [
        titled(
            f"{unit.id}: maintenance {day_name(problem, one[0])} to {day_name(problem, one[1])}",
            _span(one, y, height, scale, fill="url(#hatch)", inset=0.2, stroke=FAINT),
        )
        for one in row.maintenance
    ]
    parts += [_stop(problem, row, one, colour, y, height, scale) for one in row.stops]
    return tag("g", "".join(parts))


def _stop(
    problem: Problem,
    row: Row,
    stop: DrawnStop,
    colour: str,
    y: float,
    height: float,
    scale: float,
) -> str:
    host = problem.hosts[stop.host].id
    title = (
        f"{problem.units[row.unit].id} at {host} for {stop.request}: open "
        f"{day_name(problem, stop.opens)} to {day_name(problem, stop.close)}"
        + (" (locked)" if stop.locked else "")
    )
    whole, shown = (stop.arrival, stop.leave), (stop.opens, stop.close)
    parts = [
        _span(whole, y, height, scale, fill=colour, inset=0.26, opacity=0.35),
        _span(
            shown,
            y,
            height,
            scale,
            fill=colour,
            inset=0.12,
            stroke=INK if stop.locked else None,
            stroke_width=1.6 if stop.locked else None,
        ),
    ]
    wide = (stop.close - stop.opens) * scale
    size = min(10.0, height * 0.62)
    room = wide - (10 if stop.locked else 4)
    text = _short(stop.request, room / (size * 0.6))
    x = LEFT + stop.opens * scale
    middle = y + height / 2
    if stop.locked and wide >= 8:
        parts.append(_padlock(x + 2, middle, min(7.0, height * 0.5)))
        x += 8
    if len(text) >= min(4, len(stop.request)):
        parts.append(label(text, x=x + 3, y=middle + size * 0.36, font_size=size, fill="#ffffff"))
    return titled(title, "".join(parts))


def _span(
    span: tuple[int, int],
    y: float,
    height: float,
    scale: float,
    *,
    inset: float,
    **attributes: object,
) -> str:
    return tag(
        "rect",
        x=LEFT + span[0] * scale,
        y=y + height * inset,
        width=max(0.6, (span[1] - span[0]) * scale),
        height=height * (1 - 2 * inset),
        **attributes,
    )


def _road(span: tuple[int, int], y: float, height: float, scale: float) -> str:
    middle = y + height / 2
    return tag(
        "line",
        x1=LEFT + span[0] * scale,
        y1=middle,
        x2=LEFT + max(span[1], span[0] + 1) * scale,
        y2=middle,
        stroke=INK,
        stroke_width=max(1.0, height * 0.09),
    )


def _padlock(x: float, middle: float, size: float) -> str:
    body = tag(
        "rect", x=x, y=middle - size * 0.1, width=size * 0.8, height=size * 0.6, fill="#ffffff"
    )
    left, right = x + size * 0.15, x + size * 0.65
    bow = f"M{left:.2f} {middle:.2f}v{-size * 0.2:.2f}a{size * 0.25:.2f} {size * 0.25:.2f} 0 0 1 "
    bow += f"{right - left:.2f} 0v{size * 0.2:.2f}"
    return body + tag("path", d=bow, fill="none", stroke="#ffffff", stroke_width=size * 0.14)


def _short(name: str, most: float) -> str:
    count = int(most)
    if len(name) <= count:
        return name
    return name[: max(0, count - 1)] + "…" if count > 1 else ""
