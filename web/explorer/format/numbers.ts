import type { Precision } from "../api/operations.generated";
import type { Lang } from "../state/state";
import { shownUnit } from "./units";

const locales = { en: "en-GB", zh: "zh-CN" };

const formats = new Map<string, Intl.NumberFormat>();

/** Writes a number by options that have a name of their own, with the sign that is as wide as a plus. */
function written(value: number, lang: Lang, name: string, options: Intl.NumberFormatOptions): string {
  const key = `${lang} ${name}`;
  const known = formats.get(key) ?? new Intl.NumberFormat(locales[lang], options);
  formats.set(key, known);
  return known.format(value).replace(/^-/, "−");
}

/** A number for reading: four digits that matter, more where they are before the point; 万 and 亿 in Chinese. */
export function shortNumber(value: number, lang: Lang): string {
  const size = Math.abs(value);
  if (size >= (lang === "zh" ? 1e4 : 1e7)) {
    return written(value, lang, "compact", { notation: "compact", maximumSignificantDigits: 4 });
  }
  if (size >= 1000) {
    return written(value, lang, "whole", { maximumFractionDigits: 0 });
  }
  if (size !== 0 && size < 1e-4) {
    return written(value, lang, "small", { notation: "scientific", maximumSignificantDigits: 3 });
  }
  return written(value, lang, "digits", { maximumSignificantDigits: 4 });
}

/** A number with every digit that the server gives. */
export function fullNumber(value: number, lang: Lang): string {
  return written(value, lang, "full", { maximumSignificantDigits: 12 });
}

/** A whole number. */
export function count(value: number, lang: Lang): string {
  return written(value, lang, "whole", { maximumFractionDigits: 0 });
}

const marks: Record<Precision, string> = { EXACT: "", APPROXIMATE: "≈ ", AT_LEAST: "≥ ", AT_MOST: "≤ " };

/** The sign of a precision that stands before a value; empty for an exact one. */
export function precisionMark(precision: Precision): string {
  return marks[precision];
}

/** A value in its unit as it stands in cells and beside bars: with the sign of its precision, percent with its sign. */
export function shortValue(value: number, unit: string, precision: Precision, lang: Lang): string {
  const { factor } = shownUnit(unit);
  const number = unit === "%" ? hundredths(value, lang) : shortNumber(value * factor, lang);
  return `${precisionMark(precision)}${number}${suffix(unit)}`;
}

/** A percentage: two digits behind the point, and those that matter where these would be zeros. */
function hundredths(value: number, lang: Lang): string {
  return Math.abs(value) < 0.01
    ? shortNumber(value, lang)
    : written(value, lang, "hundredths", { maximumFractionDigits: 2 });
}

/** The difference of a value from another, with its sign; of percentages in percentage points. */
export function shortDifference(value: number, unit: string, lang: Lang): string {
  const { factor } = shownUnit(unit);
  const size = Math.abs(value) * factor;
  const number = unit === "%" ? hundredths(size, lang) : rounded(size, lang);
  const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
  return `${sign}${number}${unit === "%" ? (lang === "zh" ? " 个百分点" : " pp") : suffix(unit)}`;
}

/** A difference, of which less matters than of a value: three digits, more where they are before the point. */
function rounded(size: number, lang: Lang): string {
  return size >= 1000 || size < 1e-4
    ? shortNumber(size, lang)
    : written(size, lang, "difference", { maximumSignificantDigits: 3 });
}

/** A probability that is not told closer than to a thousandth. */
export function probability(value: number, lang: Lang): string {
  return value < 0.001
    ? `< ${shortNumber(0.001, lang)}`
    : written(value, lang, "thousandths", { maximumFractionDigits: 3 });
}

function suffix(unit: string): string {
  return unit === "%" || unit === "‰" ? ` ${unit}` : "";
}

/** Size in bytes for reading. */
export function bytes(size: number, lang: Lang): string {
  return size < 1000 ? `${count(size, lang)} B` : `${shortNumber(size / 1000, lang)} kB`;
}
