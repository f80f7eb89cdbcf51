"""Small pieces of SVG text. Knows nothing of plans."""

from __future__ import annotations

from html import escape

# Twelve colours that stay apart for colour-blind readers (after Okabe and Ito, with darker twins).
PALETTE = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"),
    *("#8a7a00", "#004c76", "#7a4b00", "#005c43", "#7c3f63", "#5c5c5c"),
)
INK, FAINT, PAPER, LINE = "#1f2933", "#66727f", "#ffffff", "#d9dee3"


def number(value: float) -> str:
    """At most two decimals, no trailing zeros, never ``-0``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def text_of(value: str) -> str:
    """Safe as text and in attributes; characters that XML forbids become a question mark."""
    legal = "".join(c if _is_legal(ord(c)) else "?" for c in value)
    return escape(legal, quote=True)


def _is_legal(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """One element; ``content`` is markup, attribute names take ``_`` for ``-``."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{shown}>{content}</{name}>" if content else f"<{name}{shown}/>"


def label(value: str, /, **attributes: object) -> str:
    return tag("text", text_of(value), **attributes)


def titled(title: str, content: str, /, **attributes: object) -> str:
    """A group that browsers and screen readers name."""
    return tag("g", tag("title", text_of(title)) + content, **attributes)


def _attribute(value: object) -> str:
    return number(value) if isinstance(value, int | float) else text_of(str(value))
