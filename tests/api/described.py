"""The OpenAPI document as tests read it: every operation, its parameters and its schemas."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator

from api.documents import document
from api.urls import documented


@functools.cache
def described() -> dict[str, Any]:
    """The document as it arrives, through JSON."""
    return json.loads(json.dumps(document(documented), default=str))


@dataclass(frozen=True)
class Operation:
    method: str
    address: str
    details: dict[str, Any]

    def __str__(self) -> str:
        return self.details["operationId"]

    def parameters(self, place: str) -> list[dict[str, Any]]:
        return [one for one in self.details.get("parameters", ()) if one["in"] == place]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of the request's body, if it has one."""
        content = self.details.get("requestBody", {}).get("content", {})
        return resolved(content["application/json"]["schema"]) if content else None


def operations() -> Iterator[Operation]:
    for address, methods in described()["paths"].items():
        for method, details in methods.items():
            yield Operation(method, address, details)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    return described()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def faults(operation: Operation, status: int, answer: Any) -> list[str]:
    """What in ``answer`` the document does not allow; also that it does not know ``status``."""
    documented_answer = operation.details["responses"].get(str(status))
    if documented_answer is None:
        return [f"{operation}: {status} is not documented"]
    content = next(iter(documented_answer.get("content", {}).values()), None)
    if content is None:
        return []
    schema = {**content["schema"], "components": described()["components"]}
    return [
        f"{operation}: {error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(schema).iter_errors(answer)
    ]
