"""A season's policy: the parts of the instance that are no rows of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from touring.assembly.days import Calendar
from touring.assembly.problems import RowProblem
from touring.models import Season
from touring.planning.need import WEIGHTS

CONTRACTED_WEIGHT = 10.0
_KNOWN = (
    "travel",
    "gaps",
    "no_work",
    "regions",
    "pairings",
    "crews",
    "rotations",
    "contracted_weight",
    "need",
)


class Rules:
    """The rules of a season, with the problems met while reading them.

    Members are handed on as they are: the instance's own reader judges them.
    """

    def __init__(self, season: Season, calendar: Calendar) -> None:
        self._row = f"season {season.slug}"
        self._calendar = calendar
        self.problems: list[RowProblem] = []
        self._rules: Mapping[str, Any] = self._object(season.rules, "rules")
        self.objective = season.objective
        for name in sorted(self._rules.keys() - set(_KNOWN)):
            self._refuse(f"rules.{name}", f"is unknown: choose out of {', '.join(_KNOWN)}")
        self._read_need()

    def _read_need(self) -> None:
        need = self._object(self._rules.get("need", {}), "rules.need")
        for name in sorted(need.keys() - {"weights", "scale"}):
            self._refuse(f"rules.need.{name}", "is unknown: choose out of weights, scale")
        weights = self._object(need.get("weights", {}), "rules.need.weights")
        for name in sorted(weights.keys() - set(WEIGHTS)):
            self._refuse(
                f"rules.need.weights.{name}", f"is unknown: choose out of {', '.join(WEIGHTS)}"
            )
        for name, figure in [*weights.items(), ("scale", need.get("scale", 0))]:
            if isinstance(figure, bool) or not isinstance(figure, int | float) or figure < 0:
                self._refuse(f"rules.need.{name}", f"{figure!r} is no number from 0")

    @property
    def contracted_weight(self) -> float:
        weight = self._rules.get("contracted_weight", CONTRACTED_WEIGHT)
        if isinstance(weight, int | float) and weight >= 0:
            return float(weight)
        self._refuse("rules.contracted_weight", f"{weight!r} is no number from 0")
        return CONTRACTED_WEIGHT

    @property
    def floors(self) -> dict[str, dict[str, Any]]:
        """Floors by region code."""
        listed = [one for one in self._list("regions") if isinstance(one, dict) and "id" in one]
        return {str(one["id"]): {k: v for k, v in one.items() if k != "parent"} for one in listed}

    @property
    def crew_of_unit(self) -> dict[str, str]:
        return {
            str(unit): str(crew.get("id"))
            for crew in self._list("crews")
            if isinstance(crew, dict) and isinstance(crew.get("units"), list)
            for unit in crew["units"]
        }

    def document(self) -> dict[str, Any]:
        """The instance's parts ``travel, gaps, no_work, pairings, crews, rotations``, if given."""
        found: dict[str, Any] = {
            name: self._rules[name]
            for name in ("travel", "gaps", "pairings")
            if name in self._rules
        }
        if "no_work" in self._rules:
            found["no_work"] = list(self._spans("no_work", self._list("no_work")))
        if "crews" in self._rules:
            found["crews"] = [
                {k: v for k, v in one.items() if k != "units"} if isinstance(one, dict) else one
                for one in self._list("crews")
            ]
        if "rotations" in self._rules:
            found["rotations"] = [
                self._rotation(i, one) for i, one in enumerate(self._list("rotations"))
            ]
        return found

    def _rotation(self, i: int, rotation: Any) -> Any:
        if not isinstance(rotation, dict) or not isinstance(rotation.get("periods"), list):
            return rotation
        periods = list(self._spans(f"rotations[{i}].periods", rotation["periods"]))
        return {**rotation, "periods": periods}

    def _spans(self, name: str, pairs: list[Any]) -> Iterator[list[int]]:
        for i, pair in enumerate(pairs):
            try:
                first, end = (date.fromisoformat(day) for day in pair)
            except (TypeError, ValueError):
                self._refuse(
                    f"rules.{name}[{i}]",
                    f"{pair!r} is no pair of dates: write two days as YYYY-MM-DD, the second "
                    "one no longer included",
                )
            else:
                yield self._calendar.span(first, end)

    def _list(self, name: str) -> list[Any]:
        value = self._rules.get(name, [])
        if isinstance(value, list):
            return value
        self._refuse(f"rules.{name}", "must be a list")
        return []

    def _object(self, value: Any, name: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._refuse(name, "must be an object")
        return {}

    def _refuse(self, field: str, message: str) -> None:
        problem = RowProblem(self._row, field, message)
        if problem not in self.problems:
            self.problems.append(problem)
