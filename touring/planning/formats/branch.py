"""The format ``orrery-branch/1``: what a what-if supposes; and differences as documents."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from touring.planning.formats.fields import Reader, load_json
from touring.planning.formats.plan import value_document
from touring.planning.problem import InvalidProblem
from touring.planning.result import Stop
from touring.planning.whatif import Branch, Difference, Forced

BRANCH_FORMAT = "orrery-branch/1"


def read_branch(path: Path) -> Branch:
    """The branch in a file.

    Raises
    ------
    InvalidProblem
        With every issue of the file.
    """
    document, issues = load_json(path)
    if issues:
        raise InvalidProblem(issues)
    return parse_branch(document)


def parse_branch(document: Any) -> Branch:
    """The branch of a document.

    Raises
    ------
    InvalidProblem
        With every issue of the document.
    """
    reader = Reader()
    top = reader.fields(
        document, "$", required=("format",), optional=("name", "forced", "forbidden")
    )
    if top.has("format") and top.values["format"] != BRANCH_FORMAT:
        reader.refuse("$.format", "unknown_format", f"must be {BRANCH_FORMAT!r}")
    forced = []
    for value, path in top.items("forced"):
        f = reader.fields(value, path, required=("request",), optional=("unit", "open"))
        forced.append(Forced(f.text("request"), f.maybe_text("unit"), f.maybe_whole("open")))
    forbidden = []
    for value, path in top.items("forbidden"):
        f = reader.fields(value, path, required=("request",), optional=("unit",))
        forbidden.append((f.maybe_text("unit"), f.text("request")))
    if reader.issues:
        raise InvalidProblem(reader.issues)
    return Branch(top.text("name", ""), tuple(forced), tuple(forbidden))


def difference_document(difference: Difference) -> dict[str, Any]:
    """Stops added, removed and moved; the value's parts and the equity measures, second less first."""
    return {
        "added": [stop_document(one) for one in difference.added],
        "removed": [stop_document(one) for one in difference.removed],
        "moved": [
            {
                "request": one.request,
                "before": {"unit": one.before.unit, "open": one.before.open},
                "after": {"unit": one.after.unit, "open": one.after.open},
            }
            for one in difference.moved
        ],
        "value": {
            "before": value_document(difference.before),
            "after": value_document(difference.after),
        },
        "parts": dict(difference.parts),
        "equity": dict(difference.equity),
    }


def stop_document(stop: Stop) -> dict[str, Any]:
    document = asdict(stop)
    return {key: document[key] for key in ("unit", "request", "open")}
