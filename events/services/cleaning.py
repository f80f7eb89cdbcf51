"""Text from outside, made harmless before it is stored, put into a feed or into a mail header."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FORBIDDEN = re.compile(
    "["
    r"\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff"  # control characters, lone surrogates
    r"\ufffe\uffff\ufdd0-\ufdef"  # not characters
    r"\u200b\u2060\ufeff"  # invisible ones, pasted along; joiners stay, Nepali needs them
    r"\u202a-\u202e\u2066-\u2069"  # direction overrides, which make a text read as another
    "]"
)
_BLANKS = re.compile(r"[ \t\n]+")
_SHOWN_SCHEMES = ("https", "http", "mailto", "tel")


def many_lines(text: str) -> str:
    """``text`` with lines ended by ``\\n`` alone and without other control characters.

    Everything that some reader takes for the end of a line (VT, FF, FS-RS, NEL, U+2028/9)
    becomes one, so that nothing hides behind it; lone surrogates, which no database stores, go.
    """
    if text.isprintable():  # most are, and none of the characters below is
        return text.strip(" ")
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """``text`` as one line: line ends and tabs become single spaces. Fit for a mail header."""
    lines = many_lines(text)
    if "  " not in lines and lines.isprintable():
        return lines
    return _BLANKS.sub(" ", lines).strip()


def shown_url(url: str) -> str:
    """``url`` if a page may link to it, else nothing (``javascript:``, ``data:``, ``file:``)."""
    address = one_line(url).replace(" ", "")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SHOWN_SCHEMES:
        return ""
    return address if parts.netloc or parts.scheme.lower() in ("mailto", "tel") else ""


def shortened(text: str, length: int) -> str:
    """``text`` in at most ``length`` characters; an ellipsis shows what was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
