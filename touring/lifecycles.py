"""The lifecycles of requests, stops and holds: tables that the services follow and docs show.

A step is legal when the table has a row for the operation and the state; nothing else decides
about it. ``docs/lifecycles.md`` is :func:`document`, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class State:
    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Step:
    """``operation`` leads from any of ``sources`` to one of ``targets``.

    ``decided_by`` names who, in the words of the roles; ``gates`` what must be there first.
    Of several targets the row itself says which: a resumed stop becomes what it was.
    """

    operation: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    decided_by: str
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lifecycle:
    name: str
    title: str
    states: tuple[State, ...]
    initial: tuple[str, ...]
    steps: tuple[Step, ...]

    def find(self, operation: str, state: str) -> Step | None:
        """The step that ``operation`` is from ``state``; none: it is no step from there."""
        for step in self.steps:
            if step.operation == operation and state in step.sources:
                return step
        return None

    def decided_by(self, operation: str) -> str:
        """Who takes the first of the operation's steps; nobody (empty): there is no such step."""
        return next((one.decided_by for one in self.steps if one.operation == operation), "")

    def sources(self, operation: str) -> tuple[str, ...]:
        """All states from which the operation leads on, in the order of the table."""
        return tuple(
            dict.fromkeys(
                state for one in self.steps if one.operation == operation for state in one.sources
            )
        )

    def operations(self, state: str) -> tuple[str, ...]:
        """What can be done with a row in ``state``, in the order of the table."""
        return tuple(dict.fromkeys(one.operation for one in self.steps if state in one.sources))

    def reachable(self) -> frozenset[str]:
        found = set(self.initial)
        while (
            more := {
                target
                for step in self.steps
                if found.intersection(step.sources)
                for target in step.targets
            }
            - found
        ):
            found |= more
        return frozenset(found)


def _step(operation: str, sources: str, targets: str, decided_by: str, gates: str = "") -> Step:
    return Step(
        operation, tuple(sources.split()), tuple(targets.split()), decided_by, tuple(gates.split())
    )


REQUEST = Lifecycle(
    name="request",
    title="申报 / Tour request",
    states=(
        State("draft", "草稿", "draft"),
        State("submitted", "已提交", "submitted"),
        State("endorsed", "县级已同意", "endorsed by the county"),
        State("returned", "已退回", "returned"),
        State("consolidated", "市级已汇总", "consolidated by the prefecture"),
        State("waiting", "候补", "waiting"),
        State("accepted", "已受理", "accepted"),
        State("rejected", "未受理", "rejected"),
        State("planned", "已排期", "planned"),
        State("fulfilled", "已完成", "fulfilled"),
        State("withdrawn", "已撤回", "withdrawn"),
        State("expired", "已过期", "expired"),
    ),
    initial=("draft",),
    steps=(
        _step("submit", "draft returned", "submitted", "host_contact", "within_deadline"),
        _step("endorse", "submitted", "endorsed", "county_officer", "under_a_call"),
        _step("return", "submitted", "returned", "county_officer", "under_a_call reason"),
        _step("return", "endorsed", "returned", "prefecture_officer", "reason"),
        _step("return", "consolidated", "returned", "province_officer", "reason"),
        _step("consolidate", "endorsed", "consolidated", "prefecture_officer", "quota"),
        _step("wait", "consolidated", "waiting", "province_officer"),
        _step("accept", "consolidated waiting", "accepted", "province_officer"),
        _step("accept", "submitted", "accepted", "tour_planner", "without_a_call"),
        _step("reject", "consolidated waiting", "rejected", "province_officer", "reason"),
        _step("reject", "submitted accepted", "rejected", "tour_planner", "reason"),
        _step("change", "draft", "draft", "host_contact"),
        _step("change", "returned", "returned", "host_contact"),
        _step("change", "submitted accepted", "submitted", "host_contact"),
        _step("plan", "accepted waiting", "planned", "publication"),
        _step("unplan", "planned", "accepted", "publication"),
        _step("fulfil", "accepted planned", "fulfilled", "closing of the stop"),
        _step(
            "withdraw",
            "draft submitted endorsed returned consolidated waiting accepted planned",
            "withdrawn",
            "host_contact",
            "stop_not_under_way",
        ),
        _step(
            "expire",
            "draft submitted endorsed returned consolidated waiting accepted",
            "expired",
            "timetable",
            "deadline_over",
        ),
    ),
)

STOP = Lifecycle(
    name="stop",
    title="站 / Stop",
    states=(
        State("proposed", "拟定", "proposed"),
        State("option", "意向", "option"),
        State("challenged", "被挑战", "challenged"),
        State("confirmed", "已确认", "confirmed"),
        State("contracted", "已签约", "contracted"),
        State("preparing", "准备中", "preparing"),
        State("in_transit", "运输中", "in transit"),
        State("installing", "布展中", "installing"),
        State("open", "展出中", "open"),
        State("suspended", "暂停", "suspended"),
        State("closing", "撤展中", "closing"),
        State("handed_over", "已交接", "handed over"),
        State("reported", "已总结", "reported"),
        State("closed", "已闭展", "closed"),
        State("released", "已释放", "released"),
        State("cancelled", "已取消", "cancelled"),
    ),
    initial=("proposed", "confirmed"),
    steps=(
        _step("offer", "proposed", "option", "tour_planner"),
        _step("challenge", "option", "challenged", "holder of a lower hold"),
        _step("unchallenge", "challenged", "option", "release of the challenging hold"),
        _step("confirm", "proposed option challenged", "confirmed", "tour_planner", "first_hold"),
        _step("contract", "proposed confirmed", "contracted", "tour_planner", "agreement_signed"),
        _step("prepare", "contracted", "preparing", "operator"),
        _step(
            "depart",
            "preparing",
            "in_transit",
            "hub_keeper",
            "facility_report_valid customs_cover_the_stay",
        ),
        _step("install", "in_transit", "installing", "operator"),
        _step("open", "installing", "open", "operator", "guides_trained condition_on_arrival"),
        _step("strike", "open", "closing", "operator"),
        _step("hand_over", "closing", "handed_over", "operator", "condition_on_departure handover"),
        _step("report", "handed_over", "reported", "host_contact", "counts_and_summary"),
        _step("settle", "reported", "closed", "tour_planner"),
        _step(
            "suspend",
            "confirmed contracted preparing in_transit installing open",
            "suspended",
            "administrator",
        ),
        _step(
            "resume",
            "suspended",
            "confirmed contracted preparing in_transit installing open",
            "administrator",
        ),
        _step(
            "move",
            "proposed option challenged confirmed contracted preparing in_transit installing open",
            "same",
            "tour_planner",
        ),
        _step("cancel", "proposed option challenged confirmed", "released", "tour_planner"),
        _step(
            "cancel",
            "contracted preparing in_transit installing open suspended",
            "cancelled",
            "tour_planner",
            "reason",
        ),
        _step("propose", "released cancelled", "proposed", "publication"),
    ),
)

HOLD = Lifecycle(
    name="hold",
    title="占位 / Hold",
    states=(
        State("live", "有效", "live"),
        State("challenged", "被挑战", "challenged"),
        State("confirmed", "已确认", "confirmed"),
        State("released", "已释放", "released"),
        State("expired", "已过期", "expired"),
        State("killed", "已失效", "killed by a confirmation"),
    ),
    initial=("live",),
    steps=(
        _step("challenge", "live challenged", "challenged", "holder of a lower hold"),
        _step("unchallenge", "challenged", "live", "release of the challenging hold"),
        _step("confirm", "live challenged", "confirmed", "holder", "first_rank"),
        _step("release", "live challenged", "released", "holder"),
        _step("expire", "live challenged", "expired", "timetable", "clock_over"),
        _step("kill", "live challenged", "killed", "confirmation of a higher hold"),
    ),
)

ALL = (REQUEST, STOP, HOLD)

ACTIVE_REQUESTS = (
    "draft",
    "submitted",
    "endorsed",
    "returned",
    "consolidated",
    "waiting",
    "accepted",
    "planned",
)
"""A county has one of these per programme and year."""

PLANNED_REQUESTS = ("accepted", "planned", "fulfilled")
"""What the planner may serve, or serves."""

FREEING_STOPS = ("released", "cancelled")
"""Unit and place are free again."""

PUBLIC_STOPS = (
    "contracted",
    "preparing",
    "in_transit",
    "installing",
    "open",
    "suspended",
    "closing",
    "handed_over",
    "reported",
    "closed",
)
"""The public sees the run: nothing before a contract is signed."""

STANDING_STOPS = (
    "in_transit",
    "installing",
    "open",
    "closing",
    "handed_over",
    "reported",
    "closed",
)
"""Under way or over: cannot be planned otherwise any more."""

UNDECIDED_STOPS = ("proposed", "option", "challenged")
"""Nobody has agreed on the dates yet."""

ENDED_STOPS = ("closing", "handed_over", "reported", "closed")
"""The run is over: nothing about its dates is to be answered any more."""

DELIVERED_STOPS = ("open", *ENDED_STOPS)
"""The public was, or is, let in."""

LIVE_HOLDS = ("live", "challenged")


def document() -> str:
    """``docs/lifecycles.md``."""
    return "\n".join(
        [
            "# Lifecycles",
            "",
            "Drawn from `touring/lifecycles.py`, which the services follow; a test compares.",
            "`same`: the state stays. Gates are explained in `docs/glossary.md`.",
            *(line for cycle in ALL for line in _chapter(cycle)),
            "",
        ]
    )


def _chapter(cycle: Lifecycle) -> Iterator[str]:
    yield from ("", f"## {cycle.title}", "", "```mermaid", "stateDiagram-v2")
    for state in cycle.initial:
        yield f"    [*] --> {state}"
    for step in cycle.steps:
        for source in step.sources:
            for target in step.targets:
                yield f"    {source} --> {source if target == 'same' else target}: {step.operation}"
    yield from ("```", "", "| state | 中文 | English |", "|---|---|---|")
    yield from (f"| `{one.name}` | {one.zh} | {one.en} |" for one in cycle.states)
    yield from ("", "| operation | from | to | decided by | gates |", "|---|---|---|---|---|")
    for step in cycle.steps:
        sources, targets = ", ".join(step.sources), ", ".join(step.targets)
        gates = ", ".join(f"`{gate}`" for gate in step.gates)
        yield f"| {step.operation} | {sources} | {targets} | {step.decided_by} | {gates} |"
