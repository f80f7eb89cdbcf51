"""PyVRP: prizes, alternatives as groups, one profile per set of requests that fit."""

import json
import sys

from pyvrp import Model
from pyvrp.stop import MaxRuntime

asked = json.load(sys.stdin)
model = Model()
points = [model.add_location(x=i, y=0) for i in range(len(asked["distance"]))]
kinds = sorted({tuple(unit["fits"]) for unit in asked["units"]})
profiles = {kind: model.add_profile() for kind in kinds}
for unit in asked["units"]:
    home = points[unit["home"]]
    depot = model.add_depot(home)
    model.add_vehicle_type(
        1,
        start_depot=depot,
        end_depot=depot,
        tw_early=unit["first"],
        tw_late=unit["end"],
        profile=profiles[tuple(unit["fits"])],
        name=str(asked["units"].index(unit)),
    )
clients = []
for number, request in enumerate(asked["requests"]):
    group = model.add_client_group(required=False) if len(request["choices"]) > 1 else None
    for choice in request["choices"]:
        model.add_client(
            points[request["host"]],
            service_duration=request["service"],
            tw_early=choice["first"],
            tw_late=choice["last"],
            prize=choice["prize"],
            required=False,
            group=group,
        )
        clients.append(number)
hosts_of = {kind: {asked["requests"][r]["host"] for r in kind} for kind in kinds}
homes = {unit["home"] for unit in asked["units"]}
for kind, profile in profiles.items():
    allowed = sorted(hosts_of[kind] | homes)
    for one in allowed:
        for two in allowed:
            distance, days = asked["distance"][one][two], asked["duration"][one][two]
            model.add_edge(points[one], points[two], distance, days, profile=profile)
result = model.solve(MaxRuntime(asked["seconds"]), seed=asked["seed"], display=False)
routes: list[list[list[int]]] = [[] for _ in asked["units"]]
for route in result.best.routes():
    for visit in route.schedule():
        if visit.is_client():
            routes[route.vehicle_type()].append([clients[visit.idx], int(visit.start_time)])
print(json.dumps({"routes": routes}))
