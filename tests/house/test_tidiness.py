"""What must not stand in the project."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|Users|home/\w+)/")
REGISTRY_HOST = re.compile(r"https?://[^\s\"']*(?:pypi|pythonhosted|npmjs|debian)")
MINIFIED = re.compile(r"\.min\.(?:js|css|mjs)$")
RESERVED_DATA = re.compile(r"census\s*_?2020", re.IGNORECASE)
BARE_EXCEPTION_TO_A_RULE = re.compile(  # nothing but the codes up to the end of the line
    r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]+\])?)\s*$"
)


def _committed() -> list[Path]:
    """Every file that git keeps, or would keep at the next ``git add``."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listing.stdout.decode().rstrip("\0").split("\0")
    return sorted(ROOT / name for name in names if (ROOT / name).is_file())


def _lines_that(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["paths", "registries"])
def test_no_line_names_a_path_of_one_machine_or_a_registry(pattern):
    assert _lines_that(pattern, _committed()) == []


def test_no_third_party_assets_are_committed():
    committed = [path.relative_to(ROOT).as_posix() for path in _committed()]

    assert [name for name in committed if MINIFIED.search(name)] == []
    assert [name for name in committed if "node_modules/" in name or "/vendor/" in name] == []


def test_reserved_data_is_neither_committed_nor_named():
    committed = [path for path in _committed() if path != Path(__file__)]

    assert [path.name for path in committed if RESERVED_DATA.search(path.name)] == []
    assert _lines_that(RESERVED_DATA, committed) == []


def test_no_committed_file_is_larger_than_two_megabytes():
    large = [
        f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes"
        for path in _committed()
        if path.stat().st_size > 2 * 1024 * 1024
    ]

    assert large == []


def test_every_exception_to_a_rule_carries_its_reason():
    python = [path for path in _committed() if path.suffix == ".py" and path != Path(__file__)]

    assert _lines_that(BARE_EXCEPTION_TO_A_RULE, python) == []


@pytest.mark.parametrize(
    ("pattern", "wrong", "right"),
    [
        (MACHINE_PATH, "see /ro" + "ot/notes", "see docs/root/notes"),
        (REGISTRY_HOST, "ht" + "tps://py" + "pi.example/simple", "the package index"),
        (MINIFIED, "htmx.min.js", "htmx.js"),
        (RESERVED_DATA, "census" + "2020.csv", "census.csv"),
        (BARE_EXCEPTION_TO_A_RULE, "x = 1  # no" + "qa: E1", "x = 1  # no" + "qa: E1  # because"),
    ],
)
def test_the_patterns_above_can_find_what_they_look_for(pattern, wrong, right):
    assert pattern.search(wrong)
    assert not pattern.search(right)


def test_no_junk_drawers():
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py", "utils", "helpers", "common"}

    found = {
        path.relative_to(ROOT).as_posix()
        for path in _committed()
        if drawers & set(path.relative_to(ROOT).parts)
    }

    assert found == set()
