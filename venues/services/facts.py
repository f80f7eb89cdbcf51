"""What the plain fields of any row of the network may hold, said in words."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation

from venues.errors import field_problem
from venues.texts import forbidden_characters

_MAY_BE_NEGATIVE = {"lat", "lon"}
_WEB = re.compile(r"https?://", re.IGNORECASE)


def row_problems(row: models.Model, *, exclude: Collection[str]) -> list[dict[str, str]]:
    """Everything wrong with the row's own fields, in English; makes no query.

    Foreign keys are looked up by their field's own check, so name them in ``exclude``.
    """
    problems = []
    with translation.override("en"):
        try:
            row.clean_fields(exclude=set(exclude))
        except ValidationError as errors:
            problems += [
                field_problem(name, message)
                for name, messages in errors.message_dict.items()
                for message in messages
            ]
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if message := _objection(field, value):
            problems.append(field_problem(field.name, message))
    return problems


def _objection(field: models.Field, value: object) -> str:
    if isinstance(value, str) and (found := forbidden_characters(value)):
        return f"Holds control characters ({', '.join(found)}); remove them."
    if isinstance(field, models.URLField) and value and not _WEB.match(str(value)):
        return "Must begin with https:// or http://."
    if isinstance(field, models.FloatField) and isinstance(value, int | float):
        may_be_negative = field.name in _MAY_BE_NEGATIVE
        if not (math.isfinite(value) and (value >= 0 or may_be_negative)):
            return "Must be a number that is not negative."
    if field.name == "name_zh" and isinstance(value, str) and value and not value.strip():
        return "Must not be empty."
    return ""
