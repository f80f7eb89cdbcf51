"""Mutants of the permission code: one small mistake each, put into the running functions.

    python -m pytest -n 0 -p tests.api.mutants --mutants FILE --unnoticed FILE TESTS...

says which of the mutants in a file no test notices; ``test_mutants`` does the rest.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import json
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

MODULES = ("venues.permissions", "events.permissions", "touring.permissions")
_SWAPPED: dict[type, type] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """``function`` of ``module`` with the mistake that ``mistake`` describes."""

    module: str
    number: int
    function: str
    mistake: str
    code: types.CodeType

    def __str__(self) -> str:
        return f"{self.module}:{self.number} {self.function}: {self.mistake}"


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of the module, in the order of its lines."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    number = 0
    for place, node in enumerate(tree.body):
        if not isinstance(node, ast.FunctionDef):
            continue
        for point in range(len(list(_changes(node)))):
            mutated = copy.deepcopy(tree)
            mistake, change = list(_changes(mutated.body[place]))[point]
            change()
            ast.fix_missing_locations(mutated)
            whole = compile(mutated, module, "exec", dont_inherit=True)
            code = next(
                one
                for one in whole.co_consts
                if isinstance(one, types.CodeType) and one.co_name == node.name
            )
            yield Mutant(module, number, node.name, mistake, code)
            number += 1


@contextmanager
def in_place(mutant: Mutant) -> Iterator[None]:
    """Everybody who calls the function meets the mutant, wherever they imported it from."""
    function = getattr(importlib.import_module(mutant.module), mutant.function)
    right = function.__code__
    function.__code__ = mutant.code
    try:
        yield
    finally:
        function.__code__ = right


def _changes(function: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each mistake that can be made in the body, as a change of the given tree."""
    for statement in function.body:  # type: ignore[attr-defined]  # a function's
        for node in ast.walk(statement):
            yield from _changes_of(node)


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Callable[[], None]]]:
    where = f"line {getattr(node, 'lineno', 0)}"
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED:
        wrong = _SWAPPED[type(node.ops[0])]
        yield f"{where}: {wrong.__name__}", lambda: node.ops.__setitem__(0, wrong())
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in _SWAPPED:
        other = _SWAPPED[type(node.op)]
        yield f"{where}: {other.__name__}", lambda: setattr(node, "op", other())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"{where}: without not", lambda: setattr(node, "op", ast.UAdd())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield f"{where}: without ~", lambda: setattr(node, "op", ast.UAdd())
    if isinstance(node, ast.If | ast.IfExp):
        for truth in (True, False):
            yield (
                f"{where}: if {truth}",
                lambda truth=truth: setattr(node, "test", ast.Constant(truth)),
            )
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{where}: {not node.value}", lambda: setattr(node, "value", not node.value)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        other_name = _OTHER_OPERATION.get(node.value)
        if other_name:
            yield f"{where}: {other_name}", lambda: setattr(node, "value", other_name)
    if isinstance(node, ast.Call):
        yield from _forgotten(node, where)


def _forgotten(call: ast.Call, where: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """Places and states that the question leaves out."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in ("may", "where", "filter", "exclude", "Q"):
        return
    for keyword in call.keywords:
        if keyword.arg not in (None, "on"):
            yield (
                f"{where}: {name}() without {keyword.arg}",
                lambda keyword=keyword: call.keywords.remove(keyword),
            )


def _other_operations() -> dict[str, str]:
    """Each operation with another one that other roles, or other places, may do."""
    rights = importlib.import_module("venues.rights").RIGHTS
    answers: dict[str, set[object]] = {}
    for right in rights:
        answers.setdefault(right.operation, set()).add((right.roles, right.over))
    names = list(answers)
    return {
        name: next(other for other in names if answers[other] != answers[name]) for name in names
    }


_OTHER_OPERATION: dict[str, str] = {}


def prepare() -> None:
    """Read the table of rights; Django must have started."""
    _OTHER_OPERATION.update(_other_operations())


# ---- a run of tests in which every test meets the mutants of what it calls -------------------------


class _Trial:
    """Each test runs once as it is, then once more with every mutant nobody noticed so far."""

    def __init__(self, names: set[str], answer: Path) -> None:
        prepare()
        self.answer = answer
        self.left: dict[str, list[Mutant]] = {}
        for mutant in (one for module in MODULES for one in mutants(module)):
            if f"{mutant.module}:{mutant.number}" in names:
                self.left.setdefault(f"{mutant.module}.{mutant.function}", []).append(mutant)

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        with called() as seen:
            reports = runtestprotocol(item, nextitem=nextitem)
        if all(report.passed for report in reports):
            for name in sorted(seen & self.left.keys()):
                self.left[name] = [
                    one for one in self.left[name] if not self._is_noticed(one, item, nextitem)
                ]
        return True

    def _is_noticed(self, mutant: Mutant, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        item._initrequest()  # type: ignore[attr-defined]  # as pytest-rerunfailures does
        with in_place(mutant):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
        return any(report.failed for report in reports)

    def pytest_sessionfinish(self) -> None:
        left = [str(mutant) for some in self.left.values() for mutant in some]
        self.answer.write_text(json.dumps(left))


@contextmanager
def called() -> Iterator[set[str]]:
    """The functions of the permission code that are called meanwhile, by their dotted names."""
    files = tuple(name.replace(".", "/") + ".py" for name in MODULES)
    seen: set[str] = set()

    def note(frame: types.FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.endswith(files):
            seen.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_name}")

    sys.setprofile(note)
    threading.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutants", help="file: a mutant (MODULE:NUMBER) per line")
    parser.addoption("--unnoticed", help="file: gets those that no test noticed, as JSON")


def pytest_collection_finish(session: pytest.Session) -> None:
    options = session.config.option
    if options.mutants:
        names = set(Path(options.mutants).read_text().split())
        session.config.pluginmanager.register(_Trial(names, Path(options.unnoticed)))
