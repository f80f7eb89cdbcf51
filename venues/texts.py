"""What text may be stored: one line, no control characters. Feeds and mail rely on it."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")  # pasted along; joiners stay, Nepali needs them
_SPACES = re.compile(r"[ \t\r\n\u00a0\u3000]+")
_FORBIDDEN_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
_BIDI_OVERRIDES = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def one_line(text: str) -> str:
    """``text`` with every run of spaces, tabs and line ends as one space, none at the ends.

    Zero-width spaces and byte-order marks are dropped; everything else, allowed or not, is kept.
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip(" ")


def forbidden_characters(text: str) -> list[str]:
    """The characters that may not be stored, as ``U+000B``, each once and in order.

    Control characters, line and paragraph separators, lone surrogates, non-characters, and the
    direction overrides that make a text read as another.
    """
    if text.isprintable():  # most are, and none of these characters is
        return []
    found = {char for char in text if _is_forbidden(char)}
    return [f"U+{ord(char):04X}" for char in sorted(found)]


def _is_forbidden(char: str) -> bool:
    if unicodedata.category(char) in _FORBIDDEN_CATEGORIES or char in _BIDI_OVERRIDES:
        return True
    return ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF
