// Units by days. Only what is in view stands in the document, so size costs nothing.

import { dayInWords, dayOf, monthInWords, monthStarts } from "./days";
import type { Draft, Stop } from "./draft";
import type { Unit } from "./server";
import type { Vacancies } from "./vacancies";
import type { Words } from "./words";

export const ROW = 34;
const LABEL = 150;
const HEADER = 30;
const BESIDE = 200; // pixels kept ready on either side of what is in view
const ABOVE = 3 * ROW; // and above and below
const MOST_IN_VIEW = 400; // stops that are drawn without effort

export interface Ghost {
  request: string;
  unit: string;
  opens: number;
  kind: string;
}

export class Timeline {
  readonly units: Unit[];
  vacancies: Vacancies | null = null;
  ghost: Ghost | null = null;
  private scale = 3; // pixels a day
  private readonly inner = box("div", "tl-inner");
  private readonly header = box("div", "tl-header");
  private readonly rows = new Map<string, Row>();
  private asked = false;

  constructor(
    readonly element: HTMLElement,
    readonly draft: Draft,
    readonly words: Words,
  ) {
    this.units = draft.board.units;
    this.inner.append(this.header);
    element.append(this.inner);
    element.addEventListener("scroll", () => this.refresh(), { passive: true });
    new ResizeObserver(() => this.refresh()).observe(element);
    draft.onChange(() => this.refresh());
    this.zoom(this.scale);
  }

  /** Draw in the next frame, once. */
  refresh(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.paint();
    });
  }

  get pixelsPerDay(): number {
    return this.scale;
  }

  zoom(scale: number): void {
    const middle = this.dayAt(this.element.clientWidth / 2 + this.element.getBoundingClientRect().left);
    this.scale = Math.min(24, Math.max(1, scale));
    const days = this.draft.end - this.draft.first;
    this.inner.style.width = `${LABEL + days * this.scale}px`;
    this.inner.style.height = `${HEADER + this.units.length * ROW}px`;
    this.header.replaceChildren(...this.months());
    this.element.scrollLeft = (middle - this.draft.first) * this.scale - this.element.clientWidth / 2 + LABEL;
    for (const row of this.rows.values()) row.element.remove();
    this.rows.clear();
    this.refresh();
  }

  /** Show fewer days where stops stand so close that too many would be in view. */
  fit(): void {
    const { draft, element, units } = this;
    const rows = Math.min(units.length, element.clientHeight / ROW);
    const inRow = draft.stops.size / Math.max(1, units.length);
    const days = (MOST_IN_VIEW * (draft.end - draft.first)) / Math.max(1, rows * inRow);
    const scale = (element.clientWidth - LABEL) / Math.max(1, days);
    if (scale <= this.scale) return;
    this.zoom(scale);
    element.scrollLeft = 0;
  }

  /** The day under a horizontal position in the window; a fraction of a day counts. */
  dayAt(x: number): number {
    const left = this.element.getBoundingClientRect().left;
    return this.draft.first + (x - left + this.element.scrollLeft - LABEL) / this.scale;
  }

  unitAt(y: number): Unit | null {
    const top = this.element.getBoundingClientRect().top;
    const row = Math.floor((y - top + this.element.scrollTop - HEADER) / ROW);
    return this.units[row] ?? null;
  }

  holds(x: number, y: number): boolean {
    const edge = this.element.getBoundingClientRect();
    return x >= edge.left && x < edge.right && y >= edge.top && y < edge.bottom;
  }

  /** Scroll so that the day of the unit can be seen. */
  show(unit: string, day: number): void {
    const row = this.units.findIndex((one) => one.code === unit);
    if (row < 0) return;
    const { element } = this;
    const y = row * ROW;
    if (y < element.scrollTop || y > element.scrollTop + element.clientHeight - HEADER - ROW) {
      element.scrollTop = y - element.clientHeight / 2 + HEADER;
    }
    const x = (day - this.draft.first) * this.scale;
    const room = element.clientWidth - LABEL;
    if (x < element.scrollLeft || x > element.scrollLeft + room - 40) {
      element.scrollLeft = x - room / 2;
    }
    this.refresh();
  }

  /** Scroll when the pointer nears an edge while something is carried. */
  drift(x: number, y: number): void {
    const edge = this.element.getBoundingClientRect();
    if (x > edge.right - 40) this.element.scrollLeft += 12;
    else if (x < edge.left + LABEL + 30) this.element.scrollLeft -= 12;
    if (y > edge.bottom - 30) this.element.scrollTop += 8;
    else if (y < edge.top + HEADER + 20) this.element.scrollTop -= 8;
  }

  buttonOf(request: string): HTMLElement | null {
    return this.inner.querySelector(`[data-request="${CSS.escape(request)}"]`);
  }

  private months(): HTMLElement[] {
    const corner = box("span", "tl-corner");
    corner.textContent = this.words.say("units");
    return [
      corner,
      ...monthStarts(this.draft.first, this.draft.end).map((day) => {
        const label = box("span", "tl-month");
        label.style.left = `${LABEL + (day - this.draft.first) * this.scale}px`;
        label.textContent = monthInWords(day, this.words.locale);
        return label;
      }),
    ];
  }

  private paint(): void {
    const { scrollTop, scrollLeft, clientHeight, clientWidth } = this.element;
    const top = Math.max(0, Math.floor((scrollTop - ABOVE) / ROW));
    const bottom = Math.min(
      this.units.length,
      Math.ceil((scrollTop + clientHeight + ABOVE) / ROW),
    );
    const from = this.draft.first + (scrollLeft - BESIDE) / this.scale;
    const to = this.draft.first + (scrollLeft + clientWidth + BESIDE) / this.scale;
    const wanted = new Set<string>();
    for (let i = top; i < bottom; i++) {
      const unit = this.units[i]!;
      wanted.add(unit.code);
      let row = this.rows.get(unit.code);
      if (!row) {
        row = new Row(this, unit, i);
        this.rows.set(unit.code, row);
        this.inner.append(row.element);
      }
      row.paint(from, to);
    }
    for (const [code, row] of this.rows) {
      if (wanted.has(code) || row.element.contains(document.activeElement)) continue;
      row.element.remove();
      this.rows.delete(code);
    }
  }
}

class Row {
  readonly element = box("div", "tl-row");
  private readonly bands = box("div", "tl-bands");
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly ghost = box("div", "tl-ghost");
  private drawn = "";

  constructor(
    private readonly timeline: Timeline,
    private readonly unit: Unit,
    index: number,
  ) {
    const { words } = timeline;
    this.element.style.top = `${HEADER + index * ROW}px`;
    this.element.setAttribute("role", "group");
    const title = words.either(unit.title_zh, unit.title_en);
    this.element.setAttribute("aria-label", `${unit.code} ${title}`);
    const label = box("span", "tl-label");
    label.textContent = unit.code;
    const small = box("small", "");
    small.textContent = title;
    label.append(small);
    label.title = `${unit.code} ${title} · ${words.place(unit.home)}`;
    this.ghost.hidden = true;
    this.element.append(label, this.bands, this.ghost);
  }

  paint(from: number, to: number): void {
    this.paintBands(from, to);
    this.paintStops(from, to);
    this.paintGhost();
  }

  private get draft(): Draft {
    return this.timeline.draft;
  }

  private x(day: number): number {
    return LABEL + (day - this.draft.first) * this.timeline.pixelsPerDay;
  }

  private paintBands(from: number, to: number): void {
    const { draft, timeline, unit } = this;
    const spans: [string, number, number][] = [];
    const away = unit.availability.length > 0;
    let day = draft.first;
    for (const span of unit.availability) {
      spans.push(["away", day, dayOf(span.first_date)]);
      day = dayOf(span.end_date);
    }
    if (away) spans.push(["away", day, draft.end]);
    for (const span of draft.maintenance) {
      if (span.unit === unit.code) {
        spans.push(["maintenance", dayOf(span.first_date), dayOf(span.end_date)]);
      }
    }
    const held = timeline.vacancies;
    if (held) {
      if (!held.fits(unit.code)) spans.push(["misfit", draft.first, draft.end]);
      for (const [first, end] of held.free(unit.code)) spans.push(["free", first, end]);
    }
    const shown = spans.filter(([, a, b]) => b > a && b > from && a < to);
    const key = `${timeline.pixelsPerDay}|${shown.join(";")}`;
    if (key === this.drawn) return;
    this.drawn = key;
    this.bands.replaceChildren(
      ...shown.map(([kind, a, b]) => {
        const band = box("i", `tl-${kind}`);
        band.style.left = `${this.x(a)}px`;
        band.style.width = `${(b - a) * timeline.pixelsPerDay}px`;
        if (kind === "maintenance") band.title = timeline.words.say("maintenance");
        return band;
      }),
    );
  }

  private paintStops(from: number, to: number): void {
    const seen = new Set<string>();
    for (const stop of this.draft.stopsOf(this.unit.code)) {
      if (stop.leaves <= from || stop.departs >= to) continue;
      seen.add(stop.request);
      let button = this.buttons.get(stop.request);
      if (!button) {
        button = box("button", "tl-stop");
        button.type = "button";
        button.dataset["request"] = stop.request;
        this.buttons.set(stop.request, button);
        this.element.append(button);
      }
      this.dress(button, stop);
    }
    for (const [code, button] of this.buttons) {
      if (seen.has(code)) continue;
      if (button === document.activeElement && this.draft.stops.get(code)?.unit === this.unit.code) {
        continue; // focus is not lost by scrolling away
      }
      button.remove();
      this.buttons.delete(code);
    }
  }

  private dress(button: HTMLButtonElement, stop: Stop): void {
    const { draft, timeline } = this;
    const { words, pixelsPerDay } = timeline;
    const asked = draft.requests.get(stop.request);
    const name = asked ? words.place(asked.venue) : stop.request;
    const broken = draft.violations.filter((one) => one.request === stop.request);
    const locked = draft.isLocked(stop);
    const key = [
      pixelsPerDay,
      stop.departs,
      stop.arrives,
      stop.opens,
      stop.closes,
      stop.leaves,
      locked,
      broken.length,
      draft.changed.has(stop.request),
      draft.selected === stop.request,
      timeline.ghost?.request === stop.request,
    ].join();
    if (button.dataset["drawn"] === key) return;
    button.dataset["drawn"] = key;
    button.style.left = `${this.x(stop.departs)}px`;
    button.style.width = `${(stop.leaves - stop.departs) * pixelsPerDay}px`;
    const at = (day: number) => `${(day - stop.departs) * pixelsPerDay}px`;
    button.style.setProperty("--arrives", at(stop.arrives));
    button.style.setProperty("--opens", at(stop.opens));
    button.style.setProperty("--closes", at(stop.closes));
    button.classList.toggle("locked", locked);
    button.classList.toggle("broken", broken.length > 0);
    button.classList.toggle("changed", draft.changed.has(stop.request));
    button.classList.toggle("selected", draft.selected === stop.request);
    button.classList.toggle("carried", timeline.ghost?.request === stop.request);
    const label = box("span", "tl-name");
    label.textContent = name;
    const grip = box("span", "tl-grip");
    grip.setAttribute("aria-hidden", "true");
    button.replaceChildren(label, ...(draft.selected === stop.request ? [grip] : []));
    const facts = [
      name,
      stop.unit,
      `${dayInWords(stop.opens, words.locale, true)} – ${dayInWords(stop.closes - 1, words.locale, true)}`,
      ...(locked ? [words.say("locked")] : []),
      ...(draft.changed.has(stop.request) ? [words.say("changed")] : []),
      ...broken.map((one) => `${one.code} ${one.message}`),
    ];
    button.setAttribute("aria-label", facts.join(", "));
    button.title = facts.join("\n");
  }

  private paintGhost(): void {
    const { ghost } = this.timeline;
    const asked = ghost && this.draft.requests.get(ghost.request);
    const mine = ghost !== null && ghost.unit === this.unit.code && asked;
    this.ghost.hidden = !mine;
    if (!mine) return;
    const first = ghost.opens - this.unit.setup_days;
    const days = this.unit.setup_days + asked.stay_days + this.unit.strike_days;
    this.ghost.style.left = `${this.x(first)}px`;
    this.ghost.style.width = `${days * this.timeline.pixelsPerDay}px`;
    this.ghost.dataset["kind"] = ghost.kind;
    this.ghost.textContent = dayInWords(ghost.opens, this.timeline.words.locale);
  }
}

function box<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}
