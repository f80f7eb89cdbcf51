"""Instances and plans as JSON. Nothing is solved or judged in here."""

from touring.planning.formats.branch import (
    difference_document,
    parse_branch,
    read_branch,
    stop_document,
)
from touring.planning.formats.canonical import canonical_json, sha256_of
from touring.planning.formats.disturbance import (
    parse_disturbances,
    read_disturbances,
    replanned_document,
)
from touring.planning.formats.fields import loads_json
from touring.planning.formats.instance import INSTANCE_FORMAT, parse_instance, read_instance
from touring.planning.formats.plan import (
    PLAN_FORMAT,
    InvalidPlan,
    equity_document,
    parse_plan,
    plan_document,
    plan_hash,
    read_plan,
    reason_document,
    unserved_document,
    value_document,
    write_plan,
)
from touring.planning.formats.rest import parse_rest, read_rest
from touring.planning.formats.writing import (
    instance_document,
    instance_hash,
    pretty_json,
    write_instance,
)

__all__ = [
    "INSTANCE_FORMAT",
    "PLAN_FORMAT",
    "InvalidPlan",
    "canonical_json",
    "difference_document",
    "equity_document",
    "instance_document",
    "instance_hash",
    "loads_json",
    "parse_branch",
    "parse_disturbances",
    "parse_instance",
    "parse_plan",
    "parse_rest",
    "plan_document",
    "plan_hash",
    "pretty_json",
    "read_branch",
    "read_disturbances",
    "read_instance",
    "read_plan",
    "read_rest",
    "reason_document",
    "replanned_document",
    "sha256_of",
    "stop_document",
    "unserved_document",
    "value_document",
    "write_instance",
    "write_plan",
]
