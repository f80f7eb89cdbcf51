"""JSON bodies, read strictly: what could be misunderstood is refused."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from api.errors import TooLarge

MOST_BYTES = 1_000_000
DEEPEST = 20


class StrictJsonParser(BaseParser):
    """Reads ``application/json`` of at most 1 MB, 20 levels deep, in UTF-8.

    Refused besides: NaN and infinities, numbers beyond a double, a key twice in one object,
    NUL and lone surrogates in text.
    """

    media_type = "application/json"
    most_bytes = MOST_BYTES

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # REST framework's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(self.most_bytes + 1)
        if len(body) > self.most_bytes:
            raise TooLarge(f"A body may have at most {self.most_bytes} bytes.")
        return parse_json(body)


class FileJsonParser(StrictJsonParser):
    """For bodies that carry a file in base64: at most 14 MB, which is a file of 10 MB."""

    most_bytes = 14_000_000


def parse_json(body: bytes) -> Any:
    """Read ``body``.

    Raises:
        ParseError: it is not JSON as this interface understands it; the message says why.
    """
    try:
        _refuse_depth(orjson.loads(body))  # strict about grammar, UTF-8, NaN and recursion
        return json.loads(
            body, object_pairs_hook=_each_key_once, parse_float=_finite, parse_constant=_refuse
        )
    except (orjson.JSONDecodeError, ValueError) as error:
        raise ParseError(f"The body is not valid JSON: {error}.") from None


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str) and "\0" in item:
                raise ParseError("Text may not hold the character NUL.")
        level = below
    if level:
        raise ParseError(f"The body is nested deeper than {DEEPEST} levels.")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add() says None
        raise ParseError(f"The key {twice!r} stands twice in one object.")
    return found


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ParseError(f"The number {text[:20]} is too large.")
    return value


def _refuse(text: str) -> NoReturn:
    raise ParseError(f"{text} is not a JSON number.")
