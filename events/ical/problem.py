"""What goes wrong while reading: problems of single components, and a file that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something a museum should know about its calendar, in words it can act on."""

    code: str
    """Stable, snake_case."""
    words: str
    line: int | None = None
    """Line of the file, counted from 1."""
    uid: str | None = None
    is_lost: bool = False
    """The component is not among the entries. What it stood for must not be taken for deleted."""


class CalendarUnreadable(Exception):
    """The file as a whole says nothing about which events there are; the last good one stays.

    The message is a sentence for the museum, ``code`` stable, ``problems`` those of components.
    """

    def __init__(self, code: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.problems = problems
