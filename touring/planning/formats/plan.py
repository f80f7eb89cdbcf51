"""The plan format ``orrery-plan/1``: JSON to plan and back. Whether a plan is valid, ``check`` says."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from touring.planning.formats.canonical import sha256_of
from touring.planning.formats.fields import Fields, Reader, load_json
from touring.planning.formats.writing import pretty_json
from touring.planning.problem import Issue
from touring.planning.result import Equity, MaintenanceSpan, Plan, Reason, Stop, Unserved, Value

PLAN_FORMAT = "orrery-plan/1"


class InvalidPlan(ValueError):
    """The document is no plan; ``issues`` holds every reason."""

    def __init__(self, issues: list[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(f"{i.path}: {i.message}" for i in self.issues))


def read_plan(path: Path) -> Plan:
    """The plan in a file.

    Raises
    ------
    InvalidPlan
        With every issue of the file.
    """
    document, issues = load_json(path)
    if issues:
        raise InvalidPlan(issues)
    return parse_plan(document)


def parse_plan(document: Any) -> Plan:
    """The stops and maintenance of a document, with its seed, bound and instance hash.

    The value is left out: it belongs to a problem, which recomputes it; so are the reasons.

    Raises
    ------
    InvalidPlan
        With every issue of the document.
    """
    reader = Reader()
    top = reader.fields(
        document,
        "$",
        required=("format", "stops"),
        optional=(
            *("instance", "instance_hash", "seed", "maintenance", "value", "bound", "gap"),
            *("optimal", "seconds", "work", "unserved", "plan_hash", "equity"),
        ),
    )
    if top.has("format") and top.values["format"] != PLAN_FORMAT:
        reader.refuse("$.format", "unknown_format", f"must be {PLAN_FORMAT!r}")
    stops = tuple(_stop(reader, *one) for one in top.items("stops"))
    maintenance = tuple(_maintenance(reader, *one) for one in top.items("maintenance"))
    plan = Plan(
        stops=tuple(sorted(stops)),
        maintenance=tuple(sorted(maintenance)),
        instance=top.text("instance", ""),
        instance_hash=top.text("instance_hash", ""),
        seed=top.whole("seed"),
        bound=top.maybe_number("bound"),
        gap=top.maybe_number("gap"),
        optimal=top.flag("optimal", default=False),
        work=top.whole("work"),
        seconds=top.number("seconds"),
    )
    if reader.issues:
        raise InvalidPlan(reader.issues)
    return plan


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan as written to a file."""
    return {
        "format": PLAN_FORMAT,
        "instance": plan.instance,
        "instance_hash": plan.instance_hash,
        "plan_hash": plan_hash(plan),
        "seed": plan.seed,
        **_hashed(plan),
        "value": None if plan.value is None else value_document(plan.value),
        "bound": plan.bound,
        "gap": plan.gap,
        "optimal": plan.optimal,
        "work": plan.work,
        "seconds": round(plan.seconds, 3),
        "unserved": [unserved_document(one) for one in plan.unserved],
        "equity": None if plan.equity is None else equity_document(plan.equity),
    }


def equity_document(equity: Equity) -> dict[str, Any]:
    """The measures with every region's ratio."""
    return {
        "worst": equity.worst,
        "worst_regions": list(equity.worst_regions),
        "spread": equity.spread,
        "gini": equity.gini,
        "shares": {one.region: one.ratio for one in equity.shares},
    }


def write_plan(plan: Plan, path: Path) -> None:
    """Write the plan."""
    path.write_text(pretty_json(plan_document(plan)), encoding="utf-8")


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the canonical JSON of ``stops`` and ``maintenance``."""
    return sha256_of(_hashed(plan))


def value_document(value: Value) -> dict[str, Any]:
    """Every part of a value."""
    document: dict[str, Any] = {one.name: getattr(value, one.name) for one in fields(value)}
    document["floors"] = [asdict(floor) for floor in value.floors]
    return document


def unserved_document(unserved: Unserved) -> dict[str, Any]:
    """A request and the reasons why it is not served."""
    return {
        "request": unserved.request,
        "reasons": [reason_document(reason) for reason in unserved.reasons],
    }


def reason_document(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "text": reason.text,
        "text_zh": reason.text_zh,
        "numbers": dict(reason.numbers),
    }


def _hashed(plan: Plan) -> dict[str, Any]:
    return {
        "stops": [_stop_document(stop) for stop in sorted(plan.stops)],
        "maintenance": [
            {"unit": one.unit, "first": one.first, "end": one.end}
            for one in sorted(plan.maintenance)
        ],
    }


def _stop_document(stop: Stop) -> dict[str, Any]:
    document: dict[str, Any] = {"unit": stop.unit, "request": stop.request, "open": stop.open}
    if stop.confirmed:
        document["confirmed"] = True
    if stop.weight != 1.0:
        document["weight"] = stop.weight
    return document


def _stop(reader: Reader, value: object, path: str) -> Stop:
    f = reader.fields(
        value, path, required=("unit", "request", "open"), optional=("confirmed", "weight")
    )
    return Stop(
        unit=f.text("unit"),
        open=f.whole("open"),
        request=f.text("request"),
        confirmed=f.flag("confirmed", default=False),
        weight=_weight(f),
    )


def _weight(f: Fields) -> float:
    weight = f.number("weight", 1.0)
    if weight < 0:
        f.reader.refuse(f.at("weight"), "out_of_range", "must be at least 0")
    return weight


def _maintenance(reader: Reader, value: object, path: str) -> MaintenanceSpan:
    f = reader.fields(value, path, required=("unit", "first", "end"))
    return MaintenanceSpan(f.text("unit"), f.whole("first"), f.whole("end"))
