"""Entries that are read but not taken over: our own coming back, and what is here already."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from events.enums import Moderation, Status
from events.ical.entry import Entry
from events.ical.problem import Problem
from events.ical.read import Reading
from events.models import Event, Source

VIA = "via:"
"""How an event says through whose hands it came (a REFID): ``via:`` and a network's UID domain.

Each network that imports an event of another one adds the domain it came from, and refuses what
has been in its own hands before. So no circle of networks makes events grow, however long it is.
"""
_DOMAIN = re.compile(r"[a-z0-9.-]{1,90}")
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Sifted:
    entries: tuple[Entry, ...]
    refused: tuple[Problem, ...]


def sifted(reading: Reading, *, source: Source, skips_known: bool) -> Sifted:
    """The entries to be taken over, and why the others are not.

    One query with ``skips_known``, else none.
    """
    refused = [_is_ours(entry) for entry in reading.entries if _has_been_here(entry)]
    entries = [_marked(e, reading) for e in reading.entries if not _has_been_here(e)]
    if skips_known:
        known = _known(source, entries)
        refused += [
            _is_known(entry, known[_key(entry)]) for entry in entries if _key(entry) in known
        ]
        entries = [entry for entry in entries if _key(entry) not in known]
    return Sifted(tuple(entries), tuple(refused))


# ---- loops ---------------------------------------------------------------------------------------


def _has_been_here(entry: Entry) -> bool:
    own = settings.UID_DOMAIN.lower()
    return _domain(entry.uid) == own or f"{VIA}{own}" in entry.refids


def _domain(uid: str) -> str:
    """What stands behind the last ``@``; marks that tell entries apart may follow it."""
    return uid.rpartition("@")[2].partition("#")[0].lower()


def _marked(entry: Entry, reading: Reading) -> Entry:
    """The entry with the network it comes from among its references, if it comes from one."""
    domain = _domain(entry.uid)
    if not reading.is_of_a_network or "@" not in entry.uid or not _DOMAIN.fullmatch(domain):
        return entry
    return replace(entry, refids=tuple(dict.fromkeys((*entry.refids, f"{VIA}{domain}"))))


def _is_ours(entry: Entry) -> Problem:
    words = f"“{entry.title.zh[:60]}” comes from this very network; it is here already."
    return Problem("own_event", words, uid=entry.uid, is_lost=True)


# ---- what other sources show ---------------------------------------------------------------------

_Key = tuple[str, str]


def _key(entry: Entry) -> _Key:
    """Equal for what visitors would take for the same: the wall-clock start and the title."""
    return entry.start.isoformat(), _plain(entry.title.zh or entry.title.en)


def _plain(title: str) -> str:
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", title).casefold())


def _known(source: Source, entries: Sequence[Entry]) -> dict[_Key, str]:
    """Living events of the venue's other sources among those at the entries' days, by key.

    What this source brought before anybody else is not among them.
    """
    days = {entry.start.isoformat()[:10] for entry in entries}
    others = Event.objects.filter(venue=source.venue_id, start_date__in=_bounded(days))
    others = others.exclude(status=Status.CANCELLED).exclude(moderation=Moderation.ARCHIVED)
    found: dict[_Key, str] = {}
    mine: set[_Key] = set()
    for event in others.select_related("source"):
        start = event.start_date if event.is_all_day else event.wall_start
        for title in {event.title_zh, event.title_en} - {""}:
            key = start.isoformat(), _plain(title)
            if event.source_id == source.pk:
                mine.add(key)
            else:
                found[key] = str(event.source)
    return {key: name for key, name in found.items() if key not in mine}


def _bounded(days: Iterable[str]) -> list[str]:
    """In order, and no more than databases take in one statement."""
    return sorted(days)[:5_000]


def _is_known(entry: Entry, name: str) -> Problem:
    words = f"“{entry.title.zh[:60]}” at that time is here already, from “{name}”."
    return Problem("known_elsewhere", words, uid=entry.uid, is_lost=True)
