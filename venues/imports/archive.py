"""Looking into an .xlsx before anything parses it: what is refused here costs no memory.

Nothing is ever extracted to disk, so member names cannot lead anywhere; odd ones are refused all
the same, because no spreadsheet program writes them.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

from venues.errors import Invalid
from venues.imports.words import in_chinese

MAX_UNPACKED_BYTES = 50_000_000
MAX_RATIO = 100
RATIO_COUNTS_FROM_BYTES = 2_000_000  # below, a table of equal rows may well pack that tightly
MAX_MEMBERS = 1_000
MAX_OTHER_PART_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_VALUES = 300_000
MAX_ELEMENTS = 1_000_000
"""Of all parts; cells that have a format and no value are among them. What stays below both
bounds is read in four seconds of processor time."""

_ZIP_START = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK_BYTES = 1 << 20
_LARGE_PART = re.compile(r"xl/(worksheets/[^/]+|sharedStrings)\.xml|xl/media/.*", re.IGNORECASE)
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|v|is)(?=[\s/>])")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""^<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)["']""")


class UnreadableFile(Invalid):
    """The file as a whole cannot be read; the message says why and how to save it instead.

    ``detail["zh"]`` says the same in Chinese.
    """

    code = "unreadable_file"

    def __init__(self, message: str, **detail: Any) -> None:
        super().__init__(message, **{"zh": in_chinese(message)} | detail)


def open_checked(content: bytes) -> zipfile.ZipFile:
    """The archive, after its directory and the size of its sheets were found acceptable.

    Raises:
        UnreadableFile: not an ordinary .xlsx, or larger than a network file ever is.
    """
    if not content.startswith(_ZIP_START) or content[-22:-18] != _ZIP_END:
        raise UnreadableFile(
            "The file is damaged, or something else is hidden in it. Open it and save it again "
            "as Excel workbook (.xlsx)."
        )
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        _check_directory(archive, packed=len(content))
        _check_parts(archive)
    except UnreadableFile:
        raise
    except Exception as error:  # zipfile raises whatever the octets happen to cause
        raise UnreadableFile(
            f"The workbook is damaged ({error}). Open it and save it again as .xlsx."
        ) from error
    return archive


def _check_directory(archive: zipfile.ZipFile, *, packed: int) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if "mimetype" in names:
        raise UnreadableFile("This is an OpenDocument file. Save it as Excel workbook (.xlsx).")
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableFile("The workbook is encrypted. Save it without a password.")
    if len(members) > MAX_MEMBERS or len(names) != len(members) or any(map(_is_odd, members)):
        raise not_of_a_program()
    if min((member.header_offset for member in members), default=1) > 0:
        raise UnreadableFile("Something precedes the workbook in this file. Save it as .xlsx.")
    unpacked = sum(member.file_size for member in members)
    is_bomb = unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > MAX_RATIO * packed
    if unpacked > MAX_UNPACKED_BYTES or is_bomb:
        raise UnreadableFile(
            f"The workbook unpacks to {unpacked:,} bytes, {unpacked // packed} times its size; "
            f"at most {MAX_UNPACKED_BYTES:,} bytes and {MAX_RATIO} times are read. "
            "Copy the rows into a new workbook.",
            unpacked_bytes=unpacked,
        )
    for member in members:
        if member.file_size > MAX_OTHER_PART_BYTES and not _LARGE_PART.fullmatch(member.filename):
            raise UnreadableFile(
                f"The part {member.filename} of the workbook is too large. "
                "Copy the rows, without formats, into a new workbook."
            )


def _is_odd(member: zipfile.ZipInfo) -> bool:
    name = member.filename
    is_elsewhere = name.startswith(("/", "\\")) or ".." in name or ":" in name or "\x00" in name
    return is_elsewhere or member.compress_type not in _PACKED


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Count rows, values and elements in the bytes: a fraction of the time of parsing them."""
    elements = values = 0
    for member in archive.infolist():
        if member.filename.lower().startswith("xl/media/"):
            continue
        counts = _count(archive, member)
        if counts["row"] > MAX_ROWS + 1:
            raise too_many_rows()
        elements, values = elements + counts["<"], values + counts["v"] + counts["is"]
        if values > MAX_VALUES or elements > MAX_ELEMENTS:
            raise too_many_values()


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, int]:
    counts = {"<": 0, "row": 0, "v": 0, "is": 0}
    is_xml = member.filename.lower().endswith((".xml", ".rels"))
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK_BYTES):
            if not tail:
                _check_encoding(member, chunk)
            opened = chunk.count(b"<")
            if is_xml and not opened and len(chunk) == _CHUNK_BYTES:
                raise not_of_a_program()  # the parser would begin anew with every piece of it
            counts["<"] += opened - chunk.count(b"</")
            text = tail + chunk
            if _DECLARATION.search(text):
                raise UnreadableFile(
                    f"The part {member.filename} of the workbook cannot be read: it declares "
                    "entities. Save it again as .xlsx."
                )
            cut = text.rfind(b"<")  # a tag name may straddle two chunks: look at it next time
            for found in _TAG.finditer(text, 0, cut if cut > 0 else len(text)):
                counts[found[1].decode()] += 1
            tail = text[cut:][:64] if cut >= 0 else b" "
            if counts["row"] > MAX_ROWS + 1 or counts["<"] > MAX_ELEMENTS:
                break
    return counts


def _check_encoding(member: zipfile.ZipInfo, start: bytes) -> None:
    """Bytes are counted as ASCII; a part in another encoding would count as nothing."""
    if not member.filename.lower().endswith((".xml", ".rels")):
        return
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.match(text)
    if (
        text[:1] != b"<"
        or b"\x00" in text[:1_000]
        or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii"))
    ):
        raise UnreadableFile(
            f"The part {member.filename} of the workbook is not UTF-8. Save it again as .xlsx."
        )


def not_of_a_program() -> UnreadableFile:
    return UnreadableFile("No spreadsheet program wrote this file. Save it again as .xlsx.")


def too_many_rows() -> UnreadableFile:
    return UnreadableFile(
        f"The sheet has more than {MAX_ROWS:,} rows (empty formatted rows count). Delete the "
        "empty rows below the table, or split the file.",
        max_rows=MAX_ROWS,
    )


def too_many_values() -> UnreadableFile:
    return UnreadableFile(
        f"The workbook holds more than {MAX_VALUES:,} values, or values in very many columns, or "
        "very many formats. Copy the rows, without formats, into a new workbook, or split it.",
        max_values=MAX_VALUES,
    )
