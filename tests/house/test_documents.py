"""What the documents say is what there is."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STOREYS = ["venues", "events", "touring", "api", "web", "config"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")])


def _text(name: str) -> str:
    return (ROOT / name).read_text()


def _names_in_first_column(text: str) -> list[str]:
    """The code words that open a table row: ``| `NAME` | ...``."""
    return re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`", text, flags=re.MULTILINE)


def test_every_setting_of_the_environment_is_documented_and_the_other_way_round():
    read = set(
        re.findall(r"\benv(?:\.\w+)?\(\s*\"([A-Z0-9_]+)\"", _text("config/settings/base.py"))
    )

    documented = _names_in_first_column(_text("docs/operations.md"))

    assert len(read) > 10
    assert sorted(set(documented) - {"HOST", "PORT"}) == sorted(read)
    assert len(documented) == len(set(documented))


def _reads_of_the_environment(path: Path) -> list[str]:
    """Lines that look one variable up; handing the whole environment on is no reading."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Subscript)
        and re.match(r"os\.(getenv$|environ[.\[])", ast.unparse(node))
    ]


def test_the_environment_is_read_in_the_settings_and_nowhere_else():
    permitted = {
        "config/wsgi.py",  # chooses the settings
        "config/celery.py",  # likewise
        "venues/checks.py",  # asks whether a library's guard was switched off
    }
    reads = [
        place
        for storey in STOREYS
        for path in sorted((ROOT / storey).rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in permitted
        for place in _reads_of_the_environment(path)
    ]

    assert reads == []


def test_reading_the_environment_would_be_seen():
    assert _reads_of_the_environment(ROOT / "config" / "wsgi.py") != []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_says_status_context_decision_consequences_and_what_was_rejected(decision):
    text = decision.read_text()

    assert re.match(rf"# {decision.name[:4]} \S.*\n\nStatus: \S.*\n\n## Context\n", text)
    headings = re.findall(r"^## (\w+)", text, flags=re.MULTILINE)
    assert [
        h for h in ("Context", "Decision", "Consequences", "Rejected") if h not in headings
    ] == []


def test_no_two_decisions_share_a_number():
    numbers = [path.name[:4] for path in DECISIONS]

    assert sorted(set(numbers)) == numbers


def _direct_dependencies() -> set[str]:
    lines = [
        line
        for path in ROOT.glob("requirements*.in")
        for line in path.read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    ]
    python = {re.split(r"[\[=<>~; ]", line)[0] for line in lines}
    return python | _npm_packages().keys()


def _npm_packages() -> dict[str, str]:
    files = ("package.json", "tests/package.json")
    return {
        name: version
        for file in files
        for name, version in json.loads(_text(file))["devDependencies"].items()
    }


def test_every_direct_dependency_has_its_reason_on_record():
    recorded = re.findall(r"^\| `([^`]+)`", _text("docs/decisions/0002-libraries.md"), re.MULTILINE)

    assert sorted(recorded) == sorted(_direct_dependencies())


def test_npm_packages_are_pinned_exactly():
    versions = _npm_packages().values()

    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_every_marker_of_the_suite_is_explained_to_contributors():
    markers = tomllib.loads(_text("pyproject.toml"))["tool"]["pytest"]["ini_options"]["markers"]

    contributing = _text("CONTRIBUTING.md")

    assert [m for m in markers if f"`{m.partition(':')[0]}`" not in contributing] == []


def test_every_link_between_documents_leads_somewhere():
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in DOCUMENTS
        for target in re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", document.read_text())
        if "://" not in target and not target.startswith("mailto:")
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_every_path_that_the_contributors_guide_names_exists():
    named = re.findall(
        r"`((?:tests|docs|benchmarks|config|\.ci)/[\w./-]*\w/?)`", _text("CONTRIBUTING.md")
    )

    assert len(named) > 3
    assert [path for path in named if not (ROOT / path).exists()] == []
