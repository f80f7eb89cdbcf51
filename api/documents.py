"""The interface's description: for programs as OpenAPI 3.1, for people as a page."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, include, path
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from api.errors import known_codes
from api.renderers import OrjsonRenderer

_MEDIA_TYPE = "application/json"
# Choices stay where they are used instead of becoming components with made-up names.
_HOOK = "drf_spectacular.hooks.postprocess_schema_enum_id_removal"


@functools.cache
def document(patterns: tuple[URLPattern, ...]) -> dict[str, Any]:
    """The OpenAPI document of ``patterns``; equal for everyone, made once per process."""
    mounted = [path("api/v1/", include(list(patterns)))]
    with patched_settings({"POSTPROCESSING_HOOKS": [_HOOK]}):
        return SchemaGenerator(patterns=mounted).get_schema(request=None, public=True)


class SchemaView(View):
    patterns: ClassVar[tuple[URLPattern, ...]] = ()

    def get(self, request: HttpRequest) -> HttpResponse:
        content = OrjsonRenderer().render(document(self.patterns))
        answer = HttpResponse(content, content_type=_MEDIA_TYPE)
        answer.headers["Cache-Control"] = "public, max-age=300"
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer


class DocsView(View):
    """Plain HTML without scripts: works under the strictest content security policy."""

    patterns: ClassVar[tuple[URLPattern, ...]] = ()

    def get(self, request: HttpRequest) -> HttpResponse:
        described = document(self.patterns)
        context = {
            "document": described,
            "resources": list(_by_resource(described).items()),
            "codes": known_codes(),
        }
        return render(request, "api/docs.html", context)


def _by_resource(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    resources: dict[str, list[dict[str, Any]]] = {}
    for address, methods in described["paths"].items():
        for method, operation in methods.items():
            entry = {
                "address": address,
                "method": method.upper(),
                "id": operation["operationId"],
                "description": operation.get("description", ""),
                "parameters": [
                    _line(parameter["name"], parameter["schema"], parameter)
                    for parameter in operation.get("parameters", [])
                ],
                "fields": _fields(_schema(described, operation.get("requestBody", {}))),
                "answers": [
                    (status, answer["description"], _name(answer))
                    for status, answer in sorted(operation["responses"].items())
                ],
            }
            resources.setdefault(operation["tags"][0], []).append(entry)
    return resources


def _schema(described: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    schema = body.get("content", {}).get(_MEDIA_TYPE, {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return described["components"]["schemas"].get(name, schema)


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        _line(name, field, {"required": name in required})
        for name, field in schema.get("properties", {}).items()
    ]


def _line(name: str, schema: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    """What a table row says about a parameter or a field."""
    choices = " · ".join(str(choice) for choice in schema.get("enum", []) if choice is not None)
    return {
        "name": name,
        "place": about.get("in", ""),
        "is_required": about.get("required", False),
        "type": choices or str(schema.get("format") or schema.get("type") or ""),
        "meaning": "" if choices else about.get("description") or schema.get("description", ""),
    }


def _name(answer: dict[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        schema = content["schema"]
        reference = schema.get("$ref") or schema.get("properties", {}).get("results", {}).get(
            "items", {}
        ).get("$ref", "")
        return reference.rpartition("/")[2]
    return ""
