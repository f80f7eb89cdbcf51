"""The instance format ``orrery-tour/1``: JSON to problem and back.

Unknown keys are refused by name and all problems of a document are reported at once.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from touring.planning.formats.canonical import sha256_of
from touring.planning.formats.fields import Fields, Reader, load_json
from touring.planning.formats.matrix import read_matrix
from touring.planning.problem import (
    Crew,
    Customs,
    Forbidden,
    Gaps,
    History,
    Host,
    InvalidProblem,
    Issue,
    Lock,
    Maintenance,
    Objective,
    Pairing,
    Problem,
    Region,
    Request,
    Rotation,
    Statement,
    Travel,
    Unit,
    Window,
    find_issues,
)
from touring.planning.problem.validation import MOST_DAYS

INSTANCE_FORMAT = "orrery-tour/1"


def read_instance(path: Path) -> Problem:
    """The problem in a file.

    Raises
    ------
    InvalidProblem
        With every issue of the file; an unreadable file is one issue at ``$``.
    """
    document, issues = load_json(path)
    if issues:
        raise InvalidProblem(issues)
    return parse_instance(document, folder=path.resolve().parent)


def parse_instance(document: Any, *, folder: Path | None = None) -> Problem:
    """The problem in a parsed document.

    Parameters
    ----------
    folder
        Where a matrix file may lie; without it matrix files are refused.

    Raises
    ------
    InvalidProblem
        With every issue of the document.
    """
    reader = Reader()
    statement = _statement(reader, document, folder)
    broken = [issue.path for issue in reader.issues]
    unread = tuple(f"among the {path[2:]}" for path in broken if re.fullmatch(r"\$\.\w+", path))
    follows = [
        one
        for one in find_issues(statement)
        if not _explained(one.path, broken)
        and not (one.code == "unknown_id" and any(kind in one.message for kind in unread))
    ]
    issues = [*reader.issues, *follows]
    if issues:
        raise InvalidProblem(sorted(dict.fromkeys(issues), key=_place))
    return Problem.of(replace(statement, hash=sha256_of(document)))


def _explained(path: str, broken: list[str]) -> bool:
    """Is this path the same place as one that could not even be read?"""
    return any(path == other or _under(other, path) or _under(path, other) for other in broken)


def _under(path: str, above: str) -> bool:
    return path.startswith(above) and path[len(above) : len(above) + 1] in (".", "[")


def _place(issue: Issue) -> list[tuple[int, str]]:
    """Paths in reading order: list positions compare as numbers."""
    parts = re.split(r"\[(\d+)\]", issue.path)
    return [(int(p), "") if i % 2 else (-1, p) for i, p in enumerate(parts)]


def _statement(reader: Reader, document: Any, folder: Path | None) -> Statement:
    top = reader.fields(
        document,
        "$",
        required=("format", "days", "hosts", "units", "requests", "objective"),
        optional=(
            *("name", "start", "travel", "regions", "locked", "pairings", "crews", "no_work"),
            *("gaps", "rotations", "history", "forbidden"),
        ),
    )
    if top.has("format") and top.values["format"] != INSTANCE_FORMAT:
        reader.refuse("$.format", "unknown_format", f"must be {INSTANCE_FORMAT!r}")
    return Statement(
        days=_days(reader, top),
        hosts=tuple(_host(reader, *one) for one in top.items("hosts")),
        units=tuple(_unit(reader, *one) for one in top.items("units")),
        requests=tuple(read_request(reader, *one) for one in top.items("requests")),
        objective=_objective(reader, top),
        name=top.text("name", ""),
        start=top.maybe_text("start"),
        travel=_travel(reader, top, folder),
        regions=tuple(_region(reader, *one) for one in top.items("regions")),
        locked=tuple(_lock(reader, *one) for one in top.items("locked")),
        pairings=tuple(_pairing(reader, *one) for one in top.items("pairings")),
        crews=tuple(_crew(reader, *one) for one in top.items("crews")),
        no_work=top.spans("no_work"),
        gaps=_gaps(reader, top),
        rotations=tuple(_rotation(reader, *one) for one in top.items("rotations")),
        history=tuple(_history(reader, *one) for one in top.items("history")),
        forbidden=tuple(_forbidden(reader, *one) for one in top.items("forbidden")),
    )


def _days(reader: Reader, top: Fields) -> int:
    """Days that cannot be read stand for the longest season, so that nothing lies beyond it."""
    before = len(reader.issues)
    days = top.whole("days", MOST_DAYS)
    return days if len(reader.issues) == before else MOST_DAYS


def _host(reader: Reader, value: object, path: str) -> Host:
    f = reader.fields(
        value,
        path,
        required=("id", "lat", "lon"),
        optional=("region", "place_group", "parallel", "offers", "blackouts", "no_work"),
    )
    return Host(
        id=f.name(),
        lat=f.number("lat"),
        lon=f.number("lon"),
        region=f.maybe_text("region"),
        place_group=f.maybe_text("place_group"),
        parallel=f.whole("parallel", 1),
        offers=f.amounts("offers"),
        blackouts=f.spans("blackouts"),
        no_work=f.spans("no_work"),
    )


def _unit(reader: Reader, value: object, path: str) -> Unit:
    f = reader.fields(
        value,
        path,
        required=("id", "home", "available"),
        optional=(
            *("exhibition", "regions", "setup_days", "strike_days", "km_per_day", "free_km"),
            *("requires", "returns_home", "max_km", "crew", "maintenance", "max_days_out"),
            *("rest_days", "customs"),
        ),
    )
    return Unit(
        id=f.name(),
        home=_point(reader, f),
        available=f.spans("available"),
        exhibition=f.maybe_text("exhibition"),
        regions=f.maybe_texts("regions"),
        setup_days=f.whole("setup_days"),
        strike_days=f.whole("strike_days"),
        km_per_day=f.maybe_number("km_per_day"),
        free_km=f.number("free_km"),
        requires=f.amounts("requires"),
        returns_home=f.flag("returns_home", default=True),
        max_km=f.maybe_number("max_km"),
        crew=f.maybe_text("crew"),
        maintenance=tuple(_maintenance(reader, *one) for one in f.items("maintenance")),
        max_days_out=f.maybe_whole("max_days_out"),
        rest_days=f.whole("rest_days"),
        customs=tuple(_customs(reader, *one) for one in f.items("customs")),
    )


def _point(reader: Reader, f: Fields) -> tuple[float, float]:
    if not f.has("home"):
        return (0.0, 0.0)
    value = f.values["home"]
    if not isinstance(value, list) or len(value) != 2:
        reader.refuse(f.at("home"), "wrong_type", "must be a pair [lat, lon]")
        return (0.0, 0.0)
    lat, lon = (reader.number(one, f"{f.at('home')}[{i}]") for i, one in enumerate(value))
    return (lat, lon)


def _maintenance(reader: Reader, value: object, path: str) -> Maintenance:
    f = reader.fields(value, path, required=("days", "earliest", "latest"))
    return Maintenance(f.whole("days"), f.whole("earliest"), f.whole("latest"))


def _customs(reader: Reader, value: object, path: str) -> Customs:
    f = reader.fields(value, path, required=("country", "first", "end"))
    return Customs(f.text("country"), f.whole("first"), f.whole("end"))


def read_request(reader: Reader, value: object, path: str) -> Request:
    """One request, wherever it stands in a document."""
    f = reader.fields(
        value,
        path,
        required=("id", "host", "stay_days", "value", "windows"),
        optional=("exhibitions", "must", "days_allowed", "township"),
    )
    return Request(
        id=f.name(),
        host=f.text("host"),
        stay_days=f.whole("stay_days"),
        value=f.number("value"),
        windows=tuple(_window(reader, *one) for one in f.items("windows")),
        exhibitions=f.maybe_texts("exhibitions"),
        must=f.flag("must", default=False),
        days_allowed=None if f.values.get("days_allowed") is None else f.wholes("days_allowed"),
        township=f.flag("township", default=False),
    )


def _window(reader: Reader, value: object, path: str) -> Window:
    f = reader.fields(value, path, required=("first", "end"), optional=("preference",))
    return Window(f.whole("first"), f.whole("end"), f.number("preference", 1.0))


def _travel(reader: Reader, top: Fields, folder: Path | None) -> Travel:
    if not top.has("travel"):
        return Travel()
    f = reader.fields(
        top.values["travel"],
        "$.travel",
        required=(),
        optional=("circuity", "km_per_day", "matrix"),
    )
    return Travel(
        circuity=f.number("circuity", 1.3),
        km_per_day=f.number("km_per_day", 500.0),
        matrix=read_matrix(reader, f, folder),
    )


def _region(reader: Reader, value: object, path: str) -> Region:
    f = reader.fields(
        value,
        path,
        required=("id",),
        optional=("parent", "min_stops", "min_value", "min_township_share"),
    )
    return Region(
        id=f.name(),
        parent=f.maybe_text("parent"),
        min_stops=f.maybe_whole("min_stops"),
        min_value=f.maybe_number("min_value"),
        min_township_share=f.maybe_number("min_township_share"),
    )


def _lock(reader: Reader, value: object, path: str) -> Lock:
    f = reader.fields(value, path, required=("unit", "request", "open"))
    return Lock(f.text("unit"), f.text("request"), f.whole("open"))


def _pairing(reader: Reader, value: object, path: str) -> Pairing:
    f = reader.fields(
        value, path, required=("id", "region"), optional=("units", "min_stops", "min_value")
    )
    return Pairing(
        id=f.name(),
        region=f.text("region"),
        units=f.maybe_texts("units"),
        min_stops=f.maybe_whole("min_stops"),
        min_value=f.maybe_number("min_value"),
    )


def _crew(reader: Reader, value: object, path: str) -> Crew:
    f = reader.fields(value, path, required=("id", "per_week"))
    return Crew(f.name(), f.whole("per_week"))


def _gaps(reader: Reader, top: Fields) -> Gaps:
    if not top.has("gaps"):
        return Gaps()
    f = reader.fields(
        top.values["gaps"],
        "$.gaps",
        required=(),
        optional=("same_exhibition_gap_days", "any_gap_days"),
    )
    return Gaps(f.whole("same_exhibition_gap_days"), f.whole("any_gap_days"))


def _rotation(reader: Reader, value: object, path: str) -> Rotation:
    f = reader.fields(
        value,
        path,
        required=("id", "units", "hosts", "periods", "swap_days"),
        optional=("trucks",),
    )
    return Rotation(
        id=f.name(),
        units=f.texts("units"),
        hosts=f.texts("hosts"),
        periods=f.spans("periods"),
        swap_days=f.whole("swap_days"),
        trucks=f.maybe_whole("trucks"),
    )


def _history(reader: Reader, value: object, path: str) -> History:
    f = reader.fields(value, path, required=("place_group", "close"), optional=("exhibition",))
    return History(f.text("place_group"), f.maybe_text("exhibition"), f.whole("close"))


def _forbidden(reader: Reader, value: object, path: str) -> Forbidden:
    f = reader.fields(value, path, required=("unit", "request"))
    return Forbidden(f.text("unit"), f.text("request"))


def _objective(reader: Reader, top: Fields) -> Objective:
    if not top.has("objective"):
        return Objective()
    costs = ("km_cost", "floor_penalty", "must_penalty", "change_penalty", "idle_cost")
    f = reader.fields(
        top.values["objective"],
        "$.objective",
        required=(),
        optional=("mode", *costs, "order", "tolerance", "regions"),
    )
    return Objective(
        mode=f.text("mode", "weighted"),
        **{name: f.number(name) for name in costs},
        order=f.texts("order"),
        tolerance=f.number("tolerance", 0.001),
        regions=f.texts("regions"),
    )
