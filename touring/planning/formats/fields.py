"""Typed reading of JSON that collects every problem with its path. Knows no planning terms."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from touring.planning.problem import Issue, Span

MOST_BYTES = 512 * 1024 * 1024
_DEEPEST = 40
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "a text"}


class _Object(dict[str, Any]):
    """A JSON object that remembers keys written twice."""

    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> _Object:
        made = cls(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            made.repeated = tuple(sorted({key for key in keys if keys.count(key) > 1}))
        return made


def load_json(path: Path) -> tuple[Any, list[Issue]]:
    """The document in a file, or the one reason why there is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, [Issue("$", "too_large", f"the file exceeds {MOST_BYTES:,} bytes")]
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Issue("$", "not_utf8", f"byte {error.start} is not UTF-8")]
    except (OSError, ValueError) as error:
        return None, [Issue("$", "unreadable", f"cannot read {path.name!r}: {_why(error)}")]
    return loads_json(text)


def loads_json(text: str) -> tuple[Any, list[Issue]]:
    """The document in a text, or the one reason why there is none."""
    try:
        return json.loads(text, object_pairs_hook=_Object.of), []
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return None, [Issue("$", "not_json", f"{error.msg} at {where}")]
    except RecursionError:
        return None, [Issue("$", "too_deep", "the document is nested too deeply")]
    except ValueError:
        return None, [Issue("$", "out_of_range", "a number has thousands of digits")]


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


@dataclass
class Reader:
    """Collects the problems of one document."""

    issues: list[Issue] = field(default_factory=list)

    def refuse(self, path: str, code: str, message: str) -> None:
        self.issues.append(Issue(path, code, message))

    def fields(
        self, value: object, path: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Fields:
        """The members of an object; unknown, missing and repeated keys are refused."""
        if not isinstance(value, dict):
            self.refuse(path, "wrong_type", f"must be an object, not {kind_of(value)}")
            return Fields(self, path, {})
        known = (*required, *optional)
        for key in value:
            if key not in known:
                near = difflib.get_close_matches(str(key)[:80], known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
                self.refuse(
                    _child(path, key), "unknown_key", f"unknown key {str(key)[:80]!r}{hint}"
                )
        for key in getattr(value, "repeated", ()):
            self.refuse(_child(path, key), "repeated_key", "the key is written twice")
        for key in required:
            if key not in value:
                self.refuse(f"{path}.{key}", "missing_key", f"{key!r} is required")
        return Fields(self, path, value)

    def items(self, value: object, path: str) -> Iterator[tuple[object, str]]:
        if not isinstance(value, list):
            self.refuse(path, "wrong_type", f"must be a list, not {kind_of(value)}")
            return
        for i, item in enumerate(value):
            yield item, f"{path}[{i}]"

    def whole(self, value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(path, "wrong_type", f"must be a whole number, not {kind_of(value)}")
            return 0
        if abs(value) > 10**9:
            self.refuse(path, "out_of_range", "must lie between -1,000,000,000 and 1,000,000,000")
            return 0
        return value

    def number(self, value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(path, "wrong_type", f"must be a number, not {kind_of(value)}")
            return 0.0
        if not -1e12 <= value <= 1e12:
            what = "a finite number" if isinstance(value, int) or math.isfinite(value) else None
            self.refuse(
                path,
                "out_of_range",
                "must lie between -1e12 and 1e12" if what else "must be a finite number",
            )
            return 0.0
        return float(value)

    def text(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            self.refuse(path, "wrong_type", f"must be a text, not {kind_of(value)}")
            return f"\0{path}"
        if len(value) > 500:
            self.refuse(path, "too_long", "must have at most 500 characters")
            return f"\0{path}"
        if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in value):
            self.refuse(path, "bad_text", "must not contain control characters or half characters")
            return f"\0{path}"
        return value

    def flag(self, value: object, path: str) -> bool:
        if not isinstance(value, bool):
            self.refuse(path, "wrong_type", f"must be true or false, not {kind_of(value)}")
            return False
        return value

    def span(self, value: object, path: str) -> Span:
        if not isinstance(value, list) or len(value) != 2:
            self.refuse(path, "wrong_type", "must be a pair [first, end]")
            return (0, 1)
        return (self.whole(value[0], f"{path}[0]"), self.whole(value[1], f"{path}[1]"))


@dataclass(frozen=True)
class Fields:
    """The members of one object. Each reader returns the default for an absent key.

    A wrong value is recorded and read as a harmless stand-in, so that reading goes on.
    """

    reader: Reader
    path: str
    values: dict[str, Any]

    def at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def has(self, name: str) -> bool:
        return name in self.values

    def whole(self, name: str, default: int = 0) -> int:
        if name not in self.values:
            return default
        return self.reader.whole(self.values[name], self.at(name))

    def maybe_whole(self, name: str) -> int | None:
        return None if self.values.get(name) is None else self.whole(name)

    def number(self, name: str, default: float = 0.0) -> float:
        if name not in self.values:
            return default
        return self.reader.number(self.values[name], self.at(name))

    def maybe_number(self, name: str) -> float | None:
        return None if self.values.get(name) is None else self.number(name)

    def text(self, name: str, default: str | None = None) -> str:
        if name not in self.values:
            return f"\0{self.at(name)}" if default is None else default
        return self.reader.text(self.values[name], self.at(name))

    def name(self, name: str = "id") -> str:
        """A text that is not empty."""
        read = self.text(name)
        if not read:
            self.reader.refuse(self.at(name), "empty", "must not be empty")
        return read

    def maybe_text(self, name: str) -> str | None:
        return None if self.values.get(name) is None else self.text(name)

    def flag(self, name: str, *, default: bool) -> bool:
        if name not in self.values:
            return default
        return self.reader.flag(self.values[name], self.at(name))

    def items(self, name: str) -> Iterator[tuple[object, str]]:
        if name in self.values:
            yield from self.reader.items(self.values[name], self.at(name))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self.reader.text(item, path) for item, path in self.items(name))

    def maybe_texts(self, name: str) -> tuple[str, ...] | None:
        return None if self.values.get(name) is None else self.texts(name)

    def wholes(self, name: str) -> tuple[int, ...]:
        return tuple(self.reader.whole(item, path) for item, path in self.items(name))

    def spans(self, name: str) -> tuple[Span, ...]:
        return tuple(self.reader.span(item, path) for item, path in self.items(name))

    def amounts(self, name: str) -> dict[str, float]:
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            message = f"must be an object, not {kind_of(value)}"
            self.reader.refuse(self.at(name), "wrong_type", message)
            return {}
        for key in getattr(value, "repeated", ()):
            self.reader.refuse(_child(self.at(name), key), "repeated_key", "is written twice")
        return {
            self.reader.text(key, self.at(name)): self.reader.number(
                amount, _child(self.at(name), key)
            )
            for key, amount in value.items()
        }


def kind_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN or infinity"
    if isinstance(value, float):
        return "a number with decimals"
    return _KINDS.get(type(value), type(value).__name__)


def _child(path: str, key: object) -> str:
    name = "".join(c if c.isprintable() else "?" for c in str(key)[:80])
    return f"{path}.{name}"
