// The planner's workbench: timeline, map and requests in step with each other.
import "./workbench.css";

import { Carrying } from "./carrying";
import { courseOf } from "./course";
import { dayInWords, dayOf } from "./days";
import { Draft } from "./draft";
import { Judging } from "./judging";
import { SeasonMap } from "./map";
import { RequestList } from "./requests";
import {
  type Difference,
  type Placed,
  Refusal,
  type Run,
  Server,
  type Share,
  type VersionRow,
  type Violation,
} from "./server";
import { Timeline } from "./timeline";
import { Words } from "./words";

interface Setting {
  plan: number;
  language: "zh" | "en";
  words: Record<string, string>;
  mayChange: boolean;
  /** Until when the newest publication can be taken back: milliseconds since 1970, 0 where none can. */
  undoUntil: number;
  undoMilliseconds: number;
}

function part<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as Kind;
}

const setting = JSON.parse(part("workbench-setting").textContent) as Setting;
const words = new Words(setting.language, setting.words);
const server = new Server(setting.plan, part("workbench").dataset["token"] ?? "");

// ---- telling -------------------------------------------------------------------------------------

function tell(text: string, kind = "", at?: { x: number; y: number }): void {
  part("aloud").textContent = text;
  const tip = part("tip");
  tip.hidden = at === undefined;
  tip.textContent = text;
  tip.dataset["kind"] = kind;
  if (!at) {
    part("message").textContent = text;
    part("message").dataset["kind"] = kind;
    return;
  }
  tip.style.left = `${Math.min(at.x + 14, window.innerWidth - 280)}px`;
  tip.style.top = `${at.y + 18}px`;
}

function fail(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof Refusal)) {
    tell(words.say("no_answer"), "clash");
    return;
  }
  const more = words.language === "en" ? error.problems.map((one) => one.message).filter(Boolean) : [];
  tell([words.refusal(error.code, error.message), ...more.slice(0, 5)].join(" "), "clash");
}

// ---- starting ------------------------------------------------------------------------------------

async function start(): Promise<void> {
  performance.mark("workbench-start");
  const [board, versions] = await Promise.all([server.board(), server.versions()]);
  const newest = versions[0] ? await server.version(versions[0].id) : null;
  const draft = new Draft(board);
  performance.mark("workbench-data");
  const timeline = new Timeline(part("timeline"), draft, words);
  const carrying = new Carrying({ draft, server, timeline, words, tell, fail });
  const open = (request: string): void => {
    draft.select(request);
    const stop = draft.stops.get(request);
    if (stop) timeline.show(stop.unit, stop.opens);
  };
  new RequestList(
    part("requests"),
    part("request-search"),
    part("request-choice"),
    part("request-count"),
    draft,
    words,
    carrying,
    open,
  );
  new SeasonMap(part("map"), draft, words, open);
  new Judging(draft, server, (busy) => part("workbench").toggleAttribute("data-judging", busy), fail);
  draft.onChange(() => showWorth(draft));
  draft.onChange(() => showDetail(draft, open));
  draft.onChange(() => showTools(draft));
  window.addEventListener("pointerup", () => (part("tip").hidden = true));
  wireTools(draft, timeline, carrying);
  wireVersions(draft, versions);
  wireRuns(draft);
  draft.open(newest);
  timeline.fit();
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      performance.measure("workbench-first-paint", "workbench-data");
      part("workbench").dataset["state"] = "ready";
    }),
  );
}

// ---- worth and detail ----------------------------------------------------------------------------

const PARTS = ["coverage", "km_cost", "floor_penalty", "must_penalty", "change_penalty", "idle_cost"];

function showWorth(draft: Draft): void {
  const figure = (name: string): number => Number(draft.value[name] ?? 0);
  const rows: [string, string][] = [
    [words.say("total"), words.number(figure("total"), 1)],
    [words.say("stops"), words.number(draft.stops.size)],
    [words.say("km"), words.number(figure("km"))],
    ...PARTS.map((name): [string, string] => [
      words.say(name),
      words.number(name === "coverage" ? figure(name) : -figure(name), 1),
    ]),
    [words.say("violations"), words.number(draft.violations.length)],
  ];
  part("worth").replaceChildren(...rows.flatMap(([name, value]) => [made("dt", name), made("dd", value)]));
  part("violations").replaceChildren(
    ...draft.violations.slice(0, 50).map((one) => {
      const line = made("li", "");
      const button = made("button", inWords(draft, one));
      button.type = "button";
      button.addEventListener("click", () => draft.select(one.request || null));
      line.append(button);
      return line;
    }),
  );
}

/** A broken rule with the places and days it concerns. */
function inWords(draft: Draft, one: Violation): string {
  const asked = draft.requests.get(one.request);
  const days = one.first_date
    ? `${dayInWords(dayOf(one.first_date), words.locale, true)} – ${dayInWords(dayOf(one.end_date) - 1, words.locale, true)}`
    : "";
  const who = [one.unit, asked ? words.place(asked.venue) : one.request, days];
  return `${words.say(`rule_${one.code}`)} · ${who.filter(Boolean).join(" · ")}`;
}

function showDetail(draft: Draft, open: (request: string) => void): void {
  const place = part("detail");
  const asked = draft.selected ? draft.requests.get(draft.selected) : undefined;
  if (!asked) {
    place.replaceChildren(made("p", words.say("select_something")));
    return;
  }
  const stop = draft.stops.get(asked.code);
  const title = made("h3", words.place(asked.venue));
  const where = made("p", `${words.either(asked.region_zh, asked.region_en)} · ${asked.code}`);
  const when = made(
    "p",
    stop
      ? `${stop.unit}: ${dayInWords(stop.opens, words.locale, true)} – ${dayInWords(stop.closes - 1, words.locale, true)}`
      : words.say("not_served"),
  );
  const why = made("ul", "");
  why.className = "reasons";
  if (!stop) {
    const reasons = draft.reasons.get(asked.code) ?? [];
    for (const reason of reasons) {
      const line = made("li", words.reason(reason));
      for (const code of namesIn(reason.numbers)) {
        if (!draft.stops.has(code)) continue;
        const link = made("button", code);
        link.type = "button";
        link.className = "link";
        link.addEventListener("click", () => open(code));
        line.append(" ", link);
      }
      why.append(line);
    }
    if (reasons.length === 0) why.append(made("li", words.say("no_reason_yet")));
  }
  place.replaceChildren(title, where, when, why, waysOn(draft, asked.code, stop !== undefined));
}

/** What else can be asked about a request: a branch in which it is so, and its own page. */
function waysOn(draft: Draft, code: string, isServed: boolean): HTMLElement {
  const ways = made("p", "");
  ways.className = "wb-ways";
  if (setting.mayChange && draft.base) {
    const button = made("button", words.say(isServed ? "forbid" : "force"));
    button.type = "button";
    button.className = "button";
    button.addEventListener("click", () => {
      const detail = { request: code, isForced: !isServed };
      document.dispatchEvent(new CustomEvent("workbench:branch", { detail }));
    });
    ways.append(button);
  }
  const link = made("a", words.say("open_request"));
  link.href = `/desk/requests/${encodeURIComponent(code)}/?lang=${words.language}`;
  ways.append(link);
  return ways;
}

/** Request codes that a reason speaks of. */
function namesIn(numbers: Record<string, unknown> | undefined): string[] {
  return Object.values(numbers ?? {}).flatMap((one) =>
    Array.isArray(one) ? one.filter((name): name is string => typeof name === "string") : [],
  );
}

// ---- tools ---------------------------------------------------------------------------------------

function showTools(draft: Draft): void {
  const stop = draft.selected ? draft.stops.get(draft.selected) : undefined;
  const locked = draft.selected !== null && draft.locks.has(draft.selected);
  part<HTMLButtonElement>("undo").disabled = !draft.canUndo;
  part<HTMLButtonElement>("redo").disabled = !draft.canRedo;
  part<HTMLButtonElement>("take-out").disabled = !stop || locked;
  part<HTMLButtonElement>("carry").disabled = draft.selected === null || locked;
  const lock = part<HTMLButtonElement>("lock");
  lock.disabled = !setting.mayChange || (!stop && !locked);
  lock.setAttribute("aria-pressed", String(locked));
  part<HTMLButtonElement>("keep").disabled = !setting.mayChange || draft.changed.size === 0;
  part("changes").textContent = draft.changed.size
    ? words.say("changes", { count: draft.changed.size })
    : words.say("no_changes");
}

function wireTools(draft: Draft, timeline: Timeline, carrying: Carrying): void {
  const on = (id: string, act: () => void): void => part(id).addEventListener("click", act);
  on("undo", () => draft.undo());
  on("redo", () => draft.redo());
  on("take-out", () => draft.selected && draft.take(draft.selected));
  on("carry", () => draft.selected && carrying.takeByKey(draft.selected));
  on("zoom-in", () => timeline.zoom(timeline.pixelsPerDay * 1.5));
  on("zoom-out", () => timeline.zoom(timeline.pixelsPerDay / 1.5));
  on("lock", () => void toggleLock(draft).catch(fail));
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    if (event.shiftKey) draft.redo();
    else draft.undo();
  });
  window.addEventListener("beforeunload", (event) => {
    if (draft.changed.size > 0) event.preventDefault();
  });
}

async function toggleLock(draft: Draft): Promise<void> {
  const code = draft.selected;
  if (!code) return;
  if (draft.locks.has(code)) {
    await server.unlock(code);
    draft.setLock(code, null);
    tell(words.say("unlocked"));
    return;
  }
  const stop = draft.stops.get(code);
  const drafted = draft.drafted().find((one) => one.request === code);
  if (!stop || !drafted) return;
  await server.lock(code, stop.unit, drafted.opens_on);
  draft.setLock(code, { unit: stop.unit, opens: stop.opens });
  tell(words.say("locked"));
}

// ---- versions ------------------------------------------------------------------------------------

function wireVersions(draft: Draft, versions: VersionRow[]): void {
  const chosen = part<HTMLSelectElement>("version");
  const other = part<HTMLSelectElement>("version-before");
  const list = (): void => {
    for (const select of [chosen, other]) {
      const value = select.value;
      select.replaceChildren(
        ...versions.map((one) => {
          const isPublished = one.number === draft.board.plan.published_version;
          const worth = words.number(Number(one.value["total"] ?? 0), 1);
          const text = words.say(isPublished ? "version_published" : "version", {
            number: one.number,
            worth,
          });
          const option = made("option", text);
          option.value = String(one.id);
          option.dataset["number"] = String(one.number);
          return option;
        }),
      );
      if (value) select.value = value;
    }
    if (draft.base) chosen.value = String(draft.base.id);
  };
  list();
  draft.onChange(() => draft.base && (chosen.value = String(draft.base.id)));
  draft.onChange(() => showExports(draft));
  const load = async (id: number): Promise<void> => {
    const version = await server.version(id);
    if (!versions.some((one) => one.id === id)) versions.unshift(version);
    draft.open(version);
    list();
  };
  chosen.addEventListener("change", () => {
    if (draft.changed.size > 0 && !window.confirm(words.say("lose_changes"))) {
      chosen.value = String(draft.base?.id ?? "");
      return;
    }
    load(Number(chosen.value)).catch(fail);
  });
  document.addEventListener("workbench:version", (event) => {
    load((event as CustomEvent<number>).detail).catch(fail);
  });
  part("keep").addEventListener("click", () => {
    server
      .keep(draft.base?.number ?? null, draft.drafted())
      .then(async (version) => {
        await load(version.id);
        tell(words.say("kept", { number: version.number }));
      })
      .catch(fail);
  });
  wireComparison(draft, other);
  wirePublication(draft, list);
}

/** What can be taken away is the version that is open. */
function showExports(draft: Draft): void {
  document.querySelectorAll<HTMLAnchorElement>("a[data-of-version]").forEach((link) => {
    const address = new URL(link.href);
    if (draft.base) address.searchParams.set("version", String(draft.base.number));
    link.href = address.toString();
  });
}

function wireComparison(draft: Draft, other: HTMLSelectElement): void {
  const dialog = part<HTMLDialogElement>("comparison");
  part("compare").addEventListener("click", () => {
    dialog.showModal();
    void compare();
  });
  other.addEventListener("change", () => void compare());
  document.addEventListener("workbench:compare", (event) => {
    const before = (event as CustomEvent<number>).detail;
    const option = [...other.options].find((one) => numberIn(one) === before);
    if (option) other.value = option.value;
    if (!dialog.open) dialog.showModal();
    void compare();
  });
  async function compare(): Promise<void> {
    const base = draft.base;
    const before = numberIn(other.selectedOptions[0]);
    if (!base || !before) return;
    try {
      const [found, shares] = await Promise.all([
        server.difference(base.number, before),
        server.shares(base.number, before, words.language),
      ]);
      part("differences").replaceChildren(...differences(draft, found, shares));
    } catch (error) {
      fail(error);
    }
  }
}

/** The number of the version that an option stands for. */
function numberIn(option: HTMLOptionElement | undefined): number {
  return Number(option?.dataset["number"] ?? 0);
}

function differences(draft: Draft, found: Difference, shares: Share[]): HTMLElement[] {
  const nameOf = (code: string): string => {
    const asked = draft.requests.get(code);
    return asked ? `${words.place(asked.venue)} (${code})` : code;
  };
  const at = (one: Placed): string => `${one.unit} ${dayInWords(dayOf(one.opens_on), words.locale, true)}`;
  const group = (name: string, lines: string[]): HTMLElement => {
    const section = made("section", "");
    section.append(made("h3", words.say(name, { count: lines.length })));
    const list = made("ul", "");
    for (const line of lines) list.append(made("li", line));
    section.append(list);
    return section;
  };
  const { before, after } = found.value;
  const worth = ["total", "km", ...PARTS].map((name): [string, number, number] => [
    words.say(name),
    Number(before[name] ?? 0),
    Number(after[name] ?? 0),
  ]);
  const evenness = made("p", "");
  evenness.textContent = Object.entries(found.equity)
    .map(([name, change]) => `${words.say(name)} ${change > 0 ? "+" : ""}${change.toFixed(3)}`)
    .join(" · ");
  const percent = shares.map((one): [string, number, number] => [one.name, one.before * 100, one.after * 100]);
  return [
    compared("part", worth),
    made("h3", words.say("equity")),
    evenness,
    compared("shares", percent, "%"),
    group("added", found.added.map((one) => `${nameOf(one.request)}: ${at(one)}`)),
    group("removed", found.removed.map((one) => `${nameOf(one.request)}: ${at(one)}`)),
    group(
      "moved",
      found.moved.map((one) =>
        words.say("moved_from_to", { place: nameOf(one.request), before: at(one.before), after: at(one.after) }),
      ),
    ),
  ];
}

/** Figures of two versions side by side, and what lies between them. */
function compared(title: string, rows: [string, number, number][], unit = ""): HTMLTableElement {
  const table = made("table", "");
  const head = made("tr", "");
  for (const name of [title, "before", "after", "difference"]) {
    const cell = made("th", words.say(name));
    cell.scope = "col";
    head.append(cell);
  }
  table.append(head);
  for (const [name, before, after] of rows) {
    const row = made("tr", "");
    const label = made("th", name);
    label.scope = "row";
    row.append(label);
    for (const figure of [before, after, after - before]) {
      row.append(made("td", words.number(figure, 1) + unit));
    }
    table.append(row);
  }
  return table;
}

function wirePublication(draft: Draft, list: () => void): void {
  const { plan } = draft.board;
  /** The service has published: `version` holds now, and what held before can come back. */
  const holds = (version: number | null): void => {
    plan.sequence += 1;
    plan.published_version = version;
    setting.undoUntil = Date.now() + setting.undoMilliseconds;
    list();
    offerUndo();
  };
  const offerUndo = (): void => {
    part("unpublish").hidden = !setting.mayChange || Date.now() >= setting.undoUntil;
  };
  offerUndo();
  part("unpublish").addEventListener("click", () => {
    if (!window.confirm(words.say("undo_publication"))) return;
    server
      .unpublish(plan.sequence)
      .then(({ version }) => {
        holds(version);
        tell(version === null ? words.say("nothing_holds") : words.say("holds_again", { number: version }));
      })
      .catch(fail);
  });
  const dialog = part<HTMLDialogElement>("publication");
  const told = part("told");
  part("publish").addEventListener("click", () => {
    dialog.showModal();
    const published = draft.board.plan.published_version;
    const all = [...draft.stops.keys()].sort();
    const show = (codes: string[]): void => {
      const names = codes.map((code) => draft.requests.get(code)?.venue).filter((one) => !!one);
      told.replaceChildren(...names.map((place) => made("li", words.place(place))));
      part("told-count").textContent = words.say("told_count", { count: names.length });
    };
    if (!published || !draft.base) show(all);
    else if (draft.base.number === published) show([]);
    else {
      server
        .difference(draft.base.number, published)
        .then((one) => show([...one.added, ...one.removed, ...one.moved].map((each) => each.request)))
        .catch(fail);
    }
    part<HTMLButtonElement>("publish-now").disabled = !setting.mayChange || draft.changed.size > 0;
    part("publish-hint").textContent = draft.changed.size > 0 ? words.say("keep_first") : "";
  });
  part("publish-now").addEventListener("click", () => {
    if (!draft.base) return;
    const message = part<HTMLInputElement>("publish-message").value;
    server
      .publish(draft.base.number, message, plan.sequence)
      .then(({ version }) => {
        holds(version);
        dialog.close();
        tell(words.say("published", { number: version ?? "" }));
      })
      .catch((error: unknown) => {
        dialog.close();
        fail(error);
      });
  });
}

// ---- runs ----------------------------------------------------------------------------------------

const OVER = new Set(["done", "failed", "cancelled"]);

function wireRuns(draft: Draft): void {
  const begin = part<HTMLButtonElement>("run-start");
  const stop = part<HTMLButtonElement>("run-stop");
  let current: Run | null = null;
  begin.disabled = !setting.mayChange;
  let branchOf = 0;
  const seconds = (): number => Number(part<HTMLInputElement>("run-seconds").value);
  const wait = (asked: Promise<Run>): void => {
    asked
      .then((run) => {
        begin.disabled = true;
        stop.disabled = false;
        follow(run);
      })
      .catch(fail);
  };
  begin.addEventListener("click", () => {
    branchOf = 0;
    wait(server.start(seconds()));
  });
  document.addEventListener("workbench:branch", (event) => {
    const { request, isForced } = (event as CustomEvent<{ request: string; isForced: boolean }>).detail;
    if (!draft.base || begin.disabled) return;
    branchOf = draft.base.number;
    const named = [{ request }];
    wait(server.explore(branchOf, seconds(), isForced ? named : [], isForced ? [] : named));
  });
  stop.addEventListener("click", () => {
    stop.disabled = true;
    if (current) server.cancel(current.id).catch(fail);
  });
  function follow(run: Run): void {
    current = run;
    const last = run.progress.at(-1);
    part("run-state").textContent = words.say(`run_${run.state}`, {
      value: last?.value == null ? "–" : words.number(last.value, 1),
      bound: last?.bound == null ? "–" : words.number(last.bound, 1),
      seconds: words.number(last?.seconds ?? 0),
    });
    part("run-course").replaceChildren(courseOf(run, words));
    if (!OVER.has(run.state)) {
      window.setTimeout(() => server.run(run.id).then(follow).catch(fail), 700);
      return;
    }
    begin.disabled = !setting.mayChange;
    stop.disabled = true;
    if (run.version === null) {
      tell(run.error ?? words.say("run_failed"), "clash");
    } else if (draft.changed.size === 0 || window.confirm(words.say("lose_changes"))) {
      document.dispatchEvent(new CustomEvent("workbench:version", { detail: run.version }));
      if (branchOf) tellBranch(draft, run, branchOf);
    }
  }
}

/** Compares a branch with what it left from, once its version is open. */
function tellBranch(draft: Draft, run: Run, before: number): void {
  let isTold = false;
  draft.onChange(() => {
    if (isTold || draft.base?.id !== run.version) return;
    isTold = true;
    const unmet = run.outcome?.unmet ?? [];
    const said = words.say("branch_done", { number: draft.base?.number ?? "", before });
    const lacking = unmet.length ? ` ${words.say("unmet", { requests: unmet.join(", ") })}` : "";
    tell(said + lacking, lacking ? "clash" : "");
    // The list of versions is made anew right after the version is opened.
    queueMicrotask(() => document.dispatchEvent(new CustomEvent("workbench:compare", { detail: before })));
  });
}

function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  if (text) element.textContent = text;
  return element;
}

start().catch(fail);
