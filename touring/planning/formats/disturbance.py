"""The format ``orrery-disturbance/1``: what has gone wrong in a running season."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from touring.planning.formats.branch import stop_document
from touring.planning.formats.fields import Fields, Reader, load_json
from touring.planning.formats.instance import read_request
from touring.planning.formats.plan import value_document
from touring.planning.problem import InvalidProblem
from touring.planning.replan import (
    Disturbance,
    HostCancels,
    RegionSuspended,
    Replanned,
    UnitBreaks,
    UrgentRequest,
)

DISTURBANCE_FORMAT = "orrery-disturbance/1"
SUSPENSION_DAYS = 14


def read_disturbances(path: Path) -> tuple[list[Disturbance], int]:
    """The disturbances in a file, and the day on which they are known.

    Raises
    ------
    InvalidProblem
        With every issue of the file.
    """
    document, issues = load_json(path)
    if issues:
        raise InvalidProblem(issues)
    return parse_disturbances(document)


def parse_disturbances(document: Any) -> tuple[list[Disturbance], int]:
    """The disturbances of a document, and ``today``: the day before which nothing can be begun.

    Raises
    ------
    InvalidProblem
        With every issue of the document.
    """
    reader = Reader()
    top = reader.fields(
        document, "$", required=("format", "disturbances"), optional=("today", "name")
    )
    if top.has("format") and top.values["format"] != DISTURBANCE_FORMAT:
        reader.refuse("$.format", "unknown_format", f"must be {DISTURBANCE_FORMAT!r}")
    listed = [_disturbance(reader, *one) for one in top.items("disturbances")]
    today = top.whole("today")
    if reader.issues:
        raise InvalidProblem(reader.issues)
    return [one for one in listed if one is not None], today


def _disturbance(reader: Reader, value: object, path: str) -> Disturbance | None:
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "host_cancels":
        f = reader.fields(value, path, required=("kind",), optional=("request", "host"))
        if f.has("request") == f.has("host"):
            reader.refuse(path, "missing_key", "name either the request or the host")
        return HostCancels(f.maybe_text("request"), f.maybe_text("host"))
    if kind == "unit_breaks":
        f = reader.fields(value, path, required=("kind", "unit", "first", "end"))
        return UnitBreaks(f.text("unit"), *_span(reader, f, None))
    if kind == "region_suspended":
        f = reader.fields(value, path, required=("kind", "region", "first"), optional=("end",))
        return RegionSuspended(f.text("region"), *_span(reader, f, SUSPENSION_DAYS))
    if kind == "urgent_request":
        f = reader.fields(value, path, required=("kind", "request"))
        return UrgentRequest(read_request(reader, f.values.get("request"), f.at("request")))
    known = "host_cancels, unit_breaks, region_suspended, urgent_request"
    reader.refuse(f"{path}.kind", "unknown", f"choose one of {known}")
    return None


def _span(reader: Reader, f: Fields, days: int | None) -> tuple[int, int]:
    first = f.whole("first")
    end = f.whole("end", first + (days or 1))
    if end <= first:
        reader.refuse(f.at("end"), "not_after", "the end comes after the first day")
    return first, end


def replanned_document(done: Replanned) -> dict[str, Any]:
    """The smallest change with its proof, what changed, and the values."""
    smallest = done.smallest
    return {
        "minimum_change": {
            "weight": smallest.weight,
            "stops": [stop_document(one) for one in smallest.removed if one.confirmed],
        },
        "proof": {
            "bound": smallest.bound,
            "is_minimum": smallest.bound is not None and smallest.bound >= smallest.weight,
            "method": "implicit hitting sets",
            "conflicts": [
                {
                    "stops": [stop_document(one) for one in conflict.stops],
                    "beside": None if conflict.beside is None else stop_document(conflict.beside),
                }
                for conflict in smallest.conflicts
            ],
        },
        "changed": [stop_document(one) for one in done.changed],
        "released": [
            {"unit": one.unit, "request": one.request, "open": one.open} for one in done.released
        ],
        "waived_maintenance": list(done.waived),
        "unserved_urgent": list(done.unserved),
        "value": {"before": value_document(done.before), "after": value_document(done.after)},
    }
