import type {
  Baseline,
  CompareInput,
  CorrelateInput,
  DistributionInput,
  ObservationWhere,
  RegionSelector,
  SeriesInput,
  When as WhenInput,
} from "../api/operations.generated";
import type { Coordinate, Measure, RegionChoice, State, When } from "./state";

/** More regions than this are answered as columns: parallel arrays without names and evidence. */
const mostEntries = 200;

/** The server answers with no more points or entries on a page. */
const mostPoints = 10_000;

/** Measures of one slice: what one request can ask for. */
export interface SliceGroup {
  slice: Coordinate[];
  measures: Measure[];
}

/** The measures by slice, in the order in which the slices first come. */
export function bySlice(measures: Measure[]): SliceGroup[] {
  const groups = new Map<string, SliceGroup>();
  for (const measure of measures) {
    const key = JSON.stringify(measure.slice);
    const group = groups.get(key) ?? { slice: measure.slice, measures: [] };
    group.measures.push(measure);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Whether so many regions are chosen that they are asked for as columns; null while the regions of the catalogue, given by their
 * codes, have not been read and it cannot be told.
 */
export function asColumns(choice: RegionChoice, all: ReadonlyMap<string, Placed>): boolean | null {
  const { codes, within, level, peers } = choice;
  if (codes.length > mostEntries || (codes.length + within.length === 0 && !peers)) {
    return true;
  }
  if (peers) {
    return peers.by === "SIZE_BAND" || peers.amount > mostEntries;
  }
  if (within.length === 0) {
    return false;
  }
  if (all.size === 0) {
    return null;
  }
  let inside = codes.length;
  for (const region of all.values()) {
    if (region.level === level && isInside(region, within, all)) {
      inside++;
    }
  }
  return inside > mostEntries;
}

interface Placed {
  level: string;
  parent: { code: string } | null;
}

function isInside(region: Placed, within: string[], all: ReadonlyMap<string, Placed>): boolean {
  for (let above = region.parent; above; above = all.get(above.code)?.parent ?? null) {
    if (within.includes(above.code)) {
      return true;
    }
  }
  return false;
}

/** The chosen regions; with none chosen every one in force of the level. */
export function selector(regions: RegionChoice, measures: Measure[]): RegionSelector {
  const { codes, within, level, peers } = regions;
  return {
    ...(codes.length > 0 && { codes }),
    ...(within.length > 0 && { within }),
    ...(level !== "COUNTY" && { level }),
    ...(peers && {
      peersOf: {
        region: peers.region,
        by: peers.by,
        ...(peers.by === "SIZE_BAND" && { indicator: peers.indicator, band: peers.amount }),
        ...(peers.by === "NEAREST" && { indicators: codesOf(measures), k: Math.trunc(peers.amount) }),
      },
    }),
  };
}

/** What is asked of several indicators over one slice. */
export function compareInput(state: State, group: SliceGroup): CompareInput {
  const baseline = baselineInput(state);
  return {
    indicators: codesOf(group.measures),
    display: selector(state.regions, state.measures),
    ...common(state),
    ...(group.slice.length > 0 && { slice: group.slice }),
    ...(state.per && { per: state.per }),
    ...(baseline && { baseline }),
  };
}

/** What is asked about one region's figure: ranks are taken among the chosen regions. */
export function evidenceInput(state: State, measure: Measure, region: string): CompareInput {
  return {
    ...compareInput(state, { slice: measure.slice, measures: [measure] }),
    display: { codes: [region] },
    against: selector(state.regions, state.measures),
  };
}

/** The reports of a region's figure: of exactly its slice, whatever their period. */
export function statedWhere(state: State, measure: Measure, region: string): ObservationWhere {
  return {
    regions: { codes: [region] },
    indicators: [measure.code],
    slice: measure.slice,
    anySlice: false,
    status: [state.status],
  };
}

/** The figures that the selection takes, as they are loaded. */
export function selectedWhere(state: State): ObservationWhere {
  return {
    regions: selector(state.regions, state.measures),
    indicators: codesOf(state.measures),
    status: [state.status],
  };
}

export function seriesInput(state: State, group: SliceGroup): SeriesInput {
  const { trend } = state;
  return {
    indicators: codesOf(group.measures),
    regions: selector(state.regions, state.measures),
    status: [...new Set(["ACTUAL" as const, "FORECAST" as const, state.status])],
    ...(group.slice.length > 0 && { slice: group.slice }),
    ...(trend.from && { from: trend.from }),
    ...(trend.to && { to: trend.to }),
    ...(trend.grain && { grain: trend.grain }),
    ...(trend.fill !== "NONE" && { fill: trend.fill }),
    ...(trend.event && { align: { event: trend.event, ...(trend.eventWith && { with: trend.eventWith }) } }),
    ...(state.asOf && { asOf: state.asOf }),
    ...(state.per && { per: state.per }),
  };
}

export function correlateInput(state: State, x: Measure, y: Measure): CorrelateInput {
  return {
    x: x.code,
    y: y.code,
    first: mostPoints,
    regions: selector(state.regions, state.measures),
    ...common(state),
    ...(x.slice.length > 0 && { xSlice: x.slice }),
    ...(y.slice.length > 0 && { ySlice: y.slice }),
    ...(state.per && { xPer: state.per, yPer: state.per }),
    ...(state.method !== "PEARSON" && { method: state.method }),
  };
}

export function distributionInput(state: State, measure: Measure): DistributionInput {
  return {
    indicator: measure.code,
    regions: selector(state.regions, state.measures),
    ...common(state),
    ...(measure.slice.length > 0 && { slice: measure.slice }),
    ...(state.per && { per: state.per }),
    ...(state.bins && { bins: state.bins }),
  };
}

function common(state: State) {
  const when = whenInput(state.when);
  return {
    ...(when && { when }),
    ...(state.status !== "ACTUAL" && { status: state.status }),
    ...(state.asOf && { asOf: state.asOf }),
  };
}

function whenInput(when: When): WhenInput | null {
  switch (when.kind) {
    case "latest":
      return when.onOrBefore ? { latest: { onOrBefore: when.onOrBefore } } : null;
    case "period":
      return when.period ? { period: when.period } : null;
    case "within":
      return when.period ? { within: when.period } : null;
  }
}

function baselineInput({ baseline }: State): Baseline | null {
  switch (baseline.kind) {
    case "default":
      return null;
    case "region":
      return { region: baseline.code };
    case "statistic":
      return { statistic: baseline.statistic };
    case "value":
      return { value: baseline.value };
  }
}

function codesOf(measures: Measure[]): string[] {
  return [...new Set(measures.map(({ code }) => code))];
}
