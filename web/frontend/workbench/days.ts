// Calendar days as whole numbers: days since 1970-01-01, no hours and no time zones in between.

const LENGTH = 86_400_000;

export function dayOf(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / LENGTH;
}

export function isoOf(day: number): string {
  return new Date(day * LENGTH).toISOString().slice(0, 10);
}

const formats = new Map<string, Intl.DateTimeFormat>(); // making one takes longer than using it

function format(language: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${Object.keys(parts).join()}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(language, { timeZone: "UTC", ...parts });
    formats.set(key, known);
  }
  return known;
}

/** A day in words of the page's language, such as `3月5日` or `5 Mar 2027`. */
export function dayInWords(day: number, language: string, withYear = false): string {
  const parts: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
  return format(language, withYear ? { ...parts, year: "numeric" } : parts).format(day * LENGTH);
}

export function monthInWords(day: number, language: string): string {
  return format(language, { year: "numeric", month: "short" }).format(day * LENGTH);
}

/** First days of the months that touch `[first, end)`, the first day itself included. */
export function monthStarts(first: number, end: number): number[] {
  const starts = [first];
  const date = new Date(first * LENGTH);
  for (;;) {
    date.setUTCMonth(date.getUTCMonth() + 1, 1);
    const day = date.getTime() / LENGTH;
    if (day >= end) return starts;
    starts.push(day);
  }
}
