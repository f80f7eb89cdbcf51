// Where the season happens: points on a neutral ground, no border lines. A click selects.

import type { Draft } from "./draft";
import type { Words } from "./words";

const EDGE = 14;

interface Point {
  request: string;
  lat: number;
  lon: number;
  name: string;
}

export class SeasonMap {
  private readonly canvas = document.createElement("canvas");
  private readonly points: Point[];
  private readonly box: { south: number; north: number; west: number; east: number };
  private asked = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly draft: Draft,
    private readonly words: Words,
    private readonly open: (request: string) => void,
  ) {
    this.points = draft.board.requests.flatMap((one) =>
      one.venue.lat === null || one.venue.lon === null
        ? []
        : [{ request: one.code, lat: one.venue.lat, lon: one.venue.lon, name: words.place(one.venue) }],
    );
    this.box = this.around();
    this.canvas.setAttribute("role", "img");
    element.append(this.canvas);
    draft.onChange(() => this.refresh());
    new ResizeObserver(() => this.refresh()).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.refresh());
    this.canvas.addEventListener("click", (event) => this.click(event));
    this.canvas.addEventListener("pointermove", (event) => {
      const near = this.nearest(event);
      this.canvas.title = near?.name ?? "";
      this.canvas.style.cursor = near ? "pointer" : "default";
    });
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
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const sharp = window.devicePixelRatio || 1;
    this.canvas.width = width * sharp;
    this.canvas.height = height * sharp;
    const served = this.draft.stops.size;
    this.canvas.setAttribute(
      "aria-label",
      this.words.say("map_label", { served, all: this.points.length }),
    );
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.scale(sharp, sharp);
    const style = getComputedStyle(this.element);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    this.route(pen, colour("--accent"));
    const [accent, paper] = [colour("--accent"), colour("--paper")];
    const [ink, warn] = [colour("--ink"), colour("--warn")];
    const [reached, waiting, chosen] = [new Path2D(), new Path2D(), new Path2D()];
    let isChosenServed = false;
    for (const point of this.points) {
      const [x, y] = this.at(point.lat, point.lon);
      const isServed = this.draft.stops.has(point.request);
      const isSelected = this.draft.selected === point.request;
      if (isSelected) isChosenServed = isServed;
      const path = isSelected ? chosen : isServed ? reached : waiting;
      const radius = isSelected ? 6 : 3.5;
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 2 * Math.PI);
    }
    const draw = (path: Path2D, fill: string, stroke: string, width: number): void => {
      pen.fillStyle = fill;
      pen.strokeStyle = stroke;
      pen.lineWidth = width;
      pen.fill(path, "nonzero");
      pen.stroke(path);
    };
    draw(reached, accent, paper, 0.75);
    draw(waiting, paper, warn, 1.5);
    draw(chosen, isChosenServed ? accent : paper, ink, 2.5);
  }

  /** The way of the selected stop's unit through its season. */
  private route(pen: CanvasRenderingContext2D, colour: string): void {
    const stop = this.draft.selected ? this.draft.stops.get(this.draft.selected) : undefined;
    const unit = stop && this.draft.units.get(stop.unit);
    if (!unit) return;
    const places = [...this.draft.stopsOf(unit.code)]
      .sort((a, b) => a.opens - b.opens)
      .map((one) => this.draft.requests.get(one.request)?.venue);
    pen.beginPath();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    for (const place of [unit.home, ...places, unit.home]) {
      if (place && place.lat !== null && place.lon !== null) pen.lineTo(...this.at(place.lat, place.lon));
    }
    pen.stroke();
  }

  /** Equirectangular, true in the middle latitude. */
  private at(lat: number, lon: number): [number, number] {
    const { south, north, west, east } = this.box;
    const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
    const { clientWidth, clientHeight } = this.element;
    const scale = Math.min(
      (clientWidth - 2 * EDGE) / Math.max(1e-6, (east - west) * squeeze),
      (clientHeight - 2 * EDGE) / Math.max(1e-6, north - south),
    );
    const left = (clientWidth - (east - west) * squeeze * scale) / 2;
    const top = (clientHeight - (north - south) * scale) / 2;
    return [left + (lon - west) * squeeze * scale, top + (north - lat) * scale];
  }

  private around(): { south: number; north: number; west: number; east: number } {
    const edges = { south: Infinity, north: -Infinity, west: Infinity, east: -Infinity };
    for (const { lat, lon } of this.points) {
      edges.south = Math.min(edges.south, lat - 0.1);
      edges.north = Math.max(edges.north, lat + 0.1);
      edges.west = Math.min(edges.west, lon - 0.1);
      edges.east = Math.max(edges.east, lon + 0.1);
    }
    return edges;
  }

  private nearest(event: MouseEvent): Point | null {
    let best: Point | null = null;
    let least = 12;
    for (const point of this.points) {
      const [x, y] = this.at(point.lat, point.lon);
      const far = Math.hypot(x - event.offsetX, y - event.offsetY);
      if (far < least) [best, least] = [point, far];
    }
    return best;
  }

  private click(event: MouseEvent): void {
    const near = this.nearest(event);
    if (near) this.open(near.request);
  }
}
