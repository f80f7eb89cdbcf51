from __future__ import annotations

import pytest

from venues.texts import forbidden_characters, one_line


def test_one_line_joins_lines_and_drops_what_cannot_be_seen():
    assert one_line("\ufeff 合肥\r\n科技馆\u3000\u200b东门\t") == "合肥 科技馆 东门"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("合肥市科技馆 Hefei 😀 e\u0301", []),
        ("a\x00b\x0bc\x00", ["U+0000", "U+000B"]),
        ("\x1c\x7f\x85", ["U+001C", "U+007F", "U+0085"]),
        ("\u2028\u2029\ud800", ["U+2028", "U+2029", "U+D800"]),
        ("gpj.\u202eexe \u2066", ["U+202E", "U+2066"]),
        ("\ufffe\U0001ffff\ufdd0", ["U+FDD0", "U+FFFE", "U+1FFFF"]),
    ],
)
def test_forbidden_characters_are_named(text, found):
    assert forbidden_characters(text) == found
