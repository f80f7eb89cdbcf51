"""Words as both databases index them: pairs of Chinese characters, other words as they are.

Neither database cuts Chinese into words: SQLite's trigrams find nothing for two characters,
PostgreSQL's parser depends on the server's locale. So the cutting is done here, and a term is
plain ASCII letters and digits, which every tokenizer leaves whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_HAN = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U000323af"
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W_{_HAN}]+)")
_ASCII = re.compile(r"[a-z0-9]+")


def terms_of(texts: Iterable[str]) -> list[str]:
    """The terms under which ``texts`` are found, in order; empty texts have none.

    A run of Chinese gives every pair of neighbours and its last character.
    """
    return [
        term
        for text in texts
        for han, word in _runs(text)
        for term in (_pairs(han) or [_ascii(word)])
    ]


def phrases_of(word: str) -> list[tuple[str, ...]]:
    """What has to be found for ``word``: each a row of neighbouring terms.

    A row of one term means everything that begins with it, so that one character finds every
    pair it begins, and ``tele`` finds telescopes. Empty: nothing in it can be looked for.
    """
    found: list[tuple[str, ...]] = []
    for han, other in _runs(word):
        if len(han) > 1:
            found.append(tuple(_pairs(han)[:-1]))
        else:
            found.append((_character(han) if han else _ascii(other),))
    return found


def as_fts5(words: Iterable[str]) -> str:
    """The MATCH expression of SQLite's FTS5; every word has to be found."""
    return " AND ".join(
        f'"{" ".join(phrase)}"{"*" if len(phrase) == 1 else ""}'
        for word in words
        for phrase in phrases_of(word)
    )


def as_tsquery(words: Iterable[str]) -> str:
    """The same for PostgreSQL's ``to_tsquery('simple', ...)``."""
    return " & ".join(
        f"({' <-> '.join(phrase)})" if len(phrase) > 1 else f"{phrase[0]}:*"
        for word in words
        for phrase in phrases_of(word)
    )


def _runs(text: str) -> list[tuple[str, str]]:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _RUNS.findall(unicodedata.normalize("NFC", bare))


def _pairs(han: str) -> list[str]:
    return ["".join(_character(c) for c in han[place : place + 2]) for place in range(len(han))]


def _character(han: str) -> str:
    return f"u{ord(han):x}" if han else ""


def _ascii(word: str) -> str:
    return word if _ASCII.fullmatch(word) else "x" + word.encode().hex()
