// Keeps the judge's word in step with the stops: asks after every change, hears only the latest.
// An unchanged version is judged, too: today's rows may break what was fine when it was made.

import type { Draft } from "./draft";
import type { Server } from "./server";

const PATIENCE = 150; // milliseconds without another change

export class Judging {
  private judged = "";
  private asking: AbortController | null = null;
  private timer = 0;

  constructor(
    private readonly draft: Draft,
    private readonly server: Server,
    private readonly onState: (isBusy: boolean) => void,
    private readonly fail: (error: unknown) => void,
  ) {
    draft.onChange(() => this.consider());
  }

  private consider(): void {
    const key = this.key();
    if (key === this.judged) return;
    this.judged = key;
    window.clearTimeout(this.timer);
    this.asking?.abort();
    this.onState(true);
    this.timer = window.setTimeout(() => void this.ask(key), PATIENCE);
  }

  private async ask(key: string): Promise<void> {
    this.asking = new AbortController();
    try {
      const base = this.draft.base?.number ?? null;
      const verdict = await this.server.judge(base, this.draft.drafted(), this.asking.signal);
      if (key === this.judged) this.draft.hear(verdict);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) this.fail(error);
    } finally {
      if (key === this.judged) this.onState(false);
    }
  }

  private key(): string {
    return [...this.draft.stops.values()]
      .map((one) => `${one.request}@${one.unit}@${one.opens}`)
      .sort()
      .concat(String(this.draft.base?.id ?? ""))
      .join("|");
  }
}
