"""The floor plan holds, and each of its contracts bites."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / ".importlinter"
STOREYS = ["venues", "events", "touring", "api", "web", "config"]  # lowest first

# What is broken, in which module, by which line. An import that breaks the order of two storeys
# or a ban twice over is named with both contracts.
VIOLATIONS = {
    "storeys": ("venues/models/violation.py", "import events.errors", {"house"}),
    "unlisted room of venues": ("venues/utils.py", "", {"venues-rooms"}),
    "unlisted room of events": ("events/utils.py", "", {"events-rooms"}),
    "unlisted room of touring": ("touring/utils.py", "", {"touring-rooms"}),
    "unlisted room of the engine": ("touring/planning/utils.py", "", {"engine-rooms"}),
    "venues upward": ("venues/crs.py", "import venues.models", {"venues-rooms", "pure"}),
    "events upward": ("events/errors.py", "import events.ical", {"events-rooms"}),
    "touring upward": ("touring/errors.py", "import touring.planning", {"touring-rooms"}),
    "engine upward": (
        "touring/planning/distances.py",
        "import touring.planning.stop",
        {"engine-rooms"},
    ),
    "Django in a pure room": ("events/ical/violation.py", "import django", {"pure"}),
    "REST framework below": ("web/violation.py", "import rest_framework", {"drf-at-the-edge"}),
    "schema library below": ("web/violation.py", "import drf_spectacular", {"drf-at-the-edge"}),
    "settings imported": (
        "web/violation.py",
        "import config.settings.base",
        {"house", "settings-at-the-top"},
    ),
    "engine from outside": ("api/violation.py", "import touring.planning", {"engine-door"}),
    "celery outside tasks": ("web/violation.py", "import celery", {"celery-in-tasks"}),
    "geopy outside adapters": ("web/violation.py", "import geopy", {"geopy-in-adapters"}),
    "openpyxl outside imports": ("web/violation.py", "import openpyxl", {"openpyxl-in-imports"}),
    "HTTP client outside adapters": ("web/violation.py", "import urllib3", {"http-in-adapters"}),
}


def _contracts() -> dict[str, dict[str, str]]:
    """Every contract by its id."""
    parser = configparser.ConfigParser()
    parser.read(CONFIGURATION)
    prefix = "importlinter:contract:"
    return {
        name.removeprefix(prefix): dict(parser[name])
        for name in parser.sections()
        if name.startswith(prefix)
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _broken_contracts(house: Path) -> set[str]:
    """The ids of the contracts that import-linter finds broken in a copy of the house."""
    lint = (
        "import sys; sys.path.insert(0, '.');"
        "from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    )
    result = subprocess.run(
        [sys.executable, "-c", lint], cwd=house, capture_output=True, text=True, check=False
    )
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", result.stdout, flags=re.MULTILINE))
    ids = {contract["name"]: name for name, contract in _contracts().items()}
    assert verdicts.keys() == ids.keys(), result.stdout + result.stderr
    return {ids[title] for title, verdict in verdicts.items() if verdict == "BROKEN"}


def _copy_of_the_house(folder: Path) -> Path:
    for storey in STOREYS:
        shutil.copytree(
            ROOT / storey,
            folder / storey,
            ignore=lambda _, names: [n for n in names if "." in n and not n.endswith(".py")],
        )
    shutil.copy(CONFIGURATION, folder)
    return folder


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of all packages and of the contracts, free to be spoilt."""
    return _copy_of_the_house(tmp_path)


@pytest.fixture(scope="module")
def already_broken(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What is broken without a deliberate violation: nothing, or one test says so for all."""
    return _broken_contracts(_copy_of_the_house(tmp_path_factory.mktemp("house")))


def test_the_house_as_it_stands_keeps_every_contract(already_broken):
    assert already_broken == set()


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_deliberate_violation_breaks_exactly_its_contract(house, already_broken, violation):
    path, line, expected = VIOLATIONS[violation]
    module = house / path
    module.write_text((module.read_text() if module.exists() else "") + f"\n{line}\n")

    assert _broken_contracts(house) - already_broken == expected - already_broken


def test_a_cycle_between_siblings_breaks_exactly_its_contract(house, already_broken):
    (house / "web" / "one.py").write_text("import web.two\n")
    (house / "web" / "two.py").write_text("import web.one\n")

    assert _broken_contracts(house) - already_broken == {"acyclic"} - already_broken


def test_every_contract_is_broken_once_above():
    broken_above = {name for _, _, names in VIOLATIONS.values() for name in names} | {"acyclic"}

    assert broken_above == _contracts().keys()


@pytest.mark.parametrize(
    ("path", "is_refused"),
    [("web/violation.py", True), ("venues/violation.py", True), ("events/adapters/x.py", False)],
)
@pytest.mark.parametrize(
    "line", ["import urllib.request", "from http.client import HTTPSConnection"]
)
def test_lint_refuses_to_open_connections_outside_the_adapters(path, is_refused, line):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select=TID251", "--stdin-filename", path, "-"],
        cwd=ROOT,
        input=line + "\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode == 1) is is_refused
    assert ("TID251" in result.stdout) is is_refused


def test_every_top_level_package_is_a_root_package():
    parser = configparser.ConfigParser()
    parser.read(CONFIGURATION)

    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}

    assert sorted(_lines(parser["importlinter"]["root_packages"])) == sorted(folders)
    assert sorted(folders) == sorted(STOREYS)


def test_every_pure_room_that_exists_is_guarded():
    rooms = [
        "touring/planning",
        "events/ical",
        "events/recurrence",
        "events/itip",
        "touring/lifecycles",
    ]
    rooms += ["venues/opening", "touring/lifecycles.py"]
    rooms += [f"venues/{name}.py" for name in ("spans", "texts", "geocoding", "crs")]
    rooms += [f"venues/{name}.py" for name in ("lunar", "workdays")]

    existing = {
        room.removesuffix(".py").replace("/", ".") for room in rooms if (ROOT / room).exists()
    }

    assert set(_lines(_contracts()["pure"]["source_modules"])) == existing


def test_no_foreign_key_points_upward():
    """Strings such as ``"venues.Venue"`` escape the import contracts."""
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if (storey := model._meta.app_label) in STOREYS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model._meta.app_label in STOREYS
        if STOREYS.index(field.related_model._meta.app_label) > STOREYS.index(storey)
    ]

    assert upward == []


def test_no_foreign_key_stays_within_its_storey_by_accident():
    """The question above could have an answer: there are keys that point downward."""
    downward = {
        (model._meta.app_label, field.related_model._meta.app_label)
        for model in apps.get_models()
        if model._meta.app_label in STOREYS
        for field in model._meta.get_fields()
        if field.many_to_one and field.related_model is not None
    }

    assert ("events", "venues") in downward
    assert ("touring", "venues") in downward
