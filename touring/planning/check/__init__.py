"""The judge: does a plan keep the rules, and what is it worth? Shares no rule with the solvers.

Everything is recomputed here from the plain records of the statement, in the words of
:mod:`touring.planning.problem`; the arrays and helpers that solvers use are deliberately not
touched. Slower and simpler than they are, so that it can be believed.
"""

from __future__ import annotations

from touring.planning.check.network import Network
from touring.planning.check.shared_rules import shared_violations
from touring.planning.check.unit_rules import unit_violations
from touring.planning.check.violation import Violation
from touring.planning.check.worth import worth
from touring.planning.problem import Problem
from touring.planning.result import Plan, Value

__all__ = ["Violation", "value", "violations"]


def violations(problem: Problem, plan: Plan) -> list[Violation]:
    """Every broken rule, sorted by code, unit, request and day; empty for a feasible plan.

    Stops that name an unknown unit or request are reported (code ``ID``) and not judged
    further.
    """
    network = Network(problem)
    known, found = network.recognised(plan)
    found += unit_violations(network, known)
    found += shared_violations(network, known)
    return sorted(found)


def value(problem: Problem, plan: Plan, previous: Plan | None = None) -> Value:
    """The worth of ``plan`` by parts; changes are counted against ``previous``."""
    network = Network(problem)
    known, _ = network.recognised(plan)
    return worth(network, known, previous)
