"""Entity tags, dates and content codings of requests, without any feed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from web.conditional import accepts_gzip, is_unmodified_since, matching_tag


@pytest.mark.parametrize(
    ("header", "held"),
    [
        ('"plain"', "plain"),
        ('"packed"', "packed"),
        ('W/"plain"', "plain"),
        ('"other", "plain"', "plain"),
        ('"packed","plain"', "plain"),
        (' , "other" , W/"packed",', "packed"),
        ('"a,b", "plain"', "plain"),
        ('"", "plain"', "plain"),
        ("*", "plain"),
        (" * ", "plain"),
        ('"other"', None),
        ('"plai"', None),
        ("plain", None),
        ('"plain', None),
        ("'plain'", None),
        ('w/"plain"', None),
        ('W/ "plain"', None),
        ('"plain" "packed"', None),
        ('"other"; "plain"', None),
        ('*, "plain"', None),
        ('"pl ain"', None),
        ("", None),
        ("\x00", None),
    ],
)
def test_matching_tag_follows_the_grammar_of_entity_tags_C3(header, held):
    assert matching_tag(header, ("plain", "packed")) == held


def test_matching_tag_reads_a_hostile_header_in_no_time_C3():
    for header in ('"a" ' * 20_000, '"a",' * 20_000 + "x", " ," * 40_000 + "x", ", " * 40_000):
        assert matching_tag(header, ("plain",)) is None


@pytest.mark.parametrize(
    ("header", "is_unmodified"),
    [
        ("Mon, 02 Nov 2026 01:00:00 GMT", True),
        ("Mon, 02 Nov 2026 01:00:01 GMT", True),
        ("Mon, 02 Nov 2026 00:59:59 GMT", False),
        ("Monday, 02-Nov-26 01:00:00 GMT", True),
        ("Mon Nov  2 01:00:00 2026", True),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("Mon, 02 Nov 2026 09:00:00 +0800", False),
        ("2026-11-02T01:00:00Z", False),
        ("Mon, 31 Feb 2026 01:00:00 GMT", False),
        ("0", False),
        ("", False),
        ("x" * 10_000, False),
        ("Mon, 02 Nov 2026 01:00:00 GMT, Tue, 03 Nov 2026 01:00:00 GMT", False),
    ],
)
def test_unmodified_only_since_a_real_date_not_before_the_change_C3(header, is_unmodified):
    changed_at = datetime(2026, 11, 2, 1, 0, 0, tzinfo=UTC)

    assert is_unmodified_since(header, changed_at) is is_unmodified


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZip", True),
        ("x-gzip", True),
        ("deflate, gzip;q=0.5, br", True),
        ("*", True),
        ("br;q=1.0, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=2", False),
        ("identity", False),
        ("br", False),
        ("", False),
    ],
)
def test_accepts_gzip_weighs_codings(header, accepted):
    assert accepts_gzip(header) is accepted
