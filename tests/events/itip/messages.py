"""Answers as mail programs write them, after messages that were published in bug reports and
manuals; names and addresses are made up."""

from __future__ import annotations

from base64 import encodebytes

GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270225
DTEND;VALUE=DATE:20270402
DTSTAMP:{at}
ORGANIZER;CN=Orrery:mailto:{to}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN={attendee};X-NUM-GUESTS=0:mailto:{attendee}
X-MICROSOFT-CDO-OWNERAPPTID:-1712345678
CREATED:20261101T080000Z
DESCRIPTION:
LAST-MODIFIED:{at}
LOCATION:
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:第0展览
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
"""

OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:China Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0800
TZOFFSETTO:+0800
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={answer};CN=Li Na:mailto:{attendee}
COMMENT;LANGUAGE=zh-CN:展厅在装修\\, 四月以后可以\\n
UID:{uid}
SUMMARY;LANGUAGE=zh-CN:Declined: 第0展览
DTSTART;TZID=China Standard Time:20270225T000000
DTEND;TZID=China Standard Time:20270402T000000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{at}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
LOCATION;LANGUAGE=zh-CN:
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-BUSYSTATUS:FREE
END:VEVENT
END:VCALENDAR
"""

APPLE = """BEGIN:VCALENDAR
CALSCALE:GREGORIAN
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 15.1//EN
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;CN="Wang, Fang";CUTYPE=INDIVIDUAL;EMAIL={attendee};PARTSTAT={answer};R
 OLE=REQ-PARTICIPANT:mailto:{attendee}
DTEND;VALUE=DATE:20270402
DTSTAMP:{at}
DTSTART;VALUE=DATE:20270225
ORGANIZER;CN=Orrery:mailto:{to}
SEQUENCE:{sequence}
SUMMARY:第0展览
UID:{uid}
END:VEVENT
END:VCALENDAR
"""

COUNTER = """BEGIN:VCALENDAR
METHOD:COUNTER
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VEVENT
ATTENDEE;PARTSTAT=TENTATIVE;CN=Li Na:mailto:{attendee}
COMMENT:一周后可以
UID:{uid}
DTSTART;TZID=China Standard Time:20270304T090000
DTEND;TZID=China Standard Time:20270409T090000
DTSTAMP:{at}
SEQUENCE:{sequence}
END:VEVENT
END:VCALENDAR
"""

SHAPES = {"google": GOOGLE, "outlook": OUTLOOK, "apple": APPLE}


def answer(
    shape: str = GOOGLE,
    *,
    uid: str = "invitation@orrery.example",
    attendee: str = "host@museum.example",
    said: str = "ACCEPTED",
    sequence: int = 0,
    at: str = "20261103T020000Z",
    to: str = "r+token@replies.example",
) -> bytes:
    """The calendar part of an answer."""
    text = shape.format(uid=uid, attendee=attendee, answer=said, sequence=sequence, at=at, to=to)
    return text.replace("\n", "\r\n").encode()


def mail_with(
    calendar: bytes,
    *,
    to: str = "r+token@replies.example",
    sender: str = "host@museum.example",
    message_id: str = "<reply-1@mail.museum.example>",
    headers: str = "",
    method: str = "REPLY",
) -> bytes:
    """A whole mail around it, in the form of Google's."""
    return (
        (
            f"{headers}From: Somebody <{sender}>\r\nTo: Orrery <{to}>\r\n"
            f"Subject: Accepted\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="a"\r\n\r\n'
            '--a\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAccepted.\r\n"
            f'--b\r\nContent-Type: text/calendar; charset="UTF-8"; method={method}\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        ).encode()
        + encodebytes(calendar)
        + b"--b--\r\n\r\n--a--\r\n"
    )
