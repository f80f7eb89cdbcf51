// The page's words, handed over by the server in the reader's language.

import type { Place, Reason } from "./server";

export class Words {
  private readonly formats = new Map<string, Intl.NumberFormat>();

  constructor(
    readonly language: "zh" | "en",
    private readonly texts: Record<string, string>,
  ) {}

  get locale(): string {
    return this.language === "zh" ? "zh-CN" : "en-GB";
  }

  /** The text under `name` with `{blanks}` filled in. */
  say(name: string, blanks: Record<string, string | number> = {}): string {
    const text = this.texts[name] ?? name;
    return text.replace(/\{(\w+)\}/g, (whole, blank: string) => String(blanks[blank] ?? whole));
  }

  has(name: string): boolean {
    return name in this.texts;
  }

  /** A refusal in the page's language: by its code where the service speaks another. */
  refusal(code: string, message: string): string {
    if (this.language === "en") return message;
    return this.say(this.has(`refused_${code}`) ? `refused_${code}` : "refused");
  }

  place(place: Place): string {
    return this.either(place.name_zh, place.name_en);
  }

  either(zh: string, en: string): string {
    return this.language === "zh" ? zh || en : en || zh;
  }

  reason(reason: Reason): string {
    return this.either(reason.text_zh, reason.text);
  }

  number(value: number, digits = 0): string {
    const signDisplay = value < 0 ? "auto" : "never"; // no -0
    const key = `${digits} ${signDisplay}`;
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.NumberFormat(this.locale, { maximumFractionDigits: digits, signDisplay });
      this.formats.set(key, format);
    }
    return format.format(value);
  }
}
