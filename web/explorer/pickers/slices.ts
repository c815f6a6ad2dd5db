import { useQueries } from "@tanstack/react-query";
import { question } from "../api/answers";
import { SliceValuesDocument } from "../api/operations.generated";
import type { IndicatorInfo } from "../state/context";

/** A value of a dimension that figures exist for. */
export interface SliceValue {
  dimension: string;
  value: string;
  name: string;
  nameEn: string;
  /** Number of counties with a figure of exactly this part. */
  regions: number;
}

/** The values of every dimension of the indicators that counties have figures for, by the indicator's code. */
export function useSliceValues(infos: IndicatorInfo[]): Map<string, SliceValue[]> {
  const pairs = infos.flatMap((info) => info.dimensions.map(({ code }) => ({ info, dimension: code })));
  const results = useQueries({
    queries: pairs.map(({ info, dimension }) =>
      question(SliceValuesDocument, {
        input: { indicators: [info.code], groupBy: [{ dimension }], first: 500 },
      }),
    ),
  });
  const answers = results.map(({ data }) => data);
  const found = new Map<string, SliceValue[]>(infos.map(({ code }) => [code, []]));
  for (const [at, { info }] of pairs.entries()) {
    for (const { dimension, coverage } of answers[at]?.data.aggregate.groups ?? []) {
      const part = dimension[0];
      if (part && coverage.used > 0) {
        found.get(info.code)?.push({
          dimension: part.dimension.code,
          value: part.value,
          name: part.name,
          nameEn: part.nameEn,
          regions: coverage.used,
        });
      }
    }
  }
  return found;
}
