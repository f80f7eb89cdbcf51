"""VROOM: one job per request with all its days; priorities stand for prizes, preferences are lost."""

import json
import sys
from datetime import timedelta

import numpy as np
import vroom

asked = json.load(sys.stdin)
problem = vroom.Input()
problem.set_durations_matrix("car", np.array(asked["duration"], dtype=np.uint32))
problem.set_costs_matrix("car", np.array(asked["distance"], dtype=np.uint32))
for number, unit in enumerate(asked["units"]):
    window = vroom.TimeWindow(unit["first"], unit["end"])
    skills = set(unit["fits"])
    home = unit["home"]
    problem.add_vehicle(vroom.Vehicle(number, home, home, skills=skills, time_window=window))
dearest = max(c["prize"] for one in asked["requests"] for c in one["choices"])
for number, request in enumerate(asked["requests"]):
    windows: list[list[int]] = []
    for choice in request["choices"]:
        if windows and windows[-1][1] + 1 >= choice["first"]:
            windows[-1][1] = choice["last"]
        else:
            windows.append([choice["first"], choice["last"]])
    if not windows:
        continue
    prize = max(choice["prize"] for choice in request["choices"])
    problem.add_job(
        vroom.Job(
            number,
            request["host"],
            default_service=request["service"],
            skills={number},
            priority=round(100 * prize / dearest),
            time_windows=[vroom.TimeWindow(first, last) for first, last in windows],
        )
    )
answer = problem.solve(
    exploration_level=5, nb_threads=asked["cores"], timeout=timedelta(seconds=asked["seconds"])
)
routes: list[list[list[int]]] = [[] for _ in asked["units"]]
for row in answer.routes.to_dict("records"):
    if row["type"] == "job":
        begins = int(row["arrival"]) + int(row["waiting_time"])
        routes[int(row["vehicle_id"])].append([int(row["id"]), begins])
print(json.dumps({"routes": routes}))
