"""The two kinds of serializer: rows going out without ceremony, bodies coming in strictly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

_NOT_KNOWN = "This field is not known; known are: {known}."


class RowSerializer(serializers.Serializer):
    """Describes an answer for the schema and reads it straight from ``values_list()``.

    REST framework's own way through model instances and field objects is what makes lists slow.
    ``source`` leads over foreign keys to the column; fields named in ``Meta.added`` have no
    column and are filled in by :meth:`add`, for all rows of a page at once, which may use the
    columns in ``Meta.hidden`` besides those that are shown.
    """

    class Meta:
        added: ClassVar[Sequence[str]] = ()
        hidden: ClassVar[Sequence[str]] = ()

    @classmethod
    def columns(cls) -> dict[str, str]:
        """Field name → ORM path."""
        added = getattr(cls.Meta, "added", ())
        shown = {
            name: (field.source or name).replace(".", "__")
            for name, field in cls._declared_fields.items()
            if name not in added
        }
        return shown | {name: name for name in getattr(cls.Meta, "hidden", ())}

    @classmethod
    def add(cls, rows: list[dict[str, Any]], *, now: datetime) -> None:
        """Fill in what has no column of its own, with as many queries for 200 rows as for one."""

    @classmethod
    def read(cls, found: Iterable[tuple[Any, ...]], *, now: datetime) -> list[dict[str, Any]]:
        names = tuple(cls.columns())
        rows = [dict(zip(names, row, strict=True)) for row in found]
        if rows:
            cls.add(rows, now=now)
        return [{name: row[name] for name in cls._declared_fields} for row in rows]

    @classmethod
    def one(cls, queryset: QuerySet, *, now: datetime) -> dict[str, Any] | None:
        """The only row of ``queryset``, ``None`` when there is none."""
        found = queryset.values_list(*cls.columns().values())[:1]
        return next(iter(cls.read(found, now=now)), None)


class StrictSerializer(serializers.Serializer):
    """A body or a query in which every key must be known: what is misspelt must not be ignored."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = {
            str(name): _NOT_KNOWN.format(known=", ".join(sorted(self.fields)))
            for name in (data if hasattr(data, "keys") else ())
            if name not in self.fields
        }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**unknown, **error.detail}) from None
            raise
        if unknown:
            raise serializers.ValidationError(unknown)
        return value
