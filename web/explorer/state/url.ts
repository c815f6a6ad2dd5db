import { readDay } from "../format/periods";
import type { EvidenceKey, Lang, RegionChoice, State, When } from "./state";
import { emptyState, measureKey, measureOf, plainTrend, views } from "./state";

const levels = ["COUNTRY", "PROVINCE", "PREFECTURE", "COUNTY", "TOWNSHIP", "COMMUNITY"] as const;
const statuses = ["ACTUAL", "FORECAST", "TARGET"] as const;
const statistics = ["GROUP_VALUE", "MEAN", "MEDIAN", "BEST"] as const;
const peersBy = ["SAME_PARENT", "SIZE_BAND", "NEAREST"] as const;
const grains = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] as const;
const fills = ["NONE", "ZERO", "PREVIOUS", "LINEAR"] as const;
const methods = ["PEARSON", "SPEARMAN"] as const;

/** Writes a state as the query part of an address. What is as it opens is left out, but for indicators and regions. */
export function toQuery(state: State): string {
  const query = new URLSearchParams();
  const set = (name: string, value: string | number | null | undefined, unless?: string | number) => {
    if (value !== null && value !== undefined && value !== unless) {
      query.set(name, String(value));
    }
  };
  set("view", state.view, "compare");
  for (const measure of state.measures) {
    query.append("i", measureKey(measure));
  }
  set("r", state.regions.codes.join(","), "");
  set("in", state.regions.within.join(","), "");
  set("level", state.regions.level, "COUNTY");
  const { peers } = state.regions;
  set("peers", peers && [peers.region, peers.by, peers.amount, peers.indicator ?? ""].join(","));
  set("when", whenText(state.when));
  set("asof", state.asOf);
  set("status", state.status, "ACTUAL");
  set("per", state.per && `${state.per.indicator}:${state.per.scale}`);
  set("base", baselineText(state));
  set("grain", state.trend.grain);
  set("fill", state.trend.fill, "NONE");
  set("event", state.trend.event);
  set("with", state.trend.eventWith);
  set("from", state.trend.from);
  set("to", state.trend.to);
  set("method", state.method, "PEARSON");
  set("focus", state.focus, 0);
  set("bins", state.bins);
  set("lang", state.lang);
  set("e", state.evidence && evidenceText(state.evidence));
  // Readable where the address allows it.
  return query
    .toString()
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%5B", "[")
    .replaceAll("%5D", "]")
    .replaceAll("%3D", "=")
    .replaceAll("%3B", ";")
    .replaceAll("%7E", "~");
}

/** Reads a state from the query part of an address; what cannot be read is as it opens. */
export function fromQuery(text: string, lang: Lang): State {
  const query = new URLSearchParams(text);
  const get = (name: string) => query.get(name) || null;
  const opening = emptyState(lang);
  return {
    lang: oneOf(["en", "zh"] as const, get("lang")) ?? lang,
    view: oneOf(views, get("view")) ?? opening.view,
    measures: query.getAll("i").flatMap((key) => measureOf(key) ?? []),
    regions: regionsOf(query),
    when: whenOf(get("when")),
    asOf: day(get("asof")),
    status: oneOf(statuses, get("status")) ?? opening.status,
    per: perOf(get("per")),
    baseline: baselineOf(get("base")),
    trend: {
      grain: oneOf(grains, get("grain")),
      fill: oneOf(fills, get("fill")) ?? plainTrend.fill,
      event: day(get("event")),
      eventWith: day(get("with")),
      from: day(get("from")),
      to: day(get("to")),
    },
    method: oneOf(methods, get("method")) ?? opening.method,
    focus: Math.max(0, Math.trunc(number(get("focus")) ?? 0)),
    bins: binsOf(number(get("bins"))),
    evidence: evidenceOf(get("e")),
  };
}

function oneOf<T extends string>(values: readonly T[], text: string | null): T | null {
  return values.find((value) => value === text) ?? null;
}

function number(text: string | null): number | null {
  const value = Number(text);
  return text && Number.isFinite(value) ? value : null;
}

function day(text: string | null): string | null {
  return text && readDay(text) === text ? text : null;
}

function list(text: string | null): string[] {
  return [...new Set((text ?? "").split(",").filter(Boolean))];
}

function binsOf(value: number | null): number | null {
  return value && value >= 1 && value <= 1000 ? Math.trunc(value) : null;
}

function regionsOf(query: URLSearchParams): RegionChoice {
  const [region, by, amount, indicator] = (query.get("peers") ?? "").split(",");
  const kind = oneOf(peersBy, by ?? null);
  const size = number(amount ?? null);
  return {
    codes: list(query.get("r")),
    within: list(query.get("in")),
    level: oneOf(levels, query.get("level")) ?? "COUNTY",
    peers: region && kind && size ? { region, by: kind, amount: size, indicator: indicator || null } : null,
  };
}

function whenText(when: When): string | null {
  switch (when.kind) {
    case "latest":
      return when.onOrBefore && `..${when.onOrBefore}`;
    case "period":
      return when.period;
    case "within":
      return `in:${when.period}`;
  }
}

function whenOf(text: string | null): When {
  if (!text) {
    return { kind: "latest", onOrBefore: null };
  }
  if (text.startsWith("..")) {
    return { kind: "latest", onOrBefore: day(text.slice(2)) };
  }
  return text.startsWith("in:")
    ? { kind: "within", period: text.slice(3) }
    : { kind: "period", period: text };
}

function perOf(text: string | null): State["per"] {
  const [indicator, scale] = (text ?? "").split(":");
  return indicator ? { indicator, scale: number(scale ?? null) ?? 1 } : null;
}

function baselineText({ baseline }: State): string | null {
  switch (baseline.kind) {
    case "default":
      return null;
    case "region":
      return `region:${baseline.code}`;
    case "statistic":
      return baseline.statistic;
    case "value":
      return `value:${baseline.value}`;
  }
}

function baselineOf(text: string | null): State["baseline"] {
  const statistic = oneOf(statistics, text);
  if (statistic) {
    return { kind: "statistic", statistic };
  }
  const [kind, rest] = (text ?? "").split(":");
  const value = number(rest ?? null);
  if (kind === "region" && rest) {
    return { kind: "region", code: rest };
  }
  return kind === "value" && value !== null ? { kind: "value", value } : { kind: "default" };
}

// What a cell is named by, apart by a character that no code has.
function evidenceText(key: EvidenceKey): string {
  return key.kind === "figure"
    ? `id:${key.id}`
    : [
        measureKey(key.measure),
        key.region,
        key.period ?? "",
        key.status ?? "",
        ...(key.beside ? [measureKey(key.beside)] : []),
      ].join("~");
}

function evidenceOf(text: string | null): EvidenceKey | null {
  if (text?.startsWith("id:")) {
    return { kind: "figure", id: text.slice(3) };
  }
  const [measureText, region, period, status, beside] = (text ?? "").split("~");
  const measure = measureOf(measureText ?? "");
  return measure && region
    ? {
        kind: "cell",
        measure,
        region,
        period: period || null,
        status: oneOf(statuses, status ?? null),
        beside: measureOf(beside ?? ""),
      }
    : null;
}
