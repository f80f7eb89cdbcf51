"""``./run bench`` starts what it is asked for and ends with one JSON object."""

from __future__ import annotations

import json
import sys
import types

from benchmarks import run


def test_unknown_benchmark_is_refused_with_the_list_of_those_there_are(capsys, monkeypatch):
    monkeypatch.setattr(run, "names", lambda: ["feeds", "planner"])

    code = run.main(["planer"])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err == "There is no benchmark 'planer'. There are: feeds, planner.\n"


def test_benchmark_gets_its_arguments_and_its_answer_is_the_last_line(capsys, monkeypatch):
    feeds = types.ModuleType("benchmarks.feeds")

    def main(argv: list[str]) -> dict[str, object]:
        sys.stdout.write("a table\n")
        return {"seed": 7, "asked": argv}

    feeds.main = main
    monkeypatch.setattr(run, "names", lambda: ["feeds"])
    monkeypatch.setitem(sys.modules, "benchmarks.feeds", feeds)

    code = run.main(["feeds", "--entries", "1000"])

    table, last = capsys.readouterr().out.splitlines()
    answer = json.loads(last)
    assert (code, table) == (0, "a table")
    assert answer | {"machine": None, "seconds": None} == {
        "benchmark": "feeds",
        "machine": None,
        "seconds": None,
        "seed": 7,
        "asked": ["--entries", "1000"],
    }
    assert sorted(answer["machine"]) == ["cores", "load_average", "python", "system"]


def test_every_benchmark_can_be_started():
    for name in run.names():
        module = __import__(run.module_of(name), fromlist=["main"])
        assert callable(module.main), name
