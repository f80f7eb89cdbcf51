"""Pairings, vehicles, visits, suspensions and what a unit travels with, over HTTP."""

from __future__ import annotations

import base64
import io
from datetime import date

import openpyxl
import pytest
from django.utils import timezone

from tests.factories.touring import (
    HoldFactory,
    UnitFactory,
)
from tests.factories.venues import MembershipFactory, OrganisationFactory
from touring.models import (
    CustomsDocument,
    Move,
    OdometerReading,
    Pairing,
    RequestStep,
    ServiceVisit,
    Suspension,
    Vehicle,
)
from touring.services.papers import MOST_BYTES, attach_to_request
from venues.models import Role


def _hold(network, number):
    HoldFactory(
        uid=f"h-{number}",
        unit=network.unit,
        venue=network.museum,
        opens_on=date(2040 + number, 1, 1),
    )


def _step(network, number):
    RequestStep.objects.create(
        request=network.drafted, operation="submit", at=timezone.now(), version=1
    )


def _paper(network, number):
    attach_to_request(
        request_id=network.drafted.pk,
        name=f"{number}.pdf",
        content=b"%PDF-" + bytes([48 + number]),
        by=network.people["host"],
        now=timezone.now(),
    )


def _pairing(network, number):
    Pairing.objects.create(
        code=f"P-{number}",
        donor=network.organisation,
        recipient=network.county,
        first_date=date(2027, 1, 1),
        end_date=date(2028, 1, 1),
        yearly_stops=1,
        created_at=timezone.now(),
    )


def _vehicle(network, number):
    unit = UnitFactory(code=f"CAR-{number}", home=network.unit.home)
    vehicle = Vehicle.objects.create(unit=unit, plate=f"P-{number}", issued_on=date(2012, 1, 1))
    OdometerReading.objects.create(vehicle=vehicle, day=date(2026, 1, 1), km=5)


def _visit(network, number):
    ServiceVisit.objects.create(
        vehicle=network.vehicle,
        point=network.museum,
        day=date(2020, 1, 1 + number),
        demand={},
        demanded_at=timezone.now(),
    )


def _reading(network, number):
    OdometerReading.objects.create(
        vehicle=network.vehicle, day=date(2025, 1, 1 + number), km=number
    )


def _suspension(network, number):
    Suspension.objects.create(
        region=network.county,
        first_date=date(2032, 1, 1),
        end_date=date(2032, 2, 1),
        reason_zh="洪水",
        declared_at=timezone.now(),
    )


def _customs(network, number):
    CustomsDocument.objects.create(
        unit=network.unit,
        country="NP",
        first_date=date(2027, 1, 1),
        end_date=date(2027, 2, 1),
    )


def _move(network, number):
    Move.objects.create(
        unit=network.unit,
        origin=network.unit.home,
        destination=network.museum,
        departs_at=timezone.now(),
        arrives_at=timezone.now() + timezone.timedelta(hours=5),
        recorded_at=timezone.now(),
    )


LISTS = {
    "holds/": _hold,
    "tour-requests/R-3/steps/": _step,
    "tour-requests/R-3/papers/": _paper,
    "pairings/": _pairing,
    "vehicles/": _vehicle,
    "vehicles/?due=true": _vehicle,
    "vehicles/V-1/readings/": _reading,
    "visits/": _visit,
    "suspensions/": _suspension,
    "units/U-1/customs-documents/": _customs,
    "units/U-1/moves/": _move,
}


@pytest.mark.parametrize("address", LISTS)
def test_P3_the_lists_need_the_same_queries_for_any_number(
    network, address, django_assert_max_num_queries
):
    caller = network.caller("planner")
    caller.get("/api/v1/notices/")  # the key's first use is noted
    counted = []
    for number in range(3):
        LISTS[address](network, number)
        if number == 1:
            continue
        with django_assert_max_num_queries(40) as queries:
            answer = caller.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.content
        counted.append((len(answer.json()["results"]), len(queries)))

    (few, one), (many, three) = counted
    assert many == few + 2
    assert three == one


def test_a_pairing_is_recorded_reported_and_ended(network):
    caller = network.caller("planner")
    made = caller.post(
        "/api/v1/pairings/",
        {
            "code": "ANHUI-QINGHAI",
            "donor": "org",
            "recipient": "C",
            "first_date": "2028-01-01",
            "end_date": "2030-01-01",
            "yearly_stops": 2,
            "units": ["U-3"],
        },
        format="json",
    )
    assert made.status_code == 201
    assert made.headers["Location"] == "/api/v1/pairings/ANHUI-QINGHAI/"
    assert made.json()["years"] == [
        {"year": 2028, "promised": 2, "planned": 1, "delivered": 0, "is_broken": True},
        {"year": 2029, "promised": 2, "planned": 0, "delivered": 0, "is_broken": True},
    ]

    address = "/api/v1/pairings/ANHUI-QINGHAI/end/"
    late = caller.post(address, {"end_date": "2031-01-01"}, format="json")
    ended = caller.post(address, {"end_date": "2029-01-01"}, format="json")

    assert late.json()["code"] == "invalid_pairing"
    assert [year["year"] for year in ended.json()["years"]] == [2028]


def test_a_donor_sees_their_own_pairing_and_no_other(network):
    donor = MembershipFactory(
        role=Role.PAIRED_DONOR, venue=None, organisation=network.partner.organisation
    ).user
    other = MembershipFactory(
        role=Role.PAIRED_DONOR, venue=None, organisation=OrganisationFactory()
    ).user
    network.people.update(donor=donor, other=other)

    seen = [
        [row["code"] for row in network.caller(name).get("/api/v1/pairings/").json()["results"]]
        for name in ("donor", "other")
    ]

    assert seen == [["PAIR-1"], []]


def test_a_suspension_shows_what_it_touched_and_what_is_proposed(network):
    plan = network.plan
    plan.published_version = network.version
    plan.save()
    network.contracted.plan = plan
    network.contracted.save()
    caller = network.caller("administrator")

    made = caller.post(
        "/api/v1/suspensions/",
        {
            "region": "C",
            "first_date": "2028-03-01",
            "end_date": "2028-03-10",
            "reason_zh": "洪水",
        },
        format="json",
    )
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["stops"] == [{"stop": "contracted", "was": "contracted"}]
    runs = [caller.get(f"/api/v1/runs/{run}/").json()["kind"] for run in told["replan_runs"]]
    assert runs == ["replan"]

    lifted = caller.post(f"/api/v1/suspensions/{told['id']}/lift/")
    again = caller.post(f"/api/v1/suspensions/{told['id']}/lift/")

    assert lifted.json()["lifted_at"]
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_O5_the_workbook_of_requests_holds_what_one_may_see_and_no_formula(network):
    network.request.note = '=HYPERLINK("https://evil.example")'
    network.request.save()
    address = "/api/v1/seasons/2027/tour-requests.xlsx"

    answers = {
        name: network.caller(name).get(address) for name in ("planner", "stranger", "anonymous")
    }

    assert answers["anonymous"].status_code == 401
    sheets = {
        name: openpyxl.load_workbook(io.BytesIO(answers[name].content)).worksheets[0]
        for name in ("planner", "stranger")
    }
    cells = [cell for row in sheets["planner"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n", "d", "b"}
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    codes = [
        [cell.value for row in sheet.iter_rows() for cell in row if cell.value in ("R-1", "R-2")]
        for sheet in sheets.values()
    ]
    assert codes == [["R-1", "R-2"], []]


def test_a_paper_of_ten_mebibytes_is_taken_and_one_byte_more_is_not(network):
    caller = network.caller("host")
    address = "/api/v1/tour-requests/R-3/papers/"
    content = b"%PDF-" + bytes(MOST_BYTES - 5)

    taken, refused = (
        caller.post(
            address,
            {"name": "plan.pdf", "content": base64.b64encode(one).decode()},
            format="json",
        )
        for one in (content, content + b"0")
    )

    assert (taken.status_code, taken.json()["size"]) == (201, MOST_BYTES)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_paper")


def test_crates_are_replaced_as_a_list(network):
    caller, address = network.caller("planner"), "/api/v1/units/U-1/crates/"
    for numbers in (["1", "2"], ["2", "3"]):
        body = {"crates": [{"number": number, "weight_kg": 40} for number in numbers]}
        assert caller.put(address, body, format="json").status_code == 200

    twice = {"crates": [{"number": "1"}, {"number": "1"}]}
    assert caller.put(address, twice, format="json").json()["code"] == "invalid_record"
    assert [row["number"] for row in caller.get(address).json()["crates"]] == ["2", "3"]
