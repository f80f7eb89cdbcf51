"""Problems back into documents. What has its default value is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from touring.planning.formats.canonical import sha256_of
from touring.planning.formats.instance import INSTANCE_FORMAT
from touring.planning.problem import Matrix, Problem, Statement


def instance_document(problem: Problem) -> dict[str, Any]:
    """The document that reads back as an equal problem."""
    document: dict[str, Any] = {"format": INSTANCE_FORMAT}
    for one in fields(Statement):
        value = getattr(problem, one.name)
        if one.name == "hash" or (one.name != "objective" and _is_default(one, value)):
            continue
        document[one.name] = _plain(value)
    return document


def instance_hash(problem: Problem) -> str:
    """Of the document it was read from, or else of the document it would be written as."""
    return problem.hash or sha256_of(instance_document(problem))


def write_instance(problem: Problem, path: Path) -> None:
    """Write the instance; distance files stay where they are."""
    path.write_text(pretty_json(instance_document(problem)), encoding="utf-8")


def pretty_json(document: dict[str, Any]) -> str:
    """One line per member of the top level's lists: readable, and diffs stay small."""
    lines = []
    for key, value in document.items():
        name = json.dumps(key)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            members = ",\n  ".join(
                json.dumps(member, ensure_ascii=False, allow_nan=False) for member in value
            )
            lines.append(f" {name}: [\n  {members}]")
        else:
            lines.append(f" {name}: {json.dumps(value, ensure_ascii=False, allow_nan=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _is_default(one: Any, value: object) -> bool:
    if one.default is not MISSING:
        return bool(value == one.default)
    if one.default_factory is not MISSING:
        return bool(value == one.default_factory())
    return False


def _plain(value: Any) -> Any:
    if isinstance(value, Matrix):
        return _plain_matrix(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: _plain(getattr(value, one.name))
            for one in fields(value)
            if not _is_default(one, getattr(value, one.name))
        }
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _plain_matrix(matrix: Matrix) -> Any:
    if matrix.source:
        km, _, days = matrix.source.partition("\n")
        return {"km": km, "days": days} if days else km
    document = {"points": list(matrix.points), "km": matrix.km.tolist()}
    if matrix.days is not None:
        document["days"] = matrix.days.tolist()
    return document
