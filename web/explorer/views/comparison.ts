import { useQueries } from "@tanstack/react-query";
import { type Asked, question, type Standing, standing } from "../api/answers";
import {
  CompareColumnsDocument,
  type CompareColumnsQuery,
  CompareDocument,
  type CompareQuery,
  type MissingReason,
  type Standing as Place,
  type Precision,
  type RegionNameFragment,
} from "../api/operations.generated";
import { type IndicatorInfo, useExplorer, useNames } from "../state/context";
import { asColumns, bySlice, compareInput } from "../state/request";
import { type Measure, measureKey } from "../state/state";

/** One region's value in a comparison. */
export interface Cell {
  region: RegionNameFragment;
  value: number;
  precision: Precision;
  rank: number;
  rankUncertain: boolean;
  percentile: number;
  zScore: number | null;
  difference: number | null;
  standing: Place | null;
  /** Null where the answer came as columns. */
  period: string | null;
}

type Head = Omit<CompareColumnsQuery["compare"]["indicators"][number], "columns">;

/** The chosen regions compared by one measure. */
export interface Compared extends Head {
  measure: Measure;
  cells: Cell[];
}

/** The chosen regions compared by every chosen measure, in their order: one question a slice. */
export function useComparison(): Standing & { compared: Compared[]; asked: Asked[] } {
  const { state, indicators, regions } = useExplorer();
  const names = useNames();
  const columns = asColumns(state.regions, regions);
  const groups = bySlice(state.measures);
  const inputs = groups.map((group) => ({ input: compareInput(state, group) }));
  const entryResults = useQueries({
    queries: inputs.map((input) => ({ ...question(CompareDocument, input), enabled: columns === false })),
  });
  const columnResults = useQueries({
    queries: inputs.map((input) => ({
      ...question(CompareColumnsDocument, input),
      enabled: columns === true,
    })),
  });
  const results = columns ? columnResults : entryResults;

  const stands = standing(results);

  const found = new Map<string, Compared>();
  for (const [at, group] of groups.entries()) {
    for (const measure of group.measures) {
      const entries = entryResults[at]?.data?.data.compare.indicators.find(ofMeasure(measure));
      const arrays = columnResults[at]?.data?.data.compare.indicators.find(ofMeasure(measure));
      const name = (code: string) => regions.get(code) ?? { code, name: code, nameEn: null };
      if (columns ? arrays : entries) {
        found.set(measureKey(measure), {
          ...((columns ? arrays : entries) as Head),
          measure,
          cells:
            columns && arrays
              ? cellsOfColumns(arrays, indicators.get(measure.code), name)
              : entries
                ? cellsOfEntries(entries)
                : [],
        });
      }
    }
  }
  return {
    compared: state.measures.flatMap((measure) => found.get(measureKey(measure)) ?? []),
    asked: groups.map((group, at) => ({
      label: group.measures.map(names.measure).join(", "),
      document: columns ? CompareColumnsDocument : CompareDocument,
      variables: inputs[at] ?? {},
      file: { kind: "compare", parameters: inputs[at] ?? {} },
    })),
    ...stands,
    pending: stands.pending || columns === null,
  };
}

const ofMeasure = (measure: Measure) => (each: { indicator: { code: string } }) =>
  each.indicator.code === measure.code;

function cellsOfEntries(compared: CompareQuery["compare"]["indicators"][number]): Cell[] {
  return compared.entries.map(({ observation, ...entry }) => ({
    ...entry,
    period: observation.period.label,
  }));
}

type Columns = CompareColumnsQuery["compare"]["indicators"][number];

function cellsOfColumns(
  { columns, baselinePrecision }: Columns,
  info: IndicatorInfo | undefined,
  name: (code: string) => RegionNameFragment,
): Cell[] {
  return columns.regions.map((code, at) => {
    const precision = columns.precisions[at] ?? "EXACT";
    const difference = columns.differences[at] ?? null;
    const sharp = precision === "EXACT" && baselinePrecision === "EXACT";
    return {
      region: name(code),
      value: columns.values[at] ?? Number.NaN,
      precision,
      rank: columns.ranks[at] ?? 0,
      rankUncertain: false,
      percentile: columns.percentiles[at] ?? 0,
      zScore: columns.zScores[at] ?? null,
      difference,
      standing: placeOf(info, difference, sharp),
      period: null,
    };
  });
}

/** Columns have no standing: it follows from the difference where values are sharp, and is left open where they are not. */
function placeOf(info: IndicatorInfo | undefined, difference: number | null, sharp: boolean): Place | null {
  if (!info || info.polarity === "NEUTRAL" || difference === null) {
    return null;
  }
  if (!sharp || difference === 0) {
    return "SIMILAR";
  }
  return difference > 0 === (info.polarity === "HIGHER_IS_BETTER") ? "BETTER" : "WORSE";
}

/** Why a measure has no value for a region; null if it has one. */
export function reasonFor({ missing }: Pick<Compared, "missing">, region: string): MissingReason | null {
  return missing.find((each) => each.region.code === region)?.reason ?? null;
}
