// The plan in the planner's hands: stops by request, what changed, and the way back.

import { dayOf, isoOf } from "./days";
import type {
  Board,
  Drafted,
  Maintenance,
  Reason,
  TourRequest,
  Unit,
  Value,
  Verdict,
  Version,
  Violation,
} from "./server";

/** A stop in whole days; `first` is the first day of travel, all spans are half-open. */
export interface Stop {
  unit: string;
  request: string;
  departs: number;
  arrives: number;
  opens: number;
  closes: number;
  leaves: number;
}

type Listener = () => void;

export class Draft {
  readonly first: number;
  readonly end: number;
  readonly units: Map<string, Unit>;
  readonly requests: Map<string, TourRequest>;
  readonly locks: Map<string, { unit: string; opens: number }>;
  base: Version | null = null;
  stops = new Map<string, Stop>();
  maintenance: Maintenance[] = [];
  violations: Violation[] = [];
  value: Value = {};
  reasons = new Map<string, Reason[]>();
  /** Requests whose stop is not where the base has it. */
  changed = new Set<string>();
  selected: string | null = null;
  private past: Map<string, Stop>[] = [];
  private future: Map<string, Stop>[] = [];
  private readonly listeners: Listener[] = [];

  constructor(readonly board: Board) {
    this.first = dayOf(board.first_date);
    this.end = dayOf(board.end_date);
    this.units = new Map(board.units.map((unit) => [unit.code, unit]));
    this.requests = new Map(board.requests.map((request) => [request.code, request]));
    this.locks = new Map(
      board.locks.map((one) => [one.request, { unit: one.unit, opens: dayOf(one.opens_on) }]),
    );
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Start anew from a version; `null` is an empty plan. */
  open(version: Version | null): void {
    this.base = version;
    this.stops = new Map((version?.stops ?? []).map((one) => [one.request, stopOf(one)]));
    this.maintenance = version?.maintenance ?? [];
    this.value = version?.value ?? {};
    this.reasons = new Map((version?.unserved ?? []).map((one) => [one.request, one.reasons]));
    this.violations = [];
    this.past = [];
    this.future = [];
    this.tell();
  }

  /** Put the request's stop there; the judge tells travel days afterwards. */
  put(request: string, unit: string, opens: number): void {
    const asked = this.requests.get(request);
    const vehicle = this.units.get(unit);
    if (!asked || !vehicle) return;
    const before = this.stops.get(request);
    if (before && before.unit === unit && before.opens === opens) return;
    const arrives = opens - vehicle.setup_days;
    const closes = opens + asked.stay_days;
    this.remember();
    this.stops.set(request, {
      unit,
      request,
      departs: arrives,
      arrives,
      opens,
      closes,
      leaves: closes + vehicle.strike_days,
    });
    this.tell();
  }

  take(request: string): void {
    if (!this.stops.has(request)) return;
    this.remember();
    this.stops.delete(request);
    this.tell();
  }

  select(request: string | null): void {
    if (this.selected === request) return;
    this.selected = request;
    this.tell();
  }

  undo(): void {
    this.step(this.past, this.future);
  }

  redo(): void {
    this.step(this.future, this.past);
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** What the judge said about exactly these stops. */
  hear(verdict: Verdict): void {
    this.stops = new Map(verdict.stops.map((one) => [one.request, stopOf(one)]));
    this.maintenance = verdict.maintenance;
    this.violations = verdict.violations;
    this.value = verdict.value;
    this.tell();
  }

  setLock(request: string, place: { unit: string; opens: number } | null): void {
    if (place) this.locks.set(request, place);
    else this.locks.delete(request);
    this.tell();
  }

  isLocked(stop: Stop): boolean {
    const lock = this.locks.get(stop.request);
    return lock !== undefined && lock.unit === stop.unit && lock.opens === stop.opens;
  }

  drafted(): Drafted[] {
    return [...this.stops.values()].map((one) => ({
      unit: one.unit,
      request: one.request,
      opens_on: isoOf(one.opens),
    }));
  }

  stopsOf(unit: string): Stop[] {
    return this.byUnit.get(unit) ?? [];
  }

  private byUnit = new Map<string, Stop[]>();

  private remember(): void {
    this.past.push(new Map(this.stops));
    this.future = [];
  }

  private step(from: Map<string, Stop>[], to: Map<string, Stop>[]): void {
    const stops = from.pop();
    if (!stops) return;
    to.push(this.stops);
    this.stops = stops;
    this.tell();
  }

  private tell(): void {
    this.byUnit = new Map();
    for (const stop of this.stops.values()) {
      const row = this.byUnit.get(stop.unit);
      if (row) row.push(stop);
      else this.byUnit.set(stop.unit, [stop]);
    }
    this.changed = this.compare();
    for (const listener of this.listeners) listener();
  }

  private compare(): Set<string> {
    const before = new Map((this.base?.stops ?? []).map((one) => [one.request, one]));
    const changed = new Set<string>();
    for (const stop of this.stops.values()) {
      const old = before.get(stop.request);
      if (!old || old.unit !== stop.unit || dayOf(old.opens_on) !== stop.opens) {
        changed.add(stop.request);
      }
    }
    for (const code of before.keys()) if (!this.stops.has(code)) changed.add(code);
    return changed;
  }
}

function stopOf(one: Version["stops"][number]): Stop {
  return {
    unit: one.unit,
    request: one.request,
    departs: dayOf(one.departs_on),
    arrives: dayOf(one.arrives_on),
    opens: dayOf(one.opens_on),
    closes: dayOf(one.closes_on),
    leaves: dayOf(one.leaves_on),
  };
}
