"""The workbench and vis-timeline in one Chromium: mounting, panning, dragging, memory.

The page and its scripts are ours as they are served; what the interface answers is made here, so
that nothing but the browser is measured. Frames are asked for as fast as the browser gives them.
"""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIRST = date(2027, 1, 1)
DAYS = 700
FRAMES = 180

_FRAMES = """async ([frames, kind]) => {
  const act = window["bench_" + kind], gaps = [];
  let last = performance.now();
  for (let i = 0; i < frames; i++) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    gaps.push(now - last); last = now;
    act(i);
  }
  return gaps.slice(10);
}"""
_OURS = """() => {
  const box = document.getElementById("timeline");
  window.bench_scroll = i => {
    box.scrollTop = (i * 60) % (box.scrollHeight - box.clientHeight);
    box.scrollLeft = (i * 40) % (box.scrollWidth - box.clientWidth);
  };
  box.scrollTop = 0; box.scrollLeft = 0;
  window.bench_drag = i => {
    const edge = box.getBoundingClientRect();
    if (i === 0) {
      const stop = box.querySelector("[data-request]"), at = stop.getBoundingClientRect();
      const down = { bubbles: true, button: 0, pointerType: "mouse", pointerId: 1,
                     clientX: at.left + 5, clientY: at.top + 5 };
      stop.dispatchEvent(new PointerEvent("pointerdown", down));
    }
    const at = { bubbles: true, clientX: edge.left + 300 + (i * 7) % 400,
                 clientY: edge.top + 60 + (i * 3) % 200, pointerId: 1 };
    window.dispatchEvent(new PointerEvent("pointermove", at));
  };
}"""
_VIS = """([units, stops, first]) => new Promise(done => {
  const day = n => new Date(first + n * 86400000);
  const begin = performance.now();
  const groups = new vis.DataSet(units.map(u => ({ id: u, content: u })));
  const items = new vis.DataSet(stops.map(s => ({ id: s[0], group: s[1], content: s[2],
                                                  start: day(s[3]), end: day(s[4]) })));
  const options = { stack: false, editable: true, maxHeight: 400, verticalScroll: true,
                    zoomKey: "ctrlKey", start: day(0), end: day(380), orientation: "top" };
  const box = document.getElementById("t");
  const timeline = new vis.Timeline(box, items, groups, options);
  window.bench_scroll = i => {
    timeline.setWindow(day((i * 11) % 300), day((i * 11) % 300 + 380), { animation: false });
  };
  timeline.on("changed", () => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now() - begin))));
})"""


def season(units: int, stops: int, seed: int) -> dict[str, Any]:
    """A board and a version: every unit's stops one after the other, of equal length."""
    chance = random.Random(seed)
    each = stops // units
    room = DAYS // each
    board_units, requests, planned = [], [], []
    for u in range(units):
        code = f"AH-{u:03d}"
        home = _place(f"home-{u}", chance)
        board_units.append(
            {
                "code": code,
                "exhibition": "e",
                "title_zh": "声音的秘密",
                "title_en": "Sound",
                "home": home,
                "availability": [],
                "setup_days": 0,
                "strike_days": 0,
            }
        )
        for s in range(each):
            name, opens = f"R-{u:03d}-{s:03d}", FIRST + timedelta(days=s * room)
            requests.append(_request(name, max(1, room - 1), chance))
            closes = opens + timedelta(days=max(1, room - 1))
            planned.append(
                {
                    "unit": code,
                    "request": name,
                    "is_locked": False,
                    "departs_on": opens,
                    "arrives_on": opens,
                    "opens_on": opens,
                    "closes_on": closes,
                    "leaves_on": closes,
                }
            )
    return {"units": board_units, "requests": requests, "stops": planned}


def measure_ours(browser: Any, site: str, page_html: str, statics: Path, made: dict) -> dict:
    """Milliseconds from the data to the first paint, frames, and megabytes of heap."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.route("**/*", _answering(page_html, statics, made))
    page.goto(f"{site}/desk/plans/1/?lang=en")
    page.wait_for_selector("#workbench[data-state=ready]")
    paint = page.evaluate("performance.getEntriesByName('workbench-first-paint')[0].duration")
    page.wait_for_selector("#workbench:not([data-judging])")
    heap = _heap(context, page)
    page.evaluate(_OURS)
    told = {
        "first_paint_ms": round(paint, 1),
        "scroll": _frames(context, page, "scroll"),
        "drag": _frames(context, page, "drag"),
        "heap_mb": heap,
    }
    context.close()
    return told


def measure_vis(browser: Any, folder: Path, made: dict) -> dict[str, Any]:
    """The same rows and spans in vis-timeline."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_content('<div id="t" style="width:1400px"></div>')
    standalone = folder / "standalone" / "umd" / "vis-timeline-graph2d.min.js"
    page.add_script_tag(path=standalone)
    page.add_style_tag(path=folder / "styles" / "vis-timeline-graph2d.min.css")
    names = {one["code"]: one["venue"]["name_en"] for one in made["requests"]}
    stops = [
        [s["request"], s["unit"], names[s["request"]],
         (s["opens_on"] - FIRST).days, (s["closes_on"] - FIRST).days]
        for s in made["stops"]
    ]  # fmt: skip
    first = (FIRST - date(1970, 1, 1)).days * 86_400_000
    mount = page.evaluate(_VIS, [[u["code"] for u in made["units"]], stops, first])
    heap = _heap(context, page)
    told = {
        "mount_ms": round(mount, 1),
        "scroll": _frames(context, page, "scroll", 40),
        "heap_mb": heap,
    }
    context.close()
    return told


def _frames(context: Any, page: Any, kind: str, frames: int = FRAMES) -> dict[str, float]:
    """Frames a second, the slowest of twenty, and the main thread's processor ms a frame."""
    watch = context.new_cdp_session(page)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _busy(watch)
    gaps = page.evaluate(_FRAMES, [frames, kind])
    return {
        "frames_per_second": round(1000 / statistics.mean(gaps), 1),
        "p95_ms": round(statistics.quantiles(gaps, n=20)[-1], 1),
        "main_thread_cpu_ms": round((_busy(watch) - before) * 1000 / frames, 2),
    }


def _busy(watch: Any) -> float:
    told = watch.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in told if one["name"] == "ThreadTime")


def _heap(context: Any, page: Any) -> float:
    watch = context.new_cdp_session(page)
    watch.send("HeapProfiler.enable")
    watch.send("HeapProfiler.collectGarbage")
    return round(watch.send("Runtime.getHeapUsage")["usedSize"] / 1e6, 1)


def _answering(page_html: str, statics: Path, made: dict) -> Callable[[Any], None]:
    value = {"total": 1.0, "km": 1.0}
    version = {
        "id": 1,
        "number": 1,
        "value": value,
        "bound": None,
        "gap": None,
        "created_at": "2026-11-02T00:00:00Z",
        "maintenance": [],
        "unserved": [],
        "stops": made["stops"],
    }
    plan = {"id": 1, "name_zh": "方案", "name_en": "Plan", "sequence": 1, "published_version": None}
    end = FIRST + timedelta(days=DAYS)
    board = {"plan": plan, "first_date": FIRST, "end_date": end, "locks": [], **made}
    free = [{"first_date": FIRST, "end_date": end}]
    vacant = [
        {"unit": u["code"], "misfit": None, "calendar": free, "free": free} for u in made["units"]
    ]
    verdict = {"stops": made["stops"], "maintenance": [], "violations": [], "value": value}
    answers = {
        "/board/": board,
        "/versions/1/": version,
        "/versions/": {"results": [version]},
        "/draft/check/": verdict,
        "/draft/vacancies/": {"vacancies": vacant},
    }
    bodies = {path: json.dumps(answer, default=str) for path, answer in answers.items()}

    def answer(route: Any) -> None:
        path = route.request.url.split("?")[0]
        if "/static/assets/" in path:
            route.fulfill(path=statics / path.split("/static/")[1])
        elif "/static/" in path:
            route.fulfill(status=204)
        elif "/api/" in path:
            body = next(body for end, body in bodies.items() if path.endswith(end))
            route.fulfill(body=body, content_type="application/json")
        else:
            route.fulfill(body=page_html, content_type="text/html; charset=utf-8")

    return answer


def _place(slug: str, chance: random.Random) -> dict[str, Any]:
    at = {"lat": 30 + chance.random() * 4, "lon": 115 + chance.random() * 4}
    return {"slug": slug, "name_zh": f"{slug}科普展厅", "name_en": f"Science hall {slug}", **at}


def _request(code: str, days: int, chance: random.Random) -> dict[str, Any]:
    return {
        "code": code,
        "venue": _place(code.lower(), chance),
        "region": "340121",
        "region_zh": "长丰县",
        "region_en": "Changfeng",
        "stay_days": days,
        "value": 1.0,
        "must": False,
        "windows": [],
    }
