"""vCalendar 1.0 (old telephones, Lotus Organizer): text is quoted-printable, in a named charset."""

from __future__ import annotations

import quopri


def decode(value: str, parameters: dict[str, str]) -> str:
    """``value`` as it was meant; unchanged unless ENCODING says so."""
    if parameters.get("ENCODING", "").upper() != "QUOTED-PRINTABLE":
        return value
    octets = quopri.decodestring(value.encode())
    charset = parameters.get("CHARSET", "utf-8").lower()
    known = charset if charset in ("utf-8", "gbk", "gb2312", "gb18030", "iso-8859-1") else "utf-8"
    return octets.decode(known, errors="replace")
