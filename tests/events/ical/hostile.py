"""Recipes for files that are meant to harm a reader: the same seed gives the same files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

FILES = Path(__file__).parents[2] / "data" / "ics"
SEED = 20261102
START = "DTSTART:20260307T100000"


def calendar(*events: str, head: str = "") -> bytes:
    frame = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//hostile//EN", *head.splitlines()]
    for number, event in enumerate(events):
        lines = event.split("\n")
        named = any(line.upper().startswith("UID") for line in lines)
        frame += ["BEGIN:VEVENT", *lines, *([] if named else [f"UID:e{number}"]), "END:VEVENT"]
    return ("\r\n".join([*frame, "END:VCALENDAR", ""])).encode(errors="surrogatepass")


def recipes() -> Iterator[tuple[str, bytes]]:
    """Name and file of about 300 recipes."""
    yield from _rules()
    yield from _zones()
    yield from _sizes()
    yield from _octets()
    yield from _identities()
    yield from _shapes()
    yield from _links()


def mutants(number: int, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Well-formed files with octets changed, dropped, doubled or moved."""
    originals = [path.read_bytes() for path in sorted(FILES.glob("*.ics"))]
    originals += [data for _, data in recipes() if len(data) < 4_000]
    for each in range(number):
        chance = random.Random(f"{seed}/{each}")
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 6)):
            _MUTATIONS[chance.randrange(len(_MUTATIONS))](data, chance)
        yield f"mutant {seed}/{each}", bytes(data)


# ---- recipes -------------------------------------------------------------------------------------


def _rules() -> Iterator[tuple[str, bytes]]:
    """I1: the bombs known to hang other readers, and combinations of parts."""
    known = [
        *("FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0"),
        *("FREQ=MINUTELY;COUNT=1000000000", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
        *("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"),
        *("FREQ=DAILY;COUNT=100000000", "FREQ=DAILY;INTERVAL=1000000000", "FREQ=DAILY;COUNT=0"),
        *("FREQ=DAILY;COUNT=-1", "FREQ=DAILY;UNTIL=99999999", "FREQ=DAILY;UNTIL=00000101"),
        *("RSCALE=CHINESE;FREQ=YEARLY", "FREQ=YEARLY;BYDAY=53MO", "FREQ=YEARLY;BYWEEKNO=53"),
        *(
            "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 900),
            "FREQ=;",
            ";;;;",
            "=",
            "FREQ=DAILY;" * 300,
        ),
    ]
    for rule in known:
        yield f"rule {rule[:40]}", calendar(f"{START}\nRRULE:{rule}")
        yield f"rule from year 1 {rule[:40]}", calendar(f"DTSTART:00010101T000000\nRRULE:{rule}")
    every = {
        "BYHOUR": range(24),
        "BYMINUTE": range(60),
        "BYSECOND": range(60),
        "BYMONTHDAY": range(1, 32),
        "BYYEARDAY": range(1, 367),
        "BYSETPOS": range(-366, 0),
        "BYMONTH": range(1, 13),
        "BYWEEKNO": range(1, 54),
    }
    parts = {name: f"{name}={','.join(map(str, values))}" for name, values in every.items()}
    for frequency in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        for name, part in parts.items():
            yield f"{frequency} {name}", calendar(f"{START}\nRRULE:FREQ={frequency};{part}")
        whole = ";".join([f"FREQ={frequency}", *parts.values()])
        yield f"{frequency} with every part", calendar(f"{START}\nRRULE:{whole}")
    yield "a thousand daily series", calendar(*[f"{START}\nRRULE:FREQ=DAILY"] * 1_000)
    yield "two rules", calendar(f"{START}\nRRULE:FREQ=DAILY\nRRULE:FREQ=YEARLY\nEXRULE:FREQ=DAILY")
    endless = [f"UID:s{n}\n{START}\nRRULE:FREQ=DAILY\n" + f"X:{n}" for n in range(60)]
    ranges = [
        f"UID:s{n}\n{START}\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260308T100000" for n in range(60)
    ]
    yield "sixty endless ranges", calendar(*endless, *ranges)


def _zones() -> Iterator[tuple[str, bytes]]:
    """I4."""
    names = [
        *("Europe", "America", "../../../etc/passwd", "/etc/hostname", "x" * 300, "x" * 100_000),
        *("", " ", '"', "Europe/Berlin/x", "tzone://Microsoft/Custom", "Customized Time Zone"),
        *("(UTC+01:00) Amsterdam, Berlin, Bern", "EST5EDT", "UTC+25", "Asia/Kathmandu\x00"),
        *("posixrules", "tzdata.zi", "con", "nul", "%s%n", "${jndi:ldap://x}", "亚洲/上海", "Z"),
    ]
    for name in names:
        yield f"zone {name[:30]!r}", calendar(f"DTSTART;TZID={name}:20260307T100000")
        named = f"X-WR-TIMEZONE:{name}".replace("\n", "")
        yield f"calendar zone {name[:30]!r}", calendar("DTSTART:20260307T020000Z", head=named)
    bodies = {
        "empty": "",
        "without start": "BEGIN:STANDARD\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nEND:STANDARD",
        "impossible offsets": "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+9999\n"
        "TZOFFSETTO:-9999\nEND:STANDARD",
        "for ever": "BEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:+0000\nTZOFFSETTO:+0817\nEND:STANDARD",
        "ten thousand onsets": "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\n"
        "TZOFFSETTO:+0817\nRDATE:" + ",".join(["19700101T000000"] * 10_000) + "\nEND:STANDARD",
        "nested": "BEGIN:STANDARD\n" * 50 + "END:STANDARD\n" * 50,
    }
    for name, body in bodies.items():
        for tzid in ("Ours", "Asia/Shanghai"):
            head = f"BEGIN:VTIMEZONE\nTZID:{tzid}\n{body}\nEND:VTIMEZONE"
            event = f"DTSTART;TZID={tzid}:20260307T100000"
            yield f"definition {name} of {tzid}", calendar(event, head=head)


def _sizes() -> Iterator[tuple[str, bytes]]:
    """I2, I3, I5."""
    big = 200_000
    lines = {
        "attendees": "ATTENDEE;CN=x:mailto:a@b.example\n" * 100_000,
        "parameters": "SUMMARY" + ";X=1" * 100_000 + ":x",
        "one line": "DESCRIPTION:" + "x" * 5_000_000,
        "folds": "DESCRIPTION:" + "\r\n x" * 1_000_000,
        "semicolons": "SUMMARY" + ";" * 1_000_000,
        "quotes": "SUMMARY" + ';X="' * 30_000 + ":x",
        "backslashes": "SUMMARY:" + "\\" * big,
        "commas": "CATEGORIES:" + "," * big,
        "carets": 'SUMMARY;X="' + "^n" * big + '":x',
        "colons": "SUMMARY" + ":" * big,
        "attachment": "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "QUJD" * 2_000_000,
        "exdates": "EXDATE:20260307T100000\n" * 100_000,
        "rdates": "RDATE:" + ",".join(["20260307T100000"] * 12_000),
        "summaries": "SUMMARY:x\n" * 100_000,
        "alarm": "BEGIN:VALARM\nREPEAT:2147483647\nDURATION:PT1S\nTRIGGER:-PT1S\nEND:VALARM",
        "duration": "DURATION:P999999999W",
        "ten thousand years": "DURATION:P3650000D",
        "sequence": "SEQUENCE:" + "9" * 4_000,
        "geo": "GEO:" + "9" * 4_000 + ";" + "9" * 4_000,
        "priority": "PRIORITY:" + "9" * big,
    }
    for name, body in lines.items():
        yield f"many {name}", calendar(f"{START}\n{body}")
    for depth in (19, 30, 1_000, 100_000):
        yield f"{depth} nested", calendar("BEGIN:VALARM\n" * depth + "END:VALARM\n" * depth + START)
        yield f"{depth} unclosed", b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * depth
        yield f"{depth} calendars", b"BEGIN:VCALENDAR\n" * depth + b"END:VCALENDAR\n" * depth
    yield "twenty thousand events", calendar(*[START] * 19_000)
    yield "thirty thousand events", calendar(*[START] * 30_000)
    overrides = [
        f"UID:s\n{START}\nRECURRENCE-ID:20{26 + n // 336:02}{1 + n // 28 % 12:02}{1 + n % 28:02}T100000"
        for n in range(8_000)
    ]
    yield "eight thousand overrides", calendar(f"UID:s\n{START}\nRRULE:FREQ=DAILY", *overrides)
    yield "eleven megabytes", b"BEGIN:VCALENDAR\r\n" + b"X:" + b"x" * 11_000_000


def _octets() -> Iterator[tuple[str, bytes]]:
    """I6."""
    signs = ["\x00", "\x0b", "\x0c", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\u202e"]
    signs += ["\ud800", "\ufeff", "\ufffe", "\U000e0001", "'; DROP TABLE events; --", "<script>"]
    for sign in signs:
        body = f"{START}\nSUMMARY:a{sign}b\nDESCRIPTION:{sign}\nLOCATION:{sign * 50}\nUID:{sign}u"
        yield f"sign {sign!a}", calendar(body)
    good = calendar(f"{START}\nSUMMARY:光与影 Licht über Ärger")
    for codec in ("utf-16", "utf-16-le", "utf-32", "latin-1", "gb18030", "big5", "shift-jis"):
        yield codec, good.decode().encode(codec, errors="replace")
    yield "utf-7", good.decode().encode("utf-7")
    yield "overlong", good.replace(b"SUMMARY:", b"SUMMARY:\xc0\xaf\xe0\x80\xaf")
    yield "cut inside a character", good[: good.index("光".encode()) + 1]
    for name, end in (("cr", b"\r"), ("lf", b"\n"), ("lfcr", b"\n\r"), ("crcrlf", b"\r\r\n")):
        yield f"ends of line {name}", good.replace(b"\r\n", end)
    for length in (0, 1, 7, 15, 40, len(good) - 3):
        yield f"cut to {length}", good[:length]
    yield "gzip inside", b"\x1f\x8b\x08" + bytes(range(256)) * 20
    yield "zeros", bytes(100_000)
    yield "noise", random.Random(SEED).randbytes(100_000)


def _identities() -> Iterator[tuple[str, bytes]]:
    """I7, I8."""
    yield (
        "five thousand of one uid",
        calendar(
            *[
                f"UID:same\nDTSTART:20260307T{n // 3600 % 24:02}{n // 60 % 60:02}{n % 60:02}"
                for n in range(5_000)
            ]
        ),
    )
    yield "five thousand equal", calendar(*[f"UID:same\n{START}\nSUMMARY:x"] * 5_000)
    for value in ("", " ", "x" * 5_000, "\\n\\,\\;", "../../x", "@", "#", "a#b@c", "%00"):
        yield f"uid {value[:12]!r}", calendar(f"UID:{value}\n{START}")
    for value in ("20260307", "20260307T100000Z", "99999999T999999", "", "x", "20260307T100000,1"):
        series = f"UID:s\n{START}\nRRULE:FREQ=DAILY;COUNT=3"
        yield f"recurrence id {value}", calendar(series, f"UID:s\nRECURRENCE-ID:{value}\n{START}")
        yield f"orphan {value}", calendar(f"UID:s\nRECURRENCE-ID:{value}\n{START}")
        yield f"excluded {value}", calendar(f"{series}\nEXDATE:{value}\nRDATE:{value}")
    for method in ("CANCEL", "REQUEST", "REPLY", "x" * 1_000):
        yield f"method {method[:8]}", calendar(START, head=f"METHOD:{method}")


def _shapes() -> Iterator[tuple[str, bytes]]:
    starts = [
        "",
        "x",
        "20260230",
        "20260307T250000",
        "00000000",
        "99991231T235959Z",
        "-1",
        "18991231",
    ]
    starts += [
        "20260307T100000+0800",
        "2026-03-07T10:00:00Z",
        "20260307T240000",
        "20260307T235960Z",
    ]
    for value in starts:
        yield f"start {value}", calendar(f"DTSTART:{value}")
        yield f"end {value}", calendar(f"{START}\nDTEND:{value}")
        yield f"day {value}", calendar(f"DTSTART;VALUE=DATE:{value}")
    for value in ("P", "PT", "-P1D", "P1Y", "P1.5D", "PT1000000000H", "P1W1D", "1D"):
        yield f"lasts {value}", calendar(f"{START}\nDURATION:{value}")
    yield "stray ends", b"END:VEVENT\r\nEND:VCALENDAR\r\n" + calendar(START)
    yield "crossed", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\nEND:VEVENT\n"
    yield "todo only", b"BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR\n"
    yield "event without calendar", b"BEGIN:VEVENT\nUID:1\nDTSTART:20260307\nEND:VEVENT\n"
    yield "web page", b"<!DOCTYPE html><html><body>Please log in</body></html>"
    yield "json", b'{"events": []}'
    yield "path", b"/etc/hostname"


def _links() -> Iterator[tuple[str, bytes]]:
    """I9."""
    for link in (
        *("javascript:alert(1)", "file:///etc/passwd", "data:text/html,<script>", "vbscript:x"),
        *(
            "http://[::1",
            "https://user:pass@x.example/",
            "https://x" + ".y" * 3_000,
            "//x",
            "\\\\x\\y",
        ),
    ):
        body = f"{START}\nURL:{link}\nATTACH:{link}\nIMAGE;VALUE=URI:{link}\nCONFERENCE:{link}"
        yield f"link {link[:30]}", calendar(body)


# ---- mutations -----------------------------------------------------------------------------------


def _change(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _drop(data: bytearray, chance: random.Random) -> None:
    first = chance.randrange(len(data) + 1)
    del data[first : first + chance.randint(1, 40)]


def _double(data: bytearray, chance: random.Random) -> None:
    first = chance.randrange(len(data) + 1)
    data[first:first] = data[first : first + chance.randint(1, 200)] * chance.randint(1, 20)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _insert(data: bytearray, chance: random.Random) -> None:
    words = (
        b"\r\nBEGIN:VEVENT\r\n",
        b"\r\nEND:VEVENT\r\n",
        b";",
        b":",
        b'"',
        b"\\",
        b"\r\n ",
        b"\x00",
    )
    words += (b"RRULE:FREQ=DAILY\r\n", b"TZID=", b"99999999", b"\xff\xfe", b",", b"=", b"\xe5\x85")
    first = chance.randrange(len(data) + 1)
    data[first:first] = chance.choice(words)


def _move_lines(data: bytearray, chance: random.Random) -> None:
    lines = data.split(b"\r\n")
    chance.shuffle(lines)
    data[:] = b"\r\n".join(lines)


_MUTATIONS = (_change, _change, _drop, _double, _cut, _insert, _insert, _move_lines)
