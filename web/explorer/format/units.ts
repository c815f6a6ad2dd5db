import table from "../../../data/units.csv?raw";
import type { Lang } from "../state/state";

interface Unit {
  zh: string;
  en: string;
}

/** Names of units by code: those of the bundled vocabulary and of the catalogue that is shown. */
const units = new Map<string, Unit>(
  rows(table).flatMap(([code, zh, en]) => (code && zh && en ? [[code, { zh, en }]] : [])),
);

/** Takes over the names that a catalogue has for the units of its indicators: loaded figures may have units of their own. */
export function learnUnits(indicators: { unit: string; unitName: string; unitNameEn: string }[]): void {
  for (const { unit, unitName: zh, unitNameEn: en } of indicators) {
    if (zh !== unit || en !== unit) {
      units.set(unit, { zh, en });
    }
  }
}

/** Units that are a multiple of another: 万人 is 10,000 persons. */
const multiples: Record<string, number> = { "10k": 1e4, "100m": 1e8 };

/** The unit that values are shown in, and what they are multiplied by: amounts of 100 million yuan are shown in yuan. */
export function shownUnit(code: string): { code: string; factor: number } {
  const match = /^([A-Za-z]+)_(10k|100m)$/.exec(code);
  const factor = multiples[match?.[2] ?? ""];
  return match?.[1] && factor ? { code: match[1], factor } : { code, factor: 1 };
}

/** Name of a unit; the code where it has none, a quotient's part by part. */
export function unitName(code: string, lang: Lang): string {
  const unit = units.get(code);
  if (unit) {
    return unit[lang].replace(/ \(.*\)$/, "");
  }
  const [above, below] = code.split("/");
  return above && below
    ? `${unitName(above, lang)}${lang === "zh" ? "/" : " / "}${unitName(below, lang)}`
    : code;
}

/** The unit behind a number: a sign where it has one, else its name. */
export function unitSign(code: string, lang: Lang): string {
  return code === "%" || code === "‰" ? code : unitName(code, lang);
}

/** Rows of a CSV file without line breaks inside of cells. */
function rows(text: string): string[][] {
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((cell) => cell[1] ?? cell[2] ?? ""),
    );
}
