"""Calendar programs and services, and how each writes its files.

The manners were taken from exports and from the programs' documentation; the words are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

CHINA = ("Asia/Shanghai", "China Standard Time")
BERLIN = ("Europe/Berlin", "W. Europe Standard Time")
NEW_YORK = ("America/New_York", "Eastern Standard Time")


@dataclass(frozen=True)
class Program:
    """``times``: utc, named (TZID with a definition), bare (TZID without one), windows, lotus,
    path (a TZID with a slash before it), floating or days.
    """

    name: str
    product: str
    times: str = "named"
    zone: tuple[str, str] = BERLIN
    head: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """Of each event, with ``{n}`` for its number."""
    fold: int = 75
    """Octets to a line; 0: lines are not folded at all."""
    end: str = "\r\n"
    blank: str = " "
    alarm: tuple[str, ...] = ()
    is_repeating: bool = True
    has_people: bool = False
    has_lengths: bool = False
    """DURATION in place of DTEND."""
    beside: tuple[str, ...] = ()
    """Other components, a VTODO for instance."""
    calendars: int = 1
    is_zone_last: bool = False
    has_mark: bool = False
    """A byte order mark before everything."""


_GREGORIAN, _PUBLISH = "CALSCALE:GREGORIAN", "METHOD:PUBLISH"
_DISPLAY = ("ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT15M")
_AUDIO = ("ACTION:AUDIO", "TRIGGER:-PT15M", "ATTACH;VALUE=URI:Chord", "X-WR-ALARMUID:1-2-3")
_MAIL = ("ACTION:EMAIL", "SUMMARY:Alarm", "DESCRIPTION:Mail", "TRIGGER:-P1D")
_MAIL += ("ATTENDEE:mailto:me@museum.example",)
_HTML = 'X-ALT-DESC;FMTTYPE=text/html:<html><body><p>A "talk"\\; with tea</p></body></html>'
_BUSY = ("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "X-MICROSOFT-CDO-IMPORTANCE:1", "PRIORITY:5")
_PLACE = (
    'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-ADDRESS="1 Way, Town";X-APPLE-RADIUS=70;'
    'X-TITLE="Hall: north":geo:31.820600,117.227200'
)
_PICTURE = "ATTACH;FMTTYPE=image/jpeg:https://site.example/wp-content/{n}.jpg"
_INLINE = "ATTACH;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.gif:R0lGODlhAQABAAAAACwAAAAAAQABAAA="

PROGRAMS = (
    Program("Google", "-//Google Inc//Google Calendar 70.9054//EN", "utc",
            head=(_GREGORIAN, _PUBLISH, "X-WR-CALNAME:Talks", "X-WR-TIMEZONE:Europe/Berlin"),
            lines=("SEQUENCE:{n}", "STATUS:CONFIRMED", "TRANSP:OPAQUE"), alarm=_DISPLAY),
    Program("Google of a group", "-//Google Inc//Google Calendar 70.9054//EN", "named", CHINA,
            head=(_GREGORIAN, _PUBLISH, "X-WR-TIMEZONE:Asia/Shanghai", "X-WR-CALDESC:"),
            lines=("CLASS:PUBLIC", "X-GOOGLE-CONFERENCE:https://meet.example/{n}"),
            has_people=True),
    Program("Outlook", "-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN", "windows",
            head=(_PUBLISH, "X-MS-OLK-FORCEINSPECTOROPEN:TRUE"), blank="\t", alarm=_DISPLAY,
            lines=(*_BUSY, _HTML, "CLASS:PUBLIC", "X-MICROSOFT-DISALLOW-COUNTER:FALSE")),
    Program("Outlook in China", "-//Microsoft Corporation//Outlook 14.0 MIMEDIR//ZH", "windows",
            CHINA, head=(_PUBLISH,), lines=_BUSY, blank="\t", has_people=True),
    Program("Exchange", "Microsoft Exchange Server 2010", "windows", head=(_PUBLISH,),
            lines=(*_BUSY, "X-MICROSOFT-CDO-APPT-SEQUENCE:{n}", "SEQUENCE:{n}", "CLASS:PUBLIC"),
            has_people=True, alarm=("DESCRIPTION:REMINDER", "TRIGGER;RELATED=START:-PT15M",
                                    "ACTION:DISPLAY")),
    Program("Microsoft 365", "Microsoft Exchange Server 2010", "windows", NEW_YORK,
            head=(_PUBLISH, "X-WR-CALNAME:Calendar"), lines=(*_BUSY, "TRANSP:OPAQUE")),
    Program("Outlook on the web, days", "Microsoft Exchange Server 2010", "days",
            lines=("X-MICROSOFT-CDO-ALLDAYEVENT:TRUE", *_BUSY)),
    Program("Apple", "-//Apple Inc.//macOS 15.1//EN", "named",
            head=(_GREGORIAN, "X-WR-CALNAME:Home", "X-APPLE-CALENDAR-COLOR:#1BADF8"),
            lines=("CREATED:20260901T101010Z", "TRANSP:OPAQUE", _PLACE), alarm=_AUDIO),
    Program("iCloud", "-//Apple Inc.//iCloud Calendar//EN", "named", NEW_YORK,
            lines=("X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC", "SEQUENCE:{n}"), alarm=_DISPLAY),
    Program("iOS", "-//Apple Inc.//iOS 18.1//EN", "bare", CHINA, lines=(_PLACE,)),
    Program("old iCal", "-//Apple Computer\\, Inc//iCal 1.5//EN", "floating", has_lengths=True,
            head=("X-WR-RELCALID:5A1F", "X-WR-TIMEZONE:America/New_York", _GREGORIAN)),
    Program("Nextcloud", "-//IDN nextcloud.com//Calendar app 5.0.2//EN", "named",
            head=(_GREGORIAN,), lines=("CREATED:20260901T101010Z", "COLOR:teal"), alarm=_DISPLAY,
            beside=("VTODO",)),
    Program("ownCloud", "-//ownCloud calendar v1.6.4", "named", beside=("VTODO", "VJOURNAL")),
    Program("Sabre", "-//Sabre//Sabre VObject 4.5.5//EN", "named", fold=75, is_zone_last=True),
    Program("Thunderbird", "-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "named",
            lines=("X-MOZ-GENERATION:{n}", "X-MOZ-LASTACK:20261001T000000Z"), alarm=_DISPLAY,
            beside=("VTODO",), has_people=True),
    Program("Lightning", "-//Mozilla.org/NONSGML Mozilla Calendar V1.0//EN", "path"),
    Program("Evolution", "-//Ximian//NONSGML Evolution Calendar//EN", "path",
            alarm=("X-EVOLUTION-ALARM-UID:9", *_DISPLAY), beside=("VTODO", "VJOURNAL")),
    Program("KOrganizer", "-//K Desktop Environment//NONSGML libkcal 4.3//EN", "named",
            lines=("X-KDE-KCALCORE-ENABLED:TRUE",), beside=("VTODO", "VJOURNAL"), alarm=_DISPLAY),
    Program("Zimbra", "Zimbra-Calendar-Provider", "named", NEW_YORK, head=(_PUBLISH,),
            has_people=True, alarm=_DISPLAY,
            lines=("X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY", "CLASS:PUBLIC", "STATUS:CONFIRMED")),
    Program("Lotus", "-//Lotus Development Corporation//NONSGML Notes 9.0//EN_C", "lotus",
            head=("X-LOTUS-CHARSET:UTF-8", _PUBLISH), has_people=True,
            lines=("X-LOTUS-UPDATE-SEQ:{n}", 'X-LOTUS-NOTESVERSION:2', "CLASS:PUBLIC")),
    Program("Domino", "-//Lotus Development Corporation//NONSGML Notes 8.5.3//EN_API", "lotus",
            CHINA, lines=("X-LOTUS-APPTTYPE:3",), beside=("VFREEBUSY",)),
    Program("GroupWise", "-//Novell Inc//Groupwise 18.4", "utc", head=(_PUBLISH,),
            lines=("X-GWSHOW-AS:BUSY", "X-GWITEM-TYPE:APPOINTMENT"), has_people=True),
    Program("Oracle", "-//ORACLE//NONSGML CSDK 9.0.5 - CalDAVServlet 9.0.5//EN", "utc",
            lines=("X-ORACLE-EVENTINSTANCE-GUID:I1-{n}",), is_repeating=False),
    Program("SOGo", "-//Inverse inc./SOGo 5.10.0//EN", "named", beside=("VTODO",), alarm=_MAIL),
    Program("Horde", "-//The Horde Project//Horde iCalendar Library//EN", "named",
            lines=("TRANSP:OPAQUE", _INLINE), fold=75),
    Program("Roundcube", "-//Roundcube 1.6.9//Sabre VObject 4.5.3//EN", "named", alarm=_DISPLAY),
    Program("Open-Xchange", "-//Open-Xchange//8.28//EN", "named", has_people=True,
            head=("X-WR-CALNAME:Team",), alarm=_DISPLAY),
    Program("CalendarServer", "-//CALENDARSERVER.ORG//NONSGML Version 1//EN", "named"),
    Program("Mobilizon", "-//framasoft.org//Mobilizon 5.1//EN", "utc", is_repeating=False,
            lines=("URL:https://mobilizon.example/events/{n}", _PICTURE, "STATUS:CONFIRMED",
                   "CATEGORIES:LEARNING"), end="\n"),
    Program("The Events Calendar", "-//Science Centre - ECPv6.8.1//NONSGML v1.0//EN", "named",
            head=(_GREGORIAN, _PUBLISH, "X-ORIGINAL-URL:https://site.example",
                  "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-Robots-Tag:noindex",
                  "X-PUBLISHED-TTL:PT1H"), lines=(_PICTURE,), is_repeating=False),
    Program("Events Manager", "-//wp-events-plugin.com//6.6//EN", "named", is_repeating=False,
            lines=('LOCATION;ALTREP="https://site.example/l,{n}":Hall\\, north', _PICTURE),
            is_zone_last=True),
    Program("All-in-One Event Calendar", "-//Science Centre - ECPv3//NONSGML kigkonsult.se "
            "iCalcreator 2.26//", "named", lines=("X-TICKETS-URL:https://site.example/t{n}",
            "X-COST-TYPE:free"), head=("X-FROM-URL:https://site.example",)),
    Program("TYPO3 sf_event_mgt", "-//TYPO3/NONSGML sf_event_mgt//EN", "bare",
            head=(_GREGORIAN, _PUBLISH), end="\n", fold=0, is_repeating=False),
    Program("TYPO3 calendarize", "-//TYPO3//calendarize//DE", "utc", end="\n", fold=0),
    Program("Drupal", "-//Drupal iCal API//EN", "utc", head=(_PUBLISH, "X-WR-CALNAME;VALUE=TEXT:x"),
            is_repeating=False, lines=("URL;VALUE=URI:https://site.example/node/{n}",)),
    Program("Joomla JEvents", "-//JEvents 3.6//EN", "named", head=(_GREGORIAN, _PUBLISH)),
    Program("Plone", "-//Plone.org//NONSGML plone.app.event//EN", "named", lines=(
            "CREATED:20260901T101010Z", "CONTACT:Front desk\\, +86 551 1234")),
    Program("Indico", "-//CERN//INDICO//EN", "utc", is_repeating=False, lines=(
            "URL:https://indico.example/event/{n}/", "CONTACT:x@indico.example")),
    Program("pretix", "-//pretix//pretix.example//", "named", is_repeating=False, fold=75,
            lines=("URL:https://pretix.example/a/{n}/",), is_zone_last=True),
    Program("pretalx", "-//pretalx//pretalx.example//{n}", "named", is_repeating=False,
            has_lengths=True, lines=("STATUS:CONFIRMED",)),
    Program("frab", "-//frab//2026//", "floating", end="\n", is_repeating=False, has_lengths=True),
    Program("Moodle", "-//Moodle Pty Ltd//NONSGML Moodle Version 2024100700//EN", "utc",
            head=(_PUBLISH,), lines=("CLASS:PUBLIC",), is_repeating=False),
    Program("Meetup", "-//Meetup//Meetup Calendar 1.0//EN", "named", NEW_YORK,
            head=(_GREGORIAN, _PUBLISH, "NAME:Meetup", "X-WR-CALNAME:Meetup"),
            lines=("URL:https://meetup.example/e/{n}/", "CLASS:PUBLIC"), is_repeating=False),
    Program("Facebook", "-//Facebook//NONSGML Facebook Events V1.0//EN", "utc", is_repeating=False,
            lines=("ORGANIZER;CN=A place:MAILTO:noreply@f.example", "CLASS:PUBLIC",
                   "PARTSTAT:ACCEPTED", "URL:https://f.example/events/{n}/"), has_people=False),
    Program("Eventbrite", "-//Eventbrite//Eventbrite 1.0//EN", "utc", is_repeating=False,
            has_lengths=True),
    Program("school terms", "-//school.example//Term dates//EN", "days", end="\n", fold=0),
    Program("holidays", "-//calendarlabs.com//Calendar//EN", "days", is_repeating=False,
            head=(_GREGORIAN, _PUBLISH, "X-WR-TIMEZONE:UTC"), lines=("TRANSP:TRANSPARENT",)),
    Program("holidays of China", "-//holiday//CN//ZH", "days", CHINA, has_mark=True,
            head=("X-WR-CALNAME:中国节假日", "X-APPLE-LANGUAGE:zh", "X-APPLE-REGION:CN"),
            lines=("X-APPLE-SPECIAL-DAY:WORK-HOLIDAY",), alarm=_AUDIO),
    Program("airline", "-//airline.example//Flights 1.0//EN", "utc", calendars=3, end="\n",
            is_repeating=False),
    Program("concatenated", "-//backup.example//Export//EN", "named", calendars=4,
            beside=("VTODO",)),
    Program("a script", "by hand", "floating", end="\n", fold=0, is_repeating=True),
    Program("飞书", "-//Bytedance//Feishu Calendar//ZH", "named", CHINA, head=(_PUBLISH,),
            has_people=True, alarm=_DISPLAY),
    Program("钉钉", "-//DingTalk Inc//DingTalk Calendar//ZH", "bare", CHINA, has_people=True),
)  # fmt: skip
