"""libical (GNOME, KDE, Evolution) as a command; runs under the system's Python, where ``gi`` is.

    /usr/bin/python3 libical_reader.py offsets     < [[VTIMEZONE, "local" | "utc", year, ranges]]
    /usr/bin/python3 libical_reader.py complaints  < calendar
    /usr/bin/python3 libical_reader.py expand      < [[DTSTART, RRULE, count]]
    /usr/bin/python3 libical_reader.py count       < [calendar]
    /usr/bin/python3 libical_reader.py rewrite     < [calendar]

All print JSON.
"""

import json
import signal
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib

SECONDS_PER_RULE = 2


def offsets_of(vtimezone, direction, first_year, ranges):
    """UTC offsets in seconds, one for each hour of ``ranges``.

    Hours are counted from the start of ``first_year``, by the wall clock or by UTC.
    """
    zone = ICalGLib.Timezone.new()
    if not zone.set_component(ICalGLib.Component.new_from_string(vtimezone)):
        raise ValueError("libical does not take this VTIMEZONE")
    ask = zone.get_utc_offset if direction == "local" else zone.get_utc_offset_of_utc_time
    offsets = []
    for first, end in ranges:
        at = ICalGLib.Time.new_from_string(f"{first_year}0101T000000")
        at.adjust(first // 24, first % 24, 0, 0)
        for _ in range(first, end):
            offsets.append(ask(at)[0])
            at.adjust(0, 1, 0, 0)
    return offsets


def complaints_about(text):
    calendar = ICalGLib.Component.new_from_string(text)
    if calendar is None:
        return ["libical reads nothing"]
    ICalGLib.Component.check_restrictions(calendar)
    return [f"libical: {value}" for value in errors_in(calendar)]


def errors_in(component):
    """Values of X-LIC-ERROR, which libical adds where something is wrong."""
    prop = component.get_first_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    while prop:
        yield prop.get_value_as_string()
        prop = component.get_next_property(ICalGLib.PropertyKind.XLICERROR_PROPERTY)
    inner = component.get_first_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    children = []
    while inner:
        children.append(inner)
        inner = component.get_next_component(ICalGLib.ComponentKind.ANY_COMPONENT)
    for child in children:
        yield from errors_in(child)


def expanded(start, rule, count):
    """The first starts as ISO, or the words of its refusal."""
    signal.alarm(SECONDS_PER_RULE)  # it searches for centuries inside one call: end it all then
    recurrence = ICalGLib.Recurrence.new_from_string(rule)
    try:
        iterator = ICalGLib.RecurIterator.new(recurrence, ICalGLib.Time.new_from_string(start))
    except TypeError:  # the constructor returned NULL
        return "refused"
    found = []
    while len(found) < count:
        at = iterator.next()
        if at is None or at.is_null_time():
            break
        text = at.as_ical_string()
        found.append(f"{text[:4]}-{text[4:6]}-{text[6:11]}:{text[11:13]}:{text[13:15]}")
    return found


def calendars_in(text):
    """The calendars of a file, which have a root around them where they are several."""
    found = ICalGLib.Component.new_from_string(text)
    if found is None or found.isa() == ICalGLib.ComponentKind.VCALENDAR_COMPONENT:
        return [found] if found else []
    calendars = []
    calendar = found.get_first_component(ICalGLib.ComponentKind.VCALENDAR_COMPONENT)
    while calendar:
        calendars.append(calendar)
        calendar = found.get_next_component(ICalGLib.ComponentKind.VCALENDAR_COMPONENT)
    return calendars


def counted_in(text):
    """Events of a file; none where nothing is read."""
    events = ICalGLib.ComponentKind.VEVENT_COMPONENT
    return sum(each.count_components(events) for each in calendars_in(text)) or None


def rewritten(text):
    """The file as libical writes it; none where nothing is read."""
    return "".join(each.as_ical_string() for each in calendars_in(text)) or None


def main():
    job = sys.argv[1]
    data = sys.stdin.buffer.read()
    if job == "offsets":
        answer = [offsets_of(*question) for question in json.loads(data)]
    elif job == "expand":
        answer = [expanded(*question) for question in json.loads(data)]
        signal.alarm(0)
    elif job == "count":
        answer = [counted_in(text) for text in json.loads(data)]
    elif job == "rewrite":
        answer = [rewritten(text) for text in json.loads(data)]
    elif job == "complaints":
        answer = complaints_about(data.decode())
    else:
        raise SystemExit(f"unknown job {job}")
    json.dump(answer, sys.stdout)


main()
