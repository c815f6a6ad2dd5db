import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Asked, question, type Standing, standing } from "../api/answers";
import {
  type MissingReason,
  type ObservationStatus,
  type Precision,
  type RegionNameFragment,
  SeriesDocument,
  type SeriesQuery,
} from "../api/operations.generated";
import { useExplorer, useNames } from "../state/context";
import { bySlice, seriesInput } from "../state/request";
import type { EvidenceKey, Measure } from "../state/state";

/** One series: arrays of equal length by time. */
export interface Line {
  measure: Measure;
  region: RegionNameFragment;
  status: ObservationStatus;
  unit: string;
  periods: string[];
  values: (number | null)[];
  missing: (MissingReason | null)[];
  filled: boolean[];
  precisions: Precision[];
  changes: (number | null)[];
  yearOnYear: (number | null)[];
  /** Days since the event; empty unless aligned by one. */
  eventDays: (number | null)[];
}

export type MissingLine = SeriesQuery["series"]["missing"][number];

/** A region that has no line of a measure. */
export type Lack = MissingLine & { measure: Measure };

type Asking = Standing & {
  lines: Line[];
  missing: Lack[];
  warnings: { code: string; message: string }[];
  asked: Asked[];
};

/** The chosen measures of the chosen regions over time: one question a slice. */
export function useSeries(): Asking {
  const { state } = useExplorer();
  const names = useNames();
  const groups = bySlice(state.measures);
  const inputs = groups.map((group) => ({
    input: seriesInput(state, group),
    aligned: state.trend.event !== null,
  }));
  const results = useQueries({ queries: inputs.map((input) => question(SeriesDocument, input)) });
  const answers = results.map(({ data }) => data?.data.series);
  // The answers are kept by the cache: as long as they are the same, so are the lines.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answers one by one are what it depends on.
  const lines = useMemo(
    () => answers.flatMap((answer, at) => (answer ? linesOf(answer, groups[at]?.measures ?? []) : [])),
    [...answers, state.measures],
  );
  return {
    lines,
    missing: answers.flatMap((answer, at) => (answer ? lacksOf(answer, groups[at]?.measures ?? []) : [])),
    warnings: answers.flatMap((answer) => answer?.warnings ?? []),
    asked: groups.map((group, at) => ({
      label: group.measures.map(names.measure).join(", "),
      document: SeriesDocument,
      variables: inputs[at] ?? {},
      file: { kind: "series", parameters: { input: inputs[at]?.input ?? {} } },
    })),
    ...standing(results),
  };
}

function linesOf(answer: SeriesQuery["series"], measures: Measure[]): Line[] {
  return answer.series.flatMap((series) => {
    const measure = measures.find(({ code }) => code === series.indicator.code);
    const eventDays = series.points?.map(({ eventDay }) => eventDay) ?? [];
    return measure
      ? [
          {
            measure,
            region: series.region,
            status: series.status,
            unit: series.unit,
            ...series.columns,
            eventDays,
          },
        ]
      : [];
  });
}

function lacksOf(answer: SeriesQuery["series"], measures: Measure[]): Lack[] {
  return answer.missing.flatMap((lack) => {
    const measure = measures.find(({ code }) => code === lack.indicator.code);
    return measure ? [{ ...lack, measure }] : [];
  });
}

/** What a point opens; nothing for a gap, which has no figure, and for what fills one. */
export function evidenceOfPoint(line: Line, at: number, grained: boolean): EvidenceKey | null {
  const period = line.periods[at];
  if (!period || line.values[at] === null || line.filled[at]) {
    return null;
  }
  return {
    kind: "cell",
    measure: line.measure,
    region: line.region.code,
    period: grained ? `in:${period}` : period,
    status: line.status,
    beside: null,
  };
}
