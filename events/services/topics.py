"""Loading a vocabulary of topics: SKOS concepts in a JSON file, checked whole, written whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from events.errors import InvalidVocabulary
from events.models import Event, Topic
from events.services.cleaning import one_line, shown_url
from events.services.raising import raise_events

MAX_CONCEPTS = 50_000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = {"id", "prefLabel", "altLabel", "uri", "broader", "deprecated", "replacedBy"}
_COLUMNS = ("name_zh", "name_en", "uri", "also_called", "is_deprecated")
_LINKS = {"broader": "broader", "replacedBy": "replaced_by"}


@dataclass(frozen=True)
class Loaded:
    """What loading did, in topics."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@transaction.atomic
def load_topics(*, concepts: Any, now: datetime) -> Loaded:
    """Add and change topics until they are as ``concepts`` say; others are left alone.

    A concept is an object with ``id`` (the slug), ``prefLabel`` (``{"zh", "en"}``) and perhaps
    ``altLabel`` (language → names), ``uri``, ``broader`` and ``replacedBy`` (ids of the file or of
    topics there already are) and ``deprecated``. Events whose topics have new names are raised.

    Raises:
        InvalidVocabulary: every problem at once, each with the place in the file.
    """
    known = {topic.slug: topic for topic in Topic.objects.select_for_update()}
    if problems := list(_problems(concepts, known)):
        raise InvalidVocabulary(
            f"The vocabulary has {len(problems)} problems; nothing was loaded.",
            problems=[{"field": field, "message": message} for field, message in problems],
        )
    wanted = {concept["id"]: _columns(concept) for concept in concepts}
    created = [Topic(slug=slug, **wanted[slug]) for slug in sorted(wanted.keys() - known.keys())]
    Topic.objects.bulk_create(created)
    known |= {topic.slug: topic for topic in created}
    renamed, changed = [], set()
    for slug in wanted.keys() - {topic.slug for topic in created}:
        topic = known[slug]
        names = topic.name_zh, topic.name_en
        if any(getattr(topic, name) != value for name, value in wanted[slug].items()):
            changed.add(slug)
            for name, value in wanted[slug].items():
                setattr(topic, name, value)
        if (topic.name_zh, topic.name_en) != names:
            renamed.append(topic.pk)
    changed |= _link(concepts, known) - {topic.slug for topic in created}
    Topic.objects.bulk_update(
        [known[slug] for slug in sorted(wanted)], [*_COLUMNS, *_LINKS.values()], batch_size=200
    )
    raise_events(Event.objects.filter(topics__in=renamed), now=now)
    return Loaded(len(created), len(changed), len(wanted) - len(created) - len(changed))


def _columns(concept: Mapping[str, Any]) -> dict[str, Any]:
    label = concept["prefLabel"]
    return {
        "name_zh": one_line(label["zh"]),
        "name_en": one_line(label.get("en", "")),
        "uri": concept.get("uri", ""),
        "also_called": {
            language: [one_line(name) for name in names]
            for language, names in sorted(concept.get("altLabel", {}).items())
        },
        "is_deprecated": bool(concept.get("deprecated") or concept.get("replacedBy")),
    }


def _link(concepts: list[Mapping[str, Any]], known: Mapping[str, Topic]) -> set[str]:
    """Set broader topics and successors; the slugs of those that had others."""
    changed = set()
    for concept in concepts:
        topic = known[concept["id"]]
        for key, column in _LINKS.items():
            target = known[concept[key]].pk if concept.get(key) else None
            if getattr(topic, f"{column}_id") != target:
                setattr(topic, f"{column}_id", target)
                changed.add(topic.slug)
    return changed


def _problems(concepts: Any, known: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    if not isinstance(concepts, list) or not all(isinstance(each, dict) for each in concepts):
        yield "concepts", "must be a list of objects, one per topic."
        return
    if len(concepts) > MAX_CONCEPTS:
        yield "concepts", f"are {len(concepts)}; {MAX_CONCEPTS} are the most."
        return
    ids = Counter(str(concept.get("id")) for concept in concepts)
    for number, concept in enumerate(concepts):
        place = f"concepts[{number}]"
        for field, message in _wrong_concept(concept):
            yield f"{place}.{field}", message
        for key in _LINKS:
            target = concept.get(key)
            if target is not None and target not in ids and target not in known:
                yield f"{place}.{key}", f"there is no topic {target!r} here nor in the network."
    for slug, times in ids.items():
        if times > 1:
            yield "concepts", f"{slug!r} stands there {times} times."
    yield from _circles(concepts, known)


def _wrong_concept(concept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in sorted(concept.keys() - _KEYS):
        yield key, f"is not known; known are {', '.join(sorted(_KEYS))}."
    slug = concept.get("id")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug) or len(slug) > 60:
        yield "id", "must be small letters, digits and single dashes, at most 60."
    label = concept.get("prefLabel")
    if not isinstance(label, dict) or not _is_name(label.get("zh")):
        yield "prefLabel", 'must be {"zh": …, "en": …}; zh is needed, 200 characters at most.'
    elif not (label.get("en", "") == "" or _is_name(label["en"])):
        yield "prefLabel", "en has 200 characters at most."
    names = concept.get("altLabel", {})
    if not isinstance(names, dict) or not all(
        isinstance(each, list) and all(map(_is_name, each)) for each in names.values()
    ):
        yield "altLabel", "must be lists of names by language."
    uri = concept.get("uri", "")
    if not isinstance(uri, str) or (uri and (shown_url(uri) != uri or len(uri) > 300)):
        yield "uri", "must be an https:// address of at most 300 characters."
    for key in _LINKS:
        if not isinstance(concept.get(key), str | None):
            yield key, "must be the id of one topic."


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(one_line(value)) <= 200


def _circles(concepts: list[Any], known: Mapping[str, Topic]) -> Iterator[tuple[str, str]]:
    """Topics that are above, or come after, themselves."""
    by_pk = {topic.pk: slug for slug, topic in known.items()}
    for key, column in _LINKS.items():
        above = {slug: by_pk.get(getattr(topic, f"{column}_id")) for slug, topic in known.items()}
        above |= {str(concept.get("id")): concept.get(key) for concept in concepts}
        for start in sorted(above):
            seen, here = {start}, above[start]
            while isinstance(here, str) and here in above and here not in seen:
                seen.add(here)
                here = above[here]
            if here == start:
                yield "concepts", f"{start!r} leads back to itself along {key}."
