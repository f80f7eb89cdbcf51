"""Recipes for tables that are meant to harm a reader: the same seed gives the same files."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial

from tests.venues.sheets import cell, raw, xlsx

SEED = 20261102
Recipe = Callable[[], bytes]
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = f"<row r='1'>{cell('A1', '名称')}{cell('B1', '日期')}</row>"
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def book(rows: str = "", *, before: str = "", after: str = "", **parts: str) -> bytes:
    """A workbook of the heading row and ``rows``; ``parts`` are ``styles``, ``strings``, …"""
    strings = parts.pop("strings", "")
    more = {f"xl/{name}.xml": part for name, part in parts.items()}
    sheet = f"{before}<sheetData>{_HEAD}{rows}</sheetData>{after}"
    return raw(sheet, strings=strings, more=more)


def recipes() -> Iterator[tuple[str, Recipe]]:
    """Name and maker of about 300 files; each is made when it is wanted."""
    families = (_rows, _cells, _values, _styles, _books, _xml, _bombs, _csv, _strangers)
    for number, (name, make) in enumerate(each for family in families for each in family()):
        yield f"{number}: {name}", make


def mutants(number: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Ordinary workbooks and tables with octets changed: of the archive, or of a part inside."""
    originals = _originals()
    for each in range(number):
        chance = random.Random(f"{seed}/{each}")
        original = chance.choice(originals)
        inside = original.startswith(b"PK") and chance.random() < 0.7
        data = _inside(original, chance) if inside else _changed(original, chance)
        yield f"mutant {seed}/{each}", data


# ---- rows and cells ------------------------------------------------------------------------------


def _rows() -> Iterator[tuple[str, Recipe]]:
    """X1: rows that are not where, or as many as, they say."""
    for number in ("0", "-1", "1", "x", "", "1.5", "1048576", "99999999999999", "1e3", "٣", " 2 "):
        yield f"row {number!r}", partial(book, f"<row r='{number}'>{cell('A2', 'x')}</row>")
    yield "rows backwards", partial(book, "<row r='9'/><row r='2'/>")
    yield "rows twice", partial(book, "<row r='2'/>" * 2)
    yield "rows in rows", partial(book, "<row>" * 5_000 + "</row>" * 5_000)
    for count in (20_001, 300_000):
        yield f"{count} empty rows", partial(book, "<row/>" * count)
        yield f"{count} rows of one value", _of_rows(count, 1)
    yield "rows as wide as can be", _of_rows(19_000, 15)
    yield "a value in the last column of each row", _in_last_column(19_000, "GR")
    yield "no value in the last column of each row", _in_last_column(19_000, "XFD", filled=False)
    for spans in ("1:16384", "-1:1", "x"):
        yield f"spans {spans}", partial(book, f"<row r='2' spans='{spans}'>{cell('A2', 'x')}</row>")
    for where in ("A1:XFD1048576", "A1", "", "x", "A0:A-1"):
        yield f"dimension {where!r}", partial(book, before=f"<dimension ref='{where}'/>")


def _of_rows(count: int, width: int) -> Recipe:
    def make() -> bytes:
        wide = "".join(f"<c><v>{n}</v></c>" for n in range(width))
        return book(f"<row>{wide}</row>" * count)

    return make


def _in_last_column(count: int, letters: str, *, filled: bool = True) -> Recipe:
    def make() -> bytes:
        value = "<v>1</v>" if filled else ""
        return book(
            "".join(f"<row r='{n}'><c r='{letters}{n}'>{value}</c></row>" for n in range(2, count))
        )

    return make


def _cells() -> Iterator[tuple[str, Recipe]]:
    """X1, X4: addresses, kinds and styles that are not there."""
    addresses = ("", "A", "1", "A0", "$A$2", "a2", "AAAA2", "XFD2", "XFE2", "Ａ2", "A2:B3", "R2C1")
    for address in (*addresses, "A" * 100_000, "A" + "2" * 100_000, "GS2"):
        row = f"<row r='2'><c r='{address}'><v>1</v></c></row>"
        yield f"address {address[:12]!r}", partial(book, row)
    for kind in ("", "x", "s", "b", "e", "d", "str", "inlineStr", "n" * 10_000):
        yield (
            f"kind {kind[:9]!r}",
            partial(book, f"<row r='2'><c r='A2' t='{kind}'><v>7</v></c></row>"),
        )
    for style in ("-1", "999999999", "x", "", "1.5", "9" * 5_000):
        row = f"<row r='2'><c r='A2' s='{style}'><v>7</v></c></row>"
        yield f"style {style[:9]!r}", partial(book, row)
    yield (
        "the same cell ten thousand times",
        partial(book, "<row r='2'>" + cell("A2", "x") * 10_000 + "</row>"),
    )
    yield "cells backwards", partial(book, f"<row r='2'>{cell('C2', 'x')}{cell('A2', 'y')}</row>")
    yield "cells outside rows", partial(book, cell("A2", "x") * 1_000)
    yield (
        "a million cells without a value",
        partial(book, "<row>" + "<c s='1'/>" * 1_000_000 + "</row>"),
    )
    yield (
        "half a million cells without a value",
        partial(book, ("<row>" + "<c s='1'/>" * 100 + "</row>") * 5_000),
    )
    yield "values in values", partial(book, "<row r='2'><c r='A2'><v>1<v>2</v></v></c></row>")


def _values() -> Iterator[tuple[str, Recipe]]:
    """X2, X4: what stands in cells."""
    numbers = (
        "1e300",
        "1e999",
        "-1e999",
        "nan",
        "inf",
        "1_000",
        "0x10",
        "",
        " ",
        "--1",
        "60",
        "-5",
    )
    for value in (*numbers, "9" * 400, "9" * 50_000, "1e-400", "٣", "1,5", "2958466", "1e16"):
        for style in ("0", "1"):
            row = f"<row r='2'>{cell('A2', 'x')}<c r='B2' s='{style}'><v>{value}</v></c></row>"
            yield f"number {value[:9]!r} of style {style}", partial(book, row, styles=_DATES)
    for value in (
        "2026-02-30",
        "0000-00-00",
        "24:00:00",
        "2026-01-01T99:99:99Z",
        "P1Y",
        "x" * 50_000,
    ):
        row = f"<row r='2'><c r='B2' t='d'><v>{value}</v></c></row>"
        yield f"day {value[:12]}", partial(book, row)
    for value in ("-1", "0", "5", "99999999999", "x", "", "1.0"):
        row = f"<row r='2'><c r='A2' t='s'><v>{value}</v></c></row>"
        yield f"shared string {value!r}", partial(book, row, strings="<si><t>x</t></si>")
    texts = (
        "&#0;",
        "&#11;",
        "&#xD800;",
        "&#x202E;",
        "&nbsp;",
        "_x0000_",
        "=cmd|'/C calc'!A0",
        "]]>",
    )
    texts += ("=WEBSERVICE(&quot;http://127.0.0.1/&quot;)", "x" * 3_000_000, "\x00", "\ufffe")
    for value in texts:
        yield f"text {value[:14]!a}", partial(book, f"<row r='2'>{cell('A2', value)}</row>")
    for count in (50_000, 1_200_000):
        shared = partial(str.__mul__, "<si><t>x</t></si>", count)
        yield f"{count} shared strings", lambda shared=shared: book(strings=shared())
    runs = "<si>" + "<r><rPr/><t>x</t></r>" * 20_000 + "</si>"
    yield "a string of many runs", partial(book, strings=runs)
    yield (
        "a string of many sounds",
        partial(book, strings="<si>" + "<rPh><t>x</t></rPh>" * 20_000 + "</si>"),
    )
    yield "a formula", partial(book, "<row r='2'><c r='A2'><f>1+1</f></c></row>")
    yield (
        "a formula of a megabyte",
        partial(book, f"<row r='2'><c r='A2'><f>{'1+' * 500_000}1</f></c></row>"),
    )


_DATES = f"""<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>
<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>"""


def _styled(inner: str) -> Recipe:
    sheet = f"<styleSheet xmlns='{_MAIN}'>{inner}</styleSheet>"
    row = "<row r='2'><c r='B2' s='1'><v>46000</v></c></row>"
    return partial(book, row, styles=sheet)


def _styles() -> Iterator[tuple[str, Recipe]]:
    """X1: formats, which openpyxl reads slowly."""
    for count in (2_000, 60_000, 400_000):
        formats = "<xf numFmtId='14'/>" * count
        yield f"{count} formats", lambda formats=formats: _styled(f"<cellXfs>{formats}</cellXfs>")()
    yield (
        "many fonts",
        lambda: _styled("<fonts>" + "<font><b/><sz val='9'/></font>" * 60_000 + "</fonts>")(),
    )
    yield (
        "many fills",
        lambda: _styled("<fills>" + "<fill><patternFill/></fill>" * 60_000 + "</fills>")(),
    )
    codes = (
        "[" * 50_000,
        '"' * 50_001,
        "\\" * 50_000,
        "[h]" * 20_000,
        "yyyy" * 50_000,
        "",
        "[$-x]" * 9_999,
    )
    for code in codes:
        quoted = code.replace('"', "&quot;")
        inner = (
            f'<numFmts><numFmt numFmtId="200" formatCode="{quoted}"/></numFmts>'
            '<cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs>'
        )
        yield f"format code {code[:5]!r}", _styled(inner)
    for number in ("-1", "99999999999", "x", ""):
        yield (
            f"format number {number!r}",
            _styled(f"<cellXfs><xf/><xf numFmtId='{number}'/></cellXfs>"),
        )
    yield "no formats", _styled("")
    yield "formats that are none", partial(book, styles="<html/>")
    yield "formats that are no XML", partial(book, styles="<styleSheet")


# ---- the workbook around them --------------------------------------------------------------------


def _with(parts: dict[str, str | bytes]) -> Recipe:
    return lambda: raw(f"<sheetData>{_HEAD}</sheetData>", more=parts)


def _related(target: str, mode: str = "") -> Recipe:
    relation = (
        f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
        f'Target="{target}"{mode}/></Relationships>'
    )
    return _with({_RELATIONS: relation})


def _books() -> Iterator[tuple[str, Recipe]]:
    """X2, X3, X5: parts that lead elsewhere, or nowhere."""
    targets = ("../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1/x.xml")
    for target in (
        *targets,
        "worksheets/none.xml",
        "",
        "sharedStrings.xml",
        "workbook.xml",
        "x" * 9_999,
    ):
        yield f"sheet at {target[:24]!r}", _related(target)
    yield "sheet outside", _related("http://127.0.0.1/sheet.xml", ' TargetMode="External"')
    sheet = '<sheet name="{n}" sheetId="{n}" r:id="rId1"/>'
    frame = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{{}}</workbook>'
    bodies = {
        "no sheets": "",
        "five thousand sheets": "<sheets>"
        + "".join(sheet.format(n=n) for n in range(5_000))
        + "</sheets>",
        "a hidden sheet": '<sheets><sheet name="a" sheetId="1" state="hidden" r:id="rId1"/></sheets>',
        "a sheet of no relation": '<sheets><sheet name="a" sheetId="1" r:id="rId9"/></sheets>',
        "names": "<definedNames>"
        + '<definedName name="a">Sheet1!$A$1</definedName>' * 50_000
        + "</definedNames>",
        "an odd epoch": '<workbookPr date1904="maybe"/>',
        "links outside": '<externalReferences><externalReference r:id="rId7"/></externalReferences>',
    }
    for name, body in bodies.items():
        yield name, _with({_WORKBOOK: frame.format(body)})
    for name in (
        "[Content_Types].xml",
        "_rels/.rels",
        _WORKBOOK,
        _RELATIONS,
        "xl/sharedStrings.xml",
    ):
        for part in ("", "<", "<x/>", "\x00" * 100, "[]"):
            yield f"{name} {part[:3]!a}", _with({name: part})
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    yield "macros", _with({"[Content_Types].xml": types.format(
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>'), "xl/vbaProject.bin": "x"})  # fmt: skip
    yield "very many types", _with({"[Content_Types].xml": types.format(
        '<Override PartName="/x.xml" ContentType="x/x"/>' * 60_000)})  # fmt: skip
    for name in (
        "docProps/core.xml",
        "docProps/app.xml",
        "xl/theme/theme1.xml",
        "docProps/custom.xml",
    ):
        yield f"{name} of no sense", _with({name: "<a>" * 900})
    paths = (
        "../../evil.py",
        "/etc/cron.d/x",
        "C:/x",
        "xl\\..\\..\\x",
        "a\x00b",
        "xl/worksheets/../../../x",
    )
    for path in paths:
        yield f"member {path!a}", _with({path: "x"})
    for inner in (
        "mergeCell ref='A1:XFD1048576'",
        "hyperlink ref='A1'",
        "brk id='1'",
        "protectedRange",
    ):
        whole = f"<{inner}/>" * 200_000
        yield (
            f"many {inner.split()[0]}",
            lambda whole=whole: book(after=f"<mergeCells>{whole}</mergeCells>"),
        )


def _xml() -> Iterator[tuple[str, Recipe]]:
    """X2: documents that are dear to read."""
    nested = ('<!DOCTYPE w [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]><w>&j;</w>")  # fmt: skip
    documents = {
        "billion laughs": nested,
        "a file as an entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "an entity of the web": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><a>&x;</a>',
        "a document type": '<!DOCTYPE worksheet SYSTEM "http://127.0.0.1/a.dtd"><worksheet/>',
        "small letters": '<!doctype a [<!entity x "y">]><a>&x;</a>',
        "unclosed": "<worksheet><sheetData>",
        "crossed": "<worksheet><a><b></a></b></worksheet>",
        "another encoding": "<a/>",
    }
    for name, body in documents.items():
        encoding = "koi8-r" if name == "another encoding" else "UTF-8"
        yield name, partial(raw, f'<?xml version="1.0" encoding="{encoding}"?>{body}')
    for encoding in ("utf-16", "utf-32", "utf-7", "cp037"):
        body = '<?xml version="1.0"?><worksheet/>'.encode(encoding)
        yield f"in {encoding}", partial(raw, body)
    for depth in (1_000, 150_000):
        yield f"{depth} nested", lambda depth=depth: book(after="<a>" * depth + "</a>" * depth)
        yield f"{depth} not closed", lambda depth=depth: book(after="<a>" * depth)
    yield (
        "a million attributes",
        lambda: book(
            "<row r='2'><c r='A2' " + " ".join(f"a{n}='1'" for n in range(1_000_000)) + "/></row>"
        ),
    )
    yield (
        "the same attribute",
        lambda: book("<row r='2'><c r='A2' " + "a='1' " * 1_000 + "/></row>"),
    )
    yield "a name of ten megabytes", lambda: book(f"<{'a' * 10_000_000}/>")
    yield "a value of forty megabytes", lambda: book(f"<row r='2' x='{_noise(40_000_000)}'/>")
    yield (
        "a text of forty megabytes",
        lambda: book(f"<row r='2'>{cell('A2', _noise(40_000_000))}</row>"),
    )
    yield "a remark of forty megabytes", lambda: book(f"<!--{_noise(40_000_000)}-->")
    yield "very many instructions", lambda: book("<?x y?>" * 900_000)
    yield (
        "very many name spaces",
        lambda: book("".join(f"<a xmlns:n{n}='urn:{n}'/>" for n in range(200_000))),
    )
    yield "very many sections", lambda: book("<row r='2'>" + "<![CDATA[x]]>" * 900_000 + "</row>")


def _noise(length: int) -> str:
    """Text that packs badly, so that the ratio says nothing."""
    return random.Random(SEED).randbytes(length // 2).hex()


def _bombs() -> Iterator[tuple[str, Recipe]]:
    """X1, X5: archives that are larger than they look."""
    for megabytes in (3, 49, 60, 400):
        size = megabytes * 1_000_000
        yield (
            f"{megabytes} MB of nothing",
            lambda size=size: raw("", more={"xl/media/a": bytes(size)}),
        )
        yield f"{megabytes} MB beside", lambda size=size: raw("", more={"xl/b.xml": bytes(size)})
    yield "two thousand members", lambda: raw("", more={f"xl/{n}.xml": "x" for n in range(2_000)})
    yield "members of one name", _members_of_one_name
    yield "members that overlap", _members_that_overlap
    yield "a size that lies", partial(_with_size, 5)
    yield "a size that lies upwards", partial(_with_size, 4_000_000_000)
    yield "an archive in an archive", lambda: raw("", more={"xl/a.xlsx": xlsx(["a"]) * 100})
    yield "encrypted", _encrypted
    for method in (1, 6, 9, 12, 14, 93, 99):
        yield f"packed by method {method}", partial(_with_method, method)


def _members_of_one_name() -> bytes:
    packed = io.BytesIO(xlsx(["名称"], ["x"]))
    with zipfile.ZipFile(packed, "a") as archive:
        name = archive.namelist()[0]
        info = zipfile.ZipInfo(name)
        archive.NameToInfo.pop(name)
        archive.writestr(info, "<x/>")
    return packed.getvalue()


def _members_that_overlap() -> bytes:
    """Hundreds of entries in the directory that are the same octets."""
    packed = bytearray(xlsx(["名称"], ["x"]))
    first, end = packed.index(b"PK\x01\x02"), packed.rindex(b"PK\x05\x06")
    entry_end = packed.index(b"PK\x01\x02", first + 4)
    entry = bytes(packed[first:entry_end])
    length = struct.unpack_from("<H", entry, 28)[0]
    copies = b"".join(
        entry[:46] + str(n).zfill(length).encode()[:length] + entry[46 + length :]
        for n in range(500)
    )
    count = struct.unpack_from("<H", packed, end + 10)[0] + 500
    size = struct.unpack_from("<I", packed, end + 12)[0] + len(copies)
    struct.pack_into("<HHI", packed, end + 8, count, count, size)
    return bytes(packed[:end] + copies + packed[end:])


def _with_size(size: int) -> bytes:
    """The directory says of the sheet that it unpacks to ``size`` octets."""
    packed = bytearray(book("<row r='2'/>" * 2_000))
    at = packed.rindex(b"PK\x01\x02")
    struct.pack_into("<I", packed, at + 24, size)
    return bytes(packed)


def _with_method(method: int) -> bytes:
    packed = bytearray(xlsx(["名称"], ["x"]))
    at = packed.index(b"PK\x01\x02")
    struct.pack_into("<H", packed, 8, method)
    struct.pack_into("<H", packed, at + 10, method)
    return bytes(packed)


def _encrypted() -> bytes:
    packed = bytearray(xlsx(["名称"], ["x"]))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


# ---- tables of text, and no tables ---------------------------------------------------------------


def _csv() -> Iterator[tuple[str, Recipe]]:
    tables: dict[str, Recipe] = {
        "only separators": lambda: b"," * 5_000_000,
        "only line ends": lambda: b"\n" * 5_000_000,
        "only quotation marks": lambda: b'"' * 5_000_000,
        "an open quotation mark": lambda: b'a,b\n"' + b"x\n" * 2_000_000,
        "a line of eighteen megabytes": lambda: b"a" * 18_000_000,
        "thirty thousand lines": lambda: b"a,b\n" * 30_000,
        "nineteen thousand lines of two hundred": lambda: (
            (b",".join([b"1"] * 200) + b"\n") * 19_000
        ),
        "a value in the two hundredth column": lambda: (b"," * 198 + b"1\n") * 19_000,
        "a million columns": lambda: b"a," * 1_000_000 + b"\n1",
        "twenty-one megabytes": lambda: b"a,b\n" * 5_250_000,
        "one astral sign": lambda: b"a,b\n" + "🚀".encode() + b"x" * 18_000_000,
        "separators of all kinds": lambda: b"a,b;c\td\n1,2;3\t4\n" * 1_000,
        "ends of line of all kinds": lambda: b"a,b\r1,2\r\n3,4\n\r5,6\n" * 1_000,
        "zeros": lambda: bytes(100_000),
        "noise": lambda: random.Random(SEED).randbytes(1_000_000),
        "a mark and nothing": lambda: b"\xef\xbb\xbf",
        "two marks": lambda: b"\xef\xbb\xbf" * 2 + b"a,b\n1,2",
        "overlong": lambda: b"a,b\n\xc0\xaf,\xe0\x80\xaf",
        "control characters": lambda: "名称\n\x01\x0b\x1b\u202e\u2028".encode(),
        "formulas": lambda: "名称\n=cmd|'/C calc'!A0\n@SUM(1)\n+1\n-1\n".encode(),
        "utf-16": lambda: "名称,日期\n甲,2027-01-01".encode("utf-16"),
        "shift-jis": lambda: "名称,日付\n東京,2027-01-01".encode("shift-jis"),
        "a very long field": lambda: "名称\n".encode() + b'"' + b"x" * 2_000_000 + b'"',
    }
    for name, make in tables.items():
        yield f"csv of {name}", make


def _strangers() -> Iterator[tuple[str, Recipe]]:
    """X3: not what they say."""
    ordinary = xlsx(["名称"], ["x"])
    files = {
        "nothing": b"",
        "old Excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "web page": b"\n<html><table><tr><td>1</td></tr></table>",
        "gzip": b"\x1f\x8b\x08" + zlib.compress(b"x" * 1_000),
        "PDF": b"%PDF-1.7\n" + ordinary,
        "picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "JSON": b'[{"a": 1}]',
        "calendar": b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "two letters": b"PK",
        "an empty archive": b"PK\x05\x06" + bytes(18),
        "something before": b"PK\x03\x04#!/bin/sh\n" + ordinary,
        "something behind": ordinary + b"<script>",
        "a remark": ordinary[:-2] + b"\x04\x00<sc>",
        "OpenDocument": raw(
            "", more={"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}
        ),
    }
    for name, data in files.items():
        yield name, partial(bytes, data)
    for part in (1, 4, 30, len(ordinary) // 2, len(ordinary) - 30, len(ordinary) - 1):
        yield f"cut to {part}", partial(bytes, ordinary[:part])


# ---- mutations -----------------------------------------------------------------------------------


def _originals() -> list[bytes]:
    rows = [["编号", "标题", "开始日期", "开始时间"]]
    rows += [[n, f"光{n}", (46_000 + n, "yyyy-mm-dd"), "9:30"] for n in range(12)]
    text = "名称,类型,面积\n" + "".join(f"馆{n},science_museum,{n}\n" for n in range(20))
    return [xlsx(*rows), book(_DATED, styles=_DATES), text.encode(), text.encode("gb18030")]


_DATED = "".join(
    f"<row r='{n}'>{cell(f'A{n}', 'x')}<c r='B{n}' s='1'><v>{46_000 + n}</v></c></row>"
    for n in range(2, 9)
)
_WORDS = (
    *(b"<", b">", b"&", b"'", b'"', b"/", b"\x00", b"<c/>", b"<row>", b"</row>", b"<!DOCTYPE a>"),
    *(
        b"r='9'",
        b"99999999",
        b"-1",
        b"1e999",
        b"PK\x01\x02",
        b"\xff\xfe",
        b"]]>",
        b"&#0;",
        b"xmlns:a='b'",
    ),
)


def _changed(original: bytes, chance: random.Random) -> bytes:
    data = bytearray(original)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] = chance.randrange(256)
        elif kind == 1:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 2:
            data[at:at] = data[at : at + chance.randint(1, 200)] * chance.randint(1, 20)
        elif kind == 3:
            data[at:at] = chance.choice(_WORDS)
        else:
            data[at : at + 4] = chance.randbytes(4)
    return bytes(data)


def _inside(original: bytes, chance: random.Random) -> bytes:
    """One part of the archive changed, and packed again so that its check sum is right."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as old, zipfile.ZipFile(packed, "w") as new:
        chosen = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _changed(part, chance) if name == chosen else part)
    return packed.getvalue()
