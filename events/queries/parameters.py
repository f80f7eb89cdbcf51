"""One reader per kind of query parameter: text in, a safe value or a refusal in words out.

Nothing that passes here can upset a database: text has no control characters or lone surrogates
and is short, numbers are finite and small, years lie in ``FIRST_YEAR..LAST_YEAR``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_TEXT, MAX_WORDS, MAX_VALUES, MAX_CODE = 200, 10, 50, 80

_NUMBER = re.compile(r"[+-]?[0-9]{1,4}(\.[0-9]{1,15})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)"
    r"(?:[Zz]|([+ -])([0-9]{2}:[0-9]{2}))"
)


class UnreadableError(ValueError):
    """The value cannot be taken; the message completes "parameter X: ..."."""


def quoted(value: str) -> str:
    """``value`` as it may stand in a message: short, on one line, without control characters."""
    shown = value if len(value) <= 60 else value[:57] + "..."
    return "'" + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown) + "'"


def read_codes(values: Iterable[str]) -> tuple[str, ...]:
    """Slugs or codes, repeated or separated by commas; sorted, each once."""
    codes = {part.strip() for value in values for part in _short(value, 4000).split(",")}
    if not all(codes):
        raise UnreadableError("has an empty value; give a slug or code, or leave it out")
    if len(codes) > MAX_VALUES:
        raise UnreadableError(f"has {len(codes)} values; {MAX_VALUES} are the most")
    for code in sorted(codes):
        if len(code) > MAX_CODE or not code.isprintable():
            raise UnreadableError(f"{quoted(code)} cannot be a slug or code")
    return tuple(sorted(codes))


def read_whole_number(value: str, largest: int) -> int:
    """A number from 0 to ``largest``."""
    if not (value.isascii() and value.isdigit() and len(value) <= 3 and int(value) <= largest):
        raise UnreadableError(f"{quoted(value)} is not a whole number from 0 to {largest}")
    return int(value)


def read_whole_numbers(values: Iterable[str], largest: int) -> tuple[int, ...]:
    """Numbers from 0 to ``largest``; sorted, each once."""
    return tuple(sorted({read_whole_number(text, largest) for text in read_codes(values)}))


def read_language_tags(values: Iterable[str]) -> tuple[str, ...]:
    """Tags as BCP 47 has them, in lower case; sorted, each once."""
    tags = [tag.lower() for tag in read_codes(values)]
    for tag in tags:
        if not _LANGUAGE_TAG.fullmatch(tag):
            raise UnreadableError(f"{quoted(tag)} is no language tag such as zh, en or zh-yue")
    return tuple(sorted(set(tags)))


def read_choices(values: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    chosen, known = read_codes(values), list(allowed)
    wrong = [value for value in chosen if value not in known]
    if wrong:
        raise UnreadableError(f"{quoted(wrong[0])} is not one of {', '.join(known)}")
    return chosen


def read_choice(value: str, allowed: Iterable[str]) -> str:
    known = list(allowed)
    if value not in known:
        raise UnreadableError(f"{quoted(value)} is not one of {', '.join(known)}")
    return value


def read_words(value: str) -> tuple[str, ...]:
    """The words of a search: NFC, ASCII letters lowered, sorted, each once."""
    text = unicodedata.normalize("NFC", _short(value, MAX_TEXT))
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        raise UnreadableError("has control characters; give words")
    words = {re.sub("[A-Z]+", lambda found: found[0].lower(), word) for word in text.split()}
    if not words:
        raise UnreadableError("is empty; give words, or leave it out")
    if len(words) > MAX_WORDS:
        raise UnreadableError(f"has {len(words)} words; {MAX_WORDS} are the most")
    return tuple(sorted(words))


def read_bool(value: str) -> bool:
    if value.lower() in ("1", "true", "yes"):
        return True
    if value.lower() in ("0", "false", "no"):
        return False
    raise UnreadableError(f"{quoted(value)} is neither true nor false")


def read_day_or_moment(value: str) -> date | datetime:
    """``2026-05-01`` or a moment with its offset, which becomes UTC in whole seconds.

    The ``+`` of an offset that arrived unescaped, and so as a space, is understood.
    """
    wanted = "a day such as 2026-05-01 or a moment such as 2026-05-01T09:00:00+08:00"
    found = None
    try:
        if _DATE.fullmatch(value):
            return _in_range(date.fromisoformat(value))
        if found := _MOMENT.fullmatch(value):
            wall, sign, offset = found.groups()
            zone = "+00:00" if sign is None else sign.replace(" ", "+") + offset
            moment = datetime.fromisoformat(wall.upper() + zone)
            _in_range(moment)
            return moment.astimezone(UTC)
    except UnreadableError:
        raise
    except ValueError as error:
        raise UnreadableError(
            f"{quoted(value)} is not in the calendar ({error}); give {wanted}"
        ) from None
    raise UnreadableError(f"{quoted(value)} is not {wanted}")


def read_numbers(value: str, names: tuple[str, ...]) -> tuple[float, ...]:
    """Plain decimal numbers separated by commas, one per name."""
    parts = _short(value, 200).split(",")
    if len(parts) != len(names) or not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise UnreadableError(f"{quoted(value)} is not {','.join(names)} in plain decimal numbers")
    return tuple(float(part) for part in parts)


def check_on_earth(latitude: float, longitude: float) -> None:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise UnreadableError(
            f"{latitude:g},{longitude:g} is not on earth: latitude goes from -90 to 90, "
            "longitude from -180 to 180, latitude first"
        )


def _in_range(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise UnreadableError(f"year {value.year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return value


def _short(value: str, most: int) -> str:
    if len(value) > most:
        raise UnreadableError(f"has {len(value)} characters; {most} are the most")
    return value
