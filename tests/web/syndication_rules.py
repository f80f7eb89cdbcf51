"""The rules of formats that others follow us by, as lists of what is wrong.

RPDE: OpenActive Realtime Paged Data Exchange 1.0. Atom: RFC 4287. JSON Feed 1.1. Structured data:
what search engines publish as required of events.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_PAGES = 200
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TYPES = {"Event", "ExhibitionEvent", "EducationEvent", "EventSeries"}
_STATUSES = {
    f"https://schema.org/Event{word}"
    for word in ("Scheduled", "Cancelled", "Postponed", "Rescheduled", "MovedOnline")
}


def rpde_faults(client: Any, path: str, *, site: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Every item by following ``next``, and what is wrong on the way."""
    items: list[dict[str, Any]] = []
    found: list[str] = []
    for _ in range(MOST_PAGES):
        answer = client.get(path)
        if not answer.headers["Content-Type"].startswith("application/json"):
            found.append(f"{path}: Content-Type is {answer.headers['Content-Type']}")
        page = answer.json()
        found += [
            f"{path}: {name} is missing"
            for name in ("next", "items", "license")
            if name not in page
        ]
        items += page["items"]
        if not page["next"].startswith(f"{site}/"):
            found.append(f"{path}: next leads elsewhere")
            break
        following = page["next"].removeprefix(site)
        if not page["items"]:
            if following != path:
                found.append(f"{path}: the last page does not lead to itself")
            break
        last = page["items"][-1]
        if following == path or str(last["modified"]) not in following:
            found.append(f"{path}: next does not go on after the last item")
            break
        path = following
    else:
        found.append("the feed never ends")
    return items, found + list(_of_items(items))


def _of_items(items: list[dict[str, Any]]) -> Iterator[str]:
    order = [(item["modified"], item["id"]) for item in items]
    if order != sorted(order):
        yield "items are not ordered by modified, then id"
    yield from (
        f"{name} stands there twice" for name, n in Counter(i["id"] for i in items).items() if n > 1
    )
    for item in items:
        if item["state"] not in ("updated", "deleted") or not isinstance(item["modified"], int):
            yield f"{item['id']}: state or modified is not of its kind"
        if (item["state"] == "deleted") != ("data" not in item):
            yield f"{item['id']}: {item['state']} with or without data"
        if not item.get("kind"):
            yield f"{item['id']}: has no kind"


def atom_faults(data: bytes) -> list[str]:
    root = ElementTree.fromstring(data)
    return list(_of_atom(root)) if root.tag == f"{ATOM}feed" else [f"is {root.tag}, no feed"]


def _of_atom(root: ElementTree.Element) -> Iterator[str]:
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            if len(element.findall(f"{ATOM}{name}")) != 1:
                yield f"{element.tag}: not exactly one {name}"
        if not _IRI.fullmatch(element.findtext(f"{ATOM}id") or ""):
            yield f"{element.tag}: its id is no address"
        yield from _of_moment(element.findtext(f"{ATOM}updated"))
    rels = Counter((link.get("rel"), link.get("type")) for link in root.findall(f"{ATOM}link"))
    if sum(n for (rel, _), n in rels.items() if rel == "self") != 1 or max(rels.values()) > 1:
        yield "links: one self, and each alternate of its own type"
    if root.find(f"{ATOM}author/{ATOM}name") is None:
        yield "nobody is its author"
    ids = Counter(entry.findtext(f"{ATOM}id") for entry in entries)
    yield from (f"{name} stands there twice" for name, number in ids.items() if number > 1)
    stamps = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    if stamps != sorted(stamps, reverse=True):
        yield "the latest is not first"
    if stamps and root.findtext(f"{ATOM}updated") != stamps[0]:
        yield "its updated is not that of its latest entry"


def json_feed_faults(data: bytes) -> list[str]:
    return list(_of_json_feed(json.loads(data)))


def _of_json_feed(document: dict[str, Any]) -> Iterator[str]:
    if document.get("version") != "https://jsonfeed.org/version/1.1" or not document.get("title"):
        yield "version or title is missing"
    for name in ("home_page_url", "feed_url"):
        if not _IRI.fullmatch(document.get(name, "")):
            yield f"{name} is no address"
    ids = Counter(item["id"] for item in document["items"])
    yield from (f"{name} stands there twice" for name, number in ids.items() if number > 1)
    for item in document["items"]:
        if not (isinstance(item["id"], str) and item.get("content_text")):
            yield f"{item['id']}: has no content or an id that is no text"
        if _CONTROL.search(item["content_text"] + item["title"]):
            yield f"{item['id']}: holds a control character"
        for name in ("date_published", "date_modified"):
            yield from _of_moment(item[name])


def structured_faults(document: dict[str, Any]) -> list[str]:
    """What search engines would not accept of an event or a series, its dates included."""
    return list(_of_event(document))


def _of_event(document: dict[str, Any]) -> Iterator[str]:
    name = document.get("@id", "?")
    if document.get("@type") not in _TYPES:
        yield f"{name}: @type {document.get('@type')!r}"
    for required in ("name", "startDate", "location", "eventStatus", "eventAttendanceMode", "url"):
        if not document.get(required):
            yield f"{name}: {required} is missing"
    start, end = (
        datetime.fromisoformat(document.get(side, "")) for side in ("startDate", "endDate")
    )
    is_day = len(document["startDate"]) == len("2026-11-07")
    if is_day != (len(document["endDate"]) == len("2026-11-07")) or (
        not is_day and not start.tzinfo
    ):
        yield f"{name}: start and end are not both days or both moments with an offset"
    elif end < start:
        yield f"{name}: ends before it starts"
    if document["eventStatus"] not in _STATUSES:
        yield f"{name}: eventStatus {document['eventStatus']!r}"
    if (former := document.get("previousStartDate")) and former == document["startDate"]:
        yield f"{name}: previousStartDate is the start"
    if (
        document["eventStatus"].endswith("Rescheduled")
        and document["@type"] != "EventSeries"
        and not former
    ):
        yield f"{name}: rescheduled, and nobody learns from when"
    places = document["location"]
    for place in places if isinstance(places, list) else [places]:
        yield from _of_place(name, place)
    if offer := document.get("offers"):
        if not (re.fullmatch(r"\d+(\.\d\d)?", offer["price"]) and len(offer["priceCurrency"]) == 3):
            yield f"{name}: offer without a price in a currency"
        if not _IRI.fullmatch(offer["url"]):
            yield f"{name}: the offer's url is no address"
    for maker in document.get("organizer", ()):
        if not maker.get("name"):
            yield f"{name}: an organizer has no name"
    if document["@type"] == "EventSeries":
        yield from _of_series(name, document)


def _of_place(name: str, place: dict[str, Any]) -> Iterator[str]:
    if place["@type"] == "VirtualLocation":
        if not _IRI.fullmatch(place.get("url", "")):
            yield f"{name}: a VirtualLocation without its address"
    elif place["@type"] != "Place" or not place.get("address") or not place.get("name"):
        yield f"{name}: a Place needs its name and address"


def _of_series(name: str, document: dict[str, Any]) -> Iterator[str]:
    if not document.get("subEvent"):
        yield f"{name}: a series without dates"
    for date in document.get("subEvent", ()):
        yield from _of_event(date)
    if schedule := document.get("eventSchedule"):
        for required in ("repeatFrequency", "startDate", "scheduleTimezone"):
            if not schedule.get(required):
                yield f"{name}: eventSchedule without {required}"
        if not re.fullmatch(r"P\d+[DWMY]", schedule["repeatFrequency"]):
            yield f"{name}: repeatFrequency {schedule['repeatFrequency']!r}"


def _of_moment(text: str | None) -> Iterator[str]:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text or ""):
        yield f"{text!r} is no moment"
