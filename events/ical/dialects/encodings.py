"""Files that are not plain UTF-8.

Windows programs put a byte order mark first; older Chinese ones export GBK, older European
ones Latin-1 (or its Windows cousin). UTF-16 is refused: its line ends cannot be told from text.
"""

from __future__ import annotations

import re

from events.ical.problem import CalendarUnreadable, Problem

_HIGH = re.compile(rb"[\x80-\xff]+")
_BOUNDARY = re.compile(rb"\r?\n[ \t]|\r[ \t]")


def as_utf8(data: bytes) -> tuple[bytes, list[Problem]]:
    """The same file in UTF-8 without byte order mark, and a problem where it was guessed.

    Raises:
        CalendarUnreadable: empty, UTF-16 or UTF-32, or a web page.
    """
    if not data.strip():
        raise CalendarUnreadable("empty", "The file is empty.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(0) > 20:
        raise CalendarUnreadable("utf16", "The file is in UTF-16; export it in UTF-8.")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise CalendarUnreadable(
            "web_page", "The address gives a web page (a login, perhaps), not a calendar."
        )
    if _is_utf8(data):
        return data, []
    if _looks_like_gbk(data):
        text = data.decode("gb18030", errors="replace")
        return text.encode(), [Problem("encoding", "The file is in GBK, read as such; use UTF-8.")]
    text = data.decode("cp1252", errors="replace")
    return text.encode(), [
        Problem("encoding", "The file is not in UTF-8 and was read as Latin-1; letters may be off.")
    ]


def _is_utf8(data: bytes) -> bool:
    """Also where lines were folded inside a character."""
    for each in (data, _BOUNDARY.sub(b"", data)):
        try:
            each.decode()
        except UnicodeDecodeError:
            continue
        return True
    return False


def _looks_like_gbk(data: bytes) -> bool:
    """In GBK text high bytes come in pairs; in Latin-1 mostly one by one."""
    runs = [len(run) for run in _HIGH.findall(_BOUNDARY.sub(b"", data))]
    return bool(runs) and sum(length % 2 == 0 for length in runs) >= 0.9 * len(runs)
