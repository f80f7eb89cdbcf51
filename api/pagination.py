"""Lists page by page, by keyset: page 10,000 costs what page 1 costs, and nothing is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from api.errors import InvalidParameters

PAGE_SIZE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True)
class Page:
    """``rows`` with the addresses of the neighbouring pages, ``None`` where there is none."""

    rows: list[tuple[Any, ...]]
    next: str | None
    previous: str | None


class CursorPagination(BasePagination):
    """Pages of a queryset in a fixed, unambiguous order.

    The cursor is signed for its list and its order: a made-up or foreign one is refused, so its
    values always have the types of their columns.
    """

    def page(
        self, queryset: QuerySet, request: Request, *, paths: Sequence[str], ordering: Sequence[str]
    ) -> Page:
        """One page of ``queryset.values_list(*paths)``.

        ``ordering`` names columns that are never null, the last one unique; ``-`` is descending.

        Raises:
            InvalidParameters: ``page_size`` or ``cursor`` make no sense.
        """
        size = page_size(request)
        signer = signing.Signer(salt=f"cursor:{request.path}:{','.join(ordering)}")
        keys = [column.lstrip("-") for column in ordering]
        position, backwards = _position(request, signer, len(keys))
        order = [_flipped(column) for column in ordering] if backwards else list(ordering)
        if position is not None:
            queryset = queryset.filter(_beyond(order, position))
        found = list(queryset.order_by(*order).values_list(*paths, *keys)[: size + 1])
        more, found = len(found) > size, found[:size]
        if backwards:
            found.reverse()

        def address(row: tuple[Any, ...], direction: str) -> str:
            token = signer.sign_object([direction, *map(_written, row[len(paths) :])])
            return replace_query_param(request.build_absolute_uri(), "cursor", token)

        if not found:
            start = remove_query_param(request.build_absolute_uri(), "cursor")
            return Page([], None, start if position is not None else None)
        has_next = more if not backwards else True
        has_previous = more if backwards else position is not None
        return Page(
            rows=[row[: len(paths)] for row in found],
            next=address(found[-1], "next") if has_next else None,
            previous=address(found[0], "previous") if has_previous else None,
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": address, "previous": address},
        }


def page_size(request: Request) -> int:
    text = request.query_params.get("page_size")
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise InvalidParameters({"page_size": f"Must be a number from 1 to {LARGEST_PAGE}."})
    return min(int(text), LARGEST_PAGE)


def _position(
    request: Request, signer: signing.Signer, length: int
) -> tuple[list[Any] | None, bool]:
    token = request.query_params.get("cursor")
    if not token:
        return None, False
    try:
        direction, *position = signer.unsign_object(token)
        if len(position) != length:
            raise ValueError(position)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidParameters(
            {"cursor": "Not a cursor of this list; start again without it."}
        ) from None
    return [_read(value) for value in position], direction == "previous"


def _beyond(order: list[str], position: list[Any]) -> Q:
    """Rows after ``position``: (a, b) > (x, y) is a > x, or a = x and b > y."""
    condition = Q()
    for column, value in reversed(list(zip(order, position, strict=True))):
        key = column.lstrip("-")
        further = Q(**{f"{key}__{'lt' if column.startswith('-') else 'gt'}": value})
        condition = further | (Q(**{key: value}) & condition) if condition else further
    return condition


def _flipped(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "at" in value:
        return datetime.fromisoformat(value["at"])
    return date.fromisoformat(value["on"])
