// The season's requests as a list that can be searched; only what is in view is in the document.

import { dayInWords, dayOf } from "./days";
import type { Carrying } from "./carrying";
import type { Draft } from "./draft";
import type { TourRequest } from "./server";
import type { Words } from "./words";

const LINE = 58;

type Choice = "all" | "unserved" | "served" | "broken" | "changed";

export class RequestList {
  private readonly inner: HTMLElement;
  private readonly lines = new Map<string, HTMLElement>();
  private shown: TourRequest[] = [];
  private asked = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly search: HTMLInputElement,
    private readonly choice: HTMLSelectElement,
    private readonly count: HTMLElement,
    private readonly draft: Draft,
    private readonly words: Words,
    private readonly carrying: Carrying,
    private readonly open: (request: string) => void,
  ) {
    this.inner = document.createElement("ul");
    this.inner.className = "rq-inner";
    element.append(this.inner);
    search.addEventListener("input", () => this.filter());
    choice.addEventListener("change", () => this.filter());
    element.addEventListener("scroll", () => this.refresh(), { passive: true });
    new ResizeObserver(() => this.refresh()).observe(element);
    draft.onChange(() => this.filter());
    this.filter();
  }

  private filter(): void {
    const { draft, words } = this;
    const asked = this.search.value.trim().toLowerCase();
    const choice = this.choice.value as Choice;
    const broken = new Set(draft.violations.map((one) => one.request));
    const fits: Record<Choice, (code: string) => boolean> = {
      all: () => true,
      unserved: (code) => !draft.stops.has(code),
      served: (code) => draft.stops.has(code),
      broken: (code) => broken.has(code),
      changed: (code) => draft.changed.has(code),
    };
    this.shown = draft.board.requests.filter(
      (one) =>
        fits[choice](one.code) &&
        (!asked ||
          `${one.code} ${one.venue.name_zh} ${one.venue.name_en} ${one.region_zh} ${one.region_en} ${one.region}`
            .toLowerCase()
            .includes(asked)),
    );
    this.count.textContent = words.say("requests_shown", {
      shown: words.number(this.shown.length),
      all: words.number(draft.board.requests.length),
    });
    this.inner.style.height = `${this.shown.length * LINE}px`;
    for (const line of this.lines.values()) line.remove();
    this.lines.clear();
    this.refresh();
  }

  private refresh(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  private paint(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / LINE) - 3);
    const end = Math.min(
      this.shown.length,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / LINE) + 3,
    );
    const wanted = new Set<string>();
    for (let i = first; i < end; i++) {
      const request = this.shown[i]!;
      wanted.add(request.code);
      if (this.lines.has(request.code)) continue;
      const line = this.line(request, i);
      this.lines.set(request.code, line);
      this.inner.append(line);
    }
    for (const [code, line] of this.lines) {
      if (wanted.has(code) || line.contains(document.activeElement)) continue;
      line.remove();
      this.lines.delete(code);
    }
  }

  private line(request: TourRequest, index: number): HTMLElement {
    const { draft, words } = this;
    const stop = draft.stops.get(request.code);
    const line = document.createElement("li");
    line.className = "rq-line";
    line.style.top = `${index * LINE}px`;
    line.setAttribute("aria-setsize", String(this.shown.length));
    line.setAttribute("aria-posinset", String(index + 1));
    const button = document.createElement("button");
    button.type = "button";
    button.className = draft.selected === request.code ? "selected" : "";
    const name = document.createElement("strong");
    name.textContent = words.place(request.venue);
    const facts = document.createElement("span");
    facts.textContent = [
      words.either(request.region_zh, request.region_en),
      request.code,
      ...(request.must ? [words.say("must")] : []),
      words.say("worth", { value: words.number(request.value, 1) }),
    ].join(" · ");
    const state = document.createElement("span");
    state.className = stop ? "served" : "unserved";
    state.textContent = stop
      ? `${stop.unit} · ${dayInWords(stop.opens, words.locale, true)}`
      : this.windows(request);
    button.append(name, facts, state);
    button.addEventListener("click", () => this.open(request.code));
    button.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      this.carrying.takeByKey(request.code);
    });
    button.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && event.pointerType !== "touch" && !draft.locks.has(request.code)) {
        this.carrying.take(request.code, event);
      }
    });
    line.append(button);
    return line;
  }

  private windows(request: TourRequest): string {
    const spans = request.windows.map(
      (one) =>
        `${dayInWords(dayOf(one.first_date), this.words.locale, true)}–${dayInWords(dayOf(one.end_date) - 1, this.words.locale, true)}`,
    );
    return this.words.say("not_served_wants", { windows: spans.join("; ") });
  }
}
