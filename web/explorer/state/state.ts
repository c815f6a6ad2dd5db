import type {
  CorrelationMethod,
  Fill,
  Grain,
  ObservationStatus,
  RegionLevel,
} from "../api/operations.generated";

export const views = ["compare", "matrix", "trend", "relate", "distribution", "coverage", "sources"] as const;
export type View = (typeof views)[number];

export type Lang = "en" | "zh";

/** One coordinate of a slice. */
export interface Coordinate {
  dimension: string;
  value: string;
}

/** An indicator with the slice it is taken of; an empty slice is the total. */
export interface Measure {
  code: string;
  slice: Coordinate[];
}

/** Which regions are looked at: those named, those inside others, and a region with its peers. */
export interface RegionChoice {
  codes: string[];
  within: string[];
  level: RegionLevel;
  peers: Peers | null;
}

export interface Peers {
  region: string;
  by: "SAME_PARENT" | "SIZE_BAND" | "NEAREST";
  /** The size of SIZE_BAND; NEAREST takes the chosen indicators. */
  indicator: string | null;
  /** The ratio of sizes, or how many neighbours. */
  amount: number;
}

/** Which periods: the newest up to a day, exactly one, or all inside one. */
export type When =
  | { kind: "latest"; onOrBefore: string | null }
  | { kind: "period"; period: string }
  | { kind: "within"; period: string };

export type BaselineChoice =
  | { kind: "default" }
  | { kind: "region"; code: string }
  | { kind: "statistic"; statistic: "GROUP_VALUE" | "MEAN" | "MEDIAN" | "BEST" }
  | { kind: "value"; value: number };

/** How the trend is drawn. */
export interface TrendChoice {
  grain: Grain | null;
  fill: Fill;
  /** Day 0, and the day 0 of the event compared with. */
  event: string | null;
  eventWith: string | null;
  from: string | null;
  to: string | null;
}

/** What the evidence panel shows: a region's figure of a measure, or one printed figure by its identifier. */
export type EvidenceKey =
  | {
      kind: "cell";
      measure: Measure;
      region: string;
      period: string | null;
      status: ObservationStatus | null;
      /** A second measure whose figure is shown as well: that of the other axis. */
      beside: Measure | null;
    }
  | { kind: "figure"; id: string };

/** The evidence of a region's figure of a measure, as it is selected. */
export function cellOf(measure: Measure, region: string, beside: Measure | null = null): EvidenceKey {
  return { kind: "cell", measure, region, period: null, status: null, beside };
}

/** Everything that the page shows. The address bar holds all of it. */
export interface State {
  lang: Lang;
  view: View;
  measures: Measure[];
  regions: RegionChoice;
  when: When;
  asOf: string | null;
  status: ObservationStatus;
  per: { indicator: string; scale: number } | null;
  baseline: BaselineChoice;
  trend: TrendChoice;
  method: CorrelationMethod;
  /** Which of the measures the distribution is of. */
  focus: number;
  bins: number | null;
  evidence: EvidenceKey | null;
}

export const noRegions: RegionChoice = { codes: [], within: [], level: "COUNTY", peers: null };

export const plainTrend: TrendChoice = {
  grain: null,
  fill: "NONE",
  event: null,
  eventWith: null,
  from: null,
  to: null,
};

export function emptyState(lang: Lang): State {
  return {
    lang,
    view: "compare",
    measures: [],
    regions: noRegions,
    when: { kind: "latest", onOrBefore: null },
    asOf: null,
    status: "ACTUAL",
    per: null,
    baseline: { kind: "default" },
    trend: plainTrend,
    method: "PEARSON",
    focus: 0,
    bins: null,
    evidence: null,
  };
}

/** A measure as text: code[dimension=value;dimension=value]. */
export function measureKey(measure: Measure): string {
  const slice = measure.slice.map(({ dimension, value }) => `${dimension}=${value}`).join(";");
  return slice ? `${measure.code}[${slice}]` : measure.code;
}

/** The measure that a text names, or null. */
export function measureOf(text: string): Measure | null {
  const match = /^([^[\]]+)(?:\[(.+)\])?$/.exec(text);
  if (!match?.[1]) {
    return null;
  }
  const slice = (match[2] ?? "")
    .split(";")
    .filter(Boolean)
    .map((part) => {
      const equals = part.indexOf("=");
      return { dimension: part.slice(0, equals), value: part.slice(equals + 1) };
    });
  return slice.every(({ dimension, value }) => dimension && value) ? { code: match[1], slice } : null;
}
