// The course of a run: value and proven bound over time, as a small drawing.

import type { Run } from "./server";
import type { Words } from "./words";

const WIDTH = 360;
const HEIGHT = 120;

export function courseOf(run: Run, words: Words): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("role", "img");
  svg.classList.add("course");
  const last = run.progress.at(-1);
  svg.setAttribute(
    "aria-label",
    last
      ? words.say("course_label", {
          seconds: words.number(last.seconds, 1),
          value: last.value === null ? "–" : words.number(last.value, 1),
          bound: last.bound === null ? "–" : words.number(last.bound, 1),
        })
      : words.say("no_course_yet"),
  );
  const figures = run.progress.flatMap((one) => [one.value, one.bound]).filter((one) => one !== null);
  if (figures.length === 0 || !last) return svg;
  const low = Math.min(...figures);
  const high = Math.max(...figures);
  const x = (seconds: number): number => 4 + ((WIDTH - 8) * seconds) / Math.max(1e-6, last.seconds);
  const y = (figure: number): number =>
    HEIGHT - 6 - ((HEIGHT - 12) * (figure - low)) / Math.max(1e-6, high - low);
  for (const kind of ["bound", "value"] as const) {
    const points = run.progress
      .filter((one) => one[kind] !== null)
      .map((one) => `${x(one.seconds).toFixed(1)},${y(one[kind]!).toFixed(1)}`);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", points.join(" "));
    line.classList.add(kind);
    svg.append(line);
  }
  return svg;
}
