"""Text fit for a content line: no control characters, no foreign line ends. Escaping is not here."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=-._~"
MAX_URL_LENGTH = 2_000


def clean_text(text: str) -> str:
    """``text`` with every kind of line end as ``\\n`` and without other control characters.

    Removed: C0 but tab, DEL, C1, halves of surrogate pairs. No database, header or
    calendar takes harm from what is left.
    """
    if text.isprintable():  # most are, and none of the characters above is
        return text
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """:func:`clean_text` on one line, trimmed; for names, identifiers and addresses."""
    return clean_text(text).replace("\n", " ").replace("\t", " ").strip()


def clean_url(text: str) -> str:
    """An http(s) address in ASCII; empty for anything else (``javascript:``, ``file:`` …)."""
    address = clean_text(text).replace("\n", "").strip()
    if len(address) > MAX_URL_LENGTH:
        return ""
    try:
        parts = urlsplit(address)
        is_web = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return quote(address, safe=_URL_SAFE) if is_web else ""
