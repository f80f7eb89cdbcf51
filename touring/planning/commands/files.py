"""Files in and out, and refusals as one JSON object with an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from touring.planning.check import violations
from touring.planning.formats import InvalidPlan, read_instance, read_plan
from touring.planning.problem import InvalidProblem, Problem
from touring.planning.result import Plan

T = TypeVar("T")


class Refused(Exception):
    """Something to say in one JSON object, with an exit code."""

    def __init__(self, code: int, document: dict[str, Any]) -> None:
        super().__init__(str(document))
        self.code = code
        self.document = document


def instance_from(path: Path) -> Problem:
    """Raises Refused."""
    return parsed(path, read_instance, "invalid_instance")


def plan_from(path: Path) -> Plan:
    """Raises Refused."""
    return parsed(path, read_plan, "invalid_plan")


def parsed(path: Path, read: Callable[[Path], T], code: str) -> T:
    """What ``read`` finds in the file. Raises Refused with every issue."""
    try:
        return read(path)
    except (InvalidProblem, InvalidPlan) as error:
        raise Refused(2, issues_document(code, path, error)) from None


def issues_document(code: str, path: Path, error: InvalidProblem | InvalidPlan) -> dict[str, Any]:
    for issue in error.issues:
        sys.stderr.write(f"{issue.path}: {issue.message}\n")
    return {
        "error": code,
        "message": f"{path.name} has {len(error.issues)} problem(s); each is listed with its path.",
        "problems": [asdict(issue) for issue in error.issues],
    }


def must_be_valid(problem: Problem, plan: Plan) -> None:
    """Raises Refused."""
    found = violations(problem, plan)
    if found:
        message = "The plan breaks rules of this instance; only a valid plan can be used here."
        listed = [asdict(one) for one in found]
        raise Refused(1, {"error": "invalid_plan", "message": message, "violations": listed})


def written(write: Callable[[], object], path: Path) -> None:
    """Raises Refused."""
    try:
        write()
    except OSError as error:
        message = f"Cannot write {path}: {error.strerror or error}."
        raise Refused(2, {"error": "cannot_write", "message": message}) from None
