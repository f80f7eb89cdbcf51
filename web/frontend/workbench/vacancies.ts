// Where the stop in hand could go, unit by unit, and why not elsewhere.

import { dayInWords, dayOf } from "./days";
import type { Draft, Stop } from "./draft";
import type { Span, Vacancy } from "./server";
import type { Words } from "./words";

type Days = readonly [number, number];

export interface Answer {
  kind: "free" | "clash" | "closed" | "misfit" | "unknown";
  text: string;
}

export class Vacancies {
  private readonly calendar = new Map<string, Days[]>();
  private readonly freeDays = new Map<string, Days[]>();
  private readonly misfits = new Map<string, string>();

  constructor(
    readonly request: string,
    found: Vacancy[],
    private readonly draft: Draft,
    private readonly words: Words,
  ) {
    for (const one of found) {
      this.calendar.set(one.unit, one.calendar.map(daysOf));
      this.freeDays.set(one.unit, one.free.map(daysOf));
      if (one.misfit) this.misfits.set(one.unit, words.reason(one.misfit));
    }
  }

  free(unit: string): Days[] {
    return this.freeDays.get(unit) ?? [];
  }

  fits(unit: string): boolean {
    return !this.misfits.has(unit);
  }

  /** May the stop open there, and if not, why not. */
  at(unit: string, opens: number): Answer {
    const misfit = this.misfits.get(unit);
    if (misfit !== undefined) return { kind: "misfit", text: misfit };
    if (isInside(this.free(unit), opens)) {
      return { kind: "free", text: this.words.say("free") };
    }
    if (!isInside(this.calendar.get(unit) ?? [], opens)) {
      return { kind: "closed", text: this.words.say("outside_calendar") };
    }
    const other = this.neighbour(unit, opens);
    return {
      kind: "clash",
      text: other
        ? this.words.say("clash_with", { stop: this.nameOf(other), unit })
        : this.words.say("clash_of_rules"),
    };
  }

  /** The nearest free opening after (`step` 1) or before (-1) a day, on the same unit. */
  next(unit: string, opens: number, step: 1 | -1): number | null {
    const days = this.free(unit);
    if (step === 1) {
      for (const [first, end] of days) if (end - 1 > opens) return Math.max(first, opens + 1);
    } else {
      for (const [first, end] of [...days].reverse()) {
        if (first < opens) return Math.min(end - 1, opens - 1);
      }
    }
    return null;
  }

  /** The other stop of the unit that is nearest in time. */
  private neighbour(unit: string, opens: number): Stop | null {
    let best: Stop | null = null;
    for (const stop of this.draft.stopsOf(unit)) {
      if (stop.request === this.request) continue;
      if (!best || Math.abs(stop.opens - opens) < Math.abs(best.opens - opens)) best = stop;
    }
    return best;
  }

  private nameOf(stop: Stop): string {
    const request = this.draft.requests.get(stop.request);
    const name = request ? this.words.place(request.venue) : stop.request;
    const first = dayInWords(stop.arrives, this.words.locale);
    return `${name} (${first}–${dayInWords(stop.leaves - 1, this.words.locale)})`;
  }
}

function daysOf(span: Span): Days {
  return [dayOf(span.first_date), dayOf(span.end_date)];
}

function isInside(spans: readonly Days[], day: number): boolean {
  return spans.some(([first, end]) => first <= day && day < end);
}
