"""OR-Tools routing: disjunctions for requests, guided local search from parallel insertion."""

import json
import sys

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

asked = json.load(sys.stdin)
units, requests = asked["units"], asked["requests"]
nodes = [(r, choice) for r, one in enumerate(requests) for choice in one["choices"]]
count = len(nodes)
point = [requests[r]["host"] for r, _ in nodes] + [unit["home"] for unit in units]
service = [requests[r]["service"] for r, _ in nodes] + [0] * len(units)
dearest = [max((c["prize"] for c in one["choices"]), default=0) for one in requests]
less = [dearest[r] - choice["prize"] for r, choice in nodes] + [0] * len(units)
homes = [count + u for u in range(len(units))]
manager = pywrapcp.RoutingIndexManager(count + len(units), len(units), homes, homes)
routing = pywrapcp.RoutingModel(manager)


def cost(one, two):
    i, j = manager.IndexToNode(one), manager.IndexToNode(two)
    return asked["distance"][point[i]][point[j]] + less[j]


def days(one, two):
    i, j = manager.IndexToNode(one), manager.IndexToNode(two)
    return service[i] + asked["duration"][point[i]][point[j]]


routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(cost))
fix_start_cumul_to_zero = False
end = max(unit["end"] for unit in units)
routing.AddDimension(
    routing.RegisterTransitCallback(days), end, end, fix_start_cumul_to_zero, "day"
)
day = routing.GetDimensionOrDie("day")
for u, unit in enumerate(units):
    day.CumulVar(routing.Start(u)).SetMin(unit["first"])
    day.CumulVar(routing.End(u)).SetMax(unit["end"])
able = [[u for u, unit in enumerate(units) if r in set(unit["fits"])] for r in range(len(requests))]
alternatives: dict[int, list[int]] = {}
for node, (r, choice) in enumerate(nodes):
    index = manager.NodeToIndex(node)
    alternatives.setdefault(r, []).append(index)
    day.CumulVar(index).SetRange(choice["first"], choice["last"])
    routing.VehicleVar(index).SetValues([-1, *able[r]])
for r, indices in alternatives.items():
    routing.AddDisjunction(indices, dearest[r], 1)
parameters = pywrapcp.DefaultRoutingSearchParameters()
parameters.first_solution_strategy = (
    routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
)
parameters.local_search_metaheuristic = (
    routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
)
parameters.time_limit.FromMilliseconds(int(1000 * asked["seconds"]))
found = routing.SolveWithParameters(parameters)
routes: list[list[list[int]]] = [[] for _ in units]
if found is not None:
    for u in range(len(units)):
        index = found.Value(routing.NextVar(routing.Start(u)))
        while not routing.IsEnd(index):
            routes[u].append([nodes[manager.IndexToNode(index)][0], found.Min(day.CumulVar(index))])
            index = found.Value(routing.NextVar(index))
print(json.dumps({"routes": routes}))
