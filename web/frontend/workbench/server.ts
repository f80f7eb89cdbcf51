// What the workbench asks of the service. Field names are the interface's own.

export interface Span {
  first_date: string;
  end_date: string;
}
export interface Place {
  slug: string;
  name_zh: string;
  name_en: string;
  lat: number | null;
  lon: number | null;
}
export interface Unit {
  code: string;
  exhibition: string;
  title_zh: string;
  title_en: string;
  home: Place;
  availability: Span[];
  setup_days: number;
  strike_days: number;
}
export interface TourRequest {
  code: string;
  venue: Place;
  region: string;
  region_zh: string;
  region_en: string;
  stay_days: number;
  value: number;
  must: boolean;
  windows: (Span & { preference: number })[];
}
export interface PlannedStop {
  unit: string;
  request: string;
  departs_on: string;
  arrives_on: string;
  opens_on: string;
  closes_on: string;
  leaves_on: string;
  is_locked: boolean;
}
export interface Maintenance extends Span {
  unit: string;
}
export interface Lock {
  unit: string;
  request: string;
  opens_on: string;
}
export interface PlanRow {
  id: number;
  name_zh: string;
  name_en: string;
  sequence: number;
  published_version: number | null;
}
export interface Board {
  plan: PlanRow;
  first_date: string;
  end_date: string;
  units: Unit[];
  requests: TourRequest[];
  locks: Lock[];
}
export interface Reason {
  code: string;
  text: string;
  text_zh: string;
  numbers?: Record<string, unknown>;
}
export type Value = Record<string, unknown>;
export interface VersionRow {
  id: number;
  number: number;
  value: Value;
  bound: number | null;
  gap: number | null;
  created_at: string;
}
export interface Version extends VersionRow {
  stops: PlannedStop[];
  maintenance: Maintenance[];
  unserved: { request: string; reasons: Reason[] }[];
}
export interface Violation extends Span {
  code: string;
  unit: string;
  request: string;
  message: string;
}
export interface Verdict {
  stops: PlannedStop[];
  maintenance: Maintenance[];
  violations: Violation[];
  value: Value;
}
export interface Vacancy {
  unit: string;
  misfit: Reason | null;
  calendar: Span[];
  free: Span[];
}
export interface Run {
  id: number;
  kind?: string;
  outcome?: { unmet?: string[] };
  state: string;
  error: string | null;
  version: number | null;
  progress: { seconds: number; value: number | null; bound: number | null }[];
}
/** A stop as the engine names it. */
export interface Placed {
  unit: string;
  request?: string;
  opens_on: string;
}
export interface Difference {
  added: (Placed & { request: string })[];
  removed: (Placed & { request: string })[];
  moved: { request: string; before: Placed; after: Placed }[];
  value: { before: Value; after: Value };
  equity: Record<string, number>;
}
export interface Share {
  name: string;
  before: number;
  after: number;
}
export interface Publication {
  /** The version that holds; none where nothing of the plan does. */
  version: number | null;
  published_at: string;
}
export interface Drafted {
  unit: string;
  request: string;
  opens_on: string;
}

/** What the service refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problems: { message?: string }[],
    readonly code = "",
  ) {
    super(message);
  }
}

export class Server {
  constructor(
    private readonly plan: number,
    private readonly token: string,
  ) {}

  board = (): Promise<Board> => this.ask("GET", `plans/${this.plan}/board/`);

  async versions(): Promise<VersionRow[]> {
    const page = await this.ask<{ results: VersionRow[] }>(
      "GET",
      `plans/${this.plan}/versions/?page_size=200`,
    );
    return page.results;
  }

  version = (id: number): Promise<Version> => this.ask("GET", `versions/${id}/`);

  /** Both by their numbers in the plan. */
  difference = (after: number, before: number): Promise<Difference> =>
    this.ask("GET", `plans/${this.plan}/versions/${before}/diff/${after}/`);

  shares = async (after: number, before: number, language: string): Promise<Share[]> => {
    const path = `/desk/plans/${this.plan}/shares.json?before=${before}&after=${after}&lang=${language}`;
    const found = (await (await fetch(path)).json()) as { shares: Share[] };
    return found.shares;
  };

  judge = (base: number | null, stops: Drafted[], signal: AbortSignal): Promise<Verdict> =>
    this.ask("POST", `plans/${this.plan}/draft/check/`, { base, stops }, {}, signal);

  vacancies = (
    base: number | null,
    stops: Drafted[],
    request: string,
    signal: AbortSignal,
  ): Promise<{ vacancies: Vacancy[] }> =>
    this.ask("POST", `plans/${this.plan}/draft/vacancies/`, { base, stops, request }, {}, signal);

  keep = (base: number | null, stops: Drafted[]): Promise<Version> =>
    this.ask("POST", `plans/${this.plan}/draft/`, { base, stops }, once());

  lock = (request: string, unit: string, opens_on: string): Promise<Lock> =>
    this.ask("PUT", `plans/${this.plan}/locks/${encodeURIComponent(request)}/`, { unit, opens_on });

  unlock = (request: string): Promise<void> =>
    this.ask("DELETE", `plans/${this.plan}/locks/${encodeURIComponent(request)}/`);

  start = (seconds: number): Promise<Run> =>
    this.ask("POST", `plans/${this.plan}/runs/`, { seconds }, once());

  /** What the plan would be if something were so; `forced` and `forbidden` name requests. */
  explore = (
    version: number,
    seconds: number,
    forced: { request: string }[],
    forbidden: { request: string }[],
  ): Promise<Run> =>
    this.ask(
      "POST",
      `plans/${this.plan}/runs/`,
      { kind: "what_if", version, seconds, ...(forced.length ? { forced } : { forbidden }) },
      once(),
    );

  run = (id: number): Promise<Run> => this.ask("GET", `runs/${id}/`);

  cancel = (id: number): Promise<Run> => this.ask("POST", `runs/${id}/cancel/`);

  publish = (version: number, message: string, seen: number): Promise<Publication> =>
    this.ask(
      "POST",
      `plans/${this.plan}/publish/`,
      { version, message },
      { "If-Match": `"${seen}"`, ...once() },
    );

  /** Within a day: what held before the newest publication holds again. */
  unpublish = (seen: number): Promise<Publication> =>
    this.ask("POST", `plans/${this.plan}/undo/`, {}, { "If-Match": `"${seen}"`, ...once() });

  private async ask<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Answer> {
    const response = await fetch(`/api/v1/${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": this.token }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (response.status === 204) return undefined as Answer;
    const answer: unknown = await response.json().catch(() => ({}));
    if (response.ok) return answer as Answer;
    const problem = answer as { code?: string; detail?: string; problems?: { message?: string }[] };
    throw new Refusal(
      response.status,
      problem.detail ?? response.statusText,
      problem.problems ?? [],
      problem.code,
    );
  }
}

/** A post that is sent twice by accident is done once. */
function once(): Record<string, string> {
  return { "Idempotency-Key": crypto.randomUUID() };
}
