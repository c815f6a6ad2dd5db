import { useQueries } from "@tanstack/react-query";
import { question } from "../api/answers";
import { SliceValuesDocument, type SliceValuesQuery } from "../api/operations.generated";
import type { IndicatorInfo } from "../state/context";
import type { Coordinate } from "../state/state";

/** A coordinate of a slice with the names of its value. */
export interface NamedCoordinate extends Coordinate {
  name: string;
  nameEn: string;
}

/** A slice that figures exist for. */
export interface Part {
  coordinates: NamedCoordinate[];
  /** Number of counties with a figure of exactly this slice. */
  regions: number;
}

/** A value of a dimension that can be chosen beside what else is chosen. */
export interface SliceValue extends NamedCoordinate {
  /** Number of counties with a figure; null where other dimensions have to be chosen before there are any. */
  regions: number | null;
  /** The dimensions that are still to be chosen. */
  needs: string[];
}

/** The slices that counties have figures for, by the code of the indicator. */
export function useParts(infos: IndicatorInfo[]): Map<string, Part[]> {
  const asked = infos.flatMap((info) =>
    combinations(info.dimensions.map(({ code }) => code)).map((dimensions) => ({ info, dimensions })),
  );
  const results = useQueries({
    queries: asked.map(({ info, dimensions }) =>
      question(SliceValuesDocument, {
        input: {
          indicators: [info.code],
          groupBy: dimensions.map((dimension) => ({ dimension })),
          first: 500,
        },
      }),
    ),
  });
  const answers = results.map(({ data }) => data);
  const found = new Map<string, Part[]>(infos.map(({ code }) => [code, []]));
  for (const [at, { info }] of asked.entries()) {
    for (const group of answers[at]?.data.aggregate.groups ?? []) {
      if (group.coverage.used > 0) {
        found.get(info.code)?.push(partOf(group));
      }
    }
  }
  return found;
}

function partOf({ dimension, coverage }: SliceValuesQuery["aggregate"]["groups"][number]): Part {
  const coordinates = dimension.map(({ dimension: { code }, value, name, nameEn }) => ({
    dimension: code,
    value,
    name,
    nameEn,
  }));
  return { coordinates, regions: coverage.used };
}

/** Each dimension by itself, each two together and, of three, all: figures are by no more at once. */
function combinations(dimensions: string[]): string[][] {
  const pairs = dimensions.flatMap((first, at) => dimensions.slice(at + 1).map((second) => [first, second]));
  return [
    ...dimensions.map((each) => [each]),
    ...pairs,
    ...(dimensions.length === 3 ? [[...dimensions]] : []),
  ];
}

/** The values of a dimension that go with what is chosen of the others. */
export function valuesOf(parts: Part[], dimension: string, slice: Coordinate[]): SliceValue[] {
  const others = slice.filter((each) => each.dimension !== dimension);
  const found = new Map<string, SliceValue>();
  for (const { coordinates, regions } of parts) {
    const own = coordinates.find((each) => each.dimension === dimension);
    const fits = others.every((other) =>
      coordinates.some((each) => each.dimension === other.dimension && each.value === other.value),
    );
    if (!own || !fits) {
      continue;
    }
    const needs = coordinates
      .map((each) => each.dimension)
      .filter((each) => each !== dimension && !others.some((other) => other.dimension === each));
    const known = found.get(own.value);
    if (!known || needs.length < known.needs.length) {
      found.set(own.value, { ...own, regions: needs.length === 0 ? regions : null, needs });
    }
  }
  return [...found.values()];
}
