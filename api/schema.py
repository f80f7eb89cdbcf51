"""The OpenAPI 3.1 document: what every operation takes, answers and refuses.

A handler says it with :func:`operation`; everything common to all is added here.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from api.errors import CONTENT_TYPE
from api.pagination import LARGEST_PAGE, PAGE_SIZE, CursorPagination
from api.serializers import StrictSerializer

_Handler = TypeVar("_Handler", bound=Callable[..., Any])

_MEANING = {
    400: "The request cannot be understood.",
    401: "A key or a session is needed, or the key is not valid.",
    403: "Your roles, or the key's scopes, do not permit it.",
    404: "There is none, or you may not see it.",
    409: "Somebody or something else was faster.",
    412: "It has changed since you read it.",
    413: "The body is too large.",
    415: "The body is not of a type this address reads.",
    422: "Understood, and not acceptable.",
    428: "`If-Match` is needed.",
}


class ProblemEntry(serializers.Serializer):
    message = serializers.CharField(required=False)
    field = serializers.CharField(required=False, help_text="dotted path into the body")
    parameter = serializers.CharField(required=False)
    code = serializers.CharField(required=False)


class Problem(serializers.Serializer):
    """An RFC 9457 problem document."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField()
    instance = serializers.CharField()
    code = serializers.CharField(help_text="stable; decide by this")
    problems = ProblemEntry(many=True)
    details = serializers.DictField(required=False, help_text="figures of this refusal")


@dataclass(frozen=True)
class Operation:
    answers: Any
    status: int
    also: int | None
    paged: bool
    query: type[StrictSerializer] | list[OpenApiParameter] | None
    body: type[StrictSerializer] | None
    if_match: bool
    refuses: tuple[int, ...]


def operation(
    *,
    answers: Any = None,
    status: int = 200,
    also: int | None = None,
    paged: bool = False,
    query: type[StrictSerializer] | list[OpenApiParameter] | None = None,
    body: type[StrictSerializer] | None = None,
    if_match: bool = False,
    refuses: tuple[int, ...] = (),
) -> Callable[[_Handler], _Handler]:
    """Say what a handler takes and answers; ``refuses`` adds to the refusals all share.

    ``also`` is a second status of success.
    """

    def mark(handler: _Handler) -> _Handler:
        handler.operation = Operation(  # type: ignore[attr-defined]  # drf-spectacular sets and reads it so
            answers, status, also, paged, query, body, if_match, refuses
        )
        return handler

    return mark


class ResourceSchema(AutoSchema):
    """Reads :class:`Operation` from the handler and documents what all operations share."""

    @property
    def _operation(self) -> Operation:
        return getattr(self.view, self.method.lower()).operation

    def get_operation_id(self) -> str:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self.view).__name__).lower()
        return f"{self.method.lower()}_{name}"

    def get_description(self) -> str:
        view = type(self.view)
        text = getattr(view, self.method.lower()).__doc__ or view.__dict__.get("__doc__")
        return inspect.cleandoc(text) if text else ""

    def get_tags(self) -> list[str]:
        return [self.view.resource]

    def get_request_serializer(self) -> Any:
        return self._operation.body

    def get_override_parameters(self) -> list[Any]:
        asked = self._operation
        parameters: list[Any] = []
        if asked.query is not None:
            parameters += asked.query if isinstance(asked.query, list) else [asked.query]
        if asked.paged:
            parameters += [
                OpenApiParameter("cursor", str, description="from `next` or `previous`"),
                OpenApiParameter(
                    "page_size",
                    {"type": "integer", "minimum": 1, "default": PAGE_SIZE},
                    description=f"more than {LARGEST_PAGE} are never sent",
                ),
            ]
        if asked.if_match:
            parameters.append(
                OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)
            )
        if self.method == "POST":
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "pattern": "^[!-~]{1,200}$"},
                    OpenApiParameter.HEADER,
                    description="the same key within 24 hours: the same answer, done once",
                )
            )
        return parameters

    def get_response_serializers(self) -> Any:
        asked = self._operation
        answer = asked.answers
        if asked.paged:
            rows = self.resolve_serializer(answer, "response").ref
            answer = CursorPagination().get_paginated_response_schema(
                {"type": "array", "items": rows}
            )
        success = OpenApiResponse(answer, description="as asked")
        problems = {
            (status, CONTENT_TYPE): OpenApiResponse(Problem, description=_MEANING[status])
            for status in sorted(self._refusals())
        }
        statuses = [asked.status] if asked.also is None else [asked.status, asked.also]
        return {**dict.fromkeys(statuses, success), **problems}

    def _refusals(self) -> set[int]:
        asked = self._operation
        refusals = {400, 401, 403, *asked.refuses}
        if "{" in self.path:
            refusals.add(404)
        if self.method not in SAFE_METHODS:
            refusals |= {413, 415, 422}
        if self.method == "POST":
            refusals.add(409)
        if asked.if_match:
            refusals |= {412, 428}
        return refusals

    def get_auth(self) -> list[dict[str, list[str]]]:
        schemes = {
            "key": {"type": "http", "scheme": "bearer", "description": "an API key"},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
        for name, scheme in schemes.items():
            self.registry.register_on_missing(
                ResolvedComponent(name, ResolvedComponent.SECURITY_SCHEMA, scheme, name)
            )
        public = [{}] if self.method in SAFE_METHODS and not self.view.is_private else []
        return [{name: []} for name in schemes] + public

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: Any) -> Any:
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema
