"""Workbooks for tests: ordinary ones by openpyxl, hostile ones byte by byte."""

from __future__ import annotations

import io
import zipfile

import openpyxl

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
</Types>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROOT = f"""<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"
 Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
_BOOK = f"""<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>
<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_BOOK_RELATIONS = f"""<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"
 Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"
 Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""


def xlsx(*rows: list, epoch_1904: bool = False) -> bytes:
    """An ordinary workbook; a number format may be given as ``(value, "yyyy-mm-dd")``."""
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    for y, row in enumerate(rows, start=1):
        for x, value in enumerate(row, start=1):
            cell = book.active.cell(y, x)
            if isinstance(value, tuple):
                cell.value, cell.number_format = value
            else:
                cell.value = value
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def raw(
    sheet: str | bytes, *, strings: str = "", more: dict[str, str | bytes] | None = None
) -> bytes:
    """A workbook around the XML inside ``<worksheet>``; a whole document if it has a ``<?xml``."""
    if isinstance(sheet, str) and not sheet.startswith("<?xml"):
        sheet = f'<worksheet xmlns="{_MAIN}">{sheet}</worksheet>'
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": _BOOK,
        "xl/_rels/workbook.xml.rels": _BOOK_RELATIONS,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": sheet,
        **(more or {}),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def cell(address: str, value: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{value}</t></is></c>'
