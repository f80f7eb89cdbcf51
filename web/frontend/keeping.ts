// A short form that survives a lost connection: what could not be sent is kept on this device
// and sent once there is a connection again. Saying the same day twice changes nothing, so what
// arrived although its answer was lost may be sent once more.

interface Kept {
  readonly address: string;
  readonly body: string;
  readonly at: number;
}

type Outcome = "taken" | "refused" | "unreachable";

const DAYS_KEPT = 14;
const SIGN_IN = "/account/";

function keptAs(name: string): Kept[] {
  const stored = JSON.parse(localStorage.getItem(name) ?? "[]") as Kept[];
  return stored.filter((one) => one.at > Date.now() - DAYS_KEPT * 86_400_000);
}

function keep(name: string, kept: readonly Kept[]): void {
  if (kept.length === 0) localStorage.removeItem(name);
  else localStorage.setItem(name, JSON.stringify(kept));
}

async function send(one: Kept, token: string): Promise<{ outcome: Outcome; address: string }> {
  const body = new URLSearchParams(one.body);
  body.set("csrfmiddlewaretoken", token); // it may have changed since
  try {
    const answer = await fetch(one.address, { method: "POST", body, credentials: "same-origin" });
    const isSignedOut = new URL(answer.url).pathname.startsWith(SIGN_IN);
    if (isSignedOut || answer.status >= 500) return { outcome: "unreachable", address: answer.url };
    return { outcome: answer.ok ? "taken" : "refused", address: answer.url };
  } catch {
    return { outcome: "unreachable", address: "" };
  }
}

function survive(place: HTMLElement): void {
  const form = place.querySelector("form");
  const status = place.querySelector<HTMLElement>(".kept");
  const token = form?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
  const name = `orrery-${place.dataset["keep"] ?? ""}`;
  if (!form || !status) return;
  const say = (words: string | undefined) => {
    status.textContent = words ?? "";
    status.hidden = false;
  };

  const sendKept = async () => {
    const waiting = keptAs(name);
    let refused = 0;
    while (waiting[0]) {
      const { outcome } = await send(waiting[0], token);
      if (outcome === "unreachable") return;
      if (outcome === "refused") refused += 1;
      waiting.shift();
      keep(name, waiting);
    }
    say(refused ? place.dataset["refused"] : place.dataset["sent"]);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>);
    const said = { address: window.location.href, body: body.toString(), at: Date.now() };
    void send(said, token).then(({ outcome, address }) => {
      if (outcome === "taken") window.location.assign(address);
      else if (outcome === "refused") form.submit(); // the page that comes says what is wrong
      else {
        keep(name, [...keptAs(name), said]);
        say(place.dataset["kept"]);
      }
    });
  });
  window.addEventListener("online", () => void sendKept());
  if (keptAs(name).length > 0) void sendKept();
}

export function keepWhatCannotBeSent(): void {
  document.querySelectorAll<HTMLElement>("[data-keep]").forEach(survive);
}
