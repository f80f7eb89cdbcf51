// A stop in hand: by pointer, by touch (at its grip) or by keyboard.

import { dayInWords } from "./days";
import type { Draft } from "./draft";
import type { Server } from "./server";
import type { Timeline } from "./timeline";
import { Vacancies } from "./vacancies";
import type { Words } from "./words";

const SLACK = 4; // pixels a pointer may tremble

interface Places {
  draft: Draft;
  server: Server;
  timeline: Timeline;
  words: Words;
  /** Shown beside the pointer and read aloud. */
  tell: (text: string, kind: string, at?: { x: number; y: number }) => void;
  fail: (error: unknown) => void;
}

export class Carrying {
  private asking: AbortController | null = null;

  constructor(private readonly parts: Places) {
    const { element } = parts.timeline;
    element.addEventListener("pointerdown", (event) => this.press(event));
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("focusin", (event) => {
      const code = requestAt(event.target);
      if (code && !this.isCarrying) parts.draft.select(code);
    });
  }

  get isCarrying(): boolean {
    return this.parts.timeline.ghost !== null;
  }

  /** Take up a request, from the timeline or from the list, and follow the pointer. */
  take(request: string, event: PointerEvent): void {
    const { draft, timeline } = this.parts;
    const stop = draft.stops.get(request);
    const offset = stop ? timeline.dayAt(event.clientX) - stop.opens : 0;
    const start = { x: event.clientX, y: event.clientY };
    const move = (next: PointerEvent): void => {
      const far = Math.hypot(next.clientX - start.x, next.clientY - start.y) > SLACK;
      if (!this.isCarrying && !far) return;
      if (!this.isCarrying) this.lift(request);
      next.preventDefault();
      this.follow(request, next, offset);
    };
    const stopAll = (): void => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", escape, true);
    };
    const drop = (last: PointerEvent): void => {
      stopAll();
      if (!this.isCarrying) draft.select(request);
      else if (timeline.holds(last.clientX, last.clientY)) this.putDown();
      else this.letGo();
    };
    const cancel = (): void => {
      stopAll();
      this.letGo();
    };
    const escape = (pressed: KeyboardEvent): void => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      cancel();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", escape, true);
  }

  /** Take up a request by keyboard; arrows carry it, Enter puts it down. */
  takeByKey(request: string): void {
    const { draft, timeline } = this.parts;
    const stop = draft.stops.get(request);
    const asked = draft.requests.get(request);
    if (!asked) return;
    const unit = stop?.unit ?? timeline.units[0]?.code;
    if (unit === undefined) return;
    const opens = stop?.opens ?? draft.first + (timeline.units[0]?.setup_days ?? 0);
    this.lift(request, () => {
      const first = timeline.vacancies?.free(unit)[0]?.[0];
      this.carryTo(request, unit, stop ? opens : (first ?? opens));
    });
    this.carryTo(request, unit, opens);
    timeline.element.focus();
  }

  private press(event: PointerEvent): void {
    const code = requestAt(event.target);
    if (!code || event.button !== 0) return;
    const { draft } = this.parts;
    const byGrip = (event.target as Element).closest(".tl-grip") !== null;
    if (event.pointerType === "touch" && !byGrip) return; // a finger scrolls; a tap selects
    if (draft.locks.has(code)) {
      draft.select(code);
      return;
    }
    this.take(code, event);
  }

  private key(event: KeyboardEvent): void {
    if (this.isCarrying) this.carryByKey(event);
    else this.act(event);
  }

  private act(event: KeyboardEvent): void {
    const { draft, words, tell } = this.parts;
    const code = requestAt(event.target);
    if (!code) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (draft.locks.has(code)) tell(words.say("locked_first"), "clash");
      else this.takeByKey(code);
    } else if (event.key === "Delete" && !draft.locks.has(code)) {
      event.preventDefault();
      draft.take(code);
    }
  }

  private carryByKey(event: KeyboardEvent): void {
    const { timeline } = this.parts;
    const ghost = timeline.ghost!;
    const row = timeline.units.findIndex((unit) => unit.code === ghost.unit);
    const week = event.shiftKey ? 7 : 1;
    const onto = (step: number): string =>
      timeline.units[Math.min(timeline.units.length - 1, Math.max(0, row + step))]!.code;
    const next = (step: 1 | -1): number =>
      timeline.vacancies?.next(ghost.unit, ghost.opens, step) ?? ghost.opens;
    const moves: Record<string, () => void> = {
      ArrowLeft: () => this.carryTo(ghost.request, ghost.unit, ghost.opens - week),
      ArrowRight: () => this.carryTo(ghost.request, ghost.unit, ghost.opens + week),
      ArrowUp: () => this.carryTo(ghost.request, onto(-1), ghost.opens),
      ArrowDown: () => this.carryTo(ghost.request, onto(1), ghost.opens),
      n: () => this.carryTo(ghost.request, ghost.unit, next(1)),
      p: () => this.carryTo(ghost.request, ghost.unit, next(-1)),
      Enter: () => this.putDown(true),
      " ": () => this.putDown(true),
      Escape: () => this.letGo(true),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  private lift(request: string, ready?: () => void): void {
    const { draft, server, timeline, words, fail } = this.parts;
    draft.select(request);
    timeline.ghost = { request, unit: "", opens: 0, kind: "unknown" };
    this.asking?.abort();
    this.asking = new AbortController();
    server
      .vacancies(draft.base?.number ?? null, draft.drafted(), request, this.asking.signal)
      .then(({ vacancies }) => {
        if (timeline.ghost?.request !== request) return;
        timeline.vacancies = new Vacancies(request, vacancies, draft, words);
        if (ready) ready();
        else if (timeline.ghost.unit) {
          this.carryTo(request, timeline.ghost.unit, timeline.ghost.opens);
        }
        timeline.refresh();
      })
      .catch(fail);
    timeline.refresh();
  }

  private follow(request: string, event: PointerEvent, offset: number): void {
    const { timeline } = this.parts;
    timeline.drift(event.clientX, event.clientY);
    const unit = timeline.unitAt(event.clientY);
    if (!unit || !timeline.holds(event.clientX, event.clientY)) {
      if (timeline.ghost) timeline.ghost.unit = "";
      timeline.refresh();
      return;
    }
    const opens = Math.round(timeline.dayAt(event.clientX) - offset);
    this.carryTo(request, unit.code, opens, { x: event.clientX, y: event.clientY });
  }

  private carryTo(
    request: string,
    unit: string,
    opens: number,
    at?: { x: number; y: number },
  ): void {
    const { timeline, words, tell } = this.parts;
    const answer = timeline.vacancies?.at(unit, opens);
    timeline.ghost = { request, unit, opens, kind: answer?.kind ?? "unknown" };
    const day = dayInWords(opens, words.locale, true);
    tell(`${unit}, ${day}: ${answer?.text ?? words.say("asking")}`, answer?.kind ?? "unknown", at);
    if (!at) timeline.show(unit, opens);
    timeline.refresh();
  }

  private putDown(byKey = false): void {
    const { draft, timeline, words, tell } = this.parts;
    const ghost = timeline.ghost;
    if (ghost?.unit && ghost.kind === "misfit") {
      tell(timeline.vacancies?.at(ghost.unit, ghost.opens).text ?? "", "misfit");
      if (byKey) return;
    } else if (ghost?.unit) {
      draft.put(ghost.request, ghost.unit, ghost.opens);
      const isFree = ghost.kind === "free";
      tell(words.say(isFree ? "placed" : "placed_with_clash"), isFree ? "free" : "clash");
    }
    this.letGo(byKey);
  }

  private letGo(byKey = false): void {
    const { timeline } = this.parts;
    const request = timeline.ghost?.request;
    this.asking?.abort();
    timeline.ghost = null;
    timeline.vacancies = null;
    timeline.refresh();
    if (byKey && request) requestAnimationFrame(() => timeline.buttonOf(request)?.focus());
  }
}

function requestAt(target: EventTarget | null): string | null {
  const stop = target instanceof Element ? target.closest<HTMLElement>("[data-request]") : null;
  return stop?.dataset["request"] ?? null;
}
