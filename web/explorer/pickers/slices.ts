import { useQueries } from "@tanstack/react-query";
import { question } from "../api/answers";
import { SlicesDocument } from "../api/operations.generated";
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
  /** Number of regions with a figure of exactly this slice. */
  regions: number;
}

/** A value of a dimension that can be chosen beside what else is chosen. */
export interface SliceValue extends NamedCoordinate {
  /** Number of regions with a figure; null where other dimensions have to be chosen before there are any. */
  regions: number | null;
  /** The dimensions that are still to be chosen. */
  needs: string[];
}

/** The slices that figures exist of, by the code of the indicator. */
export function useParts(infos: IndicatorInfo[]): Map<string, Part[]> {
  const asked = infos.filter(({ dimensions }) => dimensions.length > 0);
  const results = useQueries({ queries: asked.map(({ code }) => question(SlicesDocument, { code })) });
  return new Map(
    asked.map(({ code }, at) => [
      code,
      (results[at]?.data?.data.indicator.slices ?? [])
        .filter(({ slice }) => slice.length > 0)
        .map(({ slice, regions }) => ({
          regions,
          coordinates: slice.map(({ dimension, ...named }) => ({ dimension: dimension.code, ...named })),
        })),
    ]),
  );
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
