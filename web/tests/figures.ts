import type { APIRequestContext, Page } from "@playwright/test";
import { ask } from "./explorer";
import { expect, test as watched } from "./watched";

/** `test` on the second server, which has what the bundled figures do not: see set-up.ts and data/. */
export const test = watched.extend({
  // biome-ignore lint/correctness/noEmptyPattern: a fixture names what it takes.
  baseURL: async ({}, use) => use(process.env.COUNTYQL_FIGURES),
});

/** The counties of Jinan, by which figures that can be checked in the head are loaded. */
export const jinan = "3701";

/** A figure as the test asks for it: no ranks, no statistics, nothing of what a view asks. */
export interface Report {
  region: { code: string; nameEn: string | null; name: string };
  period: { label: string };
  status: "ACTUAL" | "FORECAST" | "TARGET";
  value: number | null;
  missing: string | null;
  numerator: number | null;
  denominator: number | null;
  precision: "EXACT" | "APPROXIMATE" | "AT_LEAST" | "AT_MOST";
}

/** The reports of an indicator inside a region, in the order of the regions' tree: by default the measured totals. */
export async function reports(
  request: APIRequestContext,
  indicator: string,
  where: object = {},
): Promise<Report[]> {
  const { observations } = await ask(
    request,
    `query($where: ObservationWhere!) { observations(where: $where, orderBy: {by: REGION}, first: 10000) { nodes {
      region { code name nameEn } period { label } status value missing numerator denominator precision } } }`,
    {
      where: {
        indicators: [indicator],
        regions: { within: [jinan] },
        slice: [],
        anySlice: false,
        status: ["ACTUAL"],
        ...where,
      },
    },
  );
  return observations.nodes;
}

export function nameOf({ region }: Report): string {
  return region.nameEn ?? region.name;
}

export const marks = { EXACT: "", APPROXIMATE: "≈ ", AT_LEAST: "≥ ", AT_MOST: "≤ " };

/** The values of figures that have one. */
export function valuesOf(figures: Report[]): number[] {
  return figures.flatMap(({ value }) => (value === null ? [] : [value]));
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const multiples: Record<string, number> = { m: 1e6, bn: 1e9 };

/** The number that a text shows, whatever stands around it. */
export function numberIn(text: string): number {
  const match = /([−-]?)\s*([\d,]+(?:\.\d+)?)(m|bn)?/.exec(text);
  expect(match, `a number in “${text}”`).not.toBeNull();
  const [, sign, digits = "", multiple] = match ?? [];
  return (sign ? -1 : 1) * Number(digits.replaceAll(",", "")) * (multiples[multiple ?? ""] ?? 1);
}

/** Holds shown numbers to the figures they are of, as closely as they are shown. */
export function expectShown(texts: string[], values: number[], { digits = 3, places = 2 } = {}): void {
  expect(texts).toHaveLength(values.length);
  for (const [at, text] of texts.entries()) {
    const value = values[at] ?? Number.NaN;
    const closely = Math.max(
      Math.abs(value) * 0.5 * 10 ** (1 - digits),
      text.includes("%") || text.includes("pp") ? 0.5 * 10 ** -places : 0,
    );
    expect(Math.abs(numberIn(text) - value), `${text} for ${value}`).toBeLessThanOrEqual(closely + 1e-9);
  }
}

/** The terms of a list with what is said of them. */
export async function facts(page: Page, list: string): Promise<Record<string, string>> {
  return page
    .locator(list)
    .evaluateAll((lists) =>
      Object.fromEntries(
        lists.flatMap((each) =>
          [...each.querySelectorAll(":scope > div")].map((pair) => [
            pair.querySelector("dt")?.textContent ?? "",
            pair.querySelector("dd")?.textContent ?? "",
          ]),
        ),
      ),
    );
}
