import type { Lang } from "../state/state";

const locales = { en: "en-GB", zh: "zh-CN" };
const dayOptions = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;

/** A calendar day for reading: 2 Mar 2020, 2020年3月2日. */
export function dayText(day: string, lang: Lang): string {
  const date = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(date.getTime())
    ? day
    : date.toLocaleDateString(locales[lang], { ...dayOptions, month: lang === "zh" ? "long" : "short" });
}

/** An instant for reading, in the reader's time zone. */
export function timeText(instant: string, lang: Lang): string {
  return new Date(instant).toLocaleString(locales[lang], { dateStyle: "medium", timeStyle: "short" });
}

/** A period for reading: Feb 2020, Q1 2020, week 8 of 2020, 25 Jan 2020 – 2 Mar 2020. */
export function periodText(label: string, lang: Lang): string {
  const [first, last] = label.split("/");
  if (first && last) {
    return `${dayText(first, lang)} – ${dayText(last, lang)}`;
  }
  const zh = lang === "zh";
  const quarter = /^(\d+)-Q(\d)$/.exec(label);
  if (quarter) {
    return zh ? `${quarter[1]}年第${quarter[2]}季度` : `Q${quarter[2]} ${quarter[1]}`;
  }
  const week = /^(\d+)-W(\d+)$/.exec(label);
  if (week) {
    return zh ? `${week[1]}年第${Number(week[2])}周` : `Week ${Number(week[2])}, ${week[1]}`;
  }
  const month = /^(\d+)-(\d\d)$/.exec(label);
  if (month) {
    const date = new Date(`${label}-01T00:00:00Z`);
    return date.toLocaleDateString(locales[lang], {
      month: zh ? "long" : "short",
      year: "numeric",
      timeZone: "UTC",
    });
  }
  return /^\d+$/.test(label) ? (zh ? `${label}年` : label) : dayText(label, lang);
}

/** The last day of a period, in milliseconds since 1970: where its figure stands on a line of time. */
export function periodEnd(label: string): number {
  const end = label.split("/")[1] ?? label;
  const [year = 0, rest = ""] = [Number(end.slice(0, 4)), end.slice(5)];
  if (rest.startsWith("Q")) {
    return Date.UTC(year, 3 * Number(rest.slice(1)), 0);
  }
  if (rest.startsWith("W")) {
    // The week with 4 January is the first; weeks end on Sunday.
    const fourth = new Date(Date.UTC(year, 0, 4));
    const sunday = 4 + ((7 - fourth.getUTCDay()) % 7);
    return Date.UTC(year, 0, sunday + 7 * (Number(rest.slice(1)) - 1));
  }
  if (!rest) {
    return Date.UTC(year, 12, 0);
  }
  const [month = 1, day] = rest.split("-").map(Number);
  return day === undefined ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day);
}

/** A length of time in ISO 8601 for reading: 12 days. */
export function durationDays(duration: string): number | null {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration);
  if (!match) {
    return null;
  }
  const [years = 0, months = 0, weeks = 0, days = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return 365 * years + 30 * months + 7 * weeks + days;
}

/** The day that a text means, as 2020-02-18: year, month and day in this order, whatever stands between them; null for none. */
export function readDay(text: string): string | null {
  const match =
    /^(\d{4})(\d\d)(\d\d)$/.exec(text) ??
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(text);
  const [year = "", month = "", day = ""] = match?.slice(1) ?? [];
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${iso}T00:00:00Z`);
  // A day past the end of its month would be taken for one of the next.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}

/** The period that a text means, as the server writes it: a year, quarter, month, week or day, or two days with a slash; null for none. */
export function readPeriod(text: string): string | null {
  const plain = text.trim().toUpperCase();
  if (/^\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])|-W(0[1-9]|[1-4]\d|5[0-3]))?$/.test(plain)) {
    return plain;
  }
  const day = readDay(plain);
  if (day) {
    return day;
  }
  const [first, last, more] = plain.split("/").map((part) => readDay(part.trim()));
  return first && last && more === undefined && first <= last ? `${first}/${last}` : null;
}
