"""Sheets of A4 to hang up or hand out: a poster with a QR code, and a month's programme.

The font is embedded, so that Chinese prints the same everywhere. Making a sheet takes about a
second of work, which is why views keep what was made. The libraries that draw are loaded when a
sheet is made: they would add a second to every start.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn
import segno

if TYPE_CHECKING:
    from fpdf import FPDF
    from PIL import Image, ImageDraw, ImageFont

FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
_FAMILY = "sc"
_INK, _QUIET = (29, 36, 48), (87, 96, 113)
_A4_PIXELS = (1240, 1754)  # at 150 dots an inch
_MOST_LINES = 5
_NEXT_LINE: dict[str, Any] = {"new_x": "LMARGIN", "new_y": "NEXT"}


@dataclass(frozen=True)
class Poster:
    """``address`` is permanent and stands in the QR code and, to be read, below it."""

    title: str
    lines: tuple[str, ...]
    told: str
    address: str


@dataclass(frozen=True)
class Chapter:
    """One day, or all that lasts longer, with its entries: when, what, where."""

    title: str
    entries: tuple[tuple[str, str, str], ...]


def poster_png(poster: Poster) -> bytes:
    from PIL import Image, ImageDraw, ImageFont  # see above

    sheet = Image.new("RGB", _A4_PIXELS, "white")
    draw = ImageDraw.Draw(sheet)
    width, height = _A4_PIXELS
    y = 140
    for text, size, ink, most in _texts_of(poster):
        font = ImageFont.truetype(str(FONT), size)
        for line in _wrapped(draw, text, font, width - 200, most):
            draw.text((width / 2, y), line, font=font, fill=ink, anchor="ma")
            y += round(size * 1.4)
        y += round(size * 0.4)
    code = _qr(poster.address)
    scale = min(700, height - y - 300) // code.width
    code = code.resize((code.width * scale, code.height * scale), Image.Resampling.NEAREST)
    top = max(y + 20, (y + height - 240 - code.height) // 2)
    sheet.paste(code, ((width - code.width) // 2, top))
    below = top + code.height + 30
    for text, size in ((poster.told, 40), (poster.address, 30)):
        font = ImageFont.truetype(str(FONT), size)
        for line in _wrapped(draw, text, font, width - 160, 3):
            draw.text((width / 2, below), line, font=font, fill=_INK, anchor="ma")
            below += round(size * 1.5)
    written = io.BytesIO()
    sheet.save(written, "PNG", optimize=True, dpi=(150, 150))
    return written.getvalue()


def poster_pdf(poster: Poster) -> bytes:
    """The same sheet with text that can be searched, and a code as sharp as the printer."""
    pdf = _document(poster.title)
    pdf.set_y(28)
    for text, size, ink, _most in _texts_of(poster):
        pdf.set_font_size(size * 0.48)
        pdf.set_text_color(*ink)
        pdf.multi_cell(0, size * 0.235, text, align="C", **_NEXT_LINE)
        pdf.ln(size * 0.06)
    side = min(115.0, 240 - pdf.get_y())
    pdf.image(_svg(poster.address), x=(pdf.w - side) / 2, y=pdf.get_y() + 6, w=side)
    pdf.set_y(pdf.get_y() + side + 12)
    pdf.set_text_color(*_INK)
    for text, points in ((poster.told, 18.0), (poster.address, 13.0)):
        pdf.set_font_size(points)
        pdf.multi_cell(0, points * 0.5, text, align="C", **_NEXT_LINE)
        pdf.ln(2)
    return bytes(pdf.output())


def programme_pdf(title: str, chapters: Iterable[Chapter], told: str, address: str) -> bytes:
    """What is on, chapter by chapter, with a code to follow it at the top of the first page."""
    pdf = _document(title)
    pdf.image(_svg(address), x=pdf.w - 20 - 28, y=12, w=28)
    pdf.set_font_size(22)
    pdf.multi_cell(pdf.epw - 34, 10, title, **_NEXT_LINE)
    pdf.set_font_size(9)
    pdf.set_text_color(*_QUIET)
    pdf.multi_cell(pdf.epw - 34, 5, f"{told} {address}", **_NEXT_LINE)
    pdf.set_y(max(pdf.get_y(), 42))
    for chapter in chapters:
        _write(pdf, chapter)
    return bytes(pdf.output())


def list_pdf(title: str, chapters: Iterable[Chapter], told: str) -> bytes:
    """Chapters of entries without a code to follow: something for the people inside."""
    pdf = _document(title)
    pdf.set_font_size(20)
    pdf.multi_cell(0, 10, title, **_NEXT_LINE)
    pdf.set_font_size(10)
    pdf.set_text_color(*_QUIET)
    pdf.multi_cell(0, 6, told, **_NEXT_LINE)
    pdf.ln(4)
    for chapter in chapters:
        _write(pdf, chapter)
    return bytes(pdf.output())


def _write(pdf: FPDF, chapter: Chapter) -> None:
    if pdf.will_page_break(24):
        pdf.add_page()
    pdf.set_text_color(*_INK)
    pdf.set_font_size(13)
    pdf.cell(0, 10, chapter.title, border="B", **_NEXT_LINE)
    for when, what, where in chapter.entries:
        if pdf.will_page_break(14):
            pdf.add_page()
        pdf.set_font_size(10)
        pdf.set_text_color(*_QUIET)
        pdf.cell(38, 6, when)
        pdf.set_text_color(*_INK)
        pdf.multi_cell(0, 6, what, **_NEXT_LINE)
        if where:
            pdf.set_x(pdf.l_margin + 38)
            pdf.set_font_size(8.5)
            pdf.set_text_color(*_QUIET)
            pdf.multi_cell(0, 5, where, **_NEXT_LINE)


def _document(title: str) -> FPDF:
    from fpdf import FPDF  # see above

    pdf = FPDF(format="A4")
    pdf.set_margin(20)
    pdf.set_title(title)
    pdf.add_font(_FAMILY, fname=str(FONT))
    pdf.set_font(_FAMILY)
    pdf.add_page()
    return pdf


def _texts_of(poster: Poster) -> list[tuple[str, int, tuple[int, int, int], int]]:
    """Text, size in pixels of the PNG, colour, and at most how many lines."""
    title = poster.title if len(poster.title) <= 120 else f"{poster.title[:119]}…"
    size = 84 if len(title) <= 30 else 60
    return [(title, size, _INK, _MOST_LINES), *((one, 40, _QUIET, 2) for one in poster.lines)]


def _wrapped(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int, most: int
) -> list[str]:
    """Lines no wider than ``width``: Latin words stay whole where they fit, Chinese breaks."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and draw.textlength((line + piece).rstrip(), font=font) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    lines.append(line.strip())
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]


def _pieces(text: str) -> Iterable[str]:
    piece = ""
    for letter in text:
        if piece and (ord(letter) > 0x2E7F or piece[-1] in " /-" or ord(piece[-1]) > 0x2E7F):
            yield piece
            piece = ""
        piece += letter
        if len(piece) >= 24:  # an address without a place to break it
            yield piece
            piece = ""
    if piece:
        yield piece


def _qr(address: str) -> Image.Image:
    from PIL import Image  # see above

    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="png", border=4)
    return Image.open(written).convert("RGB")


def _svg(address: str) -> io.BytesIO:
    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", border=4, omitsize=True)
    written.seek(0)
    return written
