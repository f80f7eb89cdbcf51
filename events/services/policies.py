"""Whose word counts for which field of an imported event: the source's, or that of people here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from events.enums import Moderation
from events.models import Arrival, Subscription


class Wins(StrEnum):
    SOURCE = "source"  # changing the field here is refused
    LOCAL = "local"  # what was changed here stays, whatever the source says
    NEWEST = "newest"  # it stays until the source says something else than at that time


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("title_zh", "title_en"),
    "description": ("description_zh", "description_en"),
    "location": ("location_zh", "location_en"),
    "dates": (
        *("start_date", "start_time", "end_date", "end_time", "timezone"),
        *("rrule", "rdates", "exdates", "overrides", "lunar_rule", "lunar_until"),
    ),
}
"""Columns that are one field to people. Other columns are fields under their own names."""

PLAIN_FIELDS = ("url", "venue", "status", "visibility", "kind", "audiences", "topics")
FIELDS = (*COLUMNS, *PLAIN_FIELDS)
"""All that readings set; what else an event has belongs to people here anyway."""
_FIELD_OF = {column: name for name, columns in COLUMNS.items() for column in columns}
_FREE = frozenset({"kind", "audiences", "topics"})
"""What foreign calendars seldom tell: people here may say it unless a policy forbids that."""


@dataclass(frozen=True)
class Policy:
    """How a source's entries become events; the default believes the source in all."""

    arrival: Moderation = Moderation.PUBLISHED
    fields: Mapping[str, Wins] = field(default_factory=dict)
    skips_known: bool = False

    def wins(self, name: str) -> Wins:
        return self.fields.get(name, Wins.LOCAL if name in _FREE else Wins.SOURCE)


BELIEVING = Policy()


def policy_of(subscription: Subscription | None) -> Policy:
    if subscription is None:
        return BELIEVING
    is_queued = subscription.arrival == Arrival.QUEUE
    return Policy(
        arrival=Moderation.SUBMITTED if is_queued else Moderation.PUBLISHED,
        fields={name: Wins(wins) for name, wins in subscription.field_policy.items()},
        skips_known=subscription.skips_known,
    )


def field_of(column: str) -> str:
    """The field that people see behind a column."""
    name = column.removesuffix("_id")
    return _FIELD_OF.get(name, name)


def problems_of(fields: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with a policy somebody sends, each under the name of its field."""
    known, words = set(FIELDS), {wins.value for wins in Wins}
    return [
        {"field": f"fields.{str(name)[:40]}", "message": message}
        for name, wins in fields.items()
        for message in (
            ("There is no such field; there are: " + ", ".join(sorted(known)) + ".",)
            if name not in known
            else ("Choose one of: " + ", ".join(sorted(words)) + ".",)
            if wins not in words
            else ()
        )
    ]
