"""CP-SAT: a circuit per unit over the requests that it fits, one arrival day per request."""

import json
import sys

from ortools.sat.python import cp_model

asked = json.load(sys.stdin)
units, requests = asked["units"], asked["requests"]
distance, duration = asked["distance"], asked["duration"]
scale = 10_000
model = cp_model.CpModel()
arrival: dict[int, cp_model.IntVar] = {}
picked: dict[int, list[cp_model.IntVar]] = {}
prizes = []
for r, one in enumerate(requests):
    if not one["choices"]:
        continue
    spans = [[c["first"], c["last"]] for c in one["choices"]]
    arrival[r] = model.new_int_var_from_domain(cp_model.Domain.from_intervals(spans), f"day{r}")
    picked[r] = []
    for choice in one["choices"]:
        literal = model.new_bool_var("")
        model.add(arrival[r] >= choice["first"]).only_enforce_if(literal)
        model.add(arrival[r] <= choice["last"]).only_enforce_if(literal)
        picked[r].append(literal)
        prizes.append(choice["prize"] * literal)
served: dict[int, list[cp_model.IntVar]] = {r: [] for r in arrival}
costs = []
for unit in units:
    mine, home = [r for r in unit["fits"] if r in arrival], unit["home"]
    arcs = [(0, 0, model.new_bool_var(""))]
    for i, r in enumerate(mine, 1):
        host, service = requests[r]["host"], requests[r]["service"]
        here = model.new_bool_var("")
        served[r].append(here)
        arcs.append((i, i, ~here))
        out, back = model.new_bool_var(""), model.new_bool_var("")
        arcs += [(0, i, out), (i, 0, back)]
        costs += [distance[home][host] * out, distance[host][home] * back]
        model.add(arrival[r] >= unit["first"] + duration[home][host]).only_enforce_if(out)
        model.add(arrival[r] + service + duration[host][home] <= unit["end"]).only_enforce_if(back)
        earliest = min(c["first"] for c in requests[r]["choices"]) + service
        for j, other in enumerate(mine, 1):
            there = requests[other]["host"]
            latest = max(c["last"] for c in requests[other]["choices"])
            if i == j or earliest + duration[host][there] > latest:
                continue
            arc = model.new_bool_var("")
            arcs.append((i, j, arc))
            costs.append(distance[host][there] * arc)
            after = arrival[r] + service + duration[host][there]
            model.add(arrival[other] >= after).only_enforce_if(arc)
    model.add_circuit(arcs)
    unit["served"] = mine
for r, literals in served.items():
    model.add(sum(literals) <= 1)
    model.add(sum(picked[r]) == sum(literals))
model.maximize(sum(prizes) - sum(costs))
solver = cp_model.CpSolver()
solver.parameters.max_time_in_seconds = asked["seconds"]
solver.parameters.num_workers = asked["cores"]
solver.parameters.random_seed = asked["seed"]
status = solver.solve(model)
routes: list[list[list[int]]] = [[] for _ in units]
if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
    place = dict.fromkeys(served, 0)
    for u, unit in enumerate(units):
        for r in unit["served"]:
            if solver.value(served[r][place[r]]):
                routes[u].append([r, solver.value(arrival[r])])
            place[r] += 1
print(json.dumps({"routes": routes, "bound": solver.best_objective_bound / scale}))
