"""Bodies are read strictly."""

from __future__ import annotations

import io

import pytest
from rest_framework.exceptions import ParseError

from api.errors import TooLarge
from api.parsers import DEEPEST, MOST_BYTES, StrictJsonParser, parse_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, "x", null, true]}', {"a": [1, 2.5, "x", None, True]}),
        (b"100000000000000000000", 10**20),
        ("“光”".encode().join([b'"', b'"']), "“光”"),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
    ],
)
def test_plain_json_is_read_with_numbers_whole(body, value):
    if value is None:
        assert isinstance(parse_json(body), list)
    else:
        assert parse_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b'{"a": Infinity}', id="Infinity"),
        pytest.param(b"1e400", id="beyond a double"),
        pytest.param(b"9" * 5000, id="5,000 digits"),
        pytest.param(b'{"a": 1, "a": 2}', id="a key twice"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param(b'"\xc0\x80"', id="overlong UTF-8"),
        pytest.param(b'"\\ud800"', id="lone surrogate"),
        pytest.param(b'"\xed\xa0\x80"', id="encoded surrogate"),
        pytest.param(b'"a\\u0000"', id="NUL"),
        pytest.param(b'{"\\u0000": 1}', id="NUL in a key"),
        pytest.param(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), id="one level too deep"),
        pytest.param(b"[" * 20_000 + b"]" * 20_000, id="20,000 levels"),
        pytest.param(b"[" * 500_000, id="500,000 open brackets"),
        pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte order mark"),
    ],
)
def test_P1_what_could_be_misunderstood_is_refused(body):
    with pytest.raises(ParseError):
        parse_json(body)


def test_P1_a_body_over_the_limit_is_not_read_to_its_end():
    stream = io.BytesIO(b" " * (MOST_BYTES + 5_000))

    with pytest.raises(TooLarge):
        StrictJsonParser().parse(stream)

    assert stream.tell() == MOST_BYTES + 1
